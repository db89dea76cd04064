"""The entries of a live report, each under its time, from its data or from the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ingest.language.datelines import stated
from ingest.language.dates import clocks_in
from ingest.reading.declarations import APART, DATED, Data, declared_text
from ingest.reading.elements import Element, text
from ingest.reading.text import clean_line

_FEW = 3
"""Entries that a page has at least to be told as a live report by them."""
_STAMPS = ("time", "span", "div", "p", "b", "strong", "h3", "h4", "a")
CLOCK = 12
"""Characters of the longest time that stands alone."""

_Entry = tuple[datetime, str]


def live_updates(page: Element, declared: Data, day: date | None) -> str:
    """Return a live page's entries, newest first, each under its time; nothing without times.

    The data often hold only the newest: whichever of data and page has more is taken. *day* is
    that of a time on the page that names none.
    """
    told, shown = list(_in_data(declared)), list(_on_page(page, day))
    most = shown if len(shown) > len(told) else told
    entries = sorted(most, key=lambda each: each[0].isoformat(), reverse=True)
    return "\n\n".join(f"{at:%Y-%m-%d %H:%M} {said}" for at, said in entries)


def _in_data(declared: Data) -> Iterator[_Entry]:
    """Yield the entries that the page's data hold."""
    entries = declared.get("liveBlogUpdate")
    for each in entries if isinstance(entries, list) else []:
        if isinstance(each, dict):
            said = " ".join(
                declared_text(each.get(key)) for key in ("headline", "articleBody")
            ).strip()
            at = stated(declared_text(each.get("datePublished")))
            if said and isinstance(at, datetime):
                yield at, said


def _on_page(page: Element, day: date | None) -> Iterator[_Entry]:
    """Yield the entries that the page shows: boxes side by side with a time each."""
    times = [each for each in _stamps(page) if not each.xpath(APART)]
    boxes = [(box, each) for each in times if (box := _box_of(each, times)) is not None]
    if len({id(box) for box, _ in boxes}) < _FEW:
        return
    seen: set[int] = set()
    for box, each in boxes:
        at = _moment_of(each, day)
        if id(box) in seen or at is None:
            continue
        seen.add(id(box))
        mark = clean_line(text(each))
        said = " ".join(filter(None, (clean_line(text(p)) for p in _parts_of(box))))
        if said and said != mark:
            yield at, said


def _stamps(page: Element) -> list[Element]:
    """Return what shows a time: ``time`` elements, or others of that name that hold a clock."""
    found = list(page.iter("time"))
    if len(found) >= _FEW:
        return found
    named = (each for each in page.iter(*_STAMPS) if DATED.search(each.get("class") or ""))
    clocked = ((each, clean_line(text(each))) for each in named)
    return [each for each, said in clocked if len(said) <= CLOCK and clocks_in(said)]


def _box_of(time: Element, times: list[Element]) -> Element | None:
    """Return the largest box that holds this time and no other, if its neighbours are such too."""
    box, inside = time, {id(each) for each in times}
    while (parent := box.getparent()) is not None:
        if sum(id(each) in inside for each in parent.iter(*_STAMPS)) > 1:
            return None if box is time else box
        box = parent
    return None


def _parts_of(box: Element) -> Iterator[Element]:
    """Yield the paragraphs, headings and items of an entry."""
    found = list(box.iter("p", "h2", "h3", "h4", "li", "blockquote"))
    yield from (each for each in found if not each.xpath(".//p|.//li"))


def _moment_of(time: Element, day: date | None) -> datetime | None:
    """Return when an entry was written: its own moment, or its clock on *day*."""
    written = time.get("datetime") or clean_line(text(time))
    at = stated(written)
    if isinstance(at, datetime):
        return at
    clocks = clocks_in(written) if len(written) <= CLOCK or at else []
    on = at or day
    if not clocks or on is None:
        return None
    hour, minute, *_ = clocks[0]
    return datetime(on.year, on.month, on.day, hour % 24, minute)  # noqa: DTZ001 - as it is shown
