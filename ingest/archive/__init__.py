"""The only truth: every SQL read and write, as a verb of the domain."""

from ingest.archive.archive import Archive

__all__ = ["Archive"]
