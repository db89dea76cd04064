"""Captions of debates and broadcasts (WebVTT, SubRip): what was said, each line under its time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.errors import NoArticleError, UnreadableError
from ingest.language.detecting import UNKNOWN_LANGUAGE
from ingest.model import Extract, Header, Kind
from ingest.reading.decoding import damage
from ingest.reading.documents import SURE, Document, Parser
from ingest.reading.found import FoundArticle
from ingest.reading.paragraphs import EAST, ENDED
from ingest.reading.text import clean, clean_line

_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMING = re.compile(rf"\s{{0,8}}{_TIME}[ \t]{{0,8}}-->[ \t]{{0,8}}{_TIME}")
_SIGNATURE = re.compile(rb"WEBVTT(?:[ \t\r\n]|\Z)")
_SUBRIP = re.compile(
    rb"\d{1,6}[ \t]*\r?\n[ \t]*\d{1,3}:[0-5]\d:[0-5]\d[.,]\d{1,3}[ \t]*-->[ \t]*\d{1,3}:"
)
_VOICE = re.compile(r"<v(?:\.[\w.-]*)?[ \t]+([^<>]{1,80})>")
_TAG = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,100}\}")
_FIELD = re.compile(r"(Kind|Language|Title)\s*:\s*(.{1,200})", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:[^\W\d_a-z][^\Wa-z]{0,20}(?: [^\W\d_a-z][^\Wa-z]{0,20}){0,4})\s?:\s|[-–—]\s|>>"
)
"""How a line begins whose speaker the file itself names, or marks as another one."""
_LONG = 280
"""Characters from which what one speaker says is parted at the next end of a sentence."""
_LONGEST = 420
"""Characters at which it is parted in any case: captions of machines end no sentence."""
_PAUSE = 4.0
"""Seconds of silence that part what is said."""
_MOST = 50_000
"""Cues of the longest captions that are read."""
_CODE = re.compile(r"\.[a-z]{2,3}(?:-[A-Za-z]{2,8})?$")
"""A language at the end of a file's name."""


@dataclass(frozen=True, slots=True)
class _Cue:
    """What is shown from *start* to *end*, in seconds, and who the file says speaks."""

    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str = ""


class CaptionsParser(Parser):
    """Captions: WebVTT and SubRip."""

    kind = "captions"
    endings = frozenset({".vtt", ".srt"})
    media_types = frozenset({"text/vtt", "application/x-subrip", "text/srt"})

    def score(self, document: Document) -> int:
        """Tell captions by their signature or by their first cue, or by the name."""
        if _SIGNATURE.match(document.head) or _SUBRIP.match(document.head):
            return SURE
        return Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read one broadcast."""
        text = document.text().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        cues = list(_cues(text, document.name))
        if not cues:
            raise NoArticleError(
                f"{document.name} has no captions: no time in it is followed by text."
            )
        told = _declared(text)
        header = Header(
            title=told.get("title") or _called(document),
            kind=Kind.CAPTIONS,
            language=told.get("language") or UNKNOWN_LANGUAGE,
        )
        said = "\n\n".join(_lines_of(_once(cues)))
        yield FoundArticle(document.name, Extract(header, clean(said), notes=damage(text)))


def _called(document: Document) -> str:
    """Return a title from the name of a file or from the last part of an address."""
    return clean_line(re.sub(r"[-_]+", " ", _CODE.sub("", document.stem))) or "Captions"


def _declared(text: str) -> dict[str, str]:
    """Return the title and the language that the header of WebVTT names."""
    head = text.split("\n\n", 1)[0].split("\n")
    if not head[0].startswith("WEBVTT"):
        return {}
    told = {"title": clean_line(head[0][len("WEBVTT") :].lstrip(" \t-–—:"))}
    for line in head[1:]:
        if (field := _FIELD.match(line)) and field[1].lower() != "kind":
            told[field[1].lower()] = clean_line(field[2])
    language = told.get("language", "")
    return told | {"language": language[:2] if len(language.split("-")[0]) == 2 else ""}


def _cues(text: str, name: str) -> Iterator[_Cue]:
    """Yield the cues of either format; notes and styles stand under no time, and are none.

    Raises:
        UnreadableError: there are too many.
    """
    timing: re.Match[str] | None = None
    shown: list[str] = []
    count = 0
    for line in [*text.split("\n"), ""]:
        begins = _TIMING.match(line)
        if timing and (begins or not line):
            if begins and shown and shown[-1].strip().isdecimal():
                shown.pop()
            yield from _read_cue(timing, shown)
            timing, shown = None, []
        elif timing:
            shown.append(line)
        if begins:
            timing, count = begins, count + 1
            if count > _MOST:
                raise UnreadableError(f"{name} has more than {_MOST:,} entries. Split it.")


def _read_cue(timing: re.Match[str], lines: Sequence[str]) -> Iterator[_Cue]:
    """Yield what is shown at a time, voice by voice."""
    start, end = _seconds(*timing.groups()[:4]), _seconds(*timing.groups()[4:])
    shown: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        for place, part in enumerate(_VOICE.split(line)):
            if place % 2:
                shown.append((clean_line(html.unescape(part)), []))
            elif told := clean_line(html.unescape(_TAG.sub("", part))):
                shown[-1][1].append(told)
    for speaker, told_lines in shown:
        if told_lines:
            yield _Cue(start, end, tuple(told_lines), speaker)


def _seconds(hours: str | None, minutes: str, seconds: str, parts: str) -> float:
    """Return a time of captions in seconds."""
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{parts}")


def _once(cues: Sequence[_Cue]) -> Iterator[_Cue]:
    """Yield what is new in each cue: rolling captions show the line before once more."""
    shown: tuple[str, ...] = ()
    ended = 0.0
    for cue in cues:
        before = shown if cue.start - ended <= _PAUSE else ()
        fresh = cue.lines
        for size in range(min(len(before), len(fresh)), 0, -1):
            if before[-size:] == fresh[:size]:
                fresh = fresh[size:]
                break
        shown, ended = cue.lines, cue.end
        if fresh:
            yield replace(cue, lines=fresh)


def _lines_of(cues: Iterator[_Cue]) -> Iterator[str]:
    """Yield what is said, in parts of whole sentences where there are any, under its times."""
    said, began, speaker, ended = "", 0.0, "", 0.0
    for cue in cues:
        for line in cue.lines:
            other = bool(cue.speaker and cue.speaker != speaker) or _NAMED.match(line)
            full = len(said) >= _LONGEST or (len(said) >= _LONG and ENDED.search(said))
            silent = cue.start - ended > _PAUSE and ENDED.search(said)
            if said and (other or full or silent):
                yield _stamped(began, speaker, said)
                said = ""
            if not said:
                began = cue.start
            speaker = cue.speaker or ("" if other else speaker)
            close = EAST.match(said[-1:]) and EAST.match(line[:1])
            said = f"{said}{'' if close or not said else ' '}{line}"
            ended = cue.end
    if said:
        yield _stamped(began, speaker, said)


def _stamped(seconds: float, speaker: str, said: str) -> str:
    """Write a part under its time and its speaker."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    clock = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return f"[{clock}] {speaker}{': ' if speaker else ''}{said}"
