"""Text as vectors: by a model in the packages, by one in a folder, or by an endpoint."""
