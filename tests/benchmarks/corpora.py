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
    for line in lines(data / "multihoprag" / "articles.jsonl"):
        header = Header(
            line["title"],
            outlet=line["source"],
            published=parse_moment(line["published_at"][:10]),
            language="en",
        )
        items.append(whole(header, line["body"]))
    questions = lines(data / "multihoprag" / "questions.jsonl")
    return items, [
        Wanted(line["query"], tuple(e["fact"] for e in line["evidence_list"])) for line in questions
    ]


def jsquad(data: Path, *, half: bool = False) -> tuple[Items, list[Wanted]]:
    """Read JSQuAD: Japanese passages and questions; with *half*, every other article is missing."""
    content = json.loads((data / "jsquad" / "valid.json").read_text(encoding="utf-8"))
    items, questions = [], []
    for number, article in enumerate(content["data"]):
        is_indexed = not half or number % 2 == 0
        for paragraph in article["paragraphs"]:
            title, _, text = paragraph["context"].partition(" [SEP] ")
            if is_indexed:
                header = Header(f"{title}（{text[:12]}）", outlet="JSQuAD", language="ja")
                items.append((Extract(header, text), Cut(SPLITTER, (Span(0, len(text)),))))
            texts = [line["question"] for line in paragraph["qas"]]
            questions += [Wanted(text, (text,) if is_indexed else ()) for text in texts]
    return items, questions


def clapnq(data: Path) -> tuple[Items, list[Wanted]]:
    """Read CLAPNQ: passages, and questions that these do and do not answer."""
    items: dict[str, tuple[Extract, Cut]] = {}
    questions = []
    for name in ("answerable", "unanswerable"):
        for line in lines(data / "clapnq" / f"{name}.jsonl"):
            for passage in line["passages"]:
                header = Header(f"{passage['title']}: {passage['text'][:40]}", language="en")
                items[passage["text"]] = whole(header, passage["text"].strip())
            facts = line["output"][0].get("selected_sentences") or ()
            questions.append(Wanted(line["input"], tuple(facts) if name == "answerable" else ()))
    return list(items.values()), questions


def rgb(data: Path) -> tuple[Items, list[Wanted]]:
    """Read RGB's counterfactual part: snippets that answer, that answer wrongly, and others."""
    items: dict[str, tuple[Extract, Cut]] = {}
    questions = []
    for line in lines(data / "rgb" / "en_fact.json"):
        for text in (*line["positive"], *line["positive_wrong"], *line["negative"]):
            clean = text.strip()
            header = Header(clean[:60], outlet="RGB", language="en")
            items[clean] = (Extract(header, clean), Cut(SPLITTER, (Span(0, len(clean)),)))
        questions.append(Wanted(line["query"], tuple(text.strip() for text in line["positive"])))
    return list(items.values()), questions


def realtimeqa(data: Path) -> tuple[Items, list[Wanted]]:
    """Read RealTimeQA's election articles; any passage with the answer's words counts (weak)."""
    items = []
    for line in lines(data / "realtimeqa_election" / "articles.jsonl"):
        if line["text"].strip():
            header = Header(line["title"] or "-", url=line["url"], language="en")
            items.append(whole(header, line["text"].strip()))
    questions = lines(data / "realtimeqa_election" / "questions.jsonl")
    return items, [
        Wanted(line["question"], tuple(line["answer"]))
        for line in questions
        if line["answer_string_in"]
    ]


def cross_lingual() -> tuple[Items, list[Wanted]]:
    """Read the sample coverage, and questions whose answer stands in the other language alone."""
    cross_lingual_questions = (
        question for question in read_question_set(OURS) if question.kind == "cross-lingual"
    )
    return sample(), [
        Wanted(question.question, question.wanted) for question in cross_lingual_questions
    ]


def sample() -> Items:
    """Read the sample coverage."""
    extracts = (record.extract for record in read_path(SAMPLE_COVERAGE, Hints()))
    return [
        (extract, cut(extract.text, extract.header.language)) for extract in extracts if extract
    ]


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
