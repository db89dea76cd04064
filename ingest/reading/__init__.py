"""The reading room: from bytes to :class:`~ingest.model.Extract`, clean text with its metadata."""

from ingest.reading.documents import Document, Parser
from ingest.reading.found import FoundArticle, Hints
from ingest.reading.reading import read_bytes, read_path
from ingest.reading.registry import ENDINGS, parsers, read

__all__ = [
    "ENDINGS",
    "Document",
    "FoundArticle",
    "Hints",
    "Parser",
    "parsers",
    "read",
    "read_bytes",
    "read_path",
]
