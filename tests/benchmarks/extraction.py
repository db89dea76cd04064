"""How well a page becomes an article: body, title and day, beside trafilatura alone."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import trafilatura
from rich.console import Console
from rich.table import Table

from ingest.errors import ReadingError
from ingest.model import day_of
from ingest.reading.decoding import decode
from ingest.reading.pages import read_page

GRAM = 4
UNITS = re.compile(r"[぀-ヿ㐀-鿿]|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Expected:
    """A page, and what people found in it; the first 80 have no title or day of their own."""

    name: str
    data: bytes
    body: str
    title: str | None = None
    day: date | None = None


def measure(data: Path | None, out: Path) -> None:
    """Print and write F1 of the bodies and the shares of titles and days that are right."""
    if data is None:
        raise SystemExit("Name the folder that holds pages: DATA=folder")
    rows, worst = {}, []
    for name, pages in (("English", english(data)), ("Japanese", japanese(data))):
        found = [scored(each) for each in pages]
        rows[name] = {key: mean([each[key] for each in found]) for key in found[0]}
        worst += sorted((each["F1"], page.name) for each, page in zip(found, pages, strict=True))[
            :5
        ]
    table = Table("", *rows)
    for key in rows["English"]:
        table.add_row(key, *(f"{row[key]:.3f}" for row in rows.values()))
    Console().print(table)
    for f1, name in worst:
        print(f"{f1:.3f} {name}")
    (out / "extraction.json").write_text(json.dumps(rows, indent=2))


def english(data: Path) -> list[Expected]:
    """Read the pages of fundus-evaluation (Dallabetta et al., 2024)."""
    folder = data / "pages" / "fundus_eval"
    truth = json.loads((folder / "ground_truth.json").read_text())
    return [
        Expected(
            name, gzip.decompress((folder / "html" / name).read_bytes()), " ".join(each["body"])
        )
        for name, each in truth.items()
    ]


def japanese(data: Path) -> list[Expected]:
    """Read the pages of fundus's own Japanese tests."""
    return list(fundus(data / "pages" / "fundus_jp"))


def fundus(folder: Path) -> Iterator[Expected]:
    """Yield each page with its newest expected fields."""
    for file in sorted(folder.glob("*.html.gz")):
        versions = json.loads((folder / f"{file.name.split('_')[0]}.json").read_text())
        fields = versions[max(versions)]
        body = fields["body"]
        parts = [*body["summary"]]
        for section in body["sections"]:
            parts += [*section["headline"], *section["paragraphs"]]
        yield Expected(
            file.name,
            gzip.decompress(file.read_bytes()),
            " ".join(parts),
            fields["title"],
            date.fromisoformat(fields["publishing_date"][:10]),
        )


def scored(page: Expected) -> dict[str, float | None]:
    """Compare what is found with what is expected."""
    text = decode(page.data, page.name)
    began = time.perf_counter()
    try:
        found = read_page(text, page.name)
    except ReadingError:
        return {"F1": 0.0, "trafilatura alone": 0.0, "title": 0.0, "day": 0.0, "ms": 0.0}
    took = time.perf_counter() - began
    alone = trafilatura.extract(
        text, favor_precision=True, include_comments=False, include_tables=False
    )
    published = found.header.published
    right = published is not None and day_of(published) == page.day
    return {
        "F1": f1(found.text, page.body),
        "trafilatura alone": f1(alone or "", page.body),
        "title": None if page.title is None else float(same(found.header.title, page.title)),
        "day": None if page.day is None else float(right),
        "stated day": float(published is not None),
        "ms": took * 1000,
    }


def same(one: str, other: str) -> bool:
    """Tell whether two titles differ in white space alone."""
    return "".join(one.split()) == "".join(other.split())


def f1(found: str, expected: str) -> float:
    """Return the F1 of 4-grams of words, or of characters in CJK text, as bags."""
    one, other = grams(found), grams(expected)
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if both else 0.0


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of four units."""
    units = UNITS.findall(text)
    return Counter(zip(*(units[i:] for i in range(GRAM)), strict=False))


def mean(values: list[float | None]) -> float:
    """Return the mean of those that are known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else float("nan")
