"""The figures and days of a draft, compared with those of the cited sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from bot.answering.limits import PROOFS
from bot.answering.proving.ground import CitedGround, Draft, plain_citation
from ingest.language.dates import Day, clocks_in, days_in, weekdays_in, word_before
from ingest.language.languages import entries, one_of, phrase_pattern, words
from ingest.language.numbers import Figure, figures_in, lacks_unit

_RELATIVE = (
    (phrase_pattern([r"\btoday\b", r"\btonight\b", "今日", "本日", "同日"]), 0),
    (phrase_pattern([r"\byesterday\b", "昨日", "前日"]), -1),
    (phrase_pattern([r"\btomorrow\b", "明日", "翌日"]), 1),
)
_WEEK_DAYS = 7
_MAX_ROUNDING_SHARE = Decimal("0.05")
"""Greatest difference between a figure and its rounded form, as a share of the figure."""
_FRACTION_TOLERANCE = Decimal("0.75")
"""Greatest difference, in per cent, between "two-thirds" and the share that it means."""
_OPPOSED_BOUNDS = ({"least", "most"},)
_SHARE_KINDS = {"share", "points"}
_TIME_UNITS = {"seconds", "minutes", "hours", "days", "weeks", "months", "years", "decades"}
_ARITHMETIC_WORDS = {
    how: phrase_pattern([one_of(entries(text))]) for how, text in words()["reckoning"].items()
}
_DISTANCE_WORDS = phrase_pattern(
    [one_of(entries(words()["reckoning"]["apart"]))], before="^[ -]?(?:[a-z]+)? ?"
)
_DEFINITE_WORDS = frozenset(
    {"the", "these", "those", "its", "their", "his", "her", "both", "other"}
)


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


def _day_distances(ground: CitedGround) -> set[int]:
    """Return the numbers of days between every two cited dates."""
    dates = {full for day in _stated_days(ground) if (full := _full_date(day))}
    return {abs((a - b).days) for a, b in combinations(dates, 2)}


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure that the sources do not state, and its derivation from figures that they state.

    ``how`` is "rounded", "sum", "difference" or "apart": a distance in time from an uncited day,
    which rules cannot check.
    """

    words: str
    how: str
    of: tuple[str, ...] = ()


def check_figures(draft: Draft, ground: CitedGround) -> tuple[str | None, list[Derived]]:
    """Return the first figure of *draft* without support, or ``None``, and the derived figures.

    A figure has support if a cited sentence states it, or if it derives from stated figures.
    """
    text = draft.plain_text
    cited_figures = [
        (figure, sentence) for sentence in ground.plain_texts for figure in figures_in(sentence)
    ]
    derived: list[Derived] = []
    draft_figures = figures_in(text)
    for figure in draft_figures:
        figure_text = text[figure.start : figure.end]
        if _refers_back(figure, text) or any(
            _equals(figure, text, draft_figures, *pair) for pair in cited_figures
        ):
            continue
        derivation = _calculate(figure, text, cited_figures) or _time_distance(
            figure, text, cited_figures, ground
        )
        if derivation is None:
            return figure_text, derived
        derived.append(derivation)
    return None, derived


def _refers_back(figure: Figure, text: str) -> bool:
    """Return True if *figure* is a "two" that refers back, as in "the two parties"."""
    is_two = figure.value == 2 and text[figure.start : figure.end].isalpha()
    return is_two and word_before(text, figure.start).lower() in _DEFINITE_WORDS


def _equals(
    figure: Figure, text: str, text_figures: Sequence[Figure], source_figure: Figure, source: str
) -> bool:
    """Return True if *source_figure* equals *figure* in value, unit, kind and bound.

    *text* has the first and *text_figures*, *source* the second.
    """
    if {figure.bound, source_figure.bound} in _OPPOSED_BOUNDS or _units_differ(
        figure, source_figure
    ):
        return False
    if figure.kind == "vague":
        ample = (
            source_figure.kind == "count"
            and figure.value <= source_figure.value < figure.value * PROOFS.vague_factor
        )
        return ample or (source_figure.kind == "vague" and source_figure.value == figure.value)
    if figure.value != source_figure.value:
        return False
    if figure.kind == source_figure.kind:
        return True
    if {figure.kind, source_figure.kind} == {"count", "share"}:
        bare, context = (figure, text) if figure.kind == "count" else (source_figure, source)
        neighbours = text_figures if context is text else figures_in(source)
        return (
            not bare.unit
            and lacks_unit(bare, context)
            and any(f.kind == "share" for f in neighbours)
        )
    return {figure.kind, source_figure.kind} in ({"count", "multiple"}, {"count", "ordinal"}) and (
        not source.isascii() or not text.isascii() or "times" in {figure.unit, source_figure.unit}
    )


def _units_differ(first: Figure, second: Figure) -> bool:
    """Return True if the units of the two figures are known and differ."""
    if (first.kind in _SHARE_KINDS and second.unit) or (second.kind in _SHARE_KINDS and first.unit):
        return True
    return bool(first.unit and second.unit and first.unit != second.unit)


def _calculate(
    figure: Figure, text: str, cited_figures: Sequence[tuple[Figure, str]]
) -> Derived | None:
    """Return the derivation of *figure*: a cited figure rounded, or a sum or difference of two."""
    figure_text = text[figure.start : figure.end]
    for source_figure, source in cited_figures:
        if (
            figure.kind == source_figure.kind
            and not _units_differ(figure, source_figure)
            and _is_rounded(figure, source_figure)
        ):
            return Derived(
                figure_text, "rounded", (source[source_figure.start : source_figure.end],)
            )
    for how, value, first, second in _calculations(text, [f for f, _ in cited_figures]):
        kind = "points" if how == "difference" and first.kind == "share" else first.kind
        if figure.kind != kind or (_units_differ(figure, first) and kind != "points"):
            continue
        exact = Figure(value, kind, 0, 0, step=min(first.step, second.step))
        if value == figure.value or _is_rounded(figure, exact):
            parts = [s[f.start : f.end] for f, s in cited_figures if f is first or f is second]
            return Derived(figure_text, how, tuple(parts))
    return None


def _calculations(
    text: str, cited_figures: Sequence[Figure]
) -> Iterator[tuple[str, Decimal, Figure, Figure]]:
    """Yield the sums and differences of two figures of one unit, if *text* has a word for them."""
    for first, second in combinations(cited_figures, 2):
        if (
            first.kind != second.kind
            or first.kind not in {"count", "share"}
            or _units_differ(first, second)
        ):
            continue
        if _ARITHMETIC_WORDS["difference"].search(text):
            yield "difference", abs(first.value - second.value), first, second
        if _ARITHMETIC_WORDS["sum"].search(text):
            yield "sum", first.value + second.value, first, second


def _is_rounded(figure: Figure, exact: Figure) -> bool:
    """Return True if *figure* is *exact* rounded: by dropping digits, or by a word such as "about".

    "63 per cent" and "2 million" are rounded without a word; "about 120" and "more than 120" may
    stand for 121, "120" alone may not.
    """
    difference = abs(figure.value - exact.value)
    if (
        exact.value == 0
        or difference > _MAX_ROUNDING_SHARE * abs(exact.value)
        or {figure.bound, exact.bound} in _OPPOSED_BOUNDS
    ):
        return False
    if figure.kind == "share" and figure.value % 1 and figure.step == 1:
        return difference <= _FRACTION_TOLERANCE
    finer = exact.value % figure.step != 0
    step = figure.step
    if figure.bound and figure.value % 10 == 0 and step == 1:
        step = Decimal(10) ** (
            len(str(int(figure.value))) - len(str(int(figure.value)).rstrip("0"))
        )
        finer = exact.value % step != 0
    if figure.bound == "least":
        return finer and figure.value <= exact.value
    if figure.bound == "most":
        return finer and figure.value >= exact.value
    return finer and difference <= step / 2


def _time_distance(
    figure: Figure, text: str, cited_figures: Sequence[tuple[Figure, str]], ground: CitedGround
) -> Derived | None:
    """Return the derivation of a distance in time, such as "ten days later".

    The cited dates decide; if fewer than two are cited, the verifier has to.
    """
    if figure.unit not in _TIME_UNITS or not _DISTANCE_WORDS.match(text[figure.end :]):
        return None
    if any(f.unit == figure.unit and _DISTANCE_WORDS.match(s[f.end :]) for f, s in cited_figures):
        return None
    figure_text = text[figure.start : figure.end]
    offsets = _day_distances(ground)
    if not offsets:
        return Derived(figure_text, "apart")
    unit_days = {"days": 1, "weeks": 7}.get(figure.unit)
    matches = unit_days and any(days == figure.value * unit_days for days in offsets)
    return Derived(figure_text, "difference") if matches else None
