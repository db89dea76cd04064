"""Other programs over the desk."""
