"""What is written down of answers, of what moderators did, and of what readers were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ingest.language.languages import Language
from ingest.model import Removal


class AnswerKind(StrEnum):
    """What came of a question."""

    ANSWER = "answer"
    ABSTENTION = "abstention"


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
    model's sentences that did not pass, each with ``text``, ``failing`` and ``detail``. The
    answer's own ``detail`` is what a model's server said that failed. ``as_of`` is the earlier
    moment whose coverage was asked, if it was one.
    """

    asked_at: datetime
    kind: AnswerKind
    reason: str | None
    language: Language
    question: str | None
    writer: str | None
    prompt: str | None
    trouble: str | None
    dropped: list[dict[str, str]]
    tokens_read: int
    tokens_written: int
    citations: tuple[CitedRange, ...] = ()
    detail: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spending:
    """Answers that a model wrote, and the tokens it read and wrote for them."""

    answers: int = 0
    tokens_read: int = 0
    tokens_written: int = 0


class AuditAction(StrEnum):
    """What a moderator did."""

    ADDED = "added"
    REMOVED = "removed"
    RESTORED = "restored"
    HIDDEN = "hidden"
    WATCHED = "watched"
    UNWATCHED = "unwatched"
    SET = "set"
    APPROVED = "approved"
    REJECTED = "rejected"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What somebody did; ``who`` and ``place`` are Discord's own numbers.

    ``detail`` names what is neither an article nor a source, or says what became of an article
    that was added; ``before`` is the rules as they were, where they were set. ``undone_by`` is the
    entry that took it back.
    """

    at: datetime
    who: str
    place: str
    kind: AuditAction
    article_id: int | None = None
    source_id: int | None = None
    undone_by: int | None = None
    detail: str | None = None
    before: dict[str, Any] | None = None
    id: int = 0


class FeedbackVerdict(StrEnum):
    """What a reader says of an answer, or of there being none."""

    HELPFUL = "helpful"
    WRONG = "wrong"
    MISQUOTED = "misquoted"
    OUTDATED = "outdated"
    ONE_SIDED = "one_sided"
    OTHER = "other"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one reader said of an answer; ``member`` is a hash that expires.

    ``question`` is there because the reader sent it along; ``place`` is the server, if any.
    """

    at: datetime
    answer_id: int
    verdict: FeedbackVerdict
    member: str
    question: str | None = None
    comment: str | None = None
    place: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class PendingQuestion:
    """A question that is being answered, kept until the answer is shown, and no longer.

    ``token`` is of the interaction that asked, ``message`` the message that did, ``shown`` the one
    that shows progress; ``member`` is a hash, ``owner`` the process that answers. ``channel`` is
    empty where only the asker sees the answer, ``as_of`` the earlier moment whose coverage is
    asked, if it is one.
    """

    at: datetime
    channel: str
    question: str
    language: Language
    member: str
    token: str | None = None
    message: str | None = None
    shown: str | None = None
    owner: str = ""
    as_of: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A look at a source that somebody waits for, in a message that says how it goes.

    ``token`` is of the interaction that asked; it lives for fifteen minutes. ``owner`` is the
    process that shows how it goes.
    """

    at: datetime
    source_id: int
    token: str
    language: Language
    owner: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A source that somebody proposes and somebody else decides on.

    It is an ``address``, or ``data`` by ``name`` with ``hints`` on how to read it; with ``watch``
    it is to be looked at again. ``member`` is a hash, ``place`` the server; ``approved`` is
    ``None`` until it is decided.
    """

    at: datetime
    place: str
    member: str
    name: str
    address: str | None = None
    data: bytes | None = None
    outlet: str | None = None
    note: str | None = None
    hints: dict[str, str] | None = None
    watch: bool = False
    approved: bool | None = None
    id: int = 0


class FollowKind(StrEnum):
    """What somebody wants to hear of."""

    TOPIC = "topic"
    OUTLET = "outlet"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Follow:
    """Something that somebody follows: new coverage of it comes into ``channel``.

    ``channel`` may be a direct one, and ``place`` is its server, if any; ``member`` is a hash. A
    ``QUESTION`` ends once it is answered.
    """

    at: datetime
    member: str
    channel: str
    place: str
    kind: FollowKind
    text: str
    language: Language
    id: int = 0


@dataclass(frozen=True, slots=True)
class FollowedNews:
    """What was found for a follow: the characters of one version, as an answer cites them."""

    follow_id: int
    story: int
    cited: CitedRange


class NoticeKind(StrEnum):
    """What happened to a source after an answer had cited it."""

    CORRECTED = "corrected"
    CHANGED = "changed"
    REVERSED = "reversed"
    """The quoted words are taken back: somebody else is named, or it is denied."""
    RETRACTED = "retracted"
    REMOVED = "removed"
    NEWER = "newer"
    """Nothing happened to it: another article answers now."""

    @property
    def withdraws(self) -> bool:
        """Whether what an answer quotes is not to be relied on any more."""
        return self in {NoticeKind.REVERSED, NoticeKind.RETRACTED, NoticeKind.REMOVED}


@dataclass(frozen=True, slots=True)
class NoticeKey:
    """What makes a notice the same one; it is given once."""

    answer_id: int
    article_id: int
    version: int
    kind: NoticeKind

    @property
    def nonce(self) -> str:
        """Name the message, so that Discord takes it once however often it is sent."""
        return f"{self.kind[:3]}{self.answer_id}.{self.article_id}.{self.version}"


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """Where an answer stands; ``channel`` and ``message`` are Discord's numbers."""

    answer_id: int
    channel: str
    message: str
    language: Language


@dataclass(frozen=True, slots=True)
class ChangedCitation:
    """What a shown answer quotes of an article that is not as it was quoted."""

    shown: ShownAnswer
    cited: CitedRange
    latest: int
    removal: Removal | None


@dataclass(frozen=True, slots=True)
class DueNotice:
    """What a reader of one shown answer should know of one of its sources.

    ``note`` is the outlet's own correction, ``quotes`` are the words of the answer that it touches.
    ``version`` is the one in which that came, 0 for a withdrawal.
    """

    shown: ShownAnswer
    article_id: int
    version: int
    kind: NoticeKind
    title: str
    outlet: str
    url: str | None
    note: str = ""
    quotes: tuple[str, ...] = ()

    @property
    def key(self) -> NoticeKey:
        """Return what makes it the same one."""
        return NoticeKey(self.shown.answer_id, self.article_id, self.version, self.kind)


@dataclass(frozen=True, slots=True)
class GivenNotice:
    """A notice that was given, or, where *reached* is false, that Discord did not take."""

    at: datetime
    kind: NoticeKind
    article_id: int
    title: str
    channel: str
    message: str
    reached: bool
