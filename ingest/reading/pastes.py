"""Pasted text: remove boilerplate, keep captions apart, read dateline and agency as metadata.

Every pattern is anchored to a complete short line, so a sentence of the article with the same words
is not removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.fetching.identities import WEB_SCHEMES
from ingest.language.datelines import (
    AGENCIES,
    AGENCY,
    is_date_line,
    newest_reported,
    parse_date,
    usual_spelling,
    without_dateline,
)
from ingest.language.languages import phrase_pattern, words
from ingest.language.limits import DATES
from ingest.language.lines import authors_in
from ingest.language.script import has_digit
from ingest.model import Extract, Header, Kind, Moment
from ingest.reading.decoding import damage_notes
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.limits import ASIDES, MENUS
from ingest.reading.text import clean, ends_sentence, paragraphs

_LINES = words()["lines"]
BOILERPLATE = phrase_pattern(
    (
        rf"\W{{0,5}}(?:{'|'.join(_LINES['elsewhere'])})(?: ?[\])】:：|»>–—-].{{0,140}})?",
        *_LINES["around"],
        r"sign up(?: now)?: .*|sign up (?:for|to) .{0,30}newsletters?\b.{0,40}",
        r"get .{0,40}newsletters?\b[^.]*",
        r"subscribe(?: now| today)?(?: (?:to|for) [^.]{0,40})?",
        r"follow (?:topic:?.{0,40}|us(?: on .{0,30})?)",
        r"see more on:?|most read|advertisement|print|save|gift this article",
        r"read (?:more|also):?(?: [^.]{0,100})?(?:\.{3}|…)?|trending:?",
        r"related(?: stories| articles| topics)?:?",
        r"share(?: this)?(?: article)?|listen to this article.{0,40}",
        r"(?:\d{1,7} comments?\b\.? ?)?(?:log|sign) in(?: to [^.]{0,40})?\.?|\d{1,7} comments?",
        r"(?:we|this site) uses? cookies.*|accept(?: all)?(?: cookies)?",
        r"all rights reserved\.?|(?:©|copyright (?:©|\(c\)|\d{4})).{0,80}",
        r"skip to (?:main )?content|popular|more from .{1,40}|related video: .*",
        r"join (?:our commenting forum|thought-provoking conversations.*)",
        r"want to bookmark your favourite .*|our standards: .{1,80}",
        r"(?:subscribe|sign in|register) to .{1,60} to (?:bookmark|save|read|comment).{0,60}",
        r"[\W_]{1,12}",
        r"続きを読む(?:には.{0,30})?|あわせて読みたい.{0,40}",
        r"おすすめ(?:記事)?(?:[:：].{0,60})?|関連(?:記事|ニュース)(?:[:：].{0,60})?",
        r"ログイン(?:して続きを読む|する)?|会員限定(?:記事)?(?:です)?。?|有料会員限定.{0,20}",
        r"この記事は.{0,10}会員(?:限定|記事).{0,20}",
        r"カテゴリーをフォロー.{0,20}|『カテゴリーをフォロー』.*|おすすめ情報|完了しました",
        r"シェア(?:する)?|広告|ランキング|フォロー(?:する)?|無断転載.{0,20}",
    )
)
_CREDIT = re.compile(
    r"(?:photos?|images?|pictures?|credit|写真|画像|提供)\s*[:：／/].{1,80}", re.IGNORECASE
)
_FILE_PHOTO = re.compile(
    r"^\((?:FILES?|FILE PHOTO)\)|\(Photo by [^)]*\)|^(?:file photo|caption|写真説明)\s*[:：]"
    r"|\s·\s(?:photo )?credit\s?[:：] ?.{1,80}$",
    re.IGNORECASE,
)
_SIGNATURE = "|".join(
    (AGENCY, "Reuters", "Kyodo", "Jiji", "Bloomberg", r"(?<=[(（])[A-Z]{3,14}(?=[)）])")
)
_CREDITS = re.compile(
    r"[(（\[【–—]?\s?(?:(?:additional )?(?:reporting|writing|editing|compiled)"
    rf"(?: and (?:writing|editing))? by\b[^()]{{1,240}}"
    rf"|(?:©\s?(?:\d{{4}}\s)?|(?:{'|'.join(_LINES['credits'])})\s?)?(?P<agency>{AGENCY})"
    rf"(?:(?:\s?[,/&、・+]\s?|\s\w{{1,3}}\s)(?:{AGENCY})){{0,3}}(?: ?제공)?)[)）\]】]?\.?"
    rf"|[(（](?:{'|'.join(_LINES['credited'])})\b[^()（）]{{1,240}}[)）]",
    re.IGNORECASE,
)
"""A line that credits the writers and editors, with no evidence in it."""
_ENDING = phrase_pattern(_LINES["endings"], before=r"\W{0,3}", behind=r"\W{0,3}")
"""A heading below which, at the end of an article, something else stands."""
_AGENCY_NAME = phrase_pattern([AGENCY], before=r"\b", behind=r"\b")
_NOTES = words()["notes"]
_LABEL = r"(?:[^\W\d][\w .'’/-]{1,28}[:：]\s{0,3})?"
"""A label of any wording before a note: "Update:", "Mise à jour :"."""
_CORRECTION = phrase_pattern(_NOTES["corrections"], before=rf"^\W{{0,3}}{_LABEL}")
_LABEL_MARKS = " :：–—-"
_EDITORS = phrase_pattern(_NOTES["editors"], before=r"^\W{0,3}", behind=r"\s*")
_MISTAKE = phrase_pattern(_NOTES["mistakes"])
_END_OF_SENTENCE = re.compile(
    r"(?:(?![A-ZÀ-ÞΑ-ΩЀ-Я])[^\W_]|[)”\"»])[.!?](?=[\s”\"»]|$)|[。！？।۔؟]"
)
"""End of a sentence in any script, but for the full stop of an initial."""
_FULL_STOPS = (".", "。", "।", "۔")
_CLOSING_MARKS = "”\"’')]）」』»"
_BYLINE_MARKS = ",|·•–—、，｜"
"""Signs between the names of a byline and the day."""
_DAY = (
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{1,2} [A-Z][a-z]+,? \d{4}"
    r"|[A-Z][a-z]+\.? \d{1,2},? \d{4}|\d{4}-\d\d-\d\d"
)
_DATE_LINE = re.compile(
    r"^(?:published|updated|posted|last updated|date|公開|更新|配信|掲載)?\s{0,3}[:：]?\s{0,3}"
    rf".{{0,16}}(?:{_DAY})[^.。]{{0,24}}$",
    re.IGNORECASE,
)
_WITHDRAWAL = phrase_pattern(_NOTES["withdrawn"], before=r"\W{0,5}")
_KINDS = tuple(
    (kind, phrase_pattern([pattern]))
    for kind, pattern in (
        (Kind.RETRACTION, r"(?:retraction|retracted|withdrawn)\b\s*[:：|]|【(?:取り消し|撤回)】"),
        (Kind.OPINION, r"(?:opinion|comment|editorial|社説|論説|コラム)\s*[:：|]"),
        (Kind.LIVE, r"live\b\s*[:：|]|速報ライブ"),
        (Kind.ANALYSIS, r"(?:analysis|解説)\s*[:：|]"),
    )
)
"""Kinds of articles, by the beginning of their titles."""


@dataclass(slots=True)
class _Parts:
    """The lines of a paste, sorted into body, captions, corrections and metadata."""

    body: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    corrections: list[str] = field(default_factory=list)
    published: Moment | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    above_byline: int = 0
    """The number of lines of the body above the byline."""


class TextParser(Parser):
    """The parser of plain text: text files, pastes and piped input."""

    kind = "text"
    endings = frozenset({".txt", ".text"})
    media_types = frozenset({"text/plain"})

    def score(self, document: Document) -> int:
        """Return the score of *document*; a paste is always possible plain text."""
        return Parser.score(self, document) or Score.POSSIBLE * document.pasted

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the one article of *document*."""
        text = document.text()
        yield FoundArticle(document.name, replace(read_paste(text), notes=damage_notes(text)))


def read_paste(text: str) -> Extract:
    """Return the article in pasted *text*; the first line is its title."""
    article_text = "\n".join(_without_menu(clean(text).split("\n")))
    lines, url, agency = _without_head(paragraphs(article_text))
    title, body_lines = (lines[0], lines[1:]) if is_title(lines) else ("", lines)
    extract = assemble(title, sort_lines(body_lines), whole=text, agency=agency)
    return replace(extract, header=replace(extract.header, url=url))


def _without_menu(lines: list[str]) -> list[str]:
    """Return the *lines* of a copied page without its menu and without boilerplate above its text.

    A menu is at least ``MENUS.lines`` short lines above a headline with a byline or a date.
    """
    menu = [number for number in range(_end_of_menu(lines)) if lines[number]]
    start = 0
    if len(menu) >= MENUS.lines:
        below = [line for line in lines[menu[-1] + 1 :] if line][: MENUS.head_lines]
        if below and is_about_article(below[0]):
            start = next((n for n in reversed(menu) if not BOILERPLATE.fullmatch(lines[n])), 0)
        elif any(map(is_about_article, below)):
            start = menu[-1] + 1
    ends = (n for n in range(start, len(lines)) if ends_sentence(lines[n]))
    first_sentence = next(ends, len(lines))
    addresses = [line for line in lines[:start] if _is_address(line)]
    head = [
        line
        for line in lines[start:first_sentence]
        if _is_address(line) or not BOILERPLATE.fullmatch(line)
    ]
    return addresses + head + lines[first_sentence:]


def _end_of_menu(lines: Sequence[str]) -> int:
    """Return the number of *lines* at the start that can be those of a menu."""
    return next(
        (
            number
            for number, line in enumerate(lines)
            if not BOILERPLATE.fullmatch(line)
            and (
                len(line) > MENUS.line_characters
                or has_digit(line)
                or ends_sentence(line)
                or is_about_article(line)
            )
        ),
        len(lines),
    )


def _is_address(line: str) -> bool:
    """Return True if *line* is a web address alone."""
    return line.startswith(WEB_SCHEMES) and " " not in line


def is_about_article(line: str) -> bool:
    """Return True for a byline and for a date line."""
    return bool(line) and (_byline_of(line)[0] != () or is_date_line(line))


def is_title(lines: Sequence[str]) -> bool:
    """Return True if the first line is a headline: short, and no sentence with a full stop."""
    if len(lines) < 2 or len(lines[0]) > 2 * ASIDES.pasted_line_characters:
        return False
    sentence_ends = _END_OF_SENTENCE.findall(lines[0])
    has_full_stop = lines[0].rstrip(_CLOSING_MARKS).endswith(_FULL_STOPS)
    return len(sentence_ends) < 2 and not (sentence_ends and has_full_stop)


def _without_head(lines: list[str]) -> tuple[list[str], str | None, str | None]:
    """Return *lines* from the title on, and the address and agency above the title."""
    url = agency = None
    for index, line in enumerate(lines):
        if _is_address(line):
            url = url or line
        elif line.upper() in AGENCIES:
            agency = agency or usual_spelling(line)
        elif not BOILERPLATE.fullmatch(line):
            return lines[index:], url, agency
    return [], url, agency


def sort_lines(lines: list[str]) -> _Parts:
    """Sort *lines* into body, captions and corrections, and drop boilerplate."""
    parts = _Parts()
    lines = _with_labels(_before_ending(lines))
    edge_lines = {*lines[: ASIDES.withdrawal_first_lines], *lines[-ASIDES.withdrawal_last_lines :]}
    for line in lines:
        if len(line) <= ASIDES.pasted_line_characters and _CREDIT.fullmatch(line):
            _move_caption(parts)
        elif _FILE_PHOTO.search(line):
            parts.captions.append(line)
        elif (
            len(line) <= 2 * ASIDES.pasted_line_characters
            and parts.body
            and _CREDITS.fullmatch(line)
        ):
            agency = _AGENCY_NAME.search(line)
            parts.agency = parts.agency or (usual_spelling(agency[0]) if agency else None)
        elif _is_correction(line) or (line in edge_lines and _is_withdrawn([line])):
            parts.corrections.append(line)
        elif len(line) > 2 * ASIDES.pasted_line_characters or not _is_boilerplate(line, parts):
            parts.body.append(line)
    return parts


def _before_ending(lines: list[str]) -> list[str]:
    """Return *lines* up to a heading near their end below which something else stands.

    Corrections below it are kept.
    """
    start = max(1, len(lines) - 2 * ASIDES.last_lines)
    ends = (number for number in range(start, len(lines)) if _ENDING.fullmatch(lines[number]))
    end = next(ends, len(lines))
    return lines[:end] + [line for line in lines[end:] if _is_correction(line)]


def _with_labels(lines: list[str]) -> list[str]:
    """Return *lines* with each label of a correction that stands alone joined to its text."""
    joined: list[str] = []
    for line in lines:
        if joined and len(joined[-1]) <= ASIDES.label_characters and _is_label(joined[-1]):
            joined[-1] = f"{joined[-1].rstrip(_LABEL_MARKS)}: {line}"
        else:
            joined.append(line)
    return joined


def _is_label(line: str) -> bool:
    """Return True if *line* is the whole label of a correction."""
    label = line.rstrip(_LABEL_MARKS)
    return not ends_sentence(label) and _CORRECTION.fullmatch(f"{label}:") is not None


def _is_correction(line: str) -> bool:
    """Return True if *line* is a correction or an editor's note about a mistake or withdrawal."""
    if _CORRECTION.match(line):
        return True
    note = _EDITORS.match(line) if len(line) <= ASIDES.editors_note_characters else None
    return note is not None and (
        _MISTAKE.search(line, note.end()) is not None
        or _WITHDRAWAL.match(line, note.end()) is not None
    )


def _is_boilerplate(line: str, parts: _Parts) -> bool:
    """Return True for boilerplate, a date line or a byline; store date and authors in *parts*.

    A byline counts above the body and below a standfirst, a date line above the body and directly
    below the byline: elsewhere it can be the heading of what happened on that day.
    """
    if BOILERPLATE.fullmatch(line):
        return True
    if len(parts.body) > ASIDES.standfirst_lines or len(line) > ASIDES.pasted_line_characters:
        return False
    if not parts.authors:
        parts.authors, day = _byline_of(line)
        if parts.authors:
            parts.published, parts.above_byline = parts.published or day, len(parts.body)
            return True
    if len(parts.body) > parts.above_byline:
        return False
    if is_date_line(line) or (len(line) <= 80 and _DATE_LINE.match(line)):
        parts.published = parts.published or parse_date(line)
        return True
    return False


def _byline_of(line: str) -> tuple[tuple[str, ...], Moment | None]:
    """Return the names in a byline and the day behind them; no names if it is no byline."""
    for index, sign in enumerate(line):
        behind = line[index + 1 :].strip() if sign in _BYLINE_MARKS else ""
        starts_with_day = behind[:1].isdecimal() and len(behind) <= DATES.line_characters
        if behind and (is_date_line(behind) or (starts_with_day and parse_date(behind))):
            return authors_in(line[:index].strip()), parse_date(behind)
    return authors_in(line), None


def _move_caption(parts: _Parts) -> None:
    """Move the sentence above a photo credit to the captions if it is the only body line so far."""
    if len(parts.body) != 1 or len(parts.body[0]) > 2 * ASIDES.pasted_line_characters:
        return
    has_dateline = without_dateline(parts.body[0])[1] is not None
    if not has_dateline and len(_END_OF_SENTENCE.findall(parts.body[0])) <= 1:
        parts.captions.append(parts.body.pop())


def assemble(title: str, parts: _Parts, *, whole: str, agency: str | None = None) -> Extract:
    """Return an extract of *parts*; take dateline and agency off the ends of the body.

    *agency* is an agency that was found above the title. *whole* is searched for the
    newest day that it reports on; it is empty if the date is known.
    """
    body = "\n\n".join(parts.body)
    body, place, opening_agency = without_dateline(body)
    body, closing_agency = _without_agency(body, agency)
    header = Header(
        title=title,
        authors=parts.authors,
        agency=agency or closing_agency or opening_agency or parts.agency,
        dateline=place,
        published=parts.published,
        not_before=None if parts.published else newest_reported(whole),
        kind=Kind.RETRACTION if _is_withdrawn(parts.corrections) else kind_of(title, body),
    )
    return Extract(header, body, tuple(parts.captions), tuple(parts.corrections))


def kind_of(title: str, body: str) -> Kind:
    """Return the kind of article that *title* announces, or RETRACTION if *body* is withdrawn."""
    if _WITHDRAWAL.match(_EDITORS.sub("", body[: ASIDES.editors_note_characters], count=1)):
        return Kind.RETRACTION
    return next((kind for kind, pattern in _KINDS if pattern.match(title)), Kind.NEWS)


def _is_withdrawn(notes: Sequence[str]) -> bool:
    """Return True if one of an article's *notes* withdraws it."""
    return any(_WITHDRAWAL.match(_EDITORS.sub("", note, count=1)) for note in notes)


def _without_agency(body: str, agency: str | None) -> tuple[str, str | None]:
    """Return the body without the agency at its end, and that agency."""
    names = f"{_SIGNATURE}|(?i:{re.escape(agency)})" if agency else _SIGNATURE
    match = re.search(rf"(?<=[.!?”\"。」)])\s*[(（]?\b({names})[)）]?$", body)
    if match is None:
        return body, None
    return body[: match.start()].rstrip(), agency or usual_spelling(match[1])
