"""Verification of claims and of exported answers, from a file or an argument.

An export (`ask --json`) names passages by a hash of their text, so that the archive need not be the
one in which the answer was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, ValidationError
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.answering.prompting import Prompt
from bot.answering.proving.archived import is_whole
from bot.answering.proving.gates import propose
from bot.answering.proving.verifiers import (
    ClaimVerifier,
    Finding,
    IdentityVerifier,
    ProposedClaim,
    VerifierError,
)
from bot.answering.understanding.question import language_asked
from bot.answering.values import (
    DraftQuote,
    Dropped,
    LookedUpClaim,
    LookUp,
    Meter,
    Question,
    Sentence,
)
from bot.outcomes import found_object
from bot.wording import Wording
from ingest.archive import Archive
from ingest.archive.passages import FoundPassage
from ingest.commands.indexing import lines
from ingest.commands.output import print_json, printable
from ingest.errors import IngestError, ReadingError
from ingest.errors import ReadingError as UnreadableLineError
from ingest.language.script import language_of as written_in
from ingest.model import Evidence, Header, Kind, Passage, Removal, passage_id
from ingest.process.isolation import isolated
from ingest.reading.registry import text_of

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


def gate_claim(line: ClaimLine) -> ProposedClaim | Dropped:
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
    results = [gate_claim(claim) for claim in claims]
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


class Proof(StrEnum):
    """Result of verifying a quotation."""

    PROVEN = "proven"
    ALTERED = "altered"
    OTHER_OUTLET = "other_outlet"
    UNKNOWN = "unknown"


class SnapshotProof(StrEnum):
    """Result of comparing a quotation with the page as it was fetched."""

    HOLDS = "holds"
    DIFFERS = "differs"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class _PresentState:
    """The present state of an article, to be told beside a quotation of one of its versions.

    ``removal`` is why it is not cited any more, if so; ``current`` is true if its newest version
    has the quotation; ``corrections`` are the notices of its outlet in that version.
    """

    removal: Removal | None
    current: bool
    corrections: tuple[str, ...]

    @classmethod
    def of(cls, quote: str, passage: FoundPassage, archive: Archive) -> Self:
        """Return the present state of the article of *passage*."""
        article = archive.articles.get(passage.article_id)
        newest = archive.articles.versions(passage.article_id)[-1].extract
        return cls(article.removal, quote in newest.text, newest.corrections)

    def lines(self, version: int, words: Wording) -> Iterator[str]:
        """Yield a sentence for each thing that happened to the article since *version*."""
        if self.removal is not None:
            yield words("verify_withdrawn", why=words(f"removal_{self.removal}"))
        if not self.current:
            yield words("verify_former", version=version)
        for note in self.corrections:
            yield words("corrected", note=" ".join(note.split()))


@dataclass(frozen=True, slots=True)
class _CheckedQuotation:
    """A quotation of an exported answer, and the archived passage with it, if any."""

    quote: str
    outlet: str
    proof: Proof
    found: FoundPassage | None = None
    snapshot: SnapshotProof | None = None
    since: _PresentState | None = None


def check_export(file: Path, archive: Archive) -> list[_CheckedQuotation]:
    """Verify each quotation of the answers in *file* against *archive*.

    Raises:
        IngestError: *file* cannot be read, or has no exported answer.
    """
    return [
        _verify_proof(proof, archive) for answer in _answers_in(file) for proof in _proofs(answer)
    ]


def show_export(checked: list[_CheckedQuotation], *, as_json: bool) -> int:
    """Print the result of each quotation; return 1 unless all are proven."""
    if as_json:
        print_json({"quotations": [_as_object(quotation) for quotation in checked]})
    else:
        for quotation in checked:
            passage = quotation.found
            location = (
                f", article {passage.article_id}, version {passage.version}" if passage else ""
            )
            page = f" ({_SNAPSHOT_TEXTS[quotation.snapshot]})" if quotation.snapshot else ""
            result = f"{_PROOF_TEXTS[quotation.proof]}{location}{page}"
            line = f"{result}: {quotation.outlet}: “{quotation.quote}”"
            Console().print(Text(printable(line)))
            if passage and quotation.since:
                for note in quotation.since.lines(passage.version, Wording.default()):
                    Console().print(Padding(Text(printable(note)), (0, 0, 0, 2)))
    return 0 if checked and all(quotation.proof is Proof.PROVEN for quotation in checked) else 1


_PROOF_TEXTS = {
    Proof.PROVEN: "Proven",
    Proof.ALTERED: "Altered: the passage is here and does not have these words whole",
    Proof.OTHER_OUTLET: "Not of the outlet that the file names",
    Proof.UNKNOWN: "Unknown: no passage of that fingerprint is kept here",
}


_SNAPSHOT_TEXTS = {
    SnapshotProof.HOLDS: "and in the page as it was fetched",
    SnapshotProof.DIFFERS: "though not in the page as it was fetched, read anew",
    SnapshotProof.DAMAGED: "its snapshot is damaged",
}


_GIVE_OUTPUT = "Give a file with the output of `ask --json`."


def _answers_in(file: Path) -> list[dict[str, Any]]:
    """Read exported answers, from one object, a list, or one object per line."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"{file} cannot be read. {_GIVE_OUTPUT}") from error
    try:
        content = json.loads(text)
        answers = content if isinstance(content, list) else [content]
    except json.JSONDecodeError:
        try:
            answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError as error:
            raise IngestError(f"{file} is not JSON. {_GIVE_OUTPUT}") from error
    if not answers or not all(
        isinstance(answer, dict) and "excerpts" in answer for answer in answers
    ):
        raise IngestError(f"{file} has no exported answer in it. {_GIVE_OUTPUT}")
    return answers


def _proofs(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the quotations of an answer, each with its passage."""
    yield from ({**excerpt, "quote": excerpt["text"]} for excerpt in answer.get("excerpts", ()))
    for claim in answer.get("claims", ()):
        yield from claim.get("citations", ())


def _verify_proof(proof: dict[str, Any], archive: Archive) -> _CheckedQuotation:
    """Verify a quotation against the passages with the same hash."""
    quote, outlet = str(proof.get("quote", "")), str(proof.get("outlet", ""))
    digest = str(proof.get("passage", "")).rpartition(":")[2]
    passages = [
        passage
        for passage in archive.passages.fingerprinted(digest)
        if hashlib.sha256(passage.text.encode()).hexdigest().startswith(digest)
    ]
    matches = [
        (_PresentState.of(quote, passage, archive), passage)
        for passage in passages
        if quote and is_whole(quote, passage.text)
    ]
    if not matches:
        return _CheckedQuotation(quote, outlet, Proof.ALTERED if passages else Proof.UNKNOWN)
    since, match = max(
        matches,
        key=lambda found: (
            found[1].outlet == outlet,
            found[0].removal is None,
            found[0].current,
            found[1].version,
        ),
    )
    if match.outlet != outlet:
        return _CheckedQuotation(quote, match.outlet, Proof.OTHER_OUTLET, match, since=since)
    snapshot = _in_snapshot(quote, match, archive)
    return _CheckedQuotation(quote, outlet, Proof.PROVEN, match, snapshot, since)


def _in_snapshot(quote: str, passage: FoundPassage, archive: Archive) -> SnapshotProof | None:
    """Compare a quotation with the fetched page; return ``None`` if the page is not stored."""
    warc = archive.snapshots.get(passage.article_id, passage.version)
    versions = {
        version.number: version.snapshot
        for version in archive.articles.versions(passage.article_id)
    }
    if warc is None:
        return None
    if hashlib.sha256(warc).hexdigest() != versions.get(passage.version):
        return SnapshotProof.DAMAGED
    try:
        text = isolated(passage.title, text_of, warc)
    except ReadingError:
        return SnapshotProof.DAMAGED
    return SnapshotProof.HOLDS if quote in text else SnapshotProof.DIFFERS


def _as_object(checked: _CheckedQuotation) -> dict[str, Any]:
    """Return the result of a quotation as a JSON object."""
    passage, since = checked.found, checked.since
    return {
        "quote": checked.quote,
        "outlet": checked.outlet,
        "proof": str(checked.proof),
        "article": passage.article_id if passage else None,
        "version": passage.version if passage else None,
        "title": passage.title if passage else None,
        "snapshot": str(checked.snapshot) if checked.snapshot else None,
        "removal": str(since.removal) if since and since.removal else None,
        "current": since.current if since else None,
        "corrections": list(since.corrections) if since else [],
    }
