"""The outlets and days named in a question, and outlets that it names in vain."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from ingest.index.limits import SEARCHES
from ingest.language.as_english import Rendered, as_english
from ingest.language.dates import Day, days_in, word_before
from ingest.language.languages import one_of, phrase_pattern, words
from ingest.language.script import has_japanese
from ingest.model import Scope

_SUBTITLE_MARKS = (" - ", " | ", " – ", " : ", ": ")
"""Separators between an outlet and its section: "FOX News - Health"."""
_SINCE = phrase_pattern([r"\bsince\b", "以降", "以来"])
_UNTIL = phrase_pattern([r"\bbefore\b", r"\buntil\b", "以前", "まで"])
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("one 一", "two 二", "three 三", "four 四", "five 五", "six 六", "seven 七"), start=1
    )
    for word in words.split()
}
_NUMBER = "|".join(_NUMBERS)
_BEFORE_MONTH = {"in", "during", "since", "of", "by", "until", "before", "after", "from"}
"""Words that show that the month behind them is a period."""
_OUTLET_WORDS = words()["outlets"]
_SUFFIXES = "|".join(_OUTLET_WORDS["suffixes"].split())
_KNOWN_NAMES = one_of(_OUTLET_WORDS["names"])
_PAPER = rf"(?:\b[A-Z][\w&.-]{{0,30}}(?: of)? ){{1,3}}(?:{_SUFFIXES})"
"""Up to four capitalised words, the last of which is typical of newspaper names."""
_OPEN, _CLOSE = "[‘“'\"]?(?:[Tt]he )?", "\\b[’”'\"]?"
_ACCORDING_TO = r"(?i:\b(?:according to|(?:reported|published|written|covered) (?:by|in|on)) )"
_WHAT_DID = r"(?i:\b(?:what|how|when|why) (?:did|does|do|has) )"
_SAYS = r" (?:say|said|report|reported|write|wrote|publish|published|claim)s?\b"
_ITS_REPORT = r"(?:[’']s)? (?:article|report|story|coverage|piece)\b"
_JA = "|".join(
    [rf"\w{{1,8}}?(?:{'|'.join(_OUTLET_WORDS['suffixes_ja'].split())})", *_OUTLET_WORDS["names_ja"]]
)


@dataclass(frozen=True, slots=True)
class QuestionScope:
    """The outlets and days in a question: *outlets* and *days* are preferred, *bound* is required.

    *topic* is the question without them, the subject of the answer.
    """

    outlets: tuple[str, ...] = ()
    days: tuple[Scope, ...] = ()
    bound: Scope | None = None
    topic: str = ""

    @property
    def scopes(self) -> Iterator[Scope]:
        """Yield a scope for each outlet and each period, to be searched separately."""
        yield from (Scope(outlets=(outlet,)) for outlet in self.outlets)
        yield from self.days


NO_SCOPE = QuestionScope()
"""The value for a question without outlets and days."""


def question_scope(
    question: str, outlets: Sequence[str], today: date, language: str | None = None
) -> QuestionScope:
    """Parse *question*: "since last week" bounds publication dates, "in July" names its subject."""
    rendered = as_english(question, language)
    relative = _relative_period(rendered.text, today)
    days = () if relative else tuple(_absolute_periods(rendered.text, today))
    named_outlets = tuple(_named(question, outlets))
    return QuestionScope(named_outlets, days, relative, _topic(rendered, named_outlets))


def _topic(question: Rendered, outlets: Sequence[str]) -> str:
    """Return *question* without its periods and *outlets*, or unchanged if nothing is left."""
    text, periods = question.text, []
    for pattern, _ in _PERIODS:
        periods += [match.span() for match in pattern.finditer(text)]
        text = pattern.sub(_blank, text)
    for day in days_in(text):
        if day.month and (day.day or _is_period(day, text)):
            periods.append((day.start, day.end))
    positions = {i for period in periods for i in range(*question.span(*period))}
    remainder = "".join(" " if i in positions else char for i, char in enumerate(question.original))
    for name in (spelling for outlet in outlets for spelling in _spellings(outlet)):
        remainder = phrase_pattern([re.escape(name)]).sub(" ", remainder)
    return remainder if any(map(str.isalnum, remainder)) else question.original


def _blank(match: re.Match[str]) -> str:
    """Return as many spaces as the match has characters."""
    return " " * len(match.group())


def _named(question: str, outlets: Sequence[str]) -> Iterator[str]:
    """Yield the outlets that *question* names; one-word names must match in case."""
    plain = _spaced(question)
    folded = plain.casefold()
    for outlet in outlets:
        for name in _spellings(outlet):
            if has_japanese(name):
                is_named = len(name) > 1 and name in question
            else:
                exact = _spaced(name)
                single = exact.count(" ") == len("  ")
                is_named = (exact in plain) if single else (exact.casefold() in folded)
                is_named = is_named and len(name) >= SEARCHES.outlet_name_characters
            if is_named:
                yield outlet
                break


def _spellings(outlet: str) -> list[str]:
    """Return the names in use for *outlet*, the longest first.

    "The Sarnholt Ledger" loses its article if two words are left; a section is not a name.
    """
    paper = outlet
    for mark in _SUBTITLE_MARKS:
        paper = paper.partition(mark)[0]
    short_name = paper.removeprefix("The ")
    names = {outlet, paper, short_name if " " in short_name else paper}
    return sorted(names, key=lambda name: (-len(name), name))


def _spaced(text: str) -> str:
    """Return the words of *text* separated, and surrounded, by single spaces."""
    words_of_text = "".join(char if char.isalnum() else " " for char in text).split()
    return f" {' '.join(words_of_text)} "


def _relative_period(question: str, today: date) -> Scope | None:
    """Return the period in *question* that is relative to *today*, or None.

    *today* is the asker's day; the day of an article is its outlet's. What is published at one in
    the morning of the 29th in Japan is not of the 28th, though that is the day in UTC.
    """
    for pattern, period in _PERIODS:
        if match := pattern.search(question):
            since, until = period(match, today)
            return Scope(since=since, until=until)
    return None


def _number(match: re.Match[str]) -> int:
    """Return the number in a period, in a word or in digits."""
    number = (match["number"] or match["number_ja"]).lower()
    return _NUMBERS.get(number) or int(number)


def _length(match: re.Match[str]) -> timedelta:
    """Return the length of a period such as "the past two weeks"."""
    unit = (match["unit"] or match["unit_ja"]).lower()
    is_month = "month" in unit or "月" in unit
    return timedelta(
        days=_number(match) * (31 if is_month else 7 if "week" in unit or "週" in unit else 1)
    )


def _one_day(today: date, days_ago: int) -> tuple[date, date]:
    """Return the first and the last day of a period of one day."""
    day = today - timedelta(days=days_ago)
    return day, day


def _saturday_before(day: date) -> date:
    """Return the last Saturday before *day*."""
    return day - timedelta(days=(day.weekday() - calendar.SATURDAY) % 7 or 7)


_Period: TypeAlias = Callable[[re.Match[str], date], tuple[date, date | None]]
_RELATIVE_PERIODS: dict[str, _Period] = {
    r"(?i:\b(?:the )?day before yesterday\b)|一昨日|おととい": (
        lambda _, today: _one_day(today, 2)
    ),
    rf"(?i:\b(?P<number>\d{{1,2}}|{_NUMBER}) days ago\b)"
    r"|(?P<number_ja>\d{1,2}|[一二三四五六])日前": (
        lambda match, today: _one_day(today, _number(match))
    ),
    r"(?i:\b(?:last|past|at the|over the) weekend\b)|先週末|週末": (
        lambda _, today: (_saturday_before(today), _saturday_before(today) + timedelta(days=2))
    ),
    r"^Today\b|\btoday\b|\bthis (?:morning|afternoon|evening)\b|\btonight\b|今日|本日|今朝|今夜": (
        lambda _, today: _one_day(today, 0)
    ),
    r"(?i:\byesterday\b)|昨日|きのう": lambda _, today: _one_day(today, 1),
    r"(?i:\blast night\b)|昨夜": lambda _, today: (today - timedelta(days=1), today),
    r"(?i:\bthis week\b)|今週": lambda _, today: (today - timedelta(days=today.weekday()), None),
    r"(?i:\blast week\b)|先週": (
        lambda _, today: (today - timedelta(days=today.weekday() + 7), None)
    ),
    r"(?i:\bthis month\b)|今月": lambda _, today: (today.replace(day=1), None),
    r"(?i:\blast month\b)|先月": (
        lambda _, today: ((today.replace(day=1) - timedelta(days=1)).replace(day=1), None)
    ),
    rf"(?i:\b(?:last|past|previous) (?P<number>\d{{1,2}}|{_NUMBER}) (?P<unit>day|week|month)s?\b)"
    r"|(?:過去|この)(?P<number_ja>\d{1,2}|一)(?P<unit_ja>日|週間|か月|ヶ月)": (
        lambda match, today: (today - _length(match), None)
    ),
}
"""The first and the last day of periods that are relative to today, the most specific first.

Today's words count in lower case only, because "USA Today" is no day.
"""
_PERIODS = tuple((re.compile(pattern), period) for pattern, period in _RELATIVE_PERIODS.items())


def _absolute_periods(question: str, today: date) -> Iterator[Scope]:
    """Yield the days and months that *question* names by date."""
    spans = sorted(_spans_of(question, today))
    if len(spans) == 1 and _SINCE.search(question):
        yield Scope(since=spans[0][0])
    elif len(spans) == 1 and _UNTIL.search(question):
        yield Scope(until=spans[0][1])
    else:
        yield from (Scope(since=start, until=end) for start, end in dict.fromkeys(spans))


def _spans_of(text: str, today: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last date of each day and month that *text* names.

    A date without a year is the latest one up to *today*.
    """
    for day in days_in(text):
        if day.month is None:
            continue
        if day.day:
            full_date = day.whole or _latest(day, today)
            if full_date:
                yield full_date, full_date
        elif _is_period(day, text):
            first = date(day.year or today.year - (day.month > today.month), day.month, 1)
            yield first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _is_period(month: Day, text: str) -> bool:
    """Return True if a month is meant as a period; "the November election" is not."""
    return text[month.end - 1] == "月" or word_before(text, month.start).casefold() in _BEFORE_MONTH


def _latest(day: Day, today: date) -> date | None:
    """Return the latest date with this day and month up to *today*, or None."""
    for year in (today.year, today.year - 1):
        try:
            candidate = date(year, day.month or 0, day.day or 0)
        except ValueError:
            continue
        if candidate <= today:
            return candidate
    return None


def _name(key: str) -> str:
    """Return the regular expression for an outlet's name; known names match in any case."""
    return rf"{_OPEN}(?P<{key}>{_PAPER}|(?i:{_KNOWN_NAMES})){_CLOSE}"


_PATTERNS = (
    f"{_ACCORDING_TO}{_name('by')}",
    f"{_WHAT_DID}{_name('did')}{_SAYS}",
    f"{_name('its')}{_ITS_REPORT}",
    rf"(?P<ja>{_JA})(?:によると|によれば|の記事|の報道|は(?:何|どう))",
)
_SOURCE = re.compile("|".join(_PATTERNS))


def absent_outlets(
    question: str, outlets: Sequence[str], language: str | None = None
) -> tuple[str, ...]:
    """Return the outlets that *question* asks about as a source and that are not in *outlets*."""
    known_outlets = [_plain(outlet) for outlet in outlets]
    names = dict.fromkeys(_outlet_named(as_english(question, language).text))
    return tuple(
        name for name in names if not any(_plain(name) in outlet for outlet in known_outlets)
    )


def _outlet_named(question: str) -> Iterator[str]:
    """Yield the outlets that *question* names as the source of a report."""
    for match in _SOURCE.finditer(question):
        outlet = next(filter(None, match.groupdict().values()))
        _, article, paper = f" {outlet}".rpartition(" The ")
        yield f"The {paper}" if article else outlet


def _plain(outlet: str) -> str:
    """Return the letters and digits of a name in lower case, without a leading "the"."""
    letters = "".join(char for char in outlet.casefold() if char.isalnum())
    return letters.removeprefix("the")
