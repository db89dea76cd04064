"""Records of answers, moderators' actions, feedback, follows and notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ingest.language.languages import Language
from ingest.model import Removal, Version


class AnswerKind(StrEnum):
    """Outcome of a question: an answer or an abstention."""

    ANSWER = "answer"
    ABSTENTION = "abstention"


@dataclass(frozen=True, slots=True)
class CitedRange:
    """The quoted characters of one version of an article: ``text[start_at:end_at]``."""

    article_id: int
    version: int
    start_at: int
    end_at: int

    def version_in(self, versions: Sequence[Version]) -> Version | None:
        """Return the quoted one of an article's versions, or ``None`` if it was erased."""
        return next((version for version in versions if version.number == self.version), None)

    def quote_in(self, versions: Sequence[Version]) -> str:
        """Return the quoted text; empty if its version was erased."""
        version = self.version_in(versions)
        return version.extract.text[self.start_at : self.end_at] if version else ""


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """A stored answer with its citations, without its asker.

    ``question`` is ``None`` unless the settings say that questions are stored. ``dropped`` are the
    rejected sentences of a model, each with ``text``, ``failing`` and ``detail``. The answer's own
    ``detail`` is the error message of a model's server. ``as_of`` is the past moment that the
    question is about, if any.
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
    """Number of answers written by a model, and the tokens read and written for them."""

    answers: int = 0
    tokens_read: int = 0
    tokens_written: int = 0


class AuditAction(StrEnum):
    """Kind of a moderator's action."""

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


COVERAGE_ACTIONS = (
    AuditAction.ADDED,
    AuditAction.REMOVED,
    AuditAction.RESTORED,
    AuditAction.HIDDEN,
    AuditAction.WATCHED,
    AuditAction.UNWATCHED,
)
"""Actions on articles and sources, which affect every server that cites them."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An action of a moderator; ``who`` and ``place`` are Discord ids.

    ``detail`` names an object that is neither an article nor a source, or states the outcome of
    adding an article. ``before`` holds the previous rules if they were set. ``undone_by`` is the id
    of the entry that undid this one.
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
    """A reader's judgement of an answer, or of a missing answer."""

    HELPFUL = "helpful"
    WRONG = "wrong"
    MISQUOTED = "misquoted"
    OUTDATED = "outdated"
    ONE_SIDED = "one_sided"
    OTHER = "other"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's feedback on an answer; ``member`` is a hash that expires.

    ``question`` is set if the reader sent it along; ``place`` is the server, if any.
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
    """A question in progress, stored until its answer is shown.

    ``token`` belongs to the interaction that asked, ``message`` is the message that asked, and
    ``shown`` the message that shows progress. ``member`` is a hash, ``owner`` the process that
    answers. ``channel`` is empty if only the asker sees the answer. ``as_of`` is the past moment
    that the question is about, if any.
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

    @property
    def nonce(self) -> str:
        """Return Discord's nonce of the first message, so that resending it creates no duplicate.

        Ids of deleted questions are used again, but not at the same moment.
        """
        return f"p{self.id}.{int(self.at.timestamp() * 1e6):x}"


@dataclass(frozen=True, slots=True)
class Job:
    """A requested fetch of a source, whose progress is shown in a message.

    ``token`` belongs to the interaction that requested it and is valid for fifteen minutes.
    ``owner`` is the process that shows the progress.
    """

    at: datetime
    source_id: int
    token: str
    language: Language
    owner: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A source proposed by one person, for another to decide on.

    It is an ``address``, or ``data`` called ``name`` with ``hints`` on how to read it. With
    ``watch`` it is to be fetched repeatedly. ``member`` is a hash, ``place`` the server;
    ``approved`` is ``None`` until the moderator ``decided_by`` decides in the server
    ``decided_in``.
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
    decided_by: str | None = None
    decided_in: str | None = None
    id: int = 0


class FollowKind(StrEnum):
    """Subject of a follow."""

    TOPIC = "topic"
    OUTLET = "outlet"
    QUESTION = "question"
    RESULTS = "results"
    """The count of a contest or a place: a message at each step."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A subscription to a topic, outlet, question or count: its news are posted in ``channel``.

    ``channel`` may be a direct one, and ``place`` is its server, if any; ``member`` is a hash. A
    follow of kind ``QUESTION`` ends once it is answered. ``failures`` counts the messages in a row
    that reached nobody.
    """

    at: datetime
    member: str
    channel: str
    place: str
    kind: FollowKind
    text: str
    language: Language
    id: int = 0
    failures: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FollowedNews:
    """A piece of news found for a follow, as a quotation of one version."""

    follow_id: int
    story: int
    cited: CitedRange


@dataclass(frozen=True, slots=True)
class SentNews:
    """News that a follow was sent, of an article that has changed or was removed since.

    ``latest`` is the number of the article's newest version.
    """

    follow: Follow
    news: FollowedNews
    sent_at: datetime
    latest: int
    removed_at: datetime | None


class NoticeKind(StrEnum):
    """Event at a source after an answer had cited it."""

    CORRECTED = "corrected"
    CHANGED = "changed"
    REVERSED = "reversed"
    """The quoted statement is reversed: it names somebody else, or is negated."""
    RETRACTED = "retracted"
    REMOVED = "removed"
    NEWER = "newer"
    """The source is unchanged, but a newer article answers the question."""

    @property
    def withdraws(self) -> bool:
        """Return True if readers should no longer rely on the quotation."""
        return self in {NoticeKind.REVERSED, NoticeKind.RETRACTED, NoticeKind.REMOVED}


@dataclass(frozen=True, slots=True)
class NoticeKey:
    """Identity of a notice, which is given once."""

    answer_id: int
    article_id: int
    version: int
    kind: NoticeKind

    @property
    def nonce(self) -> str:
        """Return Discord's nonce of the message, so that resending it creates no duplicate."""
        return f"{self.kind[:3]}{self.answer_id}.{self.article_id}.{self.version}"


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """The message that shows an answer; ``channel`` and ``message`` are Discord ids."""

    answer_id: int
    channel: str
    message: str
    language: Language


@dataclass(frozen=True, slots=True)
class ChangedCitation:
    """A citation in a shown answer whose article changed afterwards."""

    shown: ShownAnswer
    cited: CitedRange
    latest: int
    removal: Removal | None


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice for readers of a shown answer about one of its sources.

    ``note`` is the outlet's own correction, ``quotes`` are the answer's words that it affects.
    ``version`` is the article's version with the change, 0 for a withdrawal; it was read at
    ``read_at``, ``None`` for a withdrawal. ``goes_on`` means that the article is a count, whose
    figures change as it goes on.
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
    goes_on: bool = False
    read_at: datetime | None = None

    @property
    def key(self) -> NoticeKey:
        """Return the identity of the notice."""
        return NoticeKey(self.shown.answer_id, self.article_id, self.version, self.kind)


@dataclass(frozen=True, slots=True)
class GivenNotice:
    """A notice that was given, or, if *reached* is false, that Discord did not accept."""

    at: datetime
    kind: NoticeKind
    article_id: int
    title: str
    channel: str
    message: str
    reached: bool
