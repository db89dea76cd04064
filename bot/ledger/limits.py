"""How long the ledger keeps what it writes down, and how long a topic may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class _LedgerLimits:
    """The age at which records are deleted, and the length of what members enter."""

    question_age: timedelta = timedelta(days=1)
    """Questions interrupted by a restart, and moderators' fetches of a source."""
    member_age: timedelta = timedelta(days=30)
    """Hashes of members in their feedback and suggestions."""
    sent_age: timedelta = timedelta(days=90)
    """Records of sent news and digests, which prevent sending them twice."""
    answer_age: timedelta = timedelta(days=365)
    """Answers with their citations, notices and feedback, and suggestions."""
    topic_characters: int = 200


LEDGER = _LedgerLimits()
