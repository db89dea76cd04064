"""Captions of broadcasts (WebVTT, SubRip, SBV): spoken text, each part under its time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.errors import NoArticleError, UnreadableError
from ingest.language.script import CJK, UNKNOWN_LANGUAGE
from ingest.model import Extract, Header, Kind
from ingest.reading.decoding import damage_notes
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.limits import CAPTIONS, FILES
from ingest.reading.text import EAST_ASIAN_EDGE, clean, clean_line, ends_sentence

_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMING = re.compile(rf"\s{{0,8}}{_TIME}(?:[ \t]{{0,8}}-->[ \t]{{0,8}}|,){_TIME}")
_SIGNATURE = b"WEBVTT"
_VOICE = re.compile(r"<v(?:\.[\w.-]*)?[ \t]+([^<>]{1,80})>")
_TAG = re.compile(r"</?[A-Za-z\d][^<>]{0,200}>|\{\\[^{}]{0,100}\}")
_SPEAKER_MARKS = "> "
"""Marks of live captions before what another speaker says."""
_SPEAKER_CHANGE = re.compile(
    r"(?:[^\W\d_a-z][^\Wa-z]{0,20}(?: [^\W\d_a-z][^\Wa-z]{0,20}){0,4})\s?:\s|[-–—]\s|>>"
)
"""Start of a line with the name of its speaker or a mark of a new speaker."""
_NAMED_SPEAKER = re.compile(
    rf"[A-ZÀ-Þ][\w.'’-]{{1,20}}(?: [A-ZÀ-Þ][\w.'’-]{{0,20}}){{0,3}}:\s"
    rf"|[（［\[][^（）()［］\[\]]{{1,16}}[）］\]]"
    rf"|[{CJK}]{{1,12}}[:：]"
)
"""Start of a line with a speaker's name, if the sentence before it has ended."""
_SOUND = re.compile(r"[\[(（［♪♫#][^\[\]()（）［］]{0,80}[\])）］♪♫#]|[♪♫\s]+")
"""A line that describes a sound or is sung."""
_OLD_SIGNATURE = "FILE"
"""The word behind WEBVTT in files of older programs."""
_LANGUAGE_ENDING = re.compile(r"\.[a-z]{2,3}(?:-[A-Za-z]{2,8})?$")
"""A language code at the end of a file name."""


@dataclass(frozen=True, slots=True)
class _Cue:
    """The lines shown from *start* to *end* (seconds), and their speaker if the file names one."""

    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str = ""


class CaptionsParser(Parser):
    """The parser of captions: WebVTT, SubRip and YouTube's SBV."""

    kind = "captions"
    endings = frozenset({".vtt", ".srt", ".sbv"})
    media_types = frozenset({"text/vtt", "application/x-subrip", "text/srt"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its signature or first cue, else by the name."""
        is_webvtt = document.head[:10].split()[:1] == [_SIGNATURE]
        number, timing, *_ = [*document.head.decode("ascii", "replace").split("\n", 2), ""]
        is_subrip = number.strip().isdecimal() and "-->" in timing and _TIMING.match(timing)
        if is_webvtt or is_subrip:
            return Score.SURE
        return Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the article of one broadcast."""
        text = document.text().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        cues = list(_cues(text, document.name))
        if not cues:
            raise NoArticleError(
                f"{document.name} has no captions: no time in it is followed by text."
            )
        metadata = _webvtt_metadata(text)
        header = Header(
            title=metadata.get("title") or _title_of(document),
            kind=Kind.CAPTIONS,
            language=metadata.get("language") or UNKNOWN_LANGUAGE,
        )
        body = "\n\n".join(_lines_of(_without_repeats(cues)))
        yield FoundArticle(document.name, Extract(header, clean(body), notes=damage_notes(text)))


def _title_of(document: Document) -> str:
    """Return a title from the name of a file or from the last part of an address."""
    stem = _LANGUAGE_ENDING.sub("", document.stem)
    return clean_line(stem.replace("-", " ").replace("_", " ")) or "Captions"


def _webvtt_metadata(text: str) -> dict[str, str]:
    """Return the title and the language in the header of WebVTT."""
    head = text.split("\n\n", 1)[0].split("\n")
    if not head[0].startswith("WEBVTT"):
        return {}
    title = clean_line(head[0][len("WEBVTT") :].lstrip(" \t-–—:"))
    metadata = {"title": "" if title == _OLD_SIGNATURE else title}
    for line in head[1:]:
        name, _, value = line.partition(":")
        if name.strip().lower() in {"title", "language"} and value.strip():
            metadata[name.strip().lower()] = clean_line(value[: FILES.caption_field_characters])
    language = metadata.get("language", "")
    return metadata | {"language": language[:2] if len(language.split("-")[0]) == 2 else ""}


def _cues(text: str, name: str) -> Iterator[_Cue]:
    """Yield the cues of either format; notes and styles have no time and are left out.

    Raises:
        UnreadableError: there are too many cues.
    """
    timing: re.Match[str] | None = None
    lines: list[str] = []
    count = 0
    for line in [*text.split("\n"), ""]:
        next_timing = _TIMING.match(line)
        if timing and (next_timing or not line):
            if next_timing and lines and lines[-1].strip().isdecimal():
                lines.pop()
            yield from _read_cue(timing, lines)
            timing, lines = None, []
        elif timing:
            lines.append(line)
        if next_timing:
            timing, count = next_timing, count + 1
            if count > FILES.caption_cues:
                raise UnreadableError(
                    f"{name} has more than {FILES.caption_cues:,} entries. Split it."
                )


def _read_cue(timing: re.Match[str], lines: Sequence[str]) -> Iterator[_Cue]:
    """Yield the cues of one time, one for each voice."""
    start, end = _seconds(*timing.groups()[:4]), _seconds(*timing.groups()[4:])
    voices: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        for position, part in enumerate(_VOICE.split(line)):
            if position % 2:
                voices.append((clean_line(html.unescape(part)), []))
                continue
            spoken_line = clean_line(html.unescape(_TAG.sub("", part)))
            if spoken_line and not _SOUND.fullmatch(spoken_line):
                voices[-1][1].append(spoken_line.strip("♪♫ "))
    for speaker, spoken_lines in voices:
        if spoken_lines:
            yield _Cue(start, end, tuple(spoken_lines), speaker)


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    """Return the time of a cue in seconds."""
    whole_seconds = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole_seconds + float(f"0.{fraction}")


def _without_repeats(cues: Sequence[_Cue]) -> Iterator[_Cue]:
    """Yield the new lines of each cue: rolling captions repeat the lines of the cue before."""
    shown_lines: tuple[str, ...] = ()
    end = 0.0
    for cue in cues:
        previous_lines = shown_lines if cue.start - end <= CAPTIONS.pause_seconds else ()
        new_lines = cue.lines
        unmarked_lines = tuple(line.lstrip(_SPEAKER_MARKS) for line in new_lines)
        for size in range(min(len(previous_lines), len(new_lines)), 0, -1):
            if previous_lines[-size:] == unmarked_lines[:size]:
                new_lines = new_lines[size:]
                break
        else:
            new_lines = _without_beginning(new_lines, previous_lines)
        shown_lines = tuple(line.lstrip(_SPEAKER_MARKS) for line in cue.lines)
        end = cue.end
        if new_lines:
            yield replace(cue, lines=new_lines)


def _without_beginning(lines: tuple[str, ...], shown_lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return *lines* without the words that the last of *shown_lines* began them with."""
    beginning = f"{shown_lines[-1]} " if shown_lines else ""
    if not beginning or not lines[0].startswith(beginning):
        return lines
    return (lines[0][len(beginning) :], *lines[1:])


def _lines_of(cues: Iterator[_Cue]) -> Iterator[str]:
    """Yield the spoken text under its times, split at ends of sentences where there are any."""
    text, start, speaker, end = "", 0.0, "", 0.0
    for cue in cues:
        for position, line in enumerate(cue.lines):
            is_new_speaker = (
                bool(cue.speaker and cue.speaker != speaker)
                or _SPEAKER_CHANGE.match(line)
                or (not position and ends_sentence(text) and _NAMED_SPEAKER.match(line))
            )
            is_full = len(text) >= CAPTIONS.spoken_most_characters or (
                len(text) >= CAPTIONS.spoken_characters and ends_sentence(text)
            )
            is_pause = cue.start - end > CAPTIONS.pause_seconds and ends_sentence(text)
            if text and (is_new_speaker or is_full or is_pause):
                yield _with_time(start, speaker, text)
                text = ""
            if not text:
                start = cue.start
            speaker = cue.speaker or ("" if is_new_speaker else speaker)
            is_unspaced = EAST_ASIAN_EDGE.match(text[-1:]) and (
                EAST_ASIAN_EDGE.match(line[:1]) or line[:1].isdigit()
            )
            text = f"{text}{'' if is_unspaced or not text else ' '}{line}"
            end = cue.end
    if text:
        yield _with_time(start, speaker, text)


def _with_time(seconds: float, speaker: str, text: str) -> str:
    """Return *text* with its time and its speaker in front."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    clock = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return f"[{clock}] {speaker}{': ' if speaker else ''}{text.lstrip(_SPEAKER_MARKS)}"
