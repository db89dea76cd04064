"""Whether the sources state a draft's figures and dates, of what the draft states them of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from bot.answering.checking.figures import (
    Figure,
    clocks_in,
    days_in,
    figures_in,
    plain,
    weekdays_in,
)
from bot.answering.checking.ground import Draft, Ground, title_of
from bot.answering.checking.polarity import KNOWN, shared
from ingest.index.analysis import terms
from ingest.index.passages import sentences
from ingest.index.script import EAST_ASIAN

RIVAL = 0.4
"""Share of the best match from which another sentence may be what the draft reports."""
NEAR = 4
"""Characters below which being nearer hardly tells."""
NEARLY = 0.5
"""How near is near enough for a figure that has the same neighbour in draft and source."""
BARRIER = 6
"""Characters that a comma adds between a figure and what it is said of."""
PERCENT = {"per", "cent", "percent", "percentage", "point", "points"}
STRICT = {"日"}
"""Counters that a figure of something else never lacks."""
UNITLESS = re.compile(r"\s*(?:[.,;:)]|and\b|to\b|in\b|$)")


def unknown_figure(draft: Draft, ground: Ground) -> str | None:
    """Find a figure that the sources do not state, or state of something else."""
    text = plain(draft.text)
    figures = figures_in(text)
    rows = reported(text, ground)
    for figure in figures:
        alike = [f for f in figures if f.kind == figure.kind]
        if not any(states(row, figure, alike, text) for row in rows) and not dated(figure, ground):
            return text[figure.start : figure.end]
    hours = {(h, m) for h, m, _, _ in clocks_in(plain(ground.text))}
    for hour, minute, start, end in clocks_in(text):
        if not hours & {(hour, minute), ((hour + 12) % 24, minute)}:
            return text[start:end]
    return None


def reported(text: str, ground: Ground) -> list[str]:
    """Return the sentences, titles and questions that *text* may report: its best matches."""
    sources = [plain(ground.question), *(plain(title_of(p)) for p in ground.passages)]
    for passage in ground.passages:
        spans = sentences(passage.text, passage.header.language)
        sources += [plain(passage.text[span.start : span.end]) for span in spans]
    words = [word for word, _ in places(text)]
    rows = [(shared(words, [word for word, _ in places(source)]), source) for source in sources]
    best = max(share for share, _ in rows)
    return [source for share, source in rows if share >= RIVAL * best]


def states(source: str, figure: Figure, alike: Sequence[Figure], text: str) -> bool:
    """Tell whether *source* states *figure* of what the draft states it of.

    Where the source has several figures of that kind, either the draft's own, *alike*, stand in a
    row there as they do in the draft, or the words around the figure lie nearest to it.
    """
    there = figures_in(source)
    mine = [f for f in there if agree(figure, f, text, source)]
    if len(mine) < sum(f.value == figure.value for f in alike):
        return False
    rivals = [f for f in there if f.kind == figure.kind or f in mine]
    values, wanted = [f.value for f in rivals], [f.value for f in alike]
    beside = set(pairwise(values)) & {pair for pair in pairwise(wanted) if figure.value in pair}
    return nearest(figure, text, rivals, source) >= (NEARLY if beside else 1.0)


def agree(figure: Figure, other: Figure, text: str, known: str) -> bool:
    """Tell whether two figures are one; a share may leave its unit to the one beside it."""
    if figure.value != other.value:
        return False
    if figure.unit != other.unit and (
        STRICT & {figure.unit, other.unit} or (figure.unit and other.unit)
    ):
        return False
    kinds = {figure.kind, other.kind}
    if "share" not in kinds or len(kinds) == 1:
        return True
    share_here = figure.kind == "share"
    rest = known[other.end :] if share_here else text[figure.end :]
    return bool(UNITLESS.match(rest))


def dated(figure: Figure, ground: Ground) -> bool:
    """Tell whether a figure is the day or the year of a date that the passages know."""
    days = [(d.year, d.day) for d in days_in(plain(ground.text))]
    days += [(d.year, d.day) for d in ground.days]
    stated = figure.kind in {"year", "ordinal"} or figure.unit in {"日", "年", "月"}
    return stated and any(figure.value in day for day in days)


def nearest(figure: Figure, text: str, alike: Sequence[Figure], source: str) -> float:
    """Return how near the draft's figure lies to the draft's words, the nearest of *alike* at 1."""
    if len({f.value for f in alike}) == 1:
        return 1.0
    spots: dict[str, list[tuple[int, int]]] = {}
    for word, place in places(source):
        spots.setdefault(word, []).append(place)
    anchors = [
        (apart(figure, place, text), word)
        for word, place in places(text)
        if word in spots and place[0] not in range(figure.start, figure.end)
    ]
    if not anchors:
        return 1.0
    pull = {
        f: sum(
            1 / (NEAR + away) / (NEAR + min(apart(f, spot, source) for spot in spots[word]))
            for away, word in anchors
        )
        for f in alike
    }
    return max(pull[f] for f in alike if f.value == figure.value) / max(pull.values())


def places(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Return the content terms of *text*, each with where it stands; CJK by bigrams."""
    found: list[tuple[str, tuple[int, int]]] = []
    for match in re.finditer(r"[^\W\d_]+|(?:19|20)\d\d", text):
        run = match.group()
        if EAST_ASIAN.search(run):
            found += [
                (run[i : i + 2], (match.start() + i, match.start() + i + 2))
                for i in range(len(run) - 1)
            ]
        elif run.lower() not in KNOWN.empty | KNOWN.links | PERCENT and (own := terms(run)):
            found.append((own[0], match.span()))
    return found


def apart(figure: Figure, place: tuple[int, int], text: str) -> int:
    """Count the characters between a figure and a word; a comma is far, a full stop farther."""
    start, end = place
    between = text[end : figure.start] if end <= figure.start else text[figure.end : start]
    return len(between) + BARRIER * len(re.findall(r"[,、;；。]| and | but ", between))


def moved_date(draft: Draft, ground: Ground) -> str | None:
    """Find a date or a weekday that the passages do not know."""
    text, known = plain(draft.text), plain(ground.text)
    there, here = days_in(known), days_in(text)
    cited = [d for d in days_in(plain(ground.cited)) if d.day]
    for day in here:
        if any(day.meets(each) for each in days_in(plain(ground.spoken))):
            continue
        others = [d for d in here if d is not day and any(d.meets(each) for each in cited)]
        reported_on = any(day.meets(each) for each in ground.days) and (others or not cited)
        if not reported_on:
            return text[day.start : day.end]
    weekdays = weekdays_in(known) | {each.weekday() for each in ground.days}
    weekdays |= {
        whole.weekday()
        for stated in there
        for year in {stated.year, *(each.year for each in ground.days)} - {None}
        if (whole := real(year, stated.month, stated.day))
    }
    unknown = weekdays_in(text) - weekdays
    return str(sorted(unknown)[0]) if unknown else None


def real(year: int | None, month: int, day: int | None) -> date | None:
    """Return that day, if it is whole and the calendar has it."""
    try:
        return date(year, month, day) if year and day else None
    except ValueError:
        return None
