"""The limits of reading language: dates, names, sounds, lists, and texts that are alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class _DateLimits:
    """Which lines and years are dates, and how far around a date or a number is searched."""

    line_characters: int = 60
    """The longest line with a date and little else."""
    dates_characters: int = 100
    """The longest line with the days of publication and of an update."""
    first_year: int = 1700
    """The first year accepted as a date: there were no daily newspapers before."""
    century_turn: int = 70
    """Two-digit year from which a year belongs to the last century (RFC 5322, 4.3)."""
    before_date_characters: int = 40
    """Text before a date that is searched for words that belong to it."""
    around_number_characters: int = 120
    """Text before and after a number that is searched for words that belong to it."""


@dataclass(frozen=True, slots=True)
class _WordLimits:
    """When a word is a name, has the sounds of another one, or begins a list or an invitation."""

    before_name_characters: int = 20
    """Text before a word that is searched for the end of the sentence before it."""
    unique_letters: int = 8
    """A word as long with the right sounds is accepted without comparing its letters."""
    letter_similarity: float = 0.4
    """Smallest similarity of the letters, because another word can have the same sounds."""
    read_characters: int = 2
    """The shortest word that is identified by its reading."""
    invitation_characters: int = 200
    """The longest line that invites people to read more."""
    list_lines: int = 3
    """Consecutive short lines from which they are items of a list, and not headings."""


@dataclass(frozen=True, slots=True)
class _BylineLimits:
    """How long a byline and the names in it may be."""

    line_characters: int = 120
    name_words: int = 5
    east_asian_characters: int = 8
    """The longest name in Chinese, Japanese or Korean, with its space."""


@dataclass(frozen=True, slots=True)
class _SimilarityLimits:
    """What two texts are compared by, and from where on they are one text or one story."""

    shingle_words: int = 5
    paste_share: float = 0.75
    """Share of a paste's shingles that occur in the page it was pasted from."""
    story_time: timedelta = timedelta(days=7)
    """The longest time between two articles of one story."""
    marks: int = 24
    """Smallest hashes kept of a text; two texts share as much of them as of all their shingles."""


DATES = _DateLimits()
BYLINES = _BylineLimits()
FORMS = _WordLimits()
SIMILARITY = _SimilarityLimits()
