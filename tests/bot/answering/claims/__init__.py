"""Claims written by hand over the sample coverage, true and false, by kind; no code made them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.commands.verification import ClaimLine, SourceLine
from bot.settings import SAMPLE_COVERAGE
from ingest.reading import Hints, read_path

FILE = Path(__file__).with_name("claims.jsonl")


@dataclass(frozen=True)
class Labelled:
    """A claim, of which kind it is, and whether what it rests on bears it out."""

    id: str
    kind: str
    fair: bool
    line: ClaimLine


@cache
def labelled() -> tuple[Labelled, ...]:
    """Return the claims, each with the articles of the sample that it quotes."""
    extracts = [found.extract for found in read_path(SAMPLE_COVERAGE, Hints())]
    return tuple(
        Labelled(each["id"], each["kind"], each["fair"], line_of(each, extracts))
        for each in map(json.loads, FILE.read_text(encoding="utf-8").splitlines())
    )


def line_of(each, extracts):
    """Find the first article with each quotation."""
    rests = []
    for quote in each["quotes"]:
        extract = next((e for e in extracts if quote in e.text), None)
        assert extract, f"{each['id']} quotes what no article of the sample says: {quote}"
        header = extract.header
        rests.append(
            SourceLine(
                quote=quote,
                passage=extract.text,
                outlet=header.outlet,
                title=header.title,
                day=header.day,
                kind=header.kind,
                authors=header.authors,
            )
        )
    return ClaimLine(id=each["id"], claim=each["claim"], rests=rests)
