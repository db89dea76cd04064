"""The sentences of the coverage that may answer, ranked, and how sure it is that they do."""
