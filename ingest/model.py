"""The words of the domain: what is read, what is kept, what is found.

Everything here is a frozen value. Nothing here reads a file, a clock or a database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

Moment: TypeAlias = date | datetime
"""A publication time as precise as its source states it: a day, or a day with time and zone."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told ``(done, total)`` as work advances; both are counts of the same things."""

UNVERIFIED_PASTE = "unverified paste"
"""The outlet of coverage that names none and came without a URL."""


class Kind(StrEnum):
    """What sort of coverage an article says it is."""

    NEWS = "news"
    OPINION = "opinion"
    ANALYSIS = "analysis"
    LIVE = "live"
    POLL = "poll"
    CAPTIONS = "captions"
    CORRECTION = "correction"
    RETRACTION = "retraction"


class Permission(StrEnum):
    """On what basis a source's text is kept; a maintainer answers for it."""

    OWN = "own"
    AGREEMENT = "agreement"
    LICENCE = "licence"
    OFFERED = "offered"
    UNSTATED = "unstated"


class Ownership(StrEnum):
    """Who stands behind an outlet, where a reader should know it."""

    STATE = "state-controlled"
    PARTY = "party organ"
    PUBLIC = "public broadcaster"


@dataclass(frozen=True, slots=True)
class Header:
    """What an article says of itself; travels with each of its passages.

    ``published`` is what the source states and stays ``None`` where it states nothing.
    ``not_before`` is then the newest day that the text itself reports on, if any: the text
    cannot be older than that, and nothing more is claimed. ``preview`` marks the free beginning
    of what is otherwise paid for; ``original`` is the address that a syndicated copy names as
    its own. ``ownership`` is what the desk says of the outlet. What was ``pasted`` no fetch has
    read: its outlet and its address are what somebody typed with it.
    """

    title: str
    outlet: str = UNVERIFIED_PASTE
    url: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    dateline: str | None = None
    published: Moment | None = None
    not_before: date | None = None
    kind: Kind = Kind.NEWS
    language: str = "und"
    modified: Moment | None = None
    section: str | None = None
    preview: bool = False
    original: str | None = None
    ownership: Ownership | None = None
    pasted: bool = False

    @property
    def unverified(self) -> bool:
        """Whether nothing but somebody's word ties this text to an outlet."""
        return self.pasted or self.outlet == UNVERIFIED_PASTE

    @property
    def day(self) -> date | None:
        """The day to order this article by: stated, else the earliest it can be.

        A live page is as new as its newest entry.
        """
        day = day_of(self.published) if self.published else self.not_before
        if self.kind is not Kind.LIVE or self.modified is None:
            return day
        return max(day or date.min, day_of(self.modified))


_UNSEEN = ("modified", "section", "preview", "original", "ownership", "pasted")
"""Parts of a header that alone make no new version."""


@dataclass(frozen=True, slots=True)
class Extract:
    """One article as reading understood it: body, captions and corrections kept apart.

    ``notes`` say what could not be read; ``follows`` is the address of its next page. Both are
    for whoever reads it in, and are not kept.
    """

    header: Header
    text: str
    captions: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    follows: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over everything a reader would see; new bytes alone do not change it."""
        values = asdict(self)
        del values["notes"], values["follows"]
        for name in _UNSEEN:
            del values["header"][name]
        seen = json.dumps(values, default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(seen.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A text's passages, by the rules of one version of the splitter."""

    splitter: int
    spans: tuple[Span, ...]


class Decision(StrEnum):
    """What saving an extract means for the archive."""

    NEW = "new"
    CHANGED = "changed"
    CORRECTED = "corrected"
    SAME = "unchanged"
    RESTORED = "restored"
    RETRACTED = "retracted"
    GONE = "gone"
    QUARANTINED = "quarantined"


class Removal(StrEnum):
    """Why an article is not cited any more."""

    REMOVED = "removed"
    HIDDEN = "hidden"
    GONE = "gone"
    RETRACTED = "retracted"
    QUARANTINED = "quarantined"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an extract: which article it is, and which version now stands.

    ``also`` are other articles that were quarantined with it; ``note`` says why.
    """

    article_id: int
    version: int
    decision: Decision
    also: tuple[int, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """The text of an article as it stood when it was read.

    ``snapshot`` is the SHA-256 of the WARC file of what was fetched, where one was made.
    """

    article_id: int
    number: int
    extract: Extract
    read_at: datetime
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One URL, or one titled paste of an outlet, through all its versions.

    ``story`` is the oldest article kept that carries the same text, perhaps this one itself.
    ``note`` says more of why it was removed. ``held`` says why what its page shows now is not
    believed: the version that stands is the last good one. ``place`` is the server that alone may
    cite it; empty for everybody.
    """

    id: int
    header: Header
    versions: int
    passages: int
    added_at: datetime
    removed_at: datetime | None = None
    removal: Removal | None = None
    note: str | None = None
    story: int | None = None
    held: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one version: ``version.text[start:end] == text``, always.

    ``id`` is ``article:version:order:hash`` and never changes its meaning.
    """

    id: str
    article_id: int
    version: int
    order: int
    start: int
    end: int
    text: str
    header: Header
    corrections: tuple[str, ...] = ()

    @property
    def context(self) -> str:
        """The passage under its title, outlet and day, as both indexes read it."""
        day = self.header.day
        dated = f"{self.header.outlet}, {day.isoformat()}" if day else self.header.outlet
        return f"{self.header.title} ({dated})\n{self.text}"


@dataclass(frozen=True, slots=True)
class ArticleState:
    """What the index should hold of one article: its current passages, and which ids are stale.

    Of one that was *erased* the archive knows no ids any more.
    """

    article_id: int
    passages: tuple[Passage, ...]
    stale: tuple[str, ...]
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Generation:
    """One build of the index; exactly one is active. One that was retired can serve again."""

    id: int
    model: str
    dimensions: int
    splitter: int
    active: bool
    caught_up_to: int
    created_at: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, a sitemap or a page that is looked at again *every* so many minutes.

    ``listed`` is how many pages it named when it was last read whole. ``failure`` says what went
    wrong since ``failed_at``, if nothing went well since. A look begins at ``checked_at`` and has
    its end, with all pages, at ``ended_at``. ``place`` is the server that alone may cite what it
    gives; empty for everybody.
    """

    id: int
    address: str
    outlet: str
    permission: Permission
    every: int
    added_at: datetime
    checked_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    listed: int | None = None
    failed_at: datetime | None = None
    failure: str | None = None
    ended_at: datetime | None = None
    place: str = ""

    def due(self, now: datetime) -> bool:
        """Tell whether it is time to look again."""
        return self.checked_at is None or now - self.checked_at >= timedelta(minutes=self.every)


@dataclass(frozen=True, slots=True)
class SnapshotLimits:
    """How long what was fetched is kept, and how much of it; 0 days: not at all."""

    days: int
    megabytes: int


NO_SNAPSHOTS = SnapshotLimits(0, 0)
"""Nothing is kept but what is read out of a page."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was fetched when a version was made, as a gzipped WARC file, and its SHA-256."""

    warc: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class SourcePage:
    """What is remembered of a page that was fetched: which article it holds, if any.

    ``address`` is ``url`` without what tells no articles apart. ``modified`` is what its listing
    last said of it. ``removal`` is its article's. A ``listing`` is a sitemap inside another one.
    """

    address: str
    url: str
    first_at: datetime
    article_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    modified: str | None = None
    failure: str | None = None
    removal: Removal | None = None
    listing: bool = False

    @property
    def gone_for_good(self) -> bool:
        """Whether its article was taken out by hand or erased: then nobody looks again."""
        return self.removal in {Removal.REMOVED, Removal.HIDDEN, Removal.ERASED}


@dataclass(frozen=True, slots=True)
class OutletSummary:
    """One outlet's share of the archive."""

    outlet: str
    articles: int
    newest: Moment | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The archive in figures; removed articles are counted apart and nowhere else."""

    articles: int
    removed: int
    versions: int
    outlets: tuple[OutletSummary, ...]
    last_change: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Edition:
    """The coverage that the answers of one server may cite.

    It is what everybody shares and what the server *place* added for itself, without what it
    hid; with *outlets* only theirs. Without a *place* it is what everybody shares.
    """

    place: str = ""
    outlets: tuple[str, ...] = ()


EVERYBODY = Edition()
"""What everybody shares."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which coverage is meant: of these outlets, of the days from *since* to *until*.

    Both days are included; what is empty or ``None`` bounds nothing. The articles *without* are
    left out by their numbers.
    """

    outlets: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    without: frozenset[int] = frozenset()

    def holds(self, header: Header) -> bool:
        """Tell whether an article lies in this; one without a day lies in no period."""
        if self.outlets and header.outlet not in self.outlets:
            return False
        if self.since is None and self.until is None:
            return True
        day = header.day
        if day is None:
            return False
        return (self.since or day) <= day <= (self.until or day)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that may answer a question, and why it was found.

    ``score`` is the fused relevance within one search, the best at 1. ``dense`` is the cosine of
    question and passage, ``lexical`` the BM25 score, each ``None`` where that search did not
    find the passage. ``fit`` is what ``score`` gained because the question names the article's
    outlet or day, 1 where it does not. ``copies`` are other articles' headers that carry the
    same story.
    """

    passage: Passage
    score: float
    dense: float | None = None
    lexical: float | None = None
    fit: float = 1.0
    copies: tuple[Header, ...] = ()


def day_of(moment: Moment) -> date:
    """Return the calendar day of *moment*, in its own zone."""
    return moment.date() if isinstance(moment, datetime) else moment


def parse_moment(text: str) -> Moment:
    """Read an ISO 8601 day or time; slashes are taken for dashes.

    Raises:
        ValueError: *text* is neither.
    """
    text = text.strip().replace("/", "-")
    is_day = len(text) == len("YYYY-MM-DD")
    return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)


def passage_id(article_id: int, version: int, order: int, text: str) -> str:
    """Name a passage for good: ``article:version:order:hash``."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{article_id}:{version}:{order}:{digest}"
