"""Check that the cited sentences, or their publication dates, state the dates of a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

from bot.answering.proving.ground import CitedGround, Draft, plain_citation
from ingest.language.dates import Day, clocks_in, days_in, weekdays_in

_RELATIVE = (
    (re.compile(r"\btoday\b|\btonight\b|今日|本日|同日", re.I), 0),
    (re.compile(r"\byesterday\b|昨日|前日", re.I), -1),
    (re.compile(r"\btomorrow\b|明日|翌日", re.I), 1),
)
_WEEK_DAYS = 7


def unstated_date(draft: Draft, ground: CitedGround) -> str | None:
    """Return the first date, weekday or time in *draft* that the citations do not state."""
    text = draft.plain_text
    stated_days = list(_stated_days(ground))
    for day in days_in(text):
        if not any(day.meets(stated_day) for stated_day in stated_days):
            return text[day.start : day.end]
    weekdays = {w for sentence in ground.plain_texts for w, *_ in weekdays_in(sentence)}
    weekdays |= {full.weekday() for day in stated_days if (full := _full_date(day))}
    for weekday, start, end in weekdays_in(text):
        if weekday not in weekdays:
            return text[start:end]
    hours = {(h, m) for sentence in ground.plain_texts for h, m, *_ in clocks_in(sentence)}
    for hour, minute, start, end in clocks_in(text):
        if not hours & {(hour, minute), ((hour + 12) % 24, minute)}:
            return text[start:end]
    return None


def _stated_days(ground: CitedGround) -> Iterator[Day | date]:
    """Yield the publication dates and the dates in the cited sentences.

    Missing parts of a date, weekdays and "yesterday" are completed from the publication date of
    the article: the nearest such day.
    """
    yield from ground.days
    for citation in ground.citations:
        sentence, published = plain_citation(citation), citation.header.day
        for day in days_in(sentence):
            yield _complete_date(day, published) if published else day
        if published is None:
            continue
        for weekday, *_ in weekdays_in(sentence):
            days_back = (published.weekday() - weekday) % _WEEK_DAYS
            yield published - timedelta(days=days_back)
            yield published + timedelta(days=_WEEK_DAYS - days_back)
        for pattern, offset in _RELATIVE:
            if pattern.search(sentence):
                yield published + timedelta(days=offset)


def _complete_date(day: Day, published: date) -> Day:
    """Complete the month and year missing from *day*, nearest to *published*."""
    if day.year is not None and (day.month is not None or day.day is None):
        return day
    years = [day.year] if day.year else [published.year + i for i in (-1, 0, 1)]
    months = [day.month] if day.month else list(range(1, 13))
    candidates = []
    for year in years:
        for month in months:
            try:
                candidates.append(date(year, month, day.day or 15))
            except ValueError:
                continue
    nearest = min(candidates, key=lambda day: abs(day - published))
    return replace(day, year=nearest.year, month=nearest.month)


def _full_date(day: Day | date) -> date | None:
    """Return *day* as a date; ``None`` if its year, month or day is missing."""
    return day if isinstance(day, date) else day.whole


def day_distances(ground: CitedGround) -> set[int]:
    """Return the numbers of days between every two cited dates."""
    dates = {full for day in _stated_days(ground) if (full := _full_date(day))}
    return {abs((a - b).days) for a, b in combinations(dates, 2)}
