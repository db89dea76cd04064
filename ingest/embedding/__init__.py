"""Text as vectors: by a model in a package, a model in a folder, or an endpoint."""
