"""Whether the cited sentences state a draft's figures, or figures that it is reckoned from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from bot.answering.proving.days import distances
from bot.answering.proving.ground import CitedGround, Draft
from ingest.language.numbers import Figure, figures_in, loose
from ingest.language.words import entries, one_of, words

_NEAR = Decimal("0.05")
"""Part of a figure by which a rounded one may differ from it at most."""
_PARTS = Decimal("0.75")
"""Per cent by which "two-thirds" may differ from the share it stands for."""
_SIZES = 1000
"""How many times "thousands" a figure may be that they stand for."""
_OPPOSED = ({"least", "most"},)
_SHARES = {"share", "points"}
_SPANS = {"seconds", "minutes", "hours", "days", "weeks", "months", "years", "decades"}
_RECKONING = {
    how: re.compile(one_of(entries(text)), re.IGNORECASE)
    for how, text in words()["reckoning"].items()
}
_APART = re.compile(
    rf"^[ -]?(?:[a-z]+)? ?(?:{one_of(entries(words()['reckoning']['apart']))})", re.I
)
_DEFINITE = re.compile(r"\b(?:the|these|those|its|their|his|her|both|other) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure that the sources do not state, and how it comes from those that they do.

    ``how`` is "rounded", "sum", "difference" or "apart": a distance in time from what is not
    cited, on which rules cannot decide.
    """

    words: str
    how: str
    of: tuple[str, ...] = ()


def figures(draft: Draft, ground: CitedGround) -> tuple[str | None, list[Derived]]:
    """Return the first figure that the cited sentences neither state nor bear out, or ``None``.

    With it come the figures that are derived, for whoever reads the sentence next.
    """
    text = draft.read
    known = [(figure, sentence) for sentence in ground.read for figure in figures_in(sentence)]
    derived: list[Derived] = []
    stated_here = figures_in(text)
    for figure in stated_here:
        said = text[figure.start : figure.end]
        if _definite(figure, text) or any(
            _states(figure, text, stated_here, *each) for each in known
        ):
            continue
        found = _reckoned(figure, text, known) or _apart(figure, text, known, ground)
        if found is None:
            return said, derived
        derived.append(found)
    return None, derived


def _definite(figure: Figure, text: str) -> bool:
    """Tell whether "the two parties" only points to two that were named."""
    spelt = text[figure.start : figure.end].isalpha()
    return spelt and figure.value == 2 and bool(_DEFINITE.search(text[: figure.start]))


def _states(
    figure: Figure, text: str, beside: Sequence[Figure], other: Figure, source: str
) -> bool:
    """Tell whether *other*, of *source*, is the draft's *figure*: value, unit, kind and bound."""
    if {figure.bound, other.bound} in _OPPOSED or _units_differ(figure, other):
        return False
    if figure.kind == "vague":
        ample = other.kind == "count" and figure.value <= other.value < figure.value * _SIZES
        return ample or (other.kind == "vague" and other.value == figure.value)
    if figure.value != other.value:
        return False
    if figure.kind == other.kind:
        return True
    if {figure.kind, other.kind} == {"count", "share"}:
        bare, where = (figure, text) if figure.kind == "count" else (other, source)
        company = beside if where is text else figures_in(source)
        return not bare.unit and loose(bare, where) and any(f.kind == "share" for f in company)
    return {figure.kind, other.kind} in ({"count", "multiple"}, {"count", "ordinal"}) and (
        not source.isascii() or not text.isascii() or "times" in {figure.unit, other.unit}
    )


def _units_differ(one: Figure, other: Figure) -> bool:
    """Tell whether both say what they measure, and not the same."""
    if (one.kind in _SHARES and other.unit) or (other.kind in _SHARES and one.unit):
        return True
    return bool(one.unit and other.unit and one.unit != other.unit)


def _reckoned(figure: Figure, text: str, known: Sequence[tuple[Figure, str]]) -> Derived | None:
    """Return how *figure* is rounded from a cited one, or the sum or difference of two."""
    said = text[figure.start : figure.end]
    for other, source in known:
        if (
            figure.kind == other.kind
            and not _units_differ(figure, other)
            and _rounds(figure, other)
        ):
            return Derived(said, "rounded", (source[other.start : other.end],))
    for how, value, one, other in _reckonings(text, [f for f, _ in known]):
        kind = "points" if how == "difference" and one.kind == "share" else one.kind
        if figure.kind != kind or (_units_differ(figure, one) and kind != "points"):
            continue
        exact = Figure(value, kind, 0, 0, step=min(one.step, other.step))
        if value == figure.value or _rounds(figure, exact):
            parts = [s[f.start : f.end] for f, s in known if f is one or f is other]
            return Derived(said, how, tuple(parts))
    return None


def _reckonings(
    text: str, known: Sequence[Figure]
) -> Iterator[tuple[str, Decimal, Figure, Figure]]:
    """Yield the sums and differences of two figures of one unit, where *text* says it reckons."""
    for one, other in combinations(known, 2):
        if (
            one.kind != other.kind
            or one.kind not in {"count", "share"}
            or _units_differ(one, other)
        ):
            continue
        if _RECKONING["difference"].search(text):
            yield "difference", abs(one.value - other.value), one, other
        if _RECKONING["sum"].search(text):
            yield "sum", one.value + other.value, one, other


def _rounds(figure: Figure, exact: Figure) -> bool:
    """Tell whether *figure* is *exact* at its own precision, and says so or leaves digits out.

    "63 per cent" and "2 million" round by themselves; "about 120" and "more than 120" round 121
    because they say it, and "120" does not.
    """
    away = abs(figure.value - exact.value)
    if (
        exact.value == 0
        or away > _NEAR * abs(exact.value)
        or {figure.bound, exact.bound} in _OPPOSED
    ):
        return False
    if figure.kind == "share" and figure.value % 1 and figure.step == 1:
        return away <= _PARTS
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
    return finer and away <= step / 2


def _apart(
    figure: Figure, text: str, known: Sequence[tuple[Figure, str]], ground: CitedGround
) -> Derived | None:
    """Judge "ten days later": by the dates that are cited, if there are two; else not at all."""
    if figure.unit not in _SPANS or not _APART.match(text[figure.end :]):
        return None
    if any(f.unit == figure.unit and _APART.match(s[f.end :]) for f, s in known):
        return None
    said = text[figure.start : figure.end]
    between = distances(ground)
    if not between:
        return Derived(said, "apart")
    each = {"days": 1, "weeks": 7}.get(figure.unit)
    fits = each and any(days == figure.value * each for days in between)
    return Derived(said, "difference") if fits else None
