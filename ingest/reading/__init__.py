"""Bytes in, :class:`~ingest.model.Extract` out: clean text and what it says of itself."""

from ingest.reading.found import FoundArticle, Hints
from ingest.reading.reading import ENDINGS, count, read_bytes, read_path

__all__ = ["ENDINGS", "FoundArticle", "Hints", "count", "read_bytes", "read_path"]
