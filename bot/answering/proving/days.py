"""Whether the cited sentences, or the days of their articles, state a draft's dates and times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

from bot.answering.proving.ground import CitedGround, Draft, as_read
from ingest.language.dates import Day, clocks_in, days_in, weekdays_in

_RELATIVE = (
    (re.compile(r"\btoday\b|\btonight\b|今日|本日|同日", re.I), 0),
    (re.compile(r"\byesterday\b|昨日|前日", re.I), -1),
    (re.compile(r"\btomorrow\b|明日|翌日", re.I), 1),
)
_WEEK = 7


def moved_date(draft: Draft, ground: CitedGround) -> str | None:
    """Find a date, a weekday or a time of day that what is cited does not state."""
    text = draft.read
    known = list(_stated(ground))
    for day in days_in(text):
        if not any(day.meets(each) for each in known):
            return text[day.start : day.end]
    weekdays = {w for each in ground.read for w, *_ in weekdays_in(each)}
    weekdays |= {whole.weekday() for each in known if (whole := _whole_of(each))}
    for weekday, start, end in weekdays_in(text):
        if weekday not in weekdays:
            return text[start:end]
    hours = {(h, m) for each in ground.read for h, m, *_ in clocks_in(each)}
    for hour, minute, start, end in clocks_in(text):
        if not hours & {(hour, minute), ((hour + 12) % 24, minute)}:
            return text[start:end]
    return None


def _stated(ground: CitedGround) -> Iterator[Day | date]:
    """Yield the days of publication and those of the cited sentences.

    What a sentence leaves out of a date, its weekdays and "yesterday" are read from the day of
    its article: the nearest such day.
    """
    yield from ground.days
    for citation in ground.citations:
        sentence, published = as_read(citation), citation.header.day
        for day in days_in(sentence):
            yield _settled(day, published) if published else day
        if published is None:
            continue
        for weekday, *_ in weekdays_in(sentence):
            back = (published.weekday() - weekday) % _WEEK
            yield published - timedelta(days=back)
            yield published + timedelta(days=_WEEK - back)
        for pattern, away in _RELATIVE:
            if pattern.search(sentence):
                yield published + timedelta(days=away)


def _settled(day: Day, published: date) -> Day:
    """Fill in the month and the year that *day* leaves out, nearest to *published*."""
    if day.year is not None and (day.month is not None or day.day is None):
        return day
    years = [day.year] if day.year else [published.year + i for i in (-1, 0, 1)]
    months = [day.month] if day.month else list(range(1, 13))
    choices = []
    for year in years:
        for month in months:
            try:
                choices.append(date(year, month, day.day or 15))
            except ValueError:
                continue
    nearest = min(choices, key=lambda each: abs(each - published))
    return replace(day, year=nearest.year, month=nearest.month)


def _whole_of(day: Day | date) -> date | None:
    """Return a calendar day, if it is whole."""
    return day if isinstance(day, date) else day.whole


def distances(ground: CitedGround) -> set[int]:
    """Return how many days lie between any two days that are cited."""
    whole = {found for each in _stated(ground) if (found := _whole_of(each))}
    return {abs((one - other).days) for one, other in combinations(whole, 2)}
