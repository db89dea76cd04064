"""The desk's own messages in each of its languages, for the terminal and Discord."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Self, TypeAlias

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from bot.answering.values import (
    Abstention,
    Answer,
    Ground,
    Phase,
    Reason,
    Resting,
    Trouble,
    UnaskableError,
    Verdict,
    Written,
)
from ingest.errors import IngestError
from ingest.language.languages import Language
from ingest.language.script import UNKNOWN_LANGUAGE
from ingest.model import UNVERIFIED_PASTE, Header, Kind, Moment, Passage, day_of

WORDS = Path(__file__).parents[1] / "prompts"
"""Folder of the catalogues, one ``words.LANGUAGE.toml`` per language."""
RIGHT_TO_LEFT = "\u200f"
"""Mark at the beginning of Arabic messages, which may contain names in Latin letters."""
_IDENTIFIER_KEYS = frozenset({"number", "version"})
"""Placeholders whose figures are identifiers, thus not formatted as numbers."""
_NOTED_AS = {
    Trouble.KEY: Trouble.FAILED,
    Trouble.MODEL: Trouble.FAILED,
    Trouble.MALFORMED: Trouble.FAILED,
    Trouble.TRUNCATED: Trouble.EMPTY,
    Trouble.CONTEXT: Trouble.EMPTY,
    Trouble.REFUSED: Trouble.EMPTY,
    Trouble.FORM: Trouble.UNREAD,
}
"""Troubles that readers are told of as another one; the difference is for maintainers."""
_FULL_STOPS = (".", "。")
_SENTENCE_ENDS = (*_FULL_STOPS, "!", "?", "…", "！", "？", "؟")
_Text: TypeAlias = str | Mapping[str, str]
"""A message, or one form of it per plural category (CLDR) of its language."""
_LOCALES = {Language.ENGLISH: "en_GB"}
"""Locales of languages whose default locale has another format of dates."""
_MAX_PLURAL_NUMBER = 200
"""Numbers below this have every plural category that messages need."""
_GROUPED_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
"""A whole number as English groups its digits."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of one language by their keys, as its catalogue has them.

    The English catalogue has every message. A message that another one lacks, or has with other
    placeholders or without a plural form, is taken from the English one as a whole.
    """

    texts: Mapping[str, _Text]
    """The translated messages."""
    pairs: Sequence[str]
    """Pairs of quotation marks, the usual ones first."""
    english: Wording | None = None
    """The catalogue for untranslated messages; ``None`` in English itself."""
    untranslated: frozenset[str] = frozenset()
    """Keys of the messages that are taken from the English catalogue."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The catalogue of one language; call it with a key to get the message."""

    language: Language
    messages: Messages
    locale: Locale

    @classmethod
    def of(cls, language: Language) -> Self:
        """Return the catalogue of *language*."""
        return cls.read(WORDS, language)

    @classmethod
    @cache
    def read(cls, folder: Path, language: Language) -> Self:
        """Read the catalogue of *language* from *folder*, once."""
        content = tomllib.loads((folder / f"words.{language}.toml").read_text(encoding="utf-8"))
        pairs = content.pop("lists")["marks"]
        content.pop("version")
        locale = Locale.parse(_LOCALES.get(language, str(language).replace("-", "_")))
        if language is Language.ENGLISH:
            return cls(language, Messages(content, pairs), locale)
        english = cls.read(folder, Language.ENGLISH)
        forms = {locale.plural_form(number) for number in range(_MAX_PLURAL_NUMBER)}
        complete = {
            key: text
            for key, text in content.items()
            if key in english.messages.texts
            and _is_complete(text, english.messages.texts[key], forms)
        }
        untranslated = frozenset(english.messages.texts.keys() - complete.keys())
        return cls(language, Messages(complete, pairs, english, untranslated), locale)

    @classmethod
    def of_locale(cls, locale: str | None) -> Self:
        """Return the catalogue for a Discord locale such as "ja", "en-GB" or "zh-TW"."""
        return cls.of(language_of_locale(locale or "") or Language.ENGLISH)

    @classmethod
    def default(cls) -> Self:
        """Return the catalogue for readers without a known language: English."""
        return cls.of(Language.ENGLISH)

    def __call__(self, key: str, **values: object) -> str:
        """Return the message of *key* with its placeholders filled in.

        Whole numbers are formatted for the language. ``count`` selects the form of a message with
        plural forms.
        """
        messages = self.messages
        if messages.english is not None and key in messages.untranslated:
            return messages.english(key, **values)
        text = messages.texts[key]
        if not isinstance(text, str):
            form = self.locale.plural_form(int(str(values["count"])))
            text = text.get(form, text["other"])
        formatted = {k: v if k in _IDENTIFIER_KEYS else self.number(v) for k, v in values.items()}
        return f"{self._mark(text)}{_without_second_stops(text, formatted).format(**formatted)}"

    def _mark(self, text: str) -> str:
        """Return the mark for right-to-left text, empty for other text."""
        is_right_to_left = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)
        return RIGHT_TO_LEFT if is_right_to_left else ""

    def number(self, value: object) -> object:
        """Format a whole number with group separators; return any other value unchanged."""
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return format_decimal(str(value), locale=self.locale) if is_whole else value

    def marks(self, quote: str) -> tuple[str, str]:
        """Return quotation marks that *quote* does not contain, if there are any."""
        pairs = self.messages.pairs
        unused = [candidate for candidate in pairs if not any(mark in quote for mark in candidate)]
        pair = (unused or pairs)[0]
        return pair[0], pair[1]

    def source(self, header: Header) -> str:
        """Return an article's outlet, agency, kind and day in one phrase."""
        kind = self.kind(header)
        key = "source_kind" if kind else "source"
        return self(key, outlet=self.outlet(header), kind=kind, date=self.dated(header))

    def outlet(self, header: Header) -> str:
        """Return the outlet's name with its ownership and the agency of the article."""
        is_named = header.outlet != UNVERIFIED_PASTE
        outlet = self.outlet_named(header.outlet)
        if is_named and header.pasted:
            outlet = self("outlet_pasted", outlet=header.outlet)
        if header.ownership is not None:
            ownership = self(f"ownership_{header.ownership.name.lower()}")
            outlet = self("outlet_owned", outlet=outlet, ownership=ownership)
        if header.agency and header.agency != header.outlet:
            return self("outlet_agency", outlet=outlet, agency=header.agency)
        return outlet

    def outlet_named(self, name: str) -> str:
        """Return an outlet's *name*; a paste without one is called so in this language."""
        return self("outlet_unverified") if name == UNVERIFIED_PASTE else name

    def kind(self, header: Header) -> str | None:
        """Return an article's kind, preview and foreign language as a label, or ``None``."""
        labels = [] if header.kind is Kind.NEWS else [self(f"kind_{header.kind}")]
        labels += [self("preview")] if header.preview else []
        if header.language not in {self.language.code, UNKNOWN_LANGUAGE}:
            labels += filter(None, [self.locale.languages.get(header.language or "")])
        return self("list_comma").join(labels) or None

    def corrected(self, passage: Passage) -> list[str]:
        """Return each correction of the outlet to an article, in its own words."""
        return [self("corrected", note=" ".join(note.split())) for note in passage.corrections]

    def dated(self, header: Header) -> str:
        """Return the date of publication as far as the article states it."""
        if header.kind is Kind.LIVE and header.day is not None:
            return self.date(header.day)
        if header.published is not None:
            return self.date(header.published)
        if header.not_before is not None:
            return self("not_before", day=self.date(header.not_before))
        return self("undated")

    def date(self, moment: Moment) -> str:
        """Format a calendar day, in the timezone of its source."""
        return format_date(day_of(moment), "long", self.locale)

    def time(self, moment: datetime) -> str:
        """Format a day and time in UTC."""
        utc = moment.astimezone(UTC)
        return self("time", date=self.date(utc), clock=f"{utc:%H:%M}")

    def as_of(self, as_of: datetime, newest: Moment | None, *, shown: str | None = None) -> str:
        """Return the time of the answer, or *shown* in its place, and the newest coverage's day."""
        when = self.time(as_of) if shown is None else shown
        if newest is None:
            return self("as_of_alone", as_of=when)
        return self("as_of", as_of=when, newest=self.date(newest))

    def copies(self, copies: Sequence[Header]) -> str:
        """Return the names of the outlets that carry the same story, each once."""
        outlets = dict.fromkeys(self.outlet(header) for header in copies)
        return self("copies", outlets=self("list_comma").join(outlets))

    def reason(self, reason: Reason) -> str:
        """Return the reason for an abstention in one line."""
        languages_read = (language for language in Language if language.is_read)
        languages = self("list_comma").join(language_name(each, self) for each in languages_read)
        return self(f"reason_{reason}", languages=languages)

    def verdict(self, verdict: Verdict, *, found: bool, read: bool) -> str:
        """Return the coverage's verdict on a claim; say if no verifier judged it."""
        if verdict is not Verdict.NONE:
            return self(f"verdict_{verdict}")
        if not found:
            return self("verdict_nothing")
        return self("verdict_none" if read else "verdict_unread")

    def phase(self, phase: Phase, count: int) -> str:
        """Return the name of a phase of answering."""
        return self(f"phase_{phase}", count=count)

    def absent(self, outcome: Answer | Abstention) -> list[str]:
        """Return a note on outlets in the question that are not archived."""
        outlets = self("list_comma").join(outcome.absent)
        key = "absent" if isinstance(outcome, Answer) else "absent_alone"
        return [self(key, outlets=outlets)] if outlets else []

    def asides(self, answer: Answer) -> list[str]:
        """Return a note on the parts of a message that were not answered."""
        unanswered = self("list_comma").join(f"“{part}”" for part in answer.left)
        return [self("left", questions=unanswered)] if unanswered else []

    def notes(self, provenance: Written, *, answered: bool = True) -> list[str]:
        """Return notes for the reader on how an answer or abstention was made."""
        notes = [self("unsaid", part=part.rstrip("?？. 。")) for part in provenance.unsaid]
        if provenance.stopped:
            notes.append(self("note_stopped"))
        if provenance.trouble is not None and provenance.writer is not None:
            notes += [self("written_by", writer=provenance.writer), self("note_broken")]
        elif provenance.trouble is not None and answered:
            trouble = _NOTED_AS.get(provenance.trouble, provenance.trouble)
            notes.append(self(f"trouble_{trouble}"))
        elif provenance.writer is not None and answered:
            notes.append(self("written_by", writer=provenance.writer))
        if provenance.by_words:
            notes.append(self("note_by_words"))
        if provenance.unkept:
            notes.append(self("note_unkept"))
        if provenance.room is not None:
            notes.append(self("note_room", passages=provenance.room))
        return notes


def in_one_language(words: Wording, command: str) -> Wording:
    """Return *words* if they have every message of a command, else the English ones.

    So no reply of the command mixes two languages. Its messages are those whose key is its name,
    or begins with its name and "_".
    """
    lacking = (
        key
        for key in words.messages.untranslated
        if key == command or key.startswith(f"{command}_")
    )
    english = words.messages.english
    return english if english is not None and any(lacking) else words


def _without_second_stops(text: str, values: Mapping[str, object]) -> str:
    """Drop each full stop in *text* behind a value that ends a sentence itself: "Who won?"."""
    for name, value in values.items():
        if str(value).endswith(_SENTENCE_ENDS):
            for stop in _FULL_STOPS:
                text = text.replace(f"{{{name}}}{stop}", f"{{{name}}}")
    return text


def _is_complete(text: _Text, english: _Text, forms: Set[str]) -> bool:
    """Return True if *text* has the placeholders of *english*, and each of the plural *forms*."""
    expected = _placeholders(english if isinstance(english, str) else english["other"])
    if isinstance(text, str):
        return _placeholders(text) == expected
    return text.keys() >= forms and all(_placeholders(form) == expected for form in text.values())


def _placeholders(text: str) -> set[str]:
    """Return the names of the placeholders in *text*."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def language_name(language: Language, words: Wording) -> str:
    """Return the name of *language* in the language of *words*."""
    return str(words.locale.languages[str(language).replace("-", "_")])


@lru_cache(maxsize=256)
def language_of_locale(tag: str) -> Language | None:
    """Return the language of a locale such as "en-GB", ``None`` if the desk lacks it.

    CLDR gives the usual script of a territory: "zh-TW" is traditional Chinese. Results are kept:
    the commands of Discord are translated into thirty locales, text by text.
    """
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return Language.of_code(tag.partition("-")[0].lower())
    written = Language.of_code(f"{locale.language}-{locale.script}")
    return written or Language.of_code(locale.language)


def as_of_note(outcome: Answer | Abstention, words: Wording) -> str:
    """Return the time of an outcome, marked if it is about a past moment."""
    if outcome.question.past:
        return words("as_of_past", as_of=words.time(outcome.as_of))
    newest = outcome.newest if isinstance(outcome, Answer) else None
    return words.as_of(outcome.as_of, newest)


class WordedError(IngestError):
    """An error with a message in each language; its own text is English.

    ``key`` and ``values`` are the arguments of :class:`Wording`.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(Wording.default()(key, **values))
        self.key = key
        self.values = values

    def said(self, words: Wording) -> str:
        """Return the message in the language of *words*."""
        return words(self.key, **self.values)


def ground_line(ground: Ground, words: Wording) -> str:
    """Return the sources of an answer in one line."""
    parts = [
        words("rests_independent", count=ground.outlets)
        if ground.resting is Resting.INDEPENDENT
        else words(f"rests_{ground.resting}", outlets=ground.outlets, copies=ground.copies)
    ]
    parts += [
        words("rests_without_nothing", outlet=words.outlet_named(source.outlet))
        if source.lead is None
        else words(
            "rests_without",
            outlet=words.outlet_named(source.outlet),
            lead=words.outlet(source.lead),
        )
        for source in ground.without
    ]
    return paragraph(parts)


def paragraph(sentences: Iterable[str]) -> str:
    """Return *sentences* behind each other; behind 。 there is no space."""
    return " ".join(sentences).replace("。 ", "。")


def unaskable(error: UnaskableError, words: Wording) -> str:
    """Return why a text is no question, or the reply to it, in its language."""
    return in_words_of(error, words)(error.key)


def in_words_of(error: UnaskableError, words: Wording) -> Wording:
    """Return the catalogue of the error's language if known, else *words*."""
    return words if error.language is None else Wording.of(error.language)


def translated_failure(sentence: str, words: Wording) -> str:
    """Return an English error message in the language of *words*, unchanged if unknown.

    The packages of ``ingest`` write them in English, and so they are stored. English has a wording
    of its own where the message names a command of the terminal.
    """
    for pattern, translations in _translations():
        if match := pattern.fullmatch(sentence):
            translation = translations.get(str(words.language))
            if translation is None:
                return sentence
            values = {
                name: words.number(int(value.replace(",", "")))
                if _GROUPED_NUMBER.fullmatch(value)
                else value
                for name, value in match.groupdict().items()
            }
            return f"{words._mark(translation)}{translation.format(**values)}"
    return sentence


def untranslated_failures(language: Language) -> list[str]:
    """Return the known error messages that have no translation into *language*."""
    if language is Language.ENGLISH:
        return []
    return [sentence for sentence, texts in _failures().items() if str(language) not in texts]


@cache
def _failures() -> Mapping[str, Mapping[str, str]]:
    """Read the translations of each known error message."""
    return tomllib.loads((WORDS / "errors.toml").read_text(encoding="utf-8"))


@cache
def _translations() -> Sequence[tuple[re.Pattern[str], Mapping[str, str]]]:
    """Return (pattern, translations) pairs, those with the most literal text first."""
    sentences = sorted(
        _failures().items(), key=lambda item: -sum(len(text) for text, _ in _parts(item[0]))
    )
    return [(_pattern(sentence), translations) for sentence, translations in sentences]


def _pattern(sentence: str) -> re.Pattern[str]:
    """Compile an English sentence with placeholders to a pattern."""
    pieces = (f"{text}(?P<{name}>.+?)" if name else text for text, name in _parts(sentence))
    return re.compile("".join(pieces), re.DOTALL)


def _parts(sentence: str) -> Iterator[tuple[str, str | None]]:
    """Yield each literal part of *sentence*, escaped, and the placeholder behind it."""
    for text, name, *_ in Formatter().parse(sentence):
        yield re.escape(text), name
