"""Proving a drafted sentence: exact gates over what it cites, then a reader's yes."""
