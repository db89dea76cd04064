"""The entries of a live page, each under its time, from its data or from the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ingest.language.datelines import parse_date
from ingest.language.dates import clocks_in
from ingest.language.lines import ENTRY_TIME
from ingest.reading.declarations import DATE_CLASS, OUTSIDE_ARTICLE, Data, declared_text
from ingest.reading.elements import Element, text
from ingest.reading.limits import PAGES
from ingest.reading.text import clean_line

_STAMPS = ("time", "span", "div", "p", "b", "strong", "h3", "h4", "a")

_Entry = tuple[datetime, str]


def live_updates(page: Element, declared: Data, day: date | None) -> str:
    """Return the entries of a live page, newest first, each under its time; empty without times.

    The data often hold only the newest entries, so the longer list of the two is used. *day* is
    the date of times on the page without a date.
    """
    data_entries, page_entries = list(_in_data(declared)), list(_on_page(page, day))
    longer_list = page_entries if len(page_entries) > len(data_entries) else data_entries
    entries = sorted(longer_list, key=lambda entry: entry[0].isoformat(), reverse=True)
    return "\n\n".join(f"{moment:{ENTRY_TIME}} {entry_text}" for moment, entry_text in entries)


def _in_data(declared: Data) -> Iterator[_Entry]:
    """Yield the entries in the page's structured data."""
    entries = declared.get("liveBlogUpdate")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            entry_text = " ".join(
                declared_text(entry.get(key)) for key in ("headline", "articleBody")
            ).strip()
            moment = parse_date(declared_text(entry.get("datePublished")))
            if entry_text and isinstance(moment, datetime):
                yield moment, entry_text


def _on_page(page: Element, day: date | None) -> Iterator[_Entry]:
    """Yield the entries that the page shows: neighbouring boxes with one time each."""
    times = [time for time in _stamps(page) if not time.xpath(OUTSIDE_ARTICLE)]
    boxes = [(box, time) for time in times if (box := _box_of(time, times)) is not None]
    if len({id(box) for box, _ in boxes}) < PAGES.live_entries:
        return
    seen_boxes: set[int] = set()
    for box, time in boxes:
        moment = _moment_of(time, day)
        if id(box) in seen_boxes or moment is None:
            continue
        seen_boxes.add(id(box))
        time_text = clean_line(text(time))
        entry_text = " ".join(filter(None, (clean_line(text(part)) for part in _parts_of(box))))
        if entry_text and entry_text != time_text:
            yield moment, entry_text


def _stamps(page: Element) -> list[Element]:
    """Return the elements that show a time: ``time``, or elements of such a class with a clock."""
    elements = list(page.iter("time"))
    if len(elements) >= PAGES.live_entries:
        return elements
    candidates = (
        element for element in page.iter(*_STAMPS) if DATE_CLASS.search(element.get("class") or "")
    )
    with_text = ((element, clean_line(text(element))) for element in candidates)
    return [
        element
        for element, element_text in with_text
        if len(element_text) <= PAGES.time_line_characters and clocks_in(element_text)
    ]


def _box_of(time: Element, times: list[Element]) -> Element | None:
    """Return the largest box with *time* and no other time, if its neighbours have one too."""
    box, time_ids = time, {id(stamp) for stamp in times}
    while (parent := box.getparent()) is not None:
        if sum(id(element) in time_ids for element in parent.iter(*_STAMPS)) > 1:
            return None if box is time else box
        box = parent
    return None


def _parts_of(box: Element) -> Iterator[Element]:
    """Yield the paragraphs, headings and list items of an entry."""
    parts = list(box.iter("p", "h2", "h3", "h4", "li", "blockquote"))
    yield from (part for part in parts if not part.xpath(".//p|.//li"))


def _moment_of(time: Element, day: date | None) -> datetime | None:
    """Return the time of an entry: its full date and time, or its clock on *day*."""
    time_text = time.get("datetime") or clean_line(text(time))
    moment = parse_date(time_text)
    if isinstance(moment, datetime):
        return moment
    clocks = clocks_in(time_text) if len(time_text) <= PAGES.time_line_characters or moment else []
    date_of_clock = moment or day
    if not clocks or date_of_clock is None:
        return None
    hour, minute, *_ = clocks[0]
    return datetime(date_of_clock.year, date_of_clock.month, date_of_clock.day, hour % 24, minute)  # noqa: DTZ001 - as it is shown
