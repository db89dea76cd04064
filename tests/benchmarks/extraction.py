"""How well a page becomes an article: body, title and day, beside trafilatura alone.

Of each sentence of a hand-made body that is missing from ours, the cause is counted: the first step
that takes it off the page.
"""

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

import lxml.html
import trafilatura
from lxml.etree import strip_elements
from rich.console import Console
from rich.table import Table

from ingest.errors import ReadingError
from ingest.index.cutting import sentences
from ingest.model import Extract, day_of
from ingest.reading.boilerplate import drop_boxes, drop_comments
from ingest.reading.declarations import Declared
from ingest.reading.decoding import decode
from ingest.reading.pages import read_page
from ingest.reading.pastes import sort_lines
from ingest.reading.text import letters_and_digits
from ingest.reading.visible import reduce_to_visible

GRAM = 4
UNITS = re.compile(r"[぀-ヿ㐀-鿿]|[^\W_]+")


_TEXT_AFTER_DATELINE = 60
"""Letters at the end of a sentence that are the same with and without a dateline before it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A page with its body as marked by people; the first 80 have no title or day.

    An optional paragraph is one that the makers of the data set mark as such.
    """

    name: str
    data: bytes
    paragraphs: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    title: str | None = None
    day: date | None = None
    language: str = "en"

    @property
    def body(self) -> str:
        """Return the complete body, optional paragraphs included."""
        return " ".join(self.paragraphs)

    def body_beside(self, text: str) -> str:
        """Return the body with those of its optional paragraphs of which *text* has a half."""
        runs = grams(text)
        return " ".join(
            paragraph
            for paragraph in self.paragraphs
            if paragraph not in self.optional
            or 2 * (grams(paragraph) & runs).total() >= grams(paragraph).total()
        )


def measure(data: Path | None, out: Path) -> None:
    """Print and write F1 of the bodies, the right titles and days, and the causes of gaps."""
    if data is None:
        raise SystemExit("Name the folder that holds pages: DATA=folder")
    rows, worst = {}, []
    causes_missing: Counter[tuple[str, str]] = Counter()
    for name, pages in (("English", english(data)), ("Japanese", japanese(data))):
        scores = [scored(page) for page in pages]
        rows[name] = {key: mean([score[key] for score in scores]) for key in scores[0]}
        worst += sorted(
            (score["F1"], page.name) for score, page in zip(scores, pages, strict=True)
        )[:5]
        for page in pages:
            causes_missing.update((cause, name + kind) for cause, kind in causes(page))
    table = Table("", *rows)
    for key in rows["English"]:
        table.add_row(key, *(f"{row[key]:.4f}" for row in rows.values()))
    Console().print(table)
    for f1, name in worst:
        print(f"{f1:.3f} {name}")
    columns = ("English", "English, optional", "Japanese")
    print("", "Sentences missing because", *columns, "", sep=" | ")
    for cause in dict.fromkeys(cause for (cause, _), _ in causes_missing.most_common()):
        print("", cause, *(causes_missing[cause, column] for column in columns), "", sep=" | ")
    counts = {f"{column}: {cause}": count for (cause, column), count in causes_missing.items()}
    (out / "extraction.json").write_text(json.dumps({**rows, "missing": counts}, indent=2))


def causes(page: Expected) -> Iterator[tuple[str, str]]:
    """Yield the cause of each missing sentence, and the kind of its paragraph."""
    text = decode(page.data, page.name)
    try:
        extract: Extract | None = read_page(text, page.name)
    except ReadingError:
        extract = None
    steps = dict(steps_of(text))
    for paragraph in page.paragraphs:
        for span in sentences(paragraph, page.language):
            sentence = paragraph[span.start : span.end]
            letters = letters_and_digits(sentence)
            if extract is None or letters not in letters_and_digits(extract.text):
                yield (
                    "the page is refused"
                    if extract is None
                    else cause_of(sentence, extract, steps),
                    ", optional" * (paragraph in page.optional),
                )


def cause_of(sentence: str, extract: Extract, steps: dict[str, str]) -> str:
    """Return the cause for which a *sentence* is missing from the *extract*."""
    letters = letters_and_digits(sentence)
    for part, texts in (
        ("it is kept as a caption or as a post of others", extract.captions),
        ("it is kept as a correction", extract.corrections),
    ):
        if letters in letters_and_digits(" ".join(texts)):
            return part
    if letters[-_TEXT_AFTER_DATELINE:] in letters_and_digits(extract.text):
        return "its beginning, a dateline or a heading, is kept apart"
    for step, text in steps.items():
        if letters not in text:
            return step
    if sentence not in sort_lines(["", sentence]).body:
        return "it is a line of credits or of the site"
    return "the extractor leaves it out"


def steps_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the steps before the extraction, each with the letters of the page behind it."""
    page = lxml.html.document_fromstring(
        text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)
    )
    declared = Declared(page)
    comments = declared.data
    strip_elements(page, "script", "style", "template", with_tail=False)
    yield "it is not on the page", letters_and_digits(page.text_content())
    reduce_to_visible(page)
    yield "it is hidden or struck, or a post of others", letters_and_digits(page.text_content())
    drop_comments(page, comments)
    yield "it is in comments", letters_and_digits(page.text_content())
    drop_boxes(page)
    yield "it is in a box", letters_and_digits(page.text_content())


def english(data: Path) -> list[Expected]:
    """Read the pages of fundus-evaluation (Dallabetta et al., 2024)."""
    folder = data / "pages" / "fundus_eval"
    truth = json.loads((folder / "ground_truth.json").read_text())
    pages = []
    for name, expected in truth.items():
        optional = [line for line in expected["body"] if line[0] == "[" and line[-1] == "]"]
        paragraphs = [line[1:-1] if line in optional else line for line in expected["body"]]
        pages.append(
            Expected(
                name,
                gzip.decompress((folder / "html" / name).read_bytes()),
                tuple(paragraphs),
                frozenset(line[1:-1] for line in optional),
            )
        )
    return pages


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
            tuple(parts),
            title=fields["title"],
            day=date.fromisoformat(fields["publishing_date"][:10]),
            language="en" if file.name.startswith("TheJapanNews") else "ja",
        )


def scored(page: Expected) -> dict[str, float | None]:
    """Compare the extract of a page with the expected one."""
    text = decode(page.data, page.name)
    began = time.perf_counter()
    try:
        extract = read_page(text, page.name)
    except ReadingError:
        return {
            "F1": 0.0,
            "F1, optional": 0.0,
            "trafilatura alone": 0.0,
            "title": 0.0,
            "day": 0.0,
            "ms": 0.0,
        }
    took = time.perf_counter() - began
    by_library = trafilatura.extract(
        text, favor_precision=True, include_comments=False, include_tables=False
    )
    published = extract.header.published
    right = published is not None and day_of(published) == page.day
    return {
        "F1": f1(extract.text, page.body),
        "F1, optional": f1(extract.text, page.body_beside(extract.text)),
        "trafilatura alone": f1(by_library or "", page.body),
        "title": None if page.title is None else float(same(extract.header.title, page.title)),
        "day": None if page.day is None else float(right),
        "stated day": float(published is not None),
        "ms": took * 1000,
    }


def same(first: str, second: str) -> bool:
    """Return True if two titles differ in white space alone."""
    return "".join(first.split()) == "".join(second.split())


def f1(text: str, expected: str) -> float:
    """Return the F1 of 4-grams of words, or of characters in CJK text, as bags."""
    counts, expected_counts = grams(text), grams(expected)
    common = (counts & expected_counts).total()
    return 2 * common / (counts.total() + expected_counts.total()) if common else 0.0


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of four units."""
    units = UNITS.findall(text)
    return Counter(zip(*(units[i:] for i in range(GRAM)), strict=False))


def mean(values: list[float | None]) -> float:
    """Return the mean of those that are known."""
    numbers = [value for value in values if value is not None]
    return sum(numbers) / len(numbers) if numbers else float("nan")
