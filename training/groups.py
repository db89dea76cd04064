"""Make groups of windows from question sets: one question, the window that answers, wrong ones.

A group is what one step of training looks at: a question with at most one window that answers it
and a few that do not. Wrong windows come from the same passage, from passages of the same set that
share most words with the question, and from questions changed in one name or figure.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ingest.index.passages import sentences

CAPS = {
    "en_squad2_train_backtranslated": 14000,
    "en_squad2_halfdev": 3600,
    "en_squad2_small_parts": 1400,
    "en_timeqa_human": 3600,
    "en_qamr": 2200,
    "en_qed_nq_dev": 1300,
    "en_covidqa": 300,
    "yesno_en_boolq_dev": 3200,
    "fi_squad2_train": 1800,
    "ja_jaquad_train": 5000,
    "ja_jsquad_test": 2200,
    "multi_xquad": 6000,
    "multi_afriqa": 2400,
    "no_norquad": 1600,
    "he_heq_val_test": 1200,
    "fa_pquad_valid_test": 1600,
    "pt_faquad": 800,
    "fr_piaf": 2400,
    "zh_drcd_dev_test": 1600,
    "zh_cmrc2018_dev_trial": 2000,
    "it_squadit_test": 800,
    "ar_arcd": 1200,
    "kk_kazqad_valid": 200,
}
"""Groups taken of each file, by what a reader of election news needs; files not named stay out."""
MOST = 480
"""Characters of a window, as the desk cuts them."""
_POOL = 240
"""Passages among which wrong windows of other passages are looked for."""
_NO_SPAN = 600
"""Characters of a passage that is known to answer, but not where."""
_MORE, _OTHER = 0.3, 0.6
"""Shares of questions that get a further wrong window, and one of another passage."""
_SAME = 0.6
"""Shared words that a sentence of the same passage is ahead of others."""
_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_NUMBER = re.compile(r"\d[\d,.]*")
_NAME = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")


@dataclass(frozen=True, slots=True)
class Window:
    """A run of sentences under its title and day; the answer's characters, -1 where none."""

    title: str
    day: str
    text: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Group:
    """One question with windows; the first answers it where ``answered``, no other does."""

    source: str
    language: str
    question: str
    answered: bool
    windows: tuple[Window, ...]

    def line(self) -> str:
        """Return this as a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_line(cls, line: str) -> Group:
        """Read what :meth:`line` wrote."""
        values = json.loads(line)
        windows = tuple(Window(**each) for each in values.pop("windows"))
        return cls(windows=windows, **values)


def grams(text: str) -> frozenset[str]:
    """Return the words of *text*, or its pairs of letters where it has no spaces."""
    folded = text.lower()
    if _CJK.search(folded):
        return frozenset(folded[i : i + 2] for i in range(len(folded) - 1))
    return frozenset(word for word in _WORD.findall(folded) if len(word) > 2)


def spans_of(text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Return the sentences of *text* as the desk cuts them."""
    return tuple((s.start, s.end) for s in sentences(text, language.split("-")[0]))


def window_at(
    spans: Sequence[tuple[int, int]], place: int, rng: random.Random, most: int = MOST
) -> tuple[int, int]:
    """Return a window of up to four sentences that holds the one at *place*, anywhere in it.

    The desk cuts a passage into windows that do not overlap (:mod:`bot.answering.evidence.windows`)
    so that what answers may stand at any place of one.
    """
    count = rng.choice((1, 2, 3, 3, 4, 4))
    first = max(0, place - rng.randrange(count))
    last = min(len(spans) - 1, first + count - 1)
    while first < place and spans[last][1] - spans[first][0] > most:
        first += 1
    while last > place and spans[last][1] - spans[first][0] > most:
        last -= 1
    return spans[first][0], spans[last][1]


def exchanged(question: str, names: Sequence[str], rng: random.Random) -> str | None:
    """Return *question* with one figure or name changed, or ``None`` where it has neither."""
    options: list[tuple[int, int, str]] = []
    for match in _NUMBER.finditer(question):
        digits = match.group().rstrip(".,")
        if digits.isdigit():
            value = int(digits)
            year = 1000 <= value <= 2100
            steps = (-10, -4, -2, -1, 1, 2, 4, 8) if year else (-3, -2, -1, 1, 2, 3, 7)
            new = max(1, value + rng.choice(steps))
            if new != value:
                options.append((match.start(), match.start() + len(digits), str(new)))
    for match in _NAME.finditer(question):
        others = [n for n in names if n.lower() not in question.lower()]
        if others:
            options.append((*match.span(), rng.choice(others)))
    if not options:
        return None
    start, end, new_text = rng.choice(options)
    return question[:start] + new_text + question[end:]


def some_day(rng: random.Random) -> str:
    """Return a random day for two windows in five, nothing for the others."""
    if rng.random() > 0.4:
        return ""
    return (date(2012, 1, 1) + timedelta(days=rng.randrange(5300))).isoformat()


def typed(question: str, rng: random.Random) -> str:
    """Return *question* as people type it: now and then in lower case, unmarked, mistyped."""
    if rng.random() < 0.3:
        question = question.lower().rstrip("?？ .")
    if rng.random() < 0.08 and len(question) > 12:
        at = rng.randrange(3, len(question) - 3)
        if question[at].isalpha() and question[at + 1].isalpha() and question[at].isascii():
            question = question[:at] + question[at + 1] + question[at] + question[at + 2 :]
    return question


def rows_of(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a gzipped file of JSON lines."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def groups_of(folder: Path, seed: int, caps: Mapping[str, int] | None = None) -> Iterator[Group]:
    """Yield the groups of every question set in *folder* that *caps* names, or :data:`CAPS`."""
    for name, cap in (caps or CAPS).items():
        file = folder / f"{name}.jsonl.gz"
        rng = random.Random(f"{seed}:{name}")  # noqa: S311 - a shuffle, no secret
        rows = list(rows_of(file))
        if name in {"multi_xquad", "multi_afriqa"}:
            rows = list(_crossed(rows, rng)) if name == "multi_xquad" else rows
        rng.shuffle(rows)
        yield from _of_rows(name, rows[: int(cap * 1.15)], cap, rng)


def _crossed(rows: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[dict[str, Any]]:
    """Ask every other question in another language than its passage is in."""
    by_key: dict[tuple[str, str], dict[str, Any]] = {(r["id"], r["language"]): r for r in rows}
    tongues = sorted({r["language"] for r in rows})
    for row in rows:
        other = by_key.get((row["id"], rng.choice(tongues)))
        weight = 1.0 if row["language"] in {"en", "de", "es", "zh", "ar", "ru"} else 0.35
        if rng.random() < weight:
            asked_in = other if other and rng.random() < 0.65 else row
            own = {"question": asked_in["question"], "asked_in": asked_in["language"]}
            yield {**row, **own, "passage_language": row["language"]}


def _of_rows(
    name: str, rows: Sequence[dict[str, Any]], cap: int, rng: random.Random
) -> Iterator[Group]:
    """Yield at most *cap* groups of *rows*, which are looked at in pools."""
    made = 0
    for at in range(0, len(rows), _POOL):
        pool = _Pool.of(rows[at : at + _POOL], rng)
        for place in range(len(pool.rows)):
            if made == cap:
                return
            group = pool.group(name, place)
            if group is not None:
                made += 1
                yield group


@dataclass(frozen=True, slots=True)
class _Pool:
    """Rows among whose passages wrong windows are looked for, cut into sentences."""

    rows: Sequence[dict[str, Any]]
    spans: Sequence[tuple[tuple[int, int], ...]]
    sentences: Sequence[tuple[int, int, frozenset[str]]]
    """Row, place and words of every sentence."""
    days: Sequence[str]
    rng: random.Random

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]], rng: random.Random) -> _Pool:
        """Cut the passages of *rows*."""
        spans = [spans_of(r["passage"], r.get("passage_language", r["language"])) for r in rows]
        found = [
            (row, place, grams(rows[row]["passage"][start:end]))
            for row, cut in enumerate(spans)
            for place, (start, end) in enumerate(cut)
        ]
        return cls(rows, spans, found, [some_day(rng) for _ in rows], rng)

    def group(self, name: str, row: int) -> Group | None:
        """Return the group of one row, or ``None`` where its answer cannot be placed."""
        own = self.rows[row]
        if not self.spans[row]:
            return None
        gold, positive = self._answered(row)
        if own["answerable"] and positive is None:
            return None
        wrong = self._wrong(row, gold)
        if positive is None and not wrong:
            return None
        question = typed(own["question"], self.rng)
        windows = ((positive,) if positive else ()) + tuple(wrong)
        asked_in = own.get("asked_in", own["language"])
        return Group(name, asked_in, question, positive is not None, windows)

    def _answered(self, row: int) -> tuple[int, Window | None]:
        """Return the sentence that answers a row and its window; -1 and ``None`` without one."""
        own, spans = self.rows[row], self.spans[row]
        if own.get("no_span"):
            return 0, Window(self._title(row), self.days[row], own["passage"][:_NO_SPAN])
        if not own["answerable"] or not own["answers"]:
            return -1, None
        counted = Counter((a["start"], a["text"]) for a in own["answers"])
        (start, text), _ = counted.most_common(1)[0]
        gold = next((j for j, (first, last) in enumerate(spans) if first <= start < last), -1)
        if gold < 0:
            return -1, None
        window = self._window(row, gold, (start, start + len(text)))
        return gold, window if window.end > window.start else None

    def _wrong(self, row: int, gold: int) -> list[Window]:
        """Return windows that share words with the question of *row* and do not answer it."""
        scored = self._tempting(row, gold)
        if not self.rows[row]["answerable"]:
            own = [(r, place) for r, place in scored if r == row]
            near = self._plausible(row)
            own = [(row, near), *own] if near is not None else own
            more = [pair for pair in own[1:4] if self.rng.random() < _MORE]
            return [self._window(*pair) for pair in [*own[:1], *more]]
        same = [pair for pair in scored if pair[0] == row][:3]
        other = [pair for pair in scored if pair[0] != row][:8]
        chosen = [self.rng.choice(same)] if same else []
        if other and (not same or self.rng.random() < _OTHER):
            chosen.append(self.rng.choice(other))
        return [self._window(*pair) for pair in chosen]

    def _tempting(self, row: int, gold: int) -> list[tuple[int, int]]:
        """Return rows and places of sentences, those first that share most with the question."""
        own = self.rows[row]
        wanted = grams(own["question"])
        answers = {answer["text"].lower() for answer in own["answers"] if answer["text"]}
        scored = []
        for other, place, words in self.sentences:
            if other == row and (own.get("no_span") or (gold >= 0 and abs(place - gold) <= 3)):
                continue
            text = self.rows[other]["passage"][slice(*self.spans[other][place])].lower()
            if not any(answer in text for answer in answers):
                worth = len(words & wanted) + (_SAME if other == row else 0.0)
                scored.append((worth, self.rng.random(), other, place))
        scored.sort(reverse=True)
        return [(other, place) for _, _, other, place in scored]

    def _plausible(self, row: int) -> int | None:
        """Return the sentence of the tempting answer that a set names for an unanswerable row."""
        named = self.rows[row].get("plausible") or []
        if not named or not isinstance(named[0], dict):
            return None
        start = named[0]["start"]
        spans = self.spans[row]
        return next((j for j, (first, last) in enumerate(spans) if first <= start < last), None)

    def _window(self, row: int, place: int, answer: tuple[int, int] | None = None) -> Window:
        """Return a window around a sentence; *answer* are characters of its passage."""
        start, end = window_at(self.spans[row], place, self.rng)
        text = self.rows[row]["passage"][start:end]
        span = (answer[0] - start, min(answer[1], end) - start) if answer else (-1, -1)
        return Window(self._title(row), self.days[row], text, *span)

    def _title(self, row: int) -> str:
        """Return the title of a row's passage."""
        return (self.rows[row].get("title") or "").replace("_", " ")


def swapped(groups: Iterable[Group], rng: random.Random, share: float) -> Iterator[Group]:
    """Yield a *share* of answered *groups* again, with a question that their window leaves open."""
    names: list[str] = []
    for group in groups:
        found = [m.group() for m in _NAME.finditer(group.question)]
        names = [*names, *found][-80:]
        if not group.answered or rng.random() > share:
            continue
        new = exchanged(group.question, names or ["Paris"], rng)
        if new is not None:
            first = group.windows[0]
            wrong = Window(first.title, first.day, first.text)
            yield Group(f"{group.source}.swap", group.language, new, False, (wrong,))
