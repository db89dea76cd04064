"""Dated questions over articles that were read one after the other: nothing later is shown.

Each article is read on the day on which it was published; every third is read again two days later
with another text. Each question is asked as of several moments, and whatever is found or shown is
held against when it was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.desk import Desk
from bot.outcomes import as_object
from ingest.index.cutting import cut
from ingest.model import Extract, Header, day_of, parse_moment
from tests.benchmarks.corpora import lines
from tests.bot.builders import open_in

MOMENTS = 3
"""Moments as of which each question is asked."""
AGAIN = 3
"""Every so many articles is read again, with another text."""
LATER = "This report was revised after the count."
"""What stands in every second reading and in no first one."""


def measure(data: Path | None, out: Path) -> None:
    """Print and write how many questions showed anything that was read later."""
    if data is None:
        raise SystemExit("Name the folder that holds asked and results: DATA=folder")
    with covered(data) as desk:
        counts = leaks(data, desk)
    print(json.dumps(counts, indent=2))
    (out / "past.json").write_text(json.dumps(counts, indent=2))


@contextmanager
def covered(data: Path) -> Iterator[Desk]:
    """Open a desk of its own over the articles of folder/asked, read on their days."""
    with TemporaryDirectory() as folder, open_in(folder) as desk:
        read(data, desk)
        desk.coverage.catch_up()
        yield desk


def read(data: Path, desk: Desk, step: int = 1) -> None:
    """Keep every so many of the dated articles as if they had been read on their days."""
    dated = [line for line in lines(data / "asked" / "articles.jsonl") if line["published"]]
    for number, line in enumerate(dated[::step]):
        header = Header(
            line["title"] or "-",
            outlet=line["outlet"],
            url=line["url"],
            published=parse_moment(line["published"]),
            language="en",
        )
        extract, now = Extract(header, line["text"].strip()), _read_at(header)
        versions = [(extract, now)]
        if number % AGAIN == 0:
            revised = replace(extract, text=f"{extract.text}\n\n{LATER}")
            versions.append((revised, now + timedelta(days=2)))
        for version, at in versions:
            desk.archive.articles.save(version, cut(version.text, "en"), now=at)


def _read_at(header: Header) -> datetime:
    """Return noon of the day of publication."""
    assert header.published is not None
    return datetime.combine(day_of(header.published), time(12), UTC)


def leaks(data: Path, desk: Desk) -> dict[str, int]:
    """Ask each question as of several moments, and count cited versions that were read later."""
    days = sorted(
        {article.header.day for article in desk.archive.articles.listed() if article.header.day}
    )
    questions = [q for name in ("asked", "results") for q in lines(data / name / "questions.jsonl")]
    counts = {"questions": 0, "answered": 0, "passages": 0, "leaks": 0}
    for number, line in enumerate(questions):
        for turn in range(MOMENTS):
            day = days[(number * MOMENTS + turn) * 37 % len(days)]
            moment = datetime.combine(day, time(18), UTC) + timedelta(days=turn)
            then = desk.coverage.as_of(moment)
            question = ask(line["question"], now=moment)
            view = then.look(question)
            outcome = answer_now(question, then)
            passages = [e.passage for e in view.evidence]
            if isinstance(outcome, Answer):
                counts["answered"] += 1
                passages += [c.passage for c in outcome.citations]
            late = [p for p in passages if _read(desk, p.article_id, p.version) > moment]
            second = any(passage.version > 1 for passage in passages)
            revised = LATER in json.dumps(as_object(outcome)) and not second
            counts["questions"] += 1
            counts["passages"] += len(passages)
            counts["leaks"] += bool(late) or revised
    return counts


def _read(desk: Desk, article_id: int, number: int) -> datetime:
    """Return when a version was read."""
    versions = desk.archive.articles.versions(article_id)
    return next(version.read_at for version in versions if version.number == number)
