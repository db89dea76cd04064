"""The desk's own words, in each language it speaks; terminal and Discord share them."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Self

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from bot.answering.model import (
    Abstention,
    Answer,
    Ground,
    Reason,
    Resting,
    Verdict,
    Written,
)
from bot.answering.understanding.question import UnaskableError
from bot.answering.watching import Phase
from ingest.errors import IngestError
from ingest.language.detecting import UNKNOWN_LANGUAGE
from ingest.language.languages import Language
from ingest.model import UNVERIFIED_PASTE, Header, Kind, Moment, Passage, day_of

WORDS = Path(__file__).parents[1] / "prompts"
"""Where the catalogues stand, one ``words.LANGUAGE.toml`` a language."""
RIGHT_TO_LEFT = "\u200f"
"""Begins what is said in Arabic, for it may go on with a name in other letters."""
_NAMING = frozenset({"number", "version"})
"""Placeholders whose figures name something and count nothing."""
_LOCALES = {Language.ENGLISH: "en_GB"}
"""Where a language alone would write days as another country does."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's catalogue; call it with a key to get the words."""

    language: Language
    texts: Mapping[str, str | Mapping[str, str]]
    """A text for each key, or one for each category of number (CLDR's) that a language has."""
    pairs: Sequence[str]
    """Pairs of quotation marks, the usual ones first."""
    locale: Locale

    @classmethod
    @cache
    def of(cls, language: Language) -> Self:
        """Return the words of *language*; a catalogue is read once."""
        content = tomllib.loads((WORDS / f"words.{language}.toml").read_text(encoding="utf-8"))
        pairs = content.pop("lists")["marks"]
        content.pop("version")
        return cls(language, content, pairs, Locale.parse(_LOCALES.get(language, str(language))))

    @classmethod
    def of_locale(cls, locale: str | None) -> Self:
        """Return the words for whoever's Discord is in *locale*: "ja", "en-GB", "de"."""
        code = (locale or "").partition("-")[0]
        return cls.of(Language.of_code(code) or Language.ENGLISH)

    @classmethod
    def default(cls) -> Self:
        """Return the words for whoever has not said a language."""
        return cls.of(Language.ENGLISH)

    def __call__(self, key: str, **values: object) -> str:
        """Say *key* with its placeholders filled in; whole numbers as the language writes them.

        Where what is said depends on a number, that is ``count``.
        """
        text = self.texts[key]
        if not isinstance(text, str):
            form = self.locale.plural_form(int(str(values["count"])))
            text = text.get(form, text["other"])
        said = {k: v if k in _NAMING else self.number(v) for k, v in values.items()}
        return f"{self._mark(text)}{text.format(**said)}"

    def _mark(self, text: str) -> str:
        """Return what a text begins with: in Arabic a mark that it runs from right to left."""
        turns = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)
        return RIGHT_TO_LEFT if turns else ""

    def number(self, value: object) -> object:
        """Write a whole number with what divides its groups; anything else as it is."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        return format_decimal(str(value), locale=self.locale) if whole else value

    def name_of(self, language: Language) -> str:
        """Name a language in this one."""
        return str(self.locale.languages[str(language)])

    def marks(self, quote: str) -> tuple[str, str]:
        """Choose quotation marks that *quote* does not use itself, if there are any."""
        pairs = self.pairs
        free = [pair for pair in pairs if not any(mark in quote for mark in pair)]
        best = (free or pairs)[0]
        return best[0], best[1]

    def source(self, header: Header) -> str:
        """Name an article's outlet, agency, kind and day in one phrase."""
        kind = self.kind(header)
        key = "source_kind" if kind else "source"
        return self(key, outlet=self.outlet(header), kind=kind, date=self.dated(header))

    def outlet(self, header: Header) -> str:
        """Name the outlet, who stands behind it, and the agency that it carries."""
        named = header.outlet != UNVERIFIED_PASTE
        outlet = header.outlet if named else self("outlet_unverified")
        if named and header.pasted:
            outlet = self("outlet_pasted", outlet=header.outlet)
        if header.ownership is not None:
            ownership = self(f"ownership_{header.ownership.name.lower()}")
            outlet = self("outlet_owned", outlet=outlet, ownership=ownership)
        if header.agency and header.agency != header.outlet:
            return self("outlet_agency", outlet=outlet, agency=header.agency)
        return outlet

    def kind(self, header: Header) -> str | None:
        """Label what is not plain news, not all of it, or in another language; else ``None``."""
        labels = [] if header.kind is Kind.NEWS else [self(f"kind_{header.kind}")]
        labels += [self("preview")] if header.preview else []
        if header.language not in {str(self.language), UNKNOWN_LANGUAGE}:
            labels += filter(None, [self.locale.languages.get(header.language or "")])
        return self("list_comma").join(labels) or None

    def corrected(self, passage: Passage) -> list[str]:
        """Repeat each correction that the outlet made to an article, in its own words."""
        return [self("corrected", note=" ".join(note.split())) for note in passage.corrections]

    def dated(self, header: Header) -> str:
        """Say when an article was published, as far as it says so itself."""
        if header.kind is Kind.LIVE and header.day is not None:
            return self.date(header.day)
        if header.published is not None:
            return self.date(header.published)
        if header.not_before is not None:
            return self("not_before", day=self.date(header.not_before))
        return self("undated")

    def date(self, moment: Moment) -> str:
        """Write a calendar day, in the zone that its source states."""
        return format_date(day_of(moment), "long", self.locale)

    def time(self, moment: datetime) -> str:
        """Write a day and time in UTC."""
        utc = moment.astimezone(UTC)
        return self("time", date=self.date(utc), clock=f"{utc:%H:%M}")

    def as_of(self, as_of: datetime, newest: Moment | None, *, shown: str | None = None) -> str:
        """Say when the coverage was looked at, and how new it was; *shown* stands for the time."""
        when = self.time(as_of) if shown is None else shown
        if newest is None:
            return self("as_of_alone", as_of=when)
        return self("as_of", as_of=when, newest=self.date(newest))

    def copies(self, copies: Sequence[Header]) -> str:
        """Name the outlets that carry the same story, each once."""
        outlets = dict.fromkeys(self.outlet(header) for header in copies)
        return self("copies", outlets=self("list_comma").join(outlets))

    def reason(self, reason: Reason) -> str:
        """Say in one line why there is no answer."""
        read = (each for each in Language if each.is_read)
        languages = self("list_comma").join(map(self.name_of, read))
        return self(f"reason_{reason}", languages=languages)

    def verdict(self, verdict: Verdict, *, found: bool, read: bool) -> str:
        """Say what the coverage has to say of a claim; without a reader, that nobody judged."""
        if verdict is not Verdict.NONE:
            return self(f"verdict_{verdict}")
        if not found:
            return self("verdict_nothing")
        return self("verdict_none" if read else "verdict_unread")

    def phase(self, phase: Phase, count: int) -> str:
        """Say what the desk is doing."""
        return self(f"phase_{phase}", count=count)

    def absent(self, outcome: Answer | Abstention) -> list[str]:
        """Say which outlets are asked about and not kept."""
        outlets = self("list_comma").join(outcome.absent)
        key = "absent" if isinstance(outcome, Answer) else "absent_alone"
        return [self(key, outlets=outlets)] if outlets else []

    def asides(self, answer: Answer) -> list[str]:
        """Say what of a message was not looked at."""
        left = self("list_comma").join(f"“{part}”" for part in answer.left)
        return [self("left", questions=left)] if left else []

    def notes(self, written: Written, *, answered: bool = True) -> list[str]:
        """Say what a reader should know of how an answer, or the lack of one, came about."""
        said = [self("unsaid", part=part.rstrip("?？. 。")) for part in written.unsaid]
        if written.stopped:
            said.append(self("note_stopped"))
        if written.trouble is not None and written.writer is not None:
            said += [self("written_by", writer=written.writer), self("note_broken")]
        elif written.trouble is not None:
            said.append(self(f"trouble_{written.trouble}"))
        elif written.writer is not None and answered:
            said.append(self("written_by", writer=written.writer))
        if written.by_words:
            said.append(self("note_by_words"))
        if written.unkept:
            said.append(self("note_unkept"))
        if written.room is not None:
            said.append(self("note_room", passages=written.room))
        return said


def as_of_said(outcome: Answer | Abstention, words: Wording) -> str:
    """Say as of when an outcome is; of one as of an earlier moment, that it is that."""
    if outcome.question.past:
        return words("as_of_past", as_of=words.time(outcome.as_of))
    newest = outcome.newest if isinstance(outcome, Answer) else None
    return words.as_of(outcome.as_of, newest)


class WordedError(IngestError):
    """An error that the catalogue says in each language; its own text is English.

    ``key`` and ``values`` are what :class:`Wording` is called with.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(Wording.default()(key, **values))
        self.key = key
        self.values = values

    def said(self, words: Wording) -> str:
        """Say it in the language of *words*."""
        return words(self.key, **self.values)


def rests_on_said(ground: Ground, words: Wording) -> str:
    """Say in one line what an answer rests on."""
    said = [
        words("rests_independent", count=ground.outlets)
        if ground.resting is Resting.INDEPENDENT
        else words(f"rests_{ground.resting}", outlets=ground.outlets, copies=ground.copies)
    ]
    said += [
        words("rests_without_nothing", outlet=each.outlet)
        if each.lead is None
        else words("rests_without", outlet=each.outlet, lead=words.outlet(each.lead))
        for each in ground.without
    ]
    return " ".join(said)


def unaskable(error: UnaskableError, words: Wording) -> str:
    """Say why a text is no question, or answer it, in the language in which it was said."""
    return in_words_of(error, words)(error.key)


def in_words_of(error: UnaskableError, words: Wording) -> Wording:
    """Return the words in the language in which something was said, else *words*."""
    return words if error.language is None else Wording.of(error.language)
