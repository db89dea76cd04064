"""Groups of windows from hand-written questions about news articles.

The questions are our own and are in ``training/questions``. The articles belong to their
publishers, so only the positions of sentences are stored; the texts are read from ``DATA``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.groups import Group, Window, grams, mistype, spans_of, window_at

QUESTIONS = Path(__file__).with_name("questions") / "taught"
_VARIANTS = 2
"""Groups made of each wording of a question, with different windows."""
_WRONG_WINDOWS = 3
"""Wrong windows in a group, at most."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article that questions are about, split into sentences."""

    title: str
    day: str
    text: str
    spans: tuple[tuple[int, int], ...]

    def place(self, start: int) -> int:
        """Return the index of the sentence that contains the character at *start*."""
        return next((index for index, (_, end) in enumerate(self.spans) if start < end), 0)


def articles_of(file: Path) -> dict[str, dict[str, Any]]:
    """Return the articles in *file*, by address."""
    with file.open(encoding="utf-8") as lines:
        return {row["url"]: row for row in map(json.loads, lines)}


def news_groups(articles: Mapping[str, dict[str, Any]], seed: int) -> Iterator[Group]:
    """Yield the groups of every question in :data:`QUESTIONS`."""
    rng = random.Random(f"{seed}:news")  # noqa: S311 - a shuffle, no secret
    articles_by_url: dict[str, Article] = {}

    def article(url: str) -> Article:
        if url not in articles_by_url:
            row = articles[url]
            day = (row.get("publish_date") or row.get("published") or "")[:10].replace("/", "-")
            articles_by_url[url] = Article(
                row["title"], day, row["text"], spans_of(row["text"], "en")
            )
        return articles_by_url[url]

    for file in sorted(QUESTIONS.glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            row_article = article(row["article"])
            other_articles = [
                article(sample["article"]) for sample in rng.sample(rows, min(6, len(rows)))
            ]
            for wording in row["questions"]:
                for _ in range(_VARIANTS):
                    group = _group(row, wording, row_article, other_articles, article, rng)
                    if group is not None:
                        yield group


def _group(
    row: Mapping[str, Any],
    wording: Mapping[str, str],
    row_article: Article,
    other_articles: Sequence[Article],
    article: Any,  # noqa: ANN401 - the local function above
    rng: random.Random,
) -> Group | None:
    gold = [row_article.place(start) for start, _ in row["gold"]]
    windows: list[Window] = []
    if gold:
        place = rng.choice(gold[:2])
        start, end = window_at(row_article.spans, place, rng)
        answer = row["answer"] if place == gold[0] and row["answer"] else row_article.spans[place]
        start_offset, end_offset = max(answer[0], start) - start, min(answer[1], end) - start
        windows.append(
            Window(
                row_article.title,
                row_article.day,
                row_article.text[start:end],
                start_offset,
                end_offset,
            )
        )
    wrong_places = [
        (article(wrong_window["article"]), wrong_window["span"][0]) for wrong_window in row["wrong"]
    ]
    rng.shuffle(wrong_places)
    wrong_windows = []
    for source, start in wrong_places[:2]:
        wrong_windows.append(
            _without(source, source.place(start), gold if source is row_article else [], rng)
        )
    question_words = grams(" ".join(wording_row["text"] for wording_row in row["questions"]))
    nearest = _nearest(row_article, question_words, gold, rng)
    wrong_windows += nearest[: 1 if len(wrong_windows) > 1 else 2]
    if gold and rng.random() < 0.35:
        distant_windows = [
            wrong_window
            for other_article in other_articles
            if other_article is not row_article
            for wrong_window in _nearest(other_article, question_words, [], rng)
        ]
        wrong_windows += distant_windows[:1]
    unique_windows = list(
        dict.fromkeys(wrong_window for wrong_window in wrong_windows if wrong_window is not None)
    )[:_WRONG_WINDOWS]
    if not windows and not unique_windows:
        return None
    question = mistype(wording["text"], rng)
    name = f"news.{row['kind']}"
    return Group(name, wording["language"], question, bool(gold), (*windows, *unique_windows))


def _without(source: Article, place: int, gold: Sequence[int], rng: random.Random) -> Window | None:
    """Return a window around *place* without any of the sentences *gold*, or ``None``."""
    if place in gold:
        return None
    start, end = window_at(source.spans, place, rng)
    for gold_place in gold:
        gold_start, gold_end = source.spans[gold_place]
        if gold_place < place and gold_end > start:
            start = source.spans[gold_place + 1][0]
        if gold_place > place and gold_start < end:
            end = source.spans[gold_place - 1][1]
    return Window(source.title, source.day, source.text[start:end]) if end > start else None


def _nearest(
    source: Article, question_words: frozenset[str], gold: Sequence[int], rng: random.Random
) -> list[Window]:
    """Return up to three windows of *source* that share most words with a question."""
    candidates = [
        index
        for index in range(len(source.spans))
        if all(abs(index - gold_place) > 1 for gold_place in gold)
    ]
    scored = sorted(
        (
            (
                len(grams(source.text[slice(*source.spans[index])]) & question_words),
                rng.random(),
                index,
            )
            for index in candidates
        ),
        reverse=True,
    )[:5]
    rng.shuffle(scored)
    windows = [_without(source, index, gold, rng) for _, _, index in scored[:3]]
    return [window for window in windows if window is not None]
