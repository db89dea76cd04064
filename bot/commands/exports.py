"""Verification of an exported answer (`ask --json`) against an archive.

Passages are identified by a hash of their text, so that the archive need not be the one in which
the answer was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from ingest.archive import Archive
from ingest.archive.passages import FoundPassage
from ingest.commands.output import print_json, printable
from ingest.errors import IngestError, ReadingError
from ingest.process.isolation import isolated
from ingest.reading.registry import text_of


class Proof(StrEnum):
    """Result of verifying a quotation."""

    PROVEN = "proven"
    ALTERED = "altered"
    UNKNOWN = "unknown"


class SnapshotProof(StrEnum):
    """Result of comparing a quotation with the page as it was fetched."""

    HOLDS = "holds"
    DIFFERS = "differs"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class _CheckedQuotation:
    """A quotation of an exported answer, and the archived passage with it, if any."""

    quote: str
    outlet: str
    proof: Proof
    found: FoundPassage | None = None
    snapshot: SnapshotProof | None = None


def check_export(file: Path, archive: Archive) -> list[_CheckedQuotation]:
    """Verify each quotation of the answers in *file* against *archive*.

    Raises:
        IngestError: *file* cannot be read, or has no exported answer.
    """
    return [_verify(proof, archive) for answer in _answers_in(file) for proof in _proofs(answer)]


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
    return 0 if checked and all(quotation.proof is Proof.PROVEN for quotation in checked) else 1


_PROOF_TEXTS = {
    Proof.PROVEN: "Proven",
    Proof.ALTERED: "Altered: the passage is here and does not have these words",
    Proof.UNKNOWN: "Unknown: no passage of that fingerprint is kept here",
}


_SNAPSHOT_TEXTS = {
    SnapshotProof.HOLDS: "and in the page as it was fetched",
    SnapshotProof.DIFFERS: "though not in the page as it was fetched, read anew",
    SnapshotProof.DAMAGED: "its snapshot is damaged",
}


def _answers_in(file: Path) -> list[dict[str, Any]]:
    """Read exported answers, from one object, a list, or one object per line."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"{file} cannot be read. Name what `ask --json` has written.") from error
    try:
        content = json.loads(text)
        answers = content if isinstance(content, list) else [content]
    except json.JSONDecodeError:
        try:
            answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError as error:
            raise IngestError(f"{file} is no JSON. Name what `ask --json` has written.") from error
    if not answers or not all(
        isinstance(answer, dict) and "excerpts" in answer for answer in answers
    ):
        raise IngestError(f"{file} holds no exported answer. Name what `ask --json` has written.")
    return answers


def _proofs(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the quotations of an answer, each with its passage."""
    yield from ({**excerpt, "quote": excerpt["text"]} for excerpt in answer.get("excerpts", ()))
    for claim in answer.get("claims", ()):
        yield from claim.get("citations", ())


def _verify(proof: dict[str, Any], archive: Archive) -> _CheckedQuotation:
    """Verify a quotation against the passages with the same hash."""
    quote, outlet = str(proof.get("quote", "")), str(proof.get("outlet", ""))
    digest = str(proof.get("passage", "")).rpartition(":")[2]
    passages = [
        passage
        for passage in archive.passages.fingerprinted(digest)
        if hashlib.sha256(passage.text.encode()).hexdigest().startswith(digest)
    ]
    match = next((passage for passage in passages if quote and quote in passage.text), None)
    if match is not None:
        return _CheckedQuotation(
            quote, outlet, Proof.PROVEN, match, _in_snapshot(quote, match, archive)
        )
    return _CheckedQuotation(quote, outlet, Proof.ALTERED if passages else Proof.UNKNOWN)


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
    passage = checked.found
    return {
        "quote": checked.quote,
        "outlet": checked.outlet,
        "proof": str(checked.proof),
        "article": passage.article_id if passage else None,
        "version": passage.version if passage else None,
        "title": passage.title if passage else None,
        "snapshot": str(checked.snapshot) if checked.snapshot else None,
    }
