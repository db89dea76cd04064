"""What is derived from the archive so that a question finds its passages."""
