"""The limits of what other programs may ask and are given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _ProgramLimits:
    """What a program may send, how many calls run, and how much one of them returns."""

    body_bytes: int = 256 * 1024
    """The largest request."""
    connections: int = 64
    idle_seconds: int = 10
    """After this a connection without a request is closed, the first one included."""
    concurrent_calls: int = 4
    call_seconds: float = 300.0
    """Time limit of a call; a slow local model writes for minutes."""
    id_characters: int = 300
    results: int = 10
    """Search results."""
    result_characters: int = 300
    """The text of a search result."""
    article_share: float = 0.5
    """Largest share of an article in one passage, as a short article is one passage."""
    outlets: int = 200
    """Listed outlets, those with the most articles."""
    calls_per_minute: int = 120
    model_calls_per_minute: int = 12
    """Calls in a minute that may call a language model."""


PROGRAMS = _ProgramLimits()
