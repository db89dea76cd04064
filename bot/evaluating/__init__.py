"""Question sets, and what is measured and fitted on them."""
