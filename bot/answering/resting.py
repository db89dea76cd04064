"""What an answer rests on: how many outlets, which only copy, and what one of them alone has.

Nothing is searched: what is shown and what was ranked for it is all that this needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.model import Answer, Ground, Level, Resting, WithoutOutlet
from ingest.model import Header, Ownership


@dataclass(frozen=True, slots=True)
class RankedSource:
    """An article that was ranked for a question, with the copies of its story.

    ``answers`` says that it would be shown as an answer if it led.
    """

    header: Header
    copies: tuple[Header, ...] = ()
    answers: bool = True

    @property
    def headers(self) -> tuple[Header, ...]:
        """Return the article and its copies."""
        return (self.header, *self.copies)


def rests_on(shown: Sequence[RankedSource], ranked: Sequence[RankedSource] = ()) -> Ground | None:
    """Return what the *shown* articles rest on; ``None`` where none is shown.

    *ranked* is everything that was ranked, best first, its first being the lead; without it nothing
    is said of what one outlet alone has.
    """
    headers = [header for each in shown for header in each.headers]
    if not headers:
        return None
    outlets = len({header.outlet for header in headers})
    copies = outlets - _independent(shown)
    return Ground(_resting(headers, outlets, copies), outlets, copies, _without_each(ranked))


def shown_sources(answer: Answer) -> list[RankedSource]:
    """Return the articles that *answer* rests on, each once, with their copies.

    What only comes close beside the lead, or contradicts it, bears nothing.
    """
    found: dict[Header, tuple[Header, ...]] = {}
    for claim in answer.claims:
        for citation in claim.citations:
            found[citation.header] = (*found.get(citation.header, ()), *claim.copies)
    bearing = answer.excerpts[: answer.leads]
    if answer.differ:
        bearing = answer.excerpts[:1]
    elif answer.level is Level.SAYS:
        bearing = answer.excerpts
    for each in bearing:
        header = each.citation.header
        found[header] = (*found.get(header, ()), *each.copies)
    return [
        RankedSource(header, tuple(c for c in dict.fromkeys(copies) if c != header))
        for header, copies in found.items()
    ]


def _resting(headers: Sequence[Header], outlets: int, copies: int) -> Resting:
    if all(header.ownership is Ownership.PARTY for header in headers):
        return Resting.PARTY
    if outlets == 1:
        return Resting.ONE
    return Resting.COPIES if copies else Resting.INDEPENDENT


def _independent(shown: Sequence[RankedSource]) -> int:
    """Count the outlets that are left when those that share a story or an agency are one.

    An article joins its outlet to those of its copies, to its agency, to the outlets that carry the
    same agency, and to the address that it names as its original.
    """
    joined: dict[str, str] = {}

    def root(name: str) -> str:
        joined.setdefault(name, name)
        while joined[name] != name:
            joined[name] = joined[joined[name]]
            name = joined[name]
        return name

    by_address = {
        header.url: header.outlet for each in shown for header in each.headers if header.url
    }
    for each in shown:
        for header in each.headers:
            joined[root(f"outlet {header.outlet}")] = root(f"outlet {each.header.outlet}")
            if header.agency and header.agency != header.outlet:
                agency = root(f"agency {header.agency.casefold()}")
                joined[root(f"outlet {header.outlet}")] = agency
            if header.agency is None and header.outlet.casefold() in _agencies(shown):
                joined[root(f"outlet {header.outlet}")] = root(f"agency {header.outlet.casefold()}")
            if header.original in by_address:
                original = by_address[header.original]
                joined[root(f"outlet {header.outlet}")] = root(f"outlet {original}")
    outlets = {header.outlet for each in shown for header in each.headers}
    return len({root(f"outlet {outlet}") for outlet in outlets})


def _agencies(shown: Sequence[RankedSource]) -> set[str]:
    """Return the agencies whose texts are shown: an agency that is shown itself is their origin."""
    return {h.agency.casefold() for each in shown for h in each.headers if h.agency}


def _without_each(ranked: Sequence[RankedSource]) -> tuple[WithoutOutlet, ...]:
    """Return the outlet without which another article leads, or none; only the lead's can be one.

    A copy of the lead in another outlet takes its place, and nothing changes for the reader.
    """
    if not ranked or not ranked[0].answers:
        return ()
    outlet = ranked[0].header.outlet
    if any(header.outlet != outlet for header in ranked[0].copies):
        return ()
    for each in ranked[1:]:
        rest = [header for header in each.headers if header.outlet != outlet]
        if rest and each.answers:
            return (WithoutOutlet(outlet, rest[0]),)
    return (WithoutOutlet(outlet, None),)
