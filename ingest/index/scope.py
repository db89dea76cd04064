"""Which outlets and which days a question names, against a clock that is passed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.language.as_english import Rendered, as_english
from ingest.language.dates import Day, days_in
from ingest.language.script import has_japanese
from ingest.model import Scope

_WORD = re.compile(r"[^\W_]+")
_SUBTITLE = re.compile(r" [-|–:] |: ")
"""What divides an outlet from its section: "FOX News - Health"."""
_SHORTEST = 3
"""Characters of the shortest name that is looked for."""
_WEEK = timedelta(days=7)
_LATER = timedelta(days=3)
"""How long after a day its reports still call it by the name of the weekday."""

_SINCE = re.compile(r"\bsince\b|以降|以来", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:before|until)\b|以前|まで", re.IGNORECASE)
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("one 一", "two 二", "three 三", "four 四", "five 五", "six 六", "seven 七"), start=1
    )
    for word in words.split()
}
_LAST_DAYS = re.compile(
    rf"\b(?:last|past|previous) (\d{{1,2}}|{'|'.join(_NUMBERS)}) (day|week|month)s?\b"
    r"|(?:過去|この)(\d{1,2}|一)(日|週間|か月|ヶ月)",
    re.IGNORECASE,
)
_DAYS_AGO = re.compile(
    rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)}) days ago\b|(\d{{1,2}}|[一二三四五六])日前", re.IGNORECASE
)
_BEFORE_YESTERDAY = re.compile(r"\b(?:the )?day before yesterday\b|一昨日|おととい", re.IGNORECASE)
_RELATIVE = (
    (
        re.compile(
            r"^Today\b|\btoday\b|\bthis (?:morning|afternoon|evening)\b|\btonight\b"
            r"|今日|本日|今朝|今夜"
        ),
        0,
    ),
    (re.compile(r"\byesterday\b|\blast night\b|昨日|きのう|昨夜", re.IGNORECASE), 1),
)
_WEEKEND = re.compile(r"\b(?:last|past|at the|over the) weekend\b|先週末|週末", re.IGNORECASE)
_SATURDAY = 5
_WEEKS = (
    (re.compile(r"\bthis week\b|今週", re.I), 0),
    (re.compile(r"\blast week\b|先週", re.I), 1),
)
_MONTHS_AGO = (
    (re.compile(r"\bthis month\b|今月", re.I), 0),
    (re.compile(r"\blast month\b|先月", re.I), 1),
)
_PERIODS = (
    *(_BEFORE_YESTERDAY, _DAYS_AGO, _WEEKEND),
    *(pattern for pattern, _ in (*_RELATIVE, *_WEEKS, *_MONTHS_AGO)),
    _LAST_DAYS,
)
_IN_MONTH = re.compile(r"\b(?:in|during|since|of|by|until|before|after|from) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question names: *outlets* and *days* are preferred, *bound* is demanded.

    *topic* is the question without all that: what an answer itself must speak of.
    """

    outlets: tuple[str, ...] = ()
    days: tuple[Scope, ...] = ()
    bound: Scope | None = None
    topic: str = ""

    @property
    def scopes(self) -> Iterator[Scope]:
        """Yield each outlet and each period, to be searched for by itself."""
        yield from (Scope(outlets=(outlet,)) for outlet in self.outlets)
        yield from self.days


NOTHING = Asked()
"""What a question names that names no outlet and no day."""


def asked(question: str, outlets: Sequence[str], today: date, language: str | None = None) -> Asked:
    """Read *question*: "since last week" bounds the coverage, "in July" what it speaks of."""
    read = as_english(question, language)
    relative = _relative_period(read.text, today)
    days = () if relative else tuple(_absolute_periods(read.text, today))
    found = tuple(_named(question, outlets))
    return Asked(found, days, relative, _topic(read, found))


def _topic(question: Rendered, outlets: Sequence[str]) -> str:
    """Return *question* without its periods and *outlets*, or whole if that is all it says."""
    rest, periods = question.text, []
    for pattern in _PERIODS:
        periods += [match.span() for match in pattern.finditer(rest)]
        rest = pattern.sub(_blank, rest)
    for day in days_in(rest):
        if day.month and (day.day or _is_period(day, rest)):
            periods.append((day.start, day.end))
    out = {i for each in periods for i in range(*question.span(*each))}
    left = "".join(" " if i in out else char for i, char in enumerate(question.original))
    for name in (each for outlet in outlets for each in _spellings(outlet)):
        left = re.sub(re.escape(name), " ", left, flags=re.IGNORECASE)
    return left if _WORD.search(left) else question.original


def _blank(match: re.Match[str]) -> str:
    """Write spaces where something was."""
    return " " * len(match.group())


def _named(question: str, outlets: Sequence[str]) -> Iterator[str]:
    """Yield the outlets that *question* names; a name of one word by its own capitals alone."""
    plain = _spaced(question)
    folded = plain.casefold()
    for outlet in outlets:
        for name in _spellings(outlet):
            if has_japanese(name):
                found = len(name) > 1 and name in question
            else:
                exact = _spaced(name)
                single = exact.count(" ") == len("  ")
                found = (exact in plain) if single else (exact.casefold() in folded)
                found = found and len(name) >= _SHORTEST
            if found:
                yield outlet
                break


def _spellings(outlet: str) -> list[str]:
    """Return the names that people use for *outlet*, the longest first.

    "The Sarnholt Ledger" loses its article where two words are left, and a section is no name.
    """
    paper = _SUBTITLE.split(outlet)[0]
    rest = paper.removeprefix("The ")
    names = {outlet, paper, rest if " " in rest else paper}
    return sorted(names, key=lambda name: (-len(name), name))


def _spaced(text: str) -> str:
    """Return the words of *text* between single spaces."""
    return f" {' '.join(_WORD.findall(text))} "


def _relative_period(question: str, today: date) -> Scope | None:
    """Return the period that *question* counts back from *today*, if any."""
    if (days := _days_ago(question)) is not None:
        day = today - timedelta(days=days)
        return Scope(since=day, until=day)
    if _WEEKEND.search(question):
        saturday = today - timedelta(days=(today.weekday() - _SATURDAY) % 7 or 7)
        return Scope(since=saturday, until=saturday + timedelta(days=2))
    for pattern, ago in _RELATIVE:
        if pattern.search(question):
            return Scope(since=today - timedelta(days=ago))
    monday = today - timedelta(days=today.weekday())
    for pattern, ago in _WEEKS:
        if pattern.search(question):
            return Scope(since=monday - ago * _WEEK)
    for pattern, ago in _MONTHS_AGO:
        if pattern.search(question):
            first = today.replace(day=1)
            return Scope(since=(first - timedelta(days=1)).replace(day=1) if ago else first)
    if found := _LAST_DAYS.search(question):
        return Scope(since=today - _counted(found))
    return None


def _days_ago(question: str) -> int | None:
    """Return how many days ago the one day lies that *question* names by counting back, if any."""
    if _BEFORE_YESTERDAY.search(question):
        return 2
    found = _DAYS_AGO.search(question)
    if found is None:
        return None
    number = (found[1] or found[2]).lower()
    return _NUMBERS.get(number) or int(number)


def _counted(found: re.Match[str]) -> timedelta:
    """Return how far "the past two weeks" reach back."""
    number = found[1] or found[3]
    count = _NUMBERS.get(number.lower()) or int(number)
    unit = (found[2] or found[4]).lower()
    if "week" in unit or "週" in unit:
        return count * _WEEK
    days = 31 if "month" in unit or "月" in unit else 1
    return timedelta(days=count * days)


def _absolute_periods(question: str, today: date) -> Iterator[Scope]:
    """Yield the days and months that *question* writes out."""
    spans = sorted(_spans_of(question, today))
    if len(spans) == 1 and _SINCE.search(question):
        yield Scope(since=spans[0][0])
    elif len(spans) == 1 and _UNTIL.search(question):
        yield Scope(until=spans[0][1])
    else:
        yield from (Scope(since=start, until=end) for start, end in dict.fromkeys(spans))


def _spans_of(text: str, today: date) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each day and month that *text* writes out.

    One without a year is the last such day, or month, that *today* knows.
    """
    for day in days_in(text):
        if day.month is None:
            continue
        if day.day:
            whole = day.whole or _latest(day, today)
            if whole:
                yield whole, whole
        elif _is_period(day, text):
            first = date(day.year or today.year - (day.month > today.month), day.month, 1)
            yield first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _is_period(month: Day, text: str) -> bool:
    """Tell whether a month is asked about; "the November election" only names an election."""
    return text[month.end - 1] == "月" or _IN_MONTH.search(text[: month.start]) is not None


def _latest(day: Day, today: date) -> date | None:
    """Return the last such day of the year that *today* knows."""
    for year in (today.year, today.year - 1):
        try:
            found = date(year, day.month or 0, day.day or 0)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
