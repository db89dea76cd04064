"""Make groups of windows from hand-written questions over news articles.

The questions are ours and stand in ``training/questions``; of the articles, which are their
publishers', only the places of sentences are kept. The articles themselves are read from the
folder that ``DATA`` names. Wrong windows come from the question's own article and, as the desk
meets them, from whichever other articles share its rarest words.
"""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.groups import MOST, Group, Window, grams, spans_of, typed, window_at

QUESTIONS = Path(__file__).with_name("questions") / "taught"
_VARIANTS = 2
"""Groups made of each wording of a question: other windows stand in each."""
_WRONG = 3
"""Wrong windows of a group."""
_ELSEWHERE = 2
"""Those of them that come from other articles, where the question has an answer."""
_NEAR = 24
"""Windows of other articles among which those are drawn: about as many as the desk reads."""
_COMMON = 0.05
"""Share of all windows from which a word is too common to find any by."""
_CUT = 4
"""Sentences of a window of another article."""


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


class Elsewhere:
    """The windows of all articles by their words, to find those that look like an answer."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._windows: list[tuple[Article, int, int]] = []
        self._holding: dict[str, list[int]] = defaultdict(list)
        for article in articles:
            for first in range(0, len(article.spans), _CUT):
                start = article.spans[first][0]
                fits = [
                    end for _, end in article.spans[first : first + _CUT] if end - start <= MOST
                ]
                end = fits[-1] if fits else article.spans[first][1]
                for word in grams(f"{article.title} {article.text[start:end]}"):
                    self._holding[word].append(len(self._windows))
                self._windows.append((article, start, end))

    def near(self, question: str, own: Article, answer: str) -> list[Window]:
        """Return windows of other articles than *own* near *question*, without the *answer*.

        What holds the answer, or all its words, may answer too.
        """
        scores: dict[int, float] = defaultdict(float)
        for word in grams(question):
            holding = self._holding.get(word, [])
            if len(holding) > _COMMON * len(self._windows):
                continue
            for place in holding:
                scores[place] += math.log(len(self._windows) / len(holding))
        told = grams(answer)
        found = []
        for place in sorted(scores, key=lambda p: (-scores[p], p))[:_NEAR]:
            article, start, end = self._windows[place]
            text = article.text[start:end]
            if article is not own and answer not in text and not (told and told <= grams(text)):
                found.append(Window(article.title, article.day, text))
        return found


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

    elsewhere = Elsewhere(map(article, articles))
    for file in sorted(QUESTIONS.glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            own = article(row["article"])
            far: list[Window] = []
            if row["gold"]:
                told = own.text[slice(*(row["answer"] or row["gold"][0]))]
                text = " ".join(question["text"] for question in row["questions"])
                far = elsewhere.near(text, own, told)
            for wording in row["questions"]:
                for _ in range(_VARIANTS):
                    group = _group(row, wording, own, far, article, rng)
                    if group is not None:
                        yield group


def _group(
    row: Mapping[str, Any],
    wording: Mapping[str, str],
    own: Article,
    elsewhere: Sequence[Window],
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
    far = rng.sample(elsewhere, min(_ELSEWHERE, len(elsewhere)))
    near = [window for window in dict.fromkeys(wrong) if window is not None]
    distinct = [*near[: _WRONG - len(far)], *far]
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
