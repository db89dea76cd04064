"""Answer questions from the archive, and prove each sentence with a citation."""
