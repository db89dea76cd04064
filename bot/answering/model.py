"""The words of answering: a question, what is claimed, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from ingest.language.languages import Language
from ingest.model import Header, Moment, Passage, Span


class UnsupportedQuoteError(ValueError):
    """A quotation does not stand in the passage that it cites."""

    def __init__(self, quote: str, passage: Passage) -> None:
        super().__init__(f"Passage {passage.id} does not contain the quotation {quote!r}.")


@dataclass(frozen=True, slots=True)
class Question:
    """What someone asks, when, and the language to answer in."""

    text: str
    asked_at: datetime
    language: Language
    past: bool = False
    """Whether it asks about an earlier moment; ``asked_at`` is then that moment."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation proven to stand in its passage; build it with :meth:`of`."""

    passage: Passage
    quote: str
    start: int

    def __post_init__(self) -> None:
        """Refuse a quotation that does not stand at *start*: nothing unproven is ever built."""
        if not self.quote or not self.passage.text.startswith(self.quote, self.start):
            raise UnsupportedQuoteError(self.quote, self.passage)

    @classmethod
    def of(cls, quote: str, passage: Passage) -> Self:
        """Cite *passage* for *quote*, or refuse with :class:`UnsupportedQuoteError`."""
        return cls(passage, quote, passage.text.find(quote))

    @property
    def header(self) -> Header:
        """The article that is cited."""
        return self.passage.header


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer and the citations that prove it, at least one."""

    text: str
    citations: tuple[Citation, ...]
    copies: tuple[Header, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a claim that nothing proves."""
        if not self.citations:
            raise ValueError("A claim needs at least one citation.")

    @property
    def unverified(self) -> bool:
        """Whether it rests on text alone that no fetch has read."""
        return all(each.header.unverified for each in self.citations)


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """What a drafted sentence rests on: the key of a passage, and words that stand in it."""

    key: str
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a model's draft, not yet verified."""

    text: str
    rests: tuple[DraftQuote, ...]


class Failing(StrEnum):
    """What is wrong with a drafted sentence; the reason that the writer is told."""

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
    """A sentence that did not pass, and why; kept for the maintainers."""

    text: str
    failing: Failing
    detail: str


class Trouble(StrEnum):
    """Why an answer is made of quotations although a model was there to write it."""

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

    def __add__(self, other: Usage) -> Usage:
        """Add up two replies."""
        return Usage(self.read + other.read, self.wrote + other.wrote)


@dataclass(frozen=True, slots=True)
class Written:
    """How an answer came about: by quotations alone where ``writer`` is ``None``.

    ``trouble`` is why no model wrote, or with a ``writer`` why the rest is missing; ``stopped``
    whether somebody stopped it, ``unsaid`` the parts of the question that the coverage leaves
    open, in its own words. ``room`` is how many passages it was given, where it had no room for
    all; ``by_words`` says that meaning was not searched, ``unkept`` that the answer is not kept,
    because nothing can be written at the moment. ``detail`` is what a server said that
    failed, for whoever runs the desk.
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
    """How sure it is that what is shown answers the question."""

    SAYS = "says"
    CLOSEST = "closest"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A run of whole sentences of one passage; *bold* is the part of it that answers.

    The run is the quotation of its citation, letter by letter; *bold*, a sentence or a row, and
    *answer*, the very words where they are known, are ranges of it. *heading* is the one of the
    article that it stands under, where it has one.
    """

    citation: Citation
    bold: Span
    copies: tuple[Header, ...] = ()
    heading: str | None = None
    answer: Span | None = None

    def __post_init__(self) -> None:
        """Refuse a range that is empty or lies outside."""
        if not 0 <= self.bold.start < self.bold.end <= len(self.citation.quote):
            raise ValueError("The bold part of an excerpt lies outside of it.")

    @property
    def answered(self) -> str:
        """The words that answer, or all of the bold part where they are not known."""
        span = self.answer or self.bold
        return self.citation.quote[span.start : span.end]

    @property
    def parts(self) -> tuple[str, str, str]:
        """The run before its bold part, that part, and the rest."""
        quote, bold = self.citation.quote, self.bold
        return quote[: bold.start], quote[bold.start : bold.end], quote[bold.end :]


class Resting(StrEnum):
    """On what kind of ground an answer stands."""

    PARTY = "party"
    ONE = "one"
    COPIES = "copies"
    INDEPENDENT = "independent"


@dataclass(frozen=True, slots=True)
class WithoutOutlet:
    """How an answer would begin without one outlet: with *lead*, or ``None`` for nothing at all."""

    outlet: str
    lead: Header | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer rests on.

    ``outlets`` is how many outlets carry what is shown, ``copies`` how many of them have it from
    another one of these or from the same agency. ``without`` are the outlets whose absence changes
    the lead.
    """

    resting: Resting
    outlets: int
    copies: int = 0
    without: tuple[WithoutOutlet, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers, best first: a model's claims, or excerpts where none wrote.

    ``newest`` is the newest cited article's date. ``differ`` says that the first ``leads`` of the
    excerpts say different things of what is asked; more than one belongs on the message also
    where it asks several questions, or names several outlets. ``left`` are questions of the message
    that were not looked at, ``absent`` the outlets that it names and that are not kept.
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
    """What it rests on."""
    number: int | None = None
    """Under which the archive keeps it, once it does."""
    page: str | None = None
    """The address at which anybody can verify its quotations, if one is served."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, in the order of first use; its place is its number."""
        claimed = (citation for claim in self.claims for citation in claim.citations)
        return tuple(dict.fromkeys([*claimed, *(each.citation for each in self.excerpts)]))


class Verdict(StrEnum):
    """What the coverage has to say of a claim."""

    SAYS = "says"
    OTHERWISE = "otherwise"
    CLAIMED = "claimed"
    NONE = "none"


class Reason(StrEnum):
    """Why the desk does not answer."""

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
    STOPPED = "stopped"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Abstention:
    """The desk does not answer, says why, and names the nearest coverage without pretending."""

    question: Question
    reason: Reason
    nearest: tuple[Header, ...]
    as_of: datetime
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by stage."""
    written: Written = Written()
    link: str | None = None
    """Where the reader finds it instead: the election authority's page."""
    number: int | None = None
    """Under which the archive keeps it, once it does."""
    absent: tuple[str, ...] = ()
    """The outlets whose report is asked for and that are not kept."""
