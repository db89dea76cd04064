"""Command-line commands; each is a function that returns an exit code."""
