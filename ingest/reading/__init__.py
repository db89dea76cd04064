"""Bytes in, :class:`~ingest.model.Extract` out: clean text and what it says of itself."""
