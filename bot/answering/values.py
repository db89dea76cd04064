"""The data types of answering: questions, claims, citations, outcomes, and their progress."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, Self, TypeAlias

from ingest.language.languages import Language
from ingest.model import Header, Moment, Passage, Span


class UnsupportedQuoteError(ValueError):
    """A quotation that its cited passage does not contain."""

    def __init__(self, quote: str, passage: Passage) -> None:
        super().__init__(f"Passage {passage.id} does not contain the quotation {quote!r}.")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the time it was asked, and the language of its answer."""

    text: str
    asked_at: datetime
    language: Language
    past: bool = False
    """True for a question about an earlier moment; ``asked_at`` is then that moment."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation proven to be in its passage; build it with :meth:`of`."""

    passage: Passage
    quote: str
    start: int

    def __post_init__(self) -> None:
        """Raise UnsupportedQuoteError if the passage does not have the quotation at *start*."""
        if not self.quote or not self.passage.text.startswith(self.quote, self.start):
            raise UnsupportedQuoteError(self.quote, self.passage)

    @classmethod
    def of(cls, quote: str, passage: Passage) -> Self:
        """Return the citation of *quote* in *passage*.

        Raises:
            UnsupportedQuoteError: the passage does not contain the quotation.
        """
        return cls(passage, quote, passage.text.find(quote))

    @property
    def header(self) -> Header:
        """Return the header of the cited article."""
        return self.passage.header


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer, and at least one citation that proves it."""

    text: str
    citations: tuple[Citation, ...]
    copies: tuple[Header, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError if there is no citation."""
        if not self.citations:
            raise ValueError("A claim needs at least one citation.")

    @property
    def unverified(self) -> bool:
        """Return True if it cites only pasted texts that no fetch has confirmed."""
        return all(citation.header.unverified for citation in self.citations)


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """A quotation that supports a drafted sentence: the key of a passage, and words of it."""

    key: str
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a model's draft, not yet verified."""

    text: str
    quotes: tuple[DraftQuote, ...]


class Failing(StrEnum):
    """The fault of a drafted sentence; the writer is given it as the reason."""

    FORM = "form"
    KEY = "key"
    QUOTATION = "quotation"
    REFERENCE = "reference"
    QUOTED_WORDS = "quoted_words"
    FIGURE = "figure"
    DATE = "date"
    PROMPT = "prompt"
    INSTRUCTION = "instruction"
    QUESTION = "question"
    ADDRESS = "address"
    OPINION = "opinion"
    CONTRADICTED = "contradicted"
    CLAIMED = "claimed"
    NOT_STATED = "not_stated"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that failed, with its fault; stored for the maintainers."""

    text: str
    failing: Failing
    detail: str


class Trouble(StrEnum):
    """The reason why an answer consists of quotations although a model was to write it."""

    BUSY = "busy"
    FAILED = "failed"
    KEY = "key"
    MODEL = "model"
    CONNECTION = "connection"
    STALLED = "stalled"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    CONTEXT = "context"
    EMPTY = "empty"
    REFUSED = "refused"
    FORM = "form"
    UNPROVEN = "unproven"
    UNREAD = "unread"
    BUDGET = "budget"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model read and wrote."""

    read: int = 0
    wrote: int = 0

    def __add__(self, usage: Usage) -> Usage:
        """Return the sum of two replies."""
        return Usage(self.read + usage.read, self.wrote + usage.wrote)


@dataclass(frozen=True, slots=True)
class Written:
    """How an answer was produced: from quotations alone if ``writer`` is ``None``.

    ``trouble`` is the reason why no model wrote, or with a ``writer`` why the answer is incomplete.
    ``stopped`` is True if a member stopped it; ``unsaid`` are the parts of the question that the
    coverage does not answer, in the words of the question. ``room`` is the number of passages that
    the writer was given, if not all fitted. ``by_words`` is True if vector search was unavailable,
    ``unkept`` if the answer could not be stored. ``detail`` is the error message of the server,
    for operators.
    """

    writer: str | None = None
    prompt: str | None = None
    trouble: Trouble | None = None
    stopped: bool = False
    unsaid: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    usage: Usage = Usage()
    room: int | None = None
    detail: str = ""
    by_words: bool = False
    unkept: bool = False


class Level(StrEnum):
    """The confidence that the shown text answers the question."""

    SAYS = "says"
    CLOSEST = "closest"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A run of complete sentences of one passage; *bold* is the part of it that answers.

    The run is the quotation of its citation, verbatim. *bold*, a sentence or a table row, and
    *answer*, the exact words if known, are ranges of it. *heading* is the heading above it in the
    article, if there is one.
    """

    citation: Citation
    bold: Span
    copies: tuple[Header, ...] = ()
    heading: str | None = None
    answer: Span | None = None

    def __post_init__(self) -> None:
        """Raise ValueError if *bold* is empty or outside the quotation."""
        if not 0 <= self.bold.start < self.bold.end <= len(self.citation.quote):
            raise ValueError("The bold part of an excerpt lies outside of it.")

    @property
    def answered(self) -> str:
        """Return the words that answer; all of the bold part if they are not known."""
        span = self.answer or self.bold
        return self.citation.quote[span.start : span.end]

    @property
    def parts(self) -> tuple[str, str, str]:
        """Return the text before the bold part, the bold part, and the text after it."""
        quote, bold = self.citation.quote, self.bold
        return quote[: bold.start], quote[bold.start : bold.end], quote[bold.end :]


class Resting(StrEnum):
    """The kind of sources that support an answer."""

    PARTY = "party"
    ONE = "one"
    COPIES = "copies"
    INDEPENDENT = "independent"


@dataclass(frozen=True, slots=True)
class WithoutOutlet:
    """The effect of removing one outlet: the next *lead*, or ``None`` for no answer."""

    outlet: str
    lead: Header | None


@dataclass(frozen=True, slots=True)
class Ground:
    """The sources that support an answer.

    ``outlets`` is the number of outlets that carry the shown text, ``copies`` how many of them have
    it from another one of these or from the same agency. ``without`` are the outlets whose absence
    would change the lead.
    """

    resting: Resting
    outlets: int
    copies: int = 0
    without: tuple[WithoutOutlet, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, the best part first: claims of a model, or excerpts if no model wrote.

    ``newest`` is the date of the newest cited article. ``differ`` is True if the first ``leads``
    excerpts contradict each other; ``leads`` is also more than one for a message with several
    questions or several named outlets. ``left`` are questions of the message beyond the limit,
    ``absent`` the outlets named in it that the archive does not have.
    """

    question: Question
    claims: tuple[Claim, ...]
    as_of: datetime
    newest: Moment | None
    excerpts: tuple[Excerpt, ...] = ()
    level: Level = Level.SAYS
    differ: bool = False
    leads: int = 1
    left: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by stage."""
    written: Written = Written()
    ground: Ground | None = None
    """The sources that support it."""
    number: int | None = None
    """Its number in the archive, once it is stored."""
    page: str | None = None
    """URL of the public page to verify its quotations, if there is one."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Return every citation once, in the order of first use; its position is its number."""
        claimed = (citation for claim in self.claims for citation in claim.citations)
        return tuple(dict.fromkeys([*claimed, *(excerpt.citation for excerpt in self.excerpts)]))


class Verdict(StrEnum):
    """The verdict of the coverage on a claim."""

    SAYS = "says"
    OTHERWISE = "otherwise"
    CLAIMED = "claimed"
    NONE = "none"


class Reason(StrEnum):
    """The reason why the desk does not answer."""

    NOT_COVERED = "not_covered"
    NOTHING_ARCHIVED = "nothing_archived"
    TOO_VAGUE = "too_vague"
    ADVICE = "advice"
    HOW_TO_VOTE = "how_to_vote"
    WHOLE_ARTICLE = "whole_article"
    PREDICTION = "prediction"
    POPULARITY = "popularity"
    CAMPAIGN = "campaign"
    OWN_VIEW = "own_view"
    ABOUT_DESK = "about_desk"
    STOPPED = "stopped"
    UNREAD = "unread"

    @property
    def can_change(self) -> bool:
        """Return True if newer coverage may end the reason, so that its moment is told."""
        return self in {Reason.NOT_COVERED, Reason.NOTHING_ARCHIVED, Reason.UNREAD}


@dataclass(frozen=True, slots=True)
class Abstention:
    """A question without an answer: the reason, and the nearest coverage."""

    question: Question
    reason: Reason
    nearest: tuple[Header, ...]
    as_of: datetime
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by stage."""
    written: Written = Written()
    link: str | None = None
    """The page of the election authority, for questions that it answers."""
    number: int | None = None
    """Its number in the archive, once it is stored."""
    absent: tuple[str, ...] = ()
    """The outlets named in the question that the archive does not have."""


class ChatError(Exception):
    """A failed request to a chat model; ``trouble`` selects the message for members.

    ``detail`` is the error message of the server, for operators only.
    """

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.detail = detail


@dataclass(slots=True)
class Meter:
    """Token usage, dropped sentences and failures of all models used for one answer."""

    usage: Usage = field(default_factory=Usage)
    dropped: list[Dropped] = field(default_factory=list)
    server_message: str = ""
    """The last error message of a server, on one line."""
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by model and result: "ok", "stopped" or a trouble."""
    until: float | None = None
    """Deadline of all replies, in the event loop's time; set when the first one begins."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the titles cited in its verified answer: all that a follow-up refers to."""

    question: str
    titles: tuple[str, ...]

    @classmethod
    def of(cls, outcome: Answer | Abstention) -> Exchange | None:
        """Return the exchange of an answer; ``None`` for an abstention."""
        if isinstance(outcome, Abstention):
            return None
        titles = dict.fromkeys(citation.header.title for citation in outcome.citations)
        return cls(outcome.question.text, tuple(titles))


class Phase(StrEnum):
    """A phase of answering; ``{count}`` in its message is the number reported with it."""

    SEARCHING = "searching"
    READING = "reading"
    WRITING = "writing"
    CHECKING = "checking"


class UnaskableError(ValueError):
    """A text that is no question, or one that is too long; ``key`` names the message to show.

    ``language`` is the language of small talk, if known, and ``topic`` the topic of requested
    news.
    """

    def __init__(self, key: str, language: Language | None = None, topic: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.language = language
        self.topic = topic


@dataclass(frozen=True, slots=True)
class ClosestSentence:
    """A sentence of the coverage, its context, and its verdict on the claim."""

    citation: Citation
    context: str
    verdict: Verdict = Verdict.NONE


@dataclass(frozen=True, slots=True)
class LookedUpClaim:
    """A claim and the sentences that decide it or come closest, the best first.

    *judged* is True if a judging verifier has read them; otherwise the lack of a verdict means
    nothing.
    """

    claim: str
    closest: tuple[ClosestSentence, ...] = ()
    judged: bool = False

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of the newest sentence with one; a report outweighs a claim."""
        for verdicts in ((Verdict.SAYS, Verdict.OTHERWISE), (Verdict.CLAIMED,)):
            deciding = [sentence for sentence in self.closest if sentence.verdict in verdicts]
            if deciding:
                return max(deciding, key=lambda c: c.citation.header.day or date.min).verdict
        return Verdict.NONE


@dataclass(frozen=True, slots=True)
class LookUp:
    """The claims of a message that were looked up, and those beyond the limit."""

    claims: tuple[LookedUpClaim, ...] = ()
    left_out: tuple[str, ...] = ()


Outcome: TypeAlias = Answer | Abstention


@dataclass(slots=True)
class Watch:
    """Callbacks for each phase and for the proven claims so far; ``stop`` ends the writing."""

    phase: Callable[[Phase, int], None] = lambda _phase, _count: None
    claims: Callable[[Sequence[Claim]], None] = lambda _claims: None
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Answerer(Protocol):
    """A function that answers the question of a member and reports to a watch."""

    def __call__(
        self,
        question: Question,
        watch: Watch | None = None,
        *,
        member: str = "",
        before: Exchange | None = None,
    ) -> Awaitable[Answer | Abstention]:
        """Return the answer to *question*, which may refer to the exchange *before*."""
