"""The sources of an answer: the number of outlets, of copies, and an indispensable outlet.

No search is needed: the shown and the ranked articles suffice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.answering.values import Answer, Ground, Level, Resting, WithoutOutlet
from ingest.language.datelines import agency_name, agency_names
from ingest.model import Header, Ownership

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class RankedSource:
    """An article that was ranked for a question, with the copies of its story.

    ``answers`` is True if it would be shown as an answer if it led.
    """

    header: Header
    copies: tuple[Header, ...] = ()
    answers: bool = True

    @property
    def headers(self) -> tuple[Header, ...]:
        """Return the headers of the article and of its copies."""
        return (self.header, *self.copies)


def rests_on(sources: Sequence[RankedSource], ranked: Sequence[RankedSource] = ()) -> Ground | None:
    """Return the ground of the *sources* articles; ``None`` if none is shown.

    *ranked* are all ranked articles, the lead first; without them the ground does not say which
    outlet is indispensable.
    """
    headers = [header for source in sources for header in source.headers]
    if not headers:
        return None
    outlets = len({header.outlet for header in headers})
    copies = outlets - _count_independent(sources)
    needed = _needed_outlets(sources, ranked)
    return Ground(_ground_kind(headers, outlets, copies), outlets, copies, needed)


def shown_sources(answer: Answer) -> list[RankedSource]:
    """Return the articles that support *answer*, without duplicates, each with its copies.

    Excerpts that only come close, or that contradict the lead, do not count.
    """
    copies_by_header: dict[Header, tuple[Header, ...]] = {}
    for claim in answer.claims:
        for citation in claim.citations:
            copies_by_header[citation.header] = (
                *copies_by_header.get(citation.header, ()),
                *claim.copies,
            )
    excerpts = answer.excerpts[: answer.leads]
    if answer.differ:
        excerpts = answer.excerpts[:1]
    elif answer.level is Level.SAYS:
        excerpts = answer.excerpts
    for excerpt in excerpts:
        header = excerpt.citation.header
        copies_by_header[header] = (*copies_by_header.get(header, ()), *excerpt.copies)
    return [
        RankedSource(header, tuple(c for c in dict.fromkeys(copies) if c != header))
        for header, copies in copies_by_header.items()
    ]


def _ground_kind(headers: Sequence[Header], outlets: int, copies: int) -> Resting:
    """Return the kind of ground for articles of *outlets* outlets, *copies* of which copy."""
    if all(header.ownership is Ownership.PARTY for header in headers):
        return Resting.PARTY
    if outlets == 1:
        return Resting.ONE
    return Resting.COPIES if copies else Resting.INDEPENDENT


def _count_independent(sources: Sequence[RankedSource]) -> int:
    """Count the outlets, those that share a story or an agency as one.

    An article joins its outlet with those of its copies, with its agencies, and with its URL and
    that of the article that it names as its original. Agencies are outlets too.
    """
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        parents.setdefault(name, name)
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    for source in sources:
        for header in source.headers:
            joined = [f"outlet {source.header.outlet}", f"agency {agency_name(header.outlet)}"]
            joined += [f"agency {name}" for name in agency_names(header.agency or "")]
            joined += [f"url {url}" for url in (header.url, header.original) if url]
            for name in joined:
                parents[root(name)] = root(f"outlet {header.outlet}")
    outlets = {header.outlet for source in sources for header in source.headers}
    return len({root(f"outlet {outlet}") for outlet in outlets})


def _needed_outlets(
    sources: Sequence[RankedSource], ranked: Sequence[RankedSource]
) -> tuple[WithoutOutlet, ...]:
    """Return the outlet of the lead if another article would lead without it.

    A copy of the lead in another outlet would replace it, so that nothing changes for the reader:
    a copy of its article, or of the sentence that is shown.
    """
    if not ranked or not ranked[0].answers:
        return ()
    lead = ranked[0].header
    outlet = lead.outlet
    leads = [ranked[0], *(source for source in sources if source.header == lead)]
    if any(header.outlet != outlet for source in leads for header in source.copies):
        return ()
    for source in ranked[1:]:
        remaining = [header for header in source.headers if header.outlet != outlet]
        if remaining and source.answers:
            return (WithoutOutlet(outlet, remaining[0]),)
    return (WithoutOutlet(outlet, None),)


def fetched_first(found: Sequence[_Found], unverified: Callable[[_Found], bool]) -> list[_Found]:
    """Order *found* so that no paste stands before a fetched article.

    Both keep the order that they are in.
    """
    return sorted(found, key=unverified)


def limited_level(level: Level, leads_unverified: Sequence[bool]) -> Level:
    """Return the level of an answer: a paste alone never says it, it only comes close.

    *leads_unverified* tells of each excerpt that leads whether it is a paste.
    """
    alone = bool(leads_unverified) and all(leads_unverified)
    return Level.CLOSEST if alone else level
