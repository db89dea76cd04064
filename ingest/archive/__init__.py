"""The archive, the source of truth: every SQL read and write as a method of the domain."""

from ingest.archive.archive import Archive

__all__ = ["Archive"]
