"""The errors of ingest; each message is a sentence for the person who sees it.

::

    IngestError
    ├── SettingsError            a setting is missing, unknown or contradicts another
    ├── ReadingError             some input could not become an article
    │   ├── UnreadableError      missing, empty, binary, too large, undecodable
    │   ├── NoArticleError       readable, but there is no article text in it
    │   └── FetchError           an address could not be fetched
    │       ├── ForbiddenAddressError  it is not on the public web
    │       ├── NotAllowedError  its site asks not to fetch or keep it
    │       └── UnreachableError it did not answer as it should; a later attempt may succeed
    │           ├── UnknownHostError  there is no host by that name
    │           └── DelayedError     its host asks to wait before the next request
    ├── ArchiveError             the archive could not be read or written
    │   ├── ArticleNotFoundError no article has that number
    │   └── SourceNotFoundError  no source has that number
    ├── EmbeddingError           the embedder refused, failed or is misconfigured
    └── IndexUnavailableError    the index could not be opened or searched
        ├── IndexReplacedError   another process rebuilt it; start again
        ├── IndexOwnedError      another process owns it; the message names the holder
        ├── GenerationMismatchError  it was built by another model; run ``rebuild``
        ├── GenerationFaultyError    a new one failed its checks; the old one still serves
        └── NoGenerationError        there is no earlier one

A message says what happened, to which thing, and what to do next. Causes are chained.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


class IngestError(Exception):
    """The base class of ingest's errors; the message can be shown to a maintainer."""


class SettingsError(IngestError):
    """A setting is missing, unknown or contradicts another."""


class ReadingError(IngestError):
    """Some input could not become an article."""


class UnreadableError(ReadingError):
    """The input is missing, empty, binary, too large or cannot be decoded."""


class NoArticleError(ReadingError):
    """The input was read, but there is no article text in it."""


class _FetchError(ReadingError):
    """An address could not be fetched."""


class ForbiddenAddressError(_FetchError):
    """An address is not on the public web; it was not contacted."""


class NotAllowedError(_FetchError):
    """A site asks not to fetch or keep something, or wants a login."""


class UnreachableError(_FetchError):
    """An address did not answer as it should; a later attempt may succeed."""


class UnknownHostError(UnreachableError):
    """There is no host by the name in an address."""


class DelayedError(UnreachableError):
    """The host of *url* allows no request before *until*.

    If *redirected*, another address was fetched, and it redirects to *url*.
    """

    def __init__(
        self, message: str, url: str, until: datetime, *, redirected: bool = False
    ) -> None:
        super().__init__(message)
        self.url = url
        self.until = until
        self.redirected = redirected


class ArchiveError(IngestError):
    """The archive could not be read or written."""


class ArticleNotFoundError(ArchiveError):
    """No article has that number."""

    def __init__(self, article_id: int) -> None:
        super().__init__(
            f"There is no article {article_id}. `python -m ingest list` shows the numbers."
        )


class SourceNotFoundError(ArchiveError):
    """No source has that number."""

    def __init__(self, source_id: int) -> None:
        super().__init__(
            f"There is no source {source_id}. `python -m ingest sources` shows the numbers."
        )


class EmbeddingError(IngestError):
    """The embedder refused, failed or is misconfigured."""


class IndexUnavailableError(IngestError):
    """The index could not be opened or searched."""


class IndexReplacedError(IndexUnavailableError):
    """Another process rebuilt the index; this process has to start again."""


class IndexOwnedError(IndexUnavailableError):
    """Another process owns the index."""


class GenerationMismatchError(IndexUnavailableError):
    """The active generation was built by another embedding model."""


class GenerationFaultyError(IndexUnavailableError):
    """A new generation failed its checks; the old one still serves."""


class NoGenerationError(IndexUnavailableError):
    """There is no earlier generation to roll back to."""


def mentions(message: object, signs: Iterable[str]) -> bool:
    """Return True if the *message* of a library or a server has one of *signs*, in any case."""
    folded_message = str(message).casefold()
    return any(sign.casefold() in folded_message for sign in signs)
