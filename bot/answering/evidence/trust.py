"""Limit the part of unverified texts in an answer; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.answering.model import Level

_Found = TypeVar("_Found")


def fetched_first(found: Sequence[_Found], unverified: Callable[[_Found], bool]) -> list[_Found]:
    """Order *found* so that no paste stands before a fetched article.

    Both keep the order that they are in.
    """
    return sorted(found, key=unverified)


def trusted(level: Level, leads_unverified: Sequence[bool]) -> Level:
    """Return the level of an answer: a paste alone never says it, it only comes close.

    *leads_unverified* tells of each excerpt that leads whether it is a paste.
    """
    alone = bool(leads_unverified) and all(leads_unverified)
    return Level.CLOSEST if alone else level
