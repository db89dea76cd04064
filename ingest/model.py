"""The values of the domain: articles, versions, passages, sources, evidence.

Everything here is an immutable value. Nothing here reads a file, a clock or a database.
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
"""A callback that receives ``(done, total)`` as work advances; a total of 0 is not known yet."""

UNVERIFIED_PASTE = "unverified paste"
"""The outlet of an article that names none and has no URL."""
_UNVERSIONED_FIELDS = ("modified", "section", "preview", "original", "ownership", "pasted")
"""Header fields whose change alone makes no new version."""


class Kind(StrEnum):
    """The type of an article, as stated by its outlet."""

    NEWS = "news"
    OPINION = "opinion"
    ANALYSIS = "analysis"
    LIVE = "live"
    POLL = "poll"
    CAPTIONS = "captions"
    CORRECTION = "correction"
    RETRACTION = "retraction"


class Permission(StrEnum):
    """The legal basis on which a source's text is kept, stated by a maintainer."""

    OWN = "own"
    AGREEMENT = "agreement"
    LICENCE = "licence"
    OFFERED = "offered"
    UNSTATED = "unstated"


class Ownership(StrEnum):
    """An owner of an outlet that readers should know about."""

    STATE = "state-controlled"
    PARTY = "party organ"
    PUBLIC = "public broadcaster"


@dataclass(frozen=True, slots=True)
class Header:
    """The metadata of an article, included in each of its passages.

    ``published`` is the date that the source states, or None. ``not_before`` is then the newest day
    that the text reports on, if any: the text cannot be older. ``preview`` marks the free beginning
    of a paid article; ``original`` is the address that a syndicated copy names as its source.
    ``ownership`` is the desk's statement about the outlet. ``pasted`` marks a text that was never
    fetched: its outlet and address were typed by the person who pasted it.
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
        """True if the outlet of this text is only somebody's statement."""
        return self.pasted or self.outlet == UNVERIFIED_PASTE

    @property
    def day(self) -> date | None:
        """The day to sort this article by: the stated one, else the earliest possible.

        A live page is as new as its newest entry.
        """
        day = day_of(self.published) if self.published else self.not_before
        if self.kind is not Kind.LIVE or self.modified is None:
            return day
        return max(day or date.min, day_of(self.modified))


@dataclass(frozen=True, slots=True)
class Extract:
    """One extracted article, with its body, captions and corrections kept separate.

    ``notes`` list parts that could not be read; ``follows`` is the address of its next page.
    Both are for the importing code only, and are not stored.
    """

    header: Header
    text: str
    captions: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    follows: str | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 of everything a reader would see."""
        values = asdict(self)
        del values["notes"], values["follows"]
        for name in _UNVERSIONED_FIELDS:
            del values["header"][name]
        visible = json.dumps(values, default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(visible.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The passages of a text, cut by one version of the splitter."""

    splitter: int
    spans: tuple[Span, ...]


class Decision(StrEnum):
    """The effect of saving an extract on the archive."""

    NEW = "new"
    CHANGED = "changed"
    CORRECTED = "corrected"
    SAME = "unchanged"
    RESTORED = "restored"
    RETRACTED = "retracted"
    GONE = "gone"
    QUARANTINED = "quarantined"


class Removal(StrEnum):
    """The reason why an article is no longer cited."""

    REMOVED = "removed"
    HIDDEN = "hidden"
    GONE = "gone"
    RETRACTED = "retracted"
    QUARANTINED = "quarantined"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of saving an extract: its article and that article's current version.

    ``also`` are other articles that were quarantined with it; ``note`` is the reason.
    """

    article_id: int
    version: int
    decision: Decision
    also: tuple[int, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """The text of an article as of one reading.

    ``snapshot`` is the SHA-256 of the WARC file of the fetched page, if one was made.
    """

    article_id: int
    number: int
    extract: Extract
    read_at: datetime
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article through all its versions: one URL, or one titled paste of an outlet.

    ``story`` is the oldest article with the same text, perhaps this one. ``note`` explains its
    removal. ``held`` is the reason why its page is not trusted at the moment: the current version
    is the last good one. ``place`` is the only server that may cite it; empty for everybody.
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

    ``id`` is ``article:version:order:hash`` and always denotes the same text.
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
        """The passage below its title, outlet and day: the text that both stores index."""
        day = self.header.day
        origin = f"{self.header.outlet}, {day.isoformat()}" if day else self.header.outlet
        return f"{self.header.title} ({origin})\n{self.text}"


@dataclass(frozen=True, slots=True)
class ArticleState:
    """The expected contents of an index for one article: its current passages and the stale ids.

    The archive has no ids of an *erased* article any more.
    """

    article_id: int
    passages: tuple[Passage, ...]
    stale: tuple[str, ...]
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Generation:
    """One build of the index; exactly one is active. A retired one can serve again."""

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
    """A feed, a sitemap or a page that is checked again *every* so many minutes.

    ``listed`` is the number of pages in its last complete listing. ``failure`` is the error since
    ``failed_at``, if no check has succeeded since. ``checked_at`` is the time at which its listing
    was last asked, or a process took it to ask; the last check ended, with all pages that did not
    wait, at ``ended_at``. ``place`` is the only server that may cite its articles; empty for
    everybody.
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
        """Return True if it is time for the next check."""
        return self.checked_at is None or now - self.checked_at >= timedelta(minutes=self.every)


@dataclass(frozen=True, slots=True)
class SnapshotLimits:
    """The limits of stored snapshots in days and megabytes; 0 days: none are stored."""

    days: int
    megabytes: int


NO_SNAPSHOTS = SnapshotLimits(0, 0)
"""No snapshots are stored."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The pages fetched for a version, as a gzipped WARC file, and its SHA-256."""

    warc: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class SourcePage:
    """The state of a page that was fetched, with its article, if any.

    ``address`` is the normalised ``url``. ``modified`` is the time in its last listing. ``removal``
    is that of its article. A ``listing`` is a sitemap in another one.
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
        """True if its article was removed by hand or erased: it is never checked again."""
        return self.removal in {Removal.REMOVED, Removal.HIDDEN, Removal.ERASED}


@dataclass(frozen=True, slots=True)
class OutletSummary:
    """The number of an outlet's articles, and the date of the newest."""

    outlet: str
    articles: int
    newest: Moment | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The archive in numbers; removed articles are only counted in ``removed``."""

    articles: int
    removed: int
    versions: int
    outlets: tuple[OutletSummary, ...]
    last_change: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Edition:
    """The coverage that the answers of one server may cite.

    It is everybody's articles and those of the server *place*, without those it hid; *outlets*
    restrict it. Without a *place* it is everybody's articles.
    """

    place: str = ""
    outlets: tuple[str, ...] = ()


EVERYBODY = Edition()
"""The edition of everybody's articles."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A restriction of coverage: to these outlets, and to days from *since* to *until*.

    Both days are included; an empty value or None does not restrict. The article numbers in
    *without* are excluded.
    """

    outlets: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    without: frozenset[int] = frozenset()

    def holds(self, header: Header) -> bool:
        """Return True if an article is in this scope; one without a day is in no period."""
        if self.outlets and header.outlet not in self.outlets:
            return False
        if self.since is None and self.until is None:
            return True
        day = header.day
        if day is None:
            return False
        return (self.since or day) <= day <= (self.until or day)

    def includes(self, article: Article) -> bool:
        """Return True if *article* is in this scope and not excluded by its number."""
        return article.id not in self.without and self.holds(article.header)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that may answer a question, with its scores.

    ``score`` is the fused relevance within one search, the best at 1. ``dense`` is the cosine of
    question and passage, ``lexical`` the BM25 score, each None if that search did not find the
    passage. ``fit`` is the factor in ``score`` if the question names the article's outlet or day,
    otherwise 1. ``copies`` are headers of other articles with the same story. ``freshness`` is how
    new it is beside the newest that comes close, from 0 to 1; 0 where the newest is not meant.
    """

    passage: Passage
    score: float
    dense: float | None = None
    lexical: float | None = None
    fit: float = 1.0
    copies: tuple[Header, ...] = ()
    freshness: float = 0.0


def day_of(moment: Moment) -> date:
    """Return the calendar day of *moment* in its own time zone."""
    return moment.date() if isinstance(moment, datetime) else moment


def parse_moment(text: str) -> Moment:
    """Parse an ISO 8601 date or time; slashes are read as hyphens.

    Raises:
        ValueError: *text* is neither.
    """
    text = text.strip().replace("/", "-")
    is_day = len(text) == len("YYYY-MM-DD")
    return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)


def passage_id(article_id: int, version: int, order: int, text: str) -> str:
    """Return the permanent id of a passage: ``article:version:order:hash``."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{article_id}:{version}:{order}:{digest}"
