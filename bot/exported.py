"""Hold an answer that was exported (`ask --json`) against an archive, its own or another one.

A passage is known by the fingerprint of its text, so that the numbers of the archive in which the
answer was made need not be those of the one that proves it.
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
from ingest.errors import IngestError, ReadingError
from ingest.isolation import isolated
from ingest.refreshing.snapshots import text_of
from ingest.showing import print_json, printable


class Proof(StrEnum):
    """What became of a quotation."""

    PROVEN = "proven"
    ALTERED = "altered"
    UNKNOWN = "unknown"


class SnapshotProof(StrEnum):
    """Whether a quotation stands in the page as it was fetched."""

    HOLDS = "holds"
    DIFFERS = "differs"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class _CheckedQuotation:
    """A quotation of an exported answer, and the passage that has it, if one does."""

    quote: str
    outlet: str
    proof: Proof
    found: FoundPassage | None = None
    snapshot: SnapshotProof | None = None


def check_export(file: Path, archive: Archive) -> list[_CheckedQuotation]:
    """Hold each quotation of the answers in *file* against *archive*.

    Raises:
        IngestError: *file* cannot be read, or has no exported answer.
    """
    return [_checked(each, archive) for answer in _answers_in(file) for each in _proofs(answer)]


def show_export(checked: list[_CheckedQuotation], *, as_json: bool) -> int:
    """Print what became of each quotation, and return 1 unless all are proven."""
    if as_json:
        print_json({"quotations": [_as_object(each) for each in checked]})
    else:
        for each in checked:
            where = each.found
            place = f", article {where.article_id}, version {where.version}" if where else ""
            page = f" ({_FETCHED[each.snapshot]})" if each.snapshot else ""
            said = f"{_SAID[each.proof]}{place}{page}: {each.outlet}: “{each.quote}”"
            Console().print(Text(printable(said)))
    return 0 if checked and all(each.proof is Proof.PROVEN for each in checked) else 1


_SAID = {
    Proof.PROVEN: "Proven",
    Proof.ALTERED: "Altered: the passage is here and does not have these words",
    Proof.UNKNOWN: "Unknown: no passage of that fingerprint is kept here",
}


_FETCHED = {
    SnapshotProof.HOLDS: "and in the page as it was fetched",
    SnapshotProof.DIFFERS: "though not in the page as it was fetched, read anew",
    SnapshotProof.DAMAGED: "its snapshot is damaged",
}


def _answers_in(file: Path) -> list[dict[str, Any]]:
    """Read one object, or one a line."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"{file} cannot be read. Name what `ask --json` has written.") from error
    try:
        found = json.loads(text)
        answers = found if isinstance(found, list) else [found]
    except json.JSONDecodeError:
        try:
            answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError as error:
            raise IngestError(f"{file} is no JSON. Name what `ask --json` has written.") from error
    if not answers or not all(isinstance(each, dict) and "excerpts" in each for each in answers):
        raise IngestError(f"{file} holds no exported answer. Name what `ask --json` has written.")
    return answers


def _proofs(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the quotations of an answer, each with its passage."""
    yield from ({**each, "quote": each["text"]} for each in answer.get("excerpts", ()))
    for claim in answer.get("claims", ()):
        yield from claim.get("citations", ())


def _checked(proof: dict[str, Any], archive: Archive) -> _CheckedQuotation:
    """Look a quotation up by the fingerprint of its passage."""
    quote, outlet = str(proof.get("quote", "")), str(proof.get("outlet", ""))
    digest = str(proof.get("passage", "")).rpartition(":")[2]
    found = [
        each
        for each in archive.passages.fingerprinted(digest)
        if hashlib.sha256(each.text.encode()).hexdigest().startswith(digest)
    ]
    having = next((each for each in found if quote and quote in each.text), None)
    if having is not None:
        return _CheckedQuotation(
            quote, outlet, Proof.PROVEN, having, _in_snapshot(quote, having, archive)
        )
    return _CheckedQuotation(quote, outlet, Proof.ALTERED if found else Proof.UNKNOWN)


def _in_snapshot(quote: str, found: FoundPassage, archive: Archive) -> SnapshotProof | None:
    """Look for a quotation in the page as it was fetched; ``None`` where that is not kept."""
    warc = archive.snapshots.get(found.article_id, found.version)
    versions = {each.number: each.snapshot for each in archive.articles.versions(found.article_id)}
    if warc is None:
        return None
    if hashlib.sha256(warc).hexdigest() != versions.get(found.version):
        return SnapshotProof.DAMAGED
    try:
        text = isolated(found.title, text_of, warc)
    except ReadingError:
        return SnapshotProof.DAMAGED
    return SnapshotProof.HOLDS if quote in text else SnapshotProof.DIFFERS


def _as_object(checked: _CheckedQuotation) -> dict[str, Any]:
    """Return what became of a quotation, for programs."""
    found = checked.found
    return {
        "quote": checked.quote,
        "outlet": checked.outlet,
        "proof": str(checked.proof),
        "article": found.article_id if found else None,
        "version": found.version if found else None,
        "title": found.title if found else None,
        "snapshot": str(checked.snapshot) if checked.snapshot else None,
    }
