"""Bytes in, :class:`~ingest.model.Extract` out: clean text and what it says of itself."""

from ingest.reading.found import FoundArticle, Hints
from ingest.reading.reading import count, read_bytes, read_path

__all__ = ["FoundArticle", "Hints", "count", "read_bytes", "read_path"]
