"""The commands ``check`` and ``find``: claims from a file or the command line, judged."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.answering.chat.meter import Meter
from bot.answering.chat.prompting import Prompt
from bot.answering.lookup import ClosestSentence, LookedUpClaim, LookUp
from bot.answering.model import DraftQuote, Dropped, Question, Sentence
from bot.answering.proving.identity import Identity
from bot.answering.proving.proving import propose
from bot.answering.proving.reader import Finding, Proposed, Reader, UnreadClaimsError
from bot.answering.understanding.question import language_asked
from bot.reporting import source_object
from bot.wording import Wording
from ingest.batch import lines
from ingest.errors import ReadingError as UnreadableLineError
from ingest.language.detecting import language_of as written_in
from ingest.model import Evidence, Header, Kind, Passage, passage_id
from ingest.showing import printable

_BATCH = 8
"""Claims that a reader is given in one request."""


class RestLine(BaseModel):
    """What a claim of the file rests on; the passage is unset where it is the quotation."""

    quote: str = Field(min_length=1)
    passage: str = ""
    outlet: str = "?"
    title: str = ""
    day: date | None = None
    kind: Kind = Kind.NEWS
    agency: str | None = None
    authors: tuple[str, ...] = ()


class ClaimLine(BaseModel):
    """One line of the file."""

    claim: str = Field(min_length=1)
    id: str | int | None = None
    question: str = ""
    rests: list[RestLine] = Field(default_factory=list)


def _read(path: Path) -> Iterator[ClaimLine | UnreadableLineError]:
    """Yield the claims of a JSON Lines file, or of standard input for ``-``.

    A line of another form is yielded as the error that names it.

    Raises:
        UnreadableError: the file cannot be read.
    """
    for number, line in enumerate(lines(path), start=1):
        if not line.strip():
            continue
        try:
            yield ClaimLine.model_validate_json(line.decode("utf-8-sig"))
        except (ValidationError, UnicodeDecodeError):
            yield UnreadableLineError(
                f'{path} line {number} is not of the form {{"claim": "…", "rests": [{{"quote": '
                '"…", "passage": "…"}]}. Mend it, and run this again.'
            )


def read_whole(path: Path) -> list[ClaimLine]:
    """Return all claims of a file.

    Raises:
        ReadingError: a line is not a claim; it is named.
    """
    claims = []
    for each in _read(path):
        if isinstance(each, UnreadableLineError):
            raise each
        claims.append(each)
    return claims


def gate(line: ClaimLine) -> Proposed | Dropped:
    """Hold one claim of a file against the gates, as a draft that rests on what it names."""
    given = {f"rest-{i}": _evidence(rest, i) for i, rest in enumerate(line.rests)}
    rests = tuple(DraftQuote(key, r.quote) for key, r in zip(given, line.rests, strict=True))
    question = Question(line.question, datetime(2000, 1, 1, tzinfo=UTC), language_asked(line.claim))
    instructions = Prompt.load("answer").text
    return propose(Sentence(line.claim, rests), given, question, instructions=instructions)


def _evidence(rest: RestLine, number: int) -> Evidence:
    """Return the passage that *rest* names."""
    text = rest.passage or rest.quote
    header = Header(
        rest.title,
        outlet=rest.outlet,
        published=rest.day,
        kind=rest.kind,
        agency=rest.agency,
        authors=rest.authors,
        language=written_in(text),
    )
    key = passage_id(number, 1, 0, text)
    return Evidence(Passage(key, number, 1, 0, 0, len(text), text, header), 1.0)


async def check(claims: Sequence[ClaimLine], reader: Reader | None) -> list[dict[str, Any]]:
    """Return for each claim which gate stops it, what identity and *reader* say, what is shown."""
    gated = [gate(each) for each in claims]
    passed = [(i, each) for i, each in enumerate(gated) if isinstance(each, Proposed)]
    identity = await _judged(Identity(), passed)
    read = await _judged(reader, passed) if reader is not None else {}
    decided = read if reader is not None else identity
    return [
        {
            "id": line.id if line.id is not None else number,
            "gates": found.failing.value if isinstance(found, Dropped) else None,
            "identity": identity.get(i),
            "reader": read.get(i),
            "shown": decided.get(i) is Finding.SUPPORTED,
        }
        for i, (number, line, found) in enumerate(
            zip(range(1, len(claims) + 1), claims, gated, strict=True)
        )
    ]


async def _judged(
    reader: Reader, passed: Sequence[tuple[int, Proposed]]
) -> dict[int, Finding | None]:
    """Have claims read, some at a time; those of a request that failed stay unread."""
    found: dict[int, Finding | None] = {}
    for start in range(0, len(passed), _BATCH):
        some = passed[start : start + _BATCH]
        try:
            readings = await reader.read([each for _, each in some], Meter())
        except UnreadClaimsError:
            readings = [None] * len(some)
        found |= {place: each for (place, _), each in zip(some, readings, strict=True)}
    return found


def show_checked(rows: Sequence[dict[str, Any]], *, json_lines: bool) -> None:
    """Print one claim a line, for people or machines."""
    for row in rows:
        if json_lines:
            print(json.dumps(row, ensure_ascii=False))
            continue
        why = row["gates"] or row["reader"] or row["identity"] or "unread"
        print(f"{row['id']}: {'shown' if row['shown'] else 'not shown'} ({why})")


async def find_each(path: Path, look_up_one: Callable[[str], Awaitable[LookedUpClaim]]) -> int:
    """Look up each claim of a file and print an object a line; return the exit code.

    A bad line is told in its place and stops nothing.
    """
    code = 0
    for line in _read(path):
        if isinstance(line, ClaimLine):
            said = found_object(await look_up_one(line.claim))
        else:
            code, said = 1, {"error": str(line)}
        print(json.dumps(said, ensure_ascii=False), flush=True)
    return code


def found_object(looked: LookedUpClaim) -> dict[str, Any]:
    """Return what was found of one claim as the object that ``--json`` prints."""
    return {
        "claim": looked.claim,
        "verdict": looked.verdict.value,
        "closest": [_closest_object(each) for each in looked.closest],
    }


def _closest_object(closest: ClosestSentence) -> dict[str, Any]:
    """Return one sentence of the coverage with its source."""
    return {
        "text": closest.citation.quote,
        "context": closest.context,
        "verdict": closest.verdict.value,
        **source_object(closest.citation.header),
        "article": closest.citation.passage.article_id,
        "passage": closest.citation.passage.id,
    }


def show_found(found: LookUp, *, as_json: bool) -> None:
    """Print what was found of each claim, and which were left out."""
    if as_json:
        for each in found.looked:
            print(json.dumps(found_object(each), ensure_ascii=False))
        return
    console = Console()
    words = Wording.default()
    if not found.looked:
        console.print(words("find_nothing"))
    for each in found.looked:
        words = Wording.of(language_asked(each.claim))
        console.print(Text(f"› {printable(each.claim)}", style="bold"))
        said = words.verdict(each.verdict, found=bool(each.closest), read=each.read)
        console.print(Padding(Text(said), (0, 0, 0, 2)))
        for closest in each.closest:
            header = closest.citation.header
            lines_of = (
                f"{words.source(header)} · {printable(header.title)}\n{printable(closest.context)}"
            )
            console.print(Padding(Text(lines_of, style="dim"), (0, 0, 0, 4)))
    if found.left_out:
        named = "; ".join(map(printable, found.left_out))
        console.print(Text(words("find_left_out", claims=named), style="dim"))
