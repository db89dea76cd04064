"""Make groups of windows from hand-written questions over news articles.

The questions are ours and stand in ``training/questions``; of the articles, which are their
publishers', only the places of sentences are kept. The articles themselves are read from the
folder that ``DATA`` names.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.groups import Group, Window, grams, spans_of, typed, window_at

QUESTIONS = Path(__file__).with_name("questions") / "taught"
_VARIANTS = 2
"""Groups made of each wording of a question: other windows stand in each."""
_WRONG = 3
"""Wrong windows of a group."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article that questions are asked over, cut into sentences."""

    title: str
    day: str
    text: str
    spans: tuple[tuple[int, int], ...]

    def place(self, start: int) -> int:
        """Return the place of the sentence that holds the character at *start*."""
        return next((j for j, (_, end) in enumerate(self.spans) if start < end), 0)


def articles_of(file: Path) -> dict[str, dict[str, Any]]:
    """Read the articles of *file*, by address."""
    with file.open(encoding="utf-8") as lines:
        return {row["url"]: row for row in map(json.loads, lines)}


def news_groups(articles: Mapping[str, dict[str, Any]], seed: int) -> Iterator[Group]:
    """Yield the groups of every question in :data:`QUESTIONS`."""
    rng = random.Random(f"{seed}:news")  # noqa: S311 - a shuffle, no secret
    known: dict[str, Article] = {}

    def article(url: str) -> Article:
        if url not in known:
            row = articles[url]
            day = (row.get("publish_date") or row.get("published") or "")[:10].replace("/", "-")
            known[url] = Article(row["title"], day, row["text"], spans_of(row["text"], "en"))
        return known[url]

    for file in sorted(QUESTIONS.glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            own = article(row["article"])
            others = [article(r["article"]) for r in rng.sample(rows, min(6, len(rows)))]
            for wording in row["questions"]:
                for _ in range(_VARIANTS):
                    group = _group(row, wording, own, others, article, rng)
                    if group is not None:
                        yield group


def _group(
    row: Mapping[str, Any],
    wording: Mapping[str, str],
    own: Article,
    others: Sequence[Article],
    article: Any,  # noqa: ANN401 - the local function above
    rng: random.Random,
) -> Group | None:
    gold = [own.place(start) for start, _ in row["gold"]]
    windows: list[Window] = []
    if gold:
        place = rng.choice(gold[:2])
        start, end = window_at(own.spans, place, rng)
        answer = row["answer"] if place == gold[0] and row["answer"] else own.spans[place]
        begin, close = max(answer[0], start) - start, min(answer[1], end) - start
        windows.append(Window(own.title, own.day, own.text[start:end], begin, close))
    tempting = [(article(w["article"]), w["span"][0]) for w in row["wrong"]]
    rng.shuffle(tempting)
    wrong = []
    for source, start in tempting[:2]:
        wrong.append(_without(source, source.place(start), gold if source is own else [], rng))
    wanted = grams(" ".join(q["text"] for q in row["questions"]))
    same = _nearest(own, wanted, gold, rng)
    wrong += same[: 1 if len(wrong) > 1 else 2]
    if gold and rng.random() < 0.35:
        far = [w for other in others if other is not own for w in _nearest(other, wanted, [], rng)]
        wrong += far[:1]
    distinct = list(dict.fromkeys(w for w in wrong if w is not None))[:_WRONG]
    if not windows and not distinct:
        return None
    question = typed(wording["text"], rng)
    name = f"news.{row['kind']}"
    return Group(name, wording["language"], question, bool(gold), (*windows, *distinct))


def _without(source: Article, place: int, gold: Sequence[int], rng: random.Random) -> Window | None:
    """Return a window around *place* without any of the sentences *gold*, or ``None``."""
    if place in gold:
        return None
    start, end = window_at(source.spans, place, rng)
    for at in gold:
        first, last = source.spans[at]
        if at < place and last > start:
            start = source.spans[at + 1][0]
        if at > place and first < end:
            end = source.spans[at - 1][1]
    return Window(source.title, source.day, source.text[start:end]) if end > start else None


def _nearest(
    source: Article, wanted: frozenset[str], gold: Sequence[int], rng: random.Random
) -> list[Window]:
    """Return up to three windows of *source* that share most words with a question."""
    free = [j for j in range(len(source.spans)) if all(abs(j - at) > 1 for at in gold)]
    scored = sorted(
        (
            (len(grams(source.text[slice(*source.spans[j])]) & wanted), rng.random(), j)
            for j in free
        ),
        reverse=True,
    )[:5]
    rng.shuffle(scored)
    found = [_without(source, j, gold, rng) for _, _, j in scored[:3]]
    return [window for window in found if window is not None]
