"""The search index: vectors and words derived from the archive."""
