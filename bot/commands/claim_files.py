"""Commands ``check`` and ``find``: verification of claims from a file or an argument."""

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

from bot.answering.chat.prompting import Prompt
from bot.answering.model import (
    DraftQuote,
    Dropped,
    LookedUpClaim,
    LookUp,
    Meter,
    Question,
    Sentence,
)
from bot.answering.proving.gates import propose
from bot.answering.proving.identity import IdentityVerifier
from bot.answering.proving.verifier import ClaimVerifier, Finding, ProposedClaim, VerifierError
from bot.answering.understanding.question import language_asked
from bot.outcomes import found_object
from bot.wording import Wording
from ingest.commands.indexing import lines
from ingest.commands.output import printable
from ingest.errors import ReadingError as UnreadableLineError
from ingest.language.script import language_of as written_in
from ingest.model import Evidence, Header, Kind, Passage, passage_id

_BATCH = 8
"""Number of claims in one request to a verifier."""


class SourceLine(BaseModel):
    """A source of a claim in the file; without a passage, the quotation is the passage."""

    quote: str = Field(min_length=1)
    passage: str = ""
    outlet: str = "?"
    title: str = ""
    day: date | None = None
    kind: Kind = Kind.NEWS
    agency: str | None = None
    authors: tuple[str, ...] = ()


class ClaimLine(BaseModel):
    """A line of the file."""

    claim: str = Field(min_length=1)
    id: str | int | None = None
    question: str = ""
    rests: list[SourceLine] = Field(default_factory=list)


def _read(path: Path) -> Iterator[ClaimLine | UnreadableLineError]:
    """Yield the claims of a JSON Lines file, or of standard input for ``-``.

    A malformed line is yielded as an error with its number.

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


def read_claims(path: Path) -> list[ClaimLine]:
    """Return all claims of a file.

    Raises:
        ReadingError: a line is malformed; the message names it.
    """
    claims = []
    for claim in _read(path):
        if isinstance(claim, UnreadableLineError):
            raise claim
        claims.append(claim)
    return claims


def gate(line: ClaimLine) -> ProposedClaim | Dropped:
    """Apply the gates to a claim of the file, as if a model had drafted it with its sources."""
    evidence = {
        f"rest-{number}": _evidence(source, number) for number, source in enumerate(line.rests)
    }
    quotes = tuple(
        DraftQuote(key, source.quote) for key, source in zip(evidence, line.rests, strict=True)
    )
    question = Question(line.question, datetime(2000, 1, 1, tzinfo=UTC), language_asked(line.claim))
    instructions = Prompt.load("answer").text
    return propose(Sentence(line.claim, quotes), evidence, question, instructions=instructions)


def _evidence(source: SourceLine, number: int) -> Evidence:
    """Return the passage of a source."""
    text = source.passage or source.quote
    header = Header(
        source.title,
        outlet=source.outlet,
        published=source.day,
        kind=source.kind,
        agency=source.agency,
        authors=source.authors,
        language=written_in(text),
    )
    key = passage_id(number, 1, 0, text)
    return Evidence(Passage(key, number, 1, 0, 0, len(text), text, header), 1.0)


async def check(claims: Sequence[ClaimLine], verifier: ClaimVerifier) -> list[dict[str, Any]]:
    """Check claims by the gates, by identity and by *verifier*; return one row for each."""
    results = [gate(claim) for claim in claims]
    proposed = [
        (index, result) for index, result in enumerate(results) if isinstance(result, ProposedClaim)
    ]
    identity = await _verify(IdentityVerifier(), proposed)
    verified = await _verify(verifier, proposed) if verifier.judges else {}
    decided = verified if verifier.judges else identity
    return [
        {
            "id": line.id if line.id is not None else number,
            "gates": result.failing.value if isinstance(result, Dropped) else None,
            "identity": identity.get(index),
            "reader": verified.get(index),
            "shown": decided.get(index) is Finding.SUPPORTED,
        }
        for index, (number, line, result) in enumerate(
            zip(range(1, len(claims) + 1), claims, results, strict=True)
        )
    ]


async def _verify(
    verifier: ClaimVerifier, proposed: Sequence[tuple[int, ProposedClaim]]
) -> dict[int, Finding | None]:
    """Verify claims in batches; claims of a failed request get ``None``."""
    findings: dict[int, Finding | None] = {}
    for start in range(0, len(proposed), _BATCH):
        batch = proposed[start : start + _BATCH]
        try:
            readings = await verifier.verify([claim for _, claim in batch], Meter())
        except VerifierError:
            readings = [None] * len(batch)
        findings |= {index: finding for (index, _), finding in zip(batch, readings, strict=True)}
    return findings


def show_checked(rows: Sequence[dict[str, Any]], *, json_lines: bool) -> None:
    """Print one claim per line, as text or JSON."""
    for row in rows:
        if json_lines:
            print(json.dumps(row, ensure_ascii=False))
            continue
        reason = row["gates"] or row["reader"] or row["identity"] or "unread"
        print(f"{row['id']}: {'shown' if row['shown'] else 'not shown'} ({reason})")


async def look_up_file(path: Path, look_up_one: Callable[[str], Awaitable[LookedUpClaim]]) -> int:
    """Look up each claim of a file and print one object per line; return the exit code.

    A malformed line is reported in its place, and the others are looked up.
    """
    code = 0
    for line in _read(path):
        if isinstance(line, ClaimLine):
            row = found_object(await look_up_one(line.claim))
        else:
            code, row = 1, {"error": str(line)}
        print(json.dumps(row, ensure_ascii=False), flush=True)
    return code


def show_found(lookup: LookUp, *, as_json: bool) -> None:
    """Print the result of each claim, and the claims that were left out."""
    if as_json:
        for claim in lookup.claims:
            print(json.dumps(found_object(claim), ensure_ascii=False))
        return
    console = Console()
    words = Wording.default()
    if not lookup.claims:
        console.print(words("find_nothing"))
    for claim in lookup.claims:
        words = Wording.of(language_asked(claim.claim))
        console.print(Text(f"› {printable(claim.claim)}", style="bold"))
        verdict = words.verdict(claim.verdict, found=bool(claim.closest), read=claim.judged)
        console.print(Padding(Text(verdict), (0, 0, 0, 2)))
        for closest in claim.closest:
            header = closest.citation.header
            description = (
                f"{words.source(header)} · {printable(header.title)}\n{printable(closest.context)}"
            )
            console.print(Padding(Text(description, style="dim"), (0, 0, 0, 4)))
    if lookup.left_out:
        claims = "; ".join(map(printable, lookup.left_out))
        console.print(Text(words("find_left_out", claims=claims), style="dim"))
