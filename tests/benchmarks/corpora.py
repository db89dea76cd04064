"""Published question sets as coverage and questions of the desk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.desk import Desk
from bot.evaluating import SAMPLE_QUESTIONS as OURS
from bot.evaluating import read_question_set
from bot.settings import SAMPLE_COVERAGE
from ingest.index.cutting import SPLITTER, cut
from ingest.model import Cut, Extract, Header, Span, parse_moment
from ingest.reading import Hints, read_path
from tests.bot.builders import open_in

NOW = datetime(2024, 1, 1, tzinfo=UTC)
"""The day on which the questions are asked: after all of MultiHop-RAG's articles."""

Items = list[tuple[Extract, Cut]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, and texts of which any passage that answers it holds one; none: unanswerable."""

    question: str
    facts: tuple[str, ...]

    def met_by(self, text: str) -> bool:
        """Compare without white space, as MultiHop-RAG does."""
        return any(squeezed(fact) in squeezed(text) for fact in self.facts)


@contextmanager
def desk_of(items: Items) -> Iterator[Desk]:
    """Open a desk in a folder of its own that holds *items*."""
    with (
        TemporaryDirectory() as folder,
        open_in(folder, now=NOW) as desk,
    ):
        desk.archive.articles.save_many(items, now=NOW)
        desk.coverage.catch_up()
        yield desk


def multihoprag(data: Path) -> tuple[Items, list[Wanted]]:
    """Read MultiHop-RAG (Tang and Yang, 2024): news articles, questions with their evidence."""
    items = []
    for each in lines(data / "multihoprag" / "articles.jsonl"):
        header = Header(
            each["title"],
            outlet=each["source"],
            published=parse_moment(each["published_at"][:10]),
            language="en",
        )
        items.append(whole(header, each["body"]))
    questions = lines(data / "multihoprag" / "questions.jsonl")
    return items, [
        Wanted(each["query"], tuple(e["fact"] for e in each["evidence_list"])) for each in questions
    ]


def jsquad(data: Path, *, half: bool = False) -> tuple[Items, list[Wanted]]:
    """Read JSQuAD: Japanese passages and questions; with *half*, every other article is missing."""
    content = json.loads((data / "jsquad" / "valid.json").read_text(encoding="utf-8"))
    items, questions = [], []
    for number, article in enumerate(content["data"]):
        kept = not half or number % 2 == 0
        for paragraph in article["paragraphs"]:
            title, _, text = paragraph["context"].partition(" [SEP] ")
            if kept:
                header = Header(f"{title}（{text[:12]}）", outlet="JSQuAD", language="ja")
                items.append((Extract(header, text), Cut(SPLITTER, (Span(0, len(text)),))))
            asked = [each["question"] for each in paragraph["qas"]]
            questions += [Wanted(each, (text,) if kept else ()) for each in asked]
    return items, questions


def clapnq(data: Path) -> tuple[Items, list[Wanted]]:
    """Read CLAPNQ: passages, and questions that these do and do not answer."""
    items: dict[str, tuple[Extract, Cut]] = {}
    questions = []
    for name in ("answerable", "unanswerable"):
        for each in lines(data / "clapnq" / f"{name}.jsonl"):
            for passage in each["passages"]:
                header = Header(f"{passage['title']}: {passage['text'][:40]}", language="en")
                items[passage["text"]] = whole(header, passage["text"].strip())
            facts = each["output"][0].get("selected_sentences") or ()
            questions.append(Wanted(each["input"], tuple(facts) if name == "answerable" else ()))
    return list(items.values()), questions


def rgb(data: Path) -> tuple[Items, list[Wanted]]:
    """Read RGB's counterfactual part: snippets that answer, that answer wrongly, and others."""
    items: dict[str, tuple[Extract, Cut]] = {}
    questions = []
    for each in lines(data / "rgb" / "en_fact.json"):
        for text in (*each["positive"], *each["positive_wrong"], *each["negative"]):
            clean = text.strip()
            header = Header(clean[:60], outlet="RGB", language="en")
            items[clean] = (Extract(header, clean), Cut(SPLITTER, (Span(0, len(clean)),)))
        questions.append(Wanted(each["query"], tuple(text.strip() for text in each["positive"])))
    return list(items.values()), questions


def realtimeqa(data: Path) -> tuple[Items, list[Wanted]]:
    """Read RealTimeQA's election articles; any passage with the answer's words counts (weak)."""
    items = []
    for each in lines(data / "realtimeqa_election" / "articles.jsonl"):
        if each["text"].strip():
            header = Header(each["title"] or "-", url=each["url"], language="en")
            items.append(whole(header, each["text"].strip()))
    questions = lines(data / "realtimeqa_election" / "questions.jsonl")
    return items, [
        Wanted(each["question"], tuple(each["answer"]))
        for each in questions
        if each["answer_string_in"]
    ]


def cross_lingual() -> tuple[Items, list[Wanted]]:
    """Read the sample coverage, and questions whose answer stands in the other language alone."""
    asked = (each for each in read_question_set(OURS) if each.kind == "cross-lingual")
    return sample(), [Wanted(each.question, each.wanted) for each in asked]


def sample() -> Items:
    """Read the sample coverage."""
    found = (each.extract for each in read_path(SAMPLE_COVERAGE, Hints()))
    return [(each, cut(each.text, each.header.language)) for each in found if each]


def whole(header: Header, text: str) -> tuple[Extract, Cut]:
    """Return an article with its passages."""
    return Extract(header, text), cut(text, header.language)


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file."""
    with file.open(encoding="utf-8") as content:
        yield from map(json.loads, content)


def squeezed(text: str) -> str:
    """Return *text* without white space."""
    return re.sub(r"\s+", "", text)
