"""The limits of the archive: batches, additions, and when two texts are one story or article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _StoredBatches:
    """What is read or written together, and how long another process is waited for."""

    backup_rows: int = 500
    passages: int = 500
    """Passages read at a time."""
    values: int = 500
    """Values in one ``IN`` list: a length that both databases plan well."""
    lock_seconds: int = 60
    """How long another process's transaction is waited for."""


@dataclass(frozen=True, slots=True)
class _ServerLimits:
    """What a Discord server other than home may add, for which the operator pays."""

    articles: int = 5_000
    """Articles, removed ones included: their text is kept until the operator erases it."""


@dataclass(frozen=True, slots=True)
class _StoryThresholds:
    """When two articles are one story, and when a new version is another text."""

    shared_marks: int = 4
    """Fingerprint marks that two texts must share to be compared word by word."""
    candidates: int = 20
    """Articles that are compared word by word, those with most shared marks first."""
    resemblance: float = 0.35
    """Measured, like the next, on one agency story in three outlets; other stories are below."""
    containment: float = 0.75
    titles: int = 3
    """Titles of one outlet that one text may have; with more it is a notice, not an article."""
    shared_runs: float = 0.15
    """Share of the shorter text's word runs that two versions of one text have in common."""
    shared_words: float = 0.3
    """Share of the new text's words that occur in the old one if the subject is the same."""
    shared_title_words: float = 0.5
    """Share of the shorter title's words that two titles of one article have in common."""
    ignored_letters: int = 3
    """Longest word that is ignored in comparing contents; CJK characters are compared in pairs."""
    stub_share: float = 0.4
    """Share of the old text's length below which the new text is a stub."""
    stub_characters: int = 250
    """Length from which a text can shrink to a stub."""


STORED = _StoredBatches()
SERVERS = _ServerLimits()
STORIES = _StoryThresholds()
