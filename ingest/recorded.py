"""What is written down of answers, of what moderators did, and of what readers were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class CitedRange:
    """The characters of one version that an answer quotes: ``text[start_at:end_at]``."""

    article_id: int
    version: int
    start_at: int
    end_at: int


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What is kept of an answer: how it came about and what it cites, not who asked.

    ``question`` is ``None`` unless the settings say that questions are kept; ``dropped`` are a
    model's sentences that did not pass, each with ``text``, ``failing`` and ``detail``.
    """

    asked_at: datetime
    kind: str
    reason: str | None
    language: str
    question: str | None
    writer: str | None
    prompt: str | None
    trouble: str | None
    dropped: list[dict[str, str]]
    tokens_read: int
    tokens_written: int
    citations: tuple[CitedRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Spending:
    """Answers that a model wrote, and the tokens it read and wrote for them."""

    answers: int = 0
    tokens_read: int = 0
    tokens_written: int = 0


class DeedKind(StrEnum):
    """What a moderator did."""

    ADDED = "added"
    REMOVED = "removed"
    RESTORED = "restored"
    WATCHED = "watched"
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to the coverage; ``who`` and ``place`` are Discord's own numbers.

    ``undone_by`` is the deed that took it back.
    """

    at: datetime
    who: str
    place: str
    kind: DeedKind
    article_id: int | None = None
    source_id: int | None = None
    undone_by: int | None = None
    id: int = 0


class NoticeKind(StrEnum):
    """What happened to a source after an answer had cited it."""

    CORRECTED = "corrected"
    CHANGED = "changed"
    RETRACTED = "retracted"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader of one shown answer should know of one of its sources.

    ``channel`` and ``message`` are Discord's numbers; ``note`` is the outlet's own correction.
    """

    answer_id: int
    channel: str
    message: str
    language: str
    article_id: int
    version: int
    kind: NoticeKind
    title: str
    outlet: str
    url: str | None
    note: str = ""
