"""What refreshing is made of: what a source lists, what is due, extraction beside."""
