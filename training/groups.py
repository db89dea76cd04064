"""Groups of windows from question sets: one question, the window that answers, and wrong windows.

One step of training reads groups: a question with at most one window that answers it and a few
that do not. Wrong windows come from the same passage, from passages of the same set that share most
words with the question, and from questions in which one name or figure was changed.
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

from ingest.index.cutting import sentences

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
"""Groups taken from each file, weighted for election news; other files are left out."""
MOST = 480
"""Characters of the longest window, as in the desk."""
_POOL_ROWS = 240
"""Passages that are searched together for wrong windows."""
_NO_SPAN_CHARACTERS = 600
"""Characters of a passage that answers at an unknown position."""
_MORE_SHARE, _OTHER_SHARE = 0.3, 0.6
"""Shares of questions that get a further wrong window, and one of another passage."""
_SAME_PASSAGE_BONUS = 0.6
"""Bonus, in shared words, for a sentence of the same passage."""
_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_NUMBER = re.compile(r"\d[\d,.]*")
_NAME = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")


@dataclass(frozen=True, slots=True)
class Window:
    """A run of sentences with title and day; ``start`` and ``end`` of the answer, or -1."""

    title: str
    day: str
    text: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Group:
    """One question with windows; only the first window answers it, and only if ``answered``."""

    source: str
    language: str
    question: str
    answered: bool
    windows: tuple[Window, ...]

    def line(self) -> str:
        """Return the group as a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_line(cls, line: str) -> Group:
        """Return the group in a line written by :meth:`line`."""
        values = json.loads(line)
        windows = tuple(Window(**window_fields) for window_fields in values.pop("windows"))
        return cls(windows=windows, **values)


def grams(text: str) -> frozenset[str]:
    """Return the words of *text*, or its pairs of letters if it has no spaces."""
    folded_text = text.lower()
    if _CJK.search(folded_text):
        return frozenset(folded_text[index : index + 2] for index in range(len(folded_text) - 1))
    return frozenset(word for word in _WORD.findall(folded_text) if len(word) > 2)


def spans_of(text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences in *text*, as the desk splits it."""
    return tuple(
        (sentence.start, sentence.end) for sentence in sentences(text, language.split("-")[0])
    )


def window_at(
    spans: Sequence[tuple[int, int]], place: int, rng: random.Random, max_characters: int = MOST
) -> tuple[int, int]:
    """Return a window of up to four sentences with the one at *place* in any position.

    The desk cuts a passage into windows that do not overlap (:mod:`bot.answering.evidence.windows`)
    so an answer can be in any sentence of a window.
    """
    count = rng.choice((1, 2, 3, 3, 4, 4))
    first_sentence = max(0, place - rng.randrange(count))
    last_sentence = min(len(spans) - 1, first_sentence + count - 1)
    while (
        first_sentence < place
        and spans[last_sentence][1] - spans[first_sentence][0] > max_characters
    ):
        first_sentence += 1
    while (
        last_sentence > place
        and spans[last_sentence][1] - spans[first_sentence][0] > max_characters
    ):
        last_sentence -= 1
    return spans[first_sentence][0], spans[last_sentence][1]


def change_question(question: str, names: Sequence[str], rng: random.Random) -> str | None:
    """Return *question* with one figure or name changed; ``None`` if it has neither."""
    options: list[tuple[int, int, str]] = []
    for match in _NUMBER.finditer(question):
        digits = match.group().rstrip(".,")
        if digits.isdigit():
            value = int(digits)
            is_year = 1000 <= value <= 2100
            steps = (-10, -4, -2, -1, 1, 2, 4, 8) if is_year else (-3, -2, -1, 1, 2, 3, 7)
            new_value = max(1, value + rng.choice(steps))
            if new_value != value:
                options.append((match.start(), match.start() + len(digits), str(new_value)))
    for match in _NAME.finditer(question):
        other_names = [name for name in names if name.lower() not in question.lower()]
        if other_names:
            options.append((*match.span(), rng.choice(other_names)))
    if not options:
        return None
    start, end, new_text = rng.choice(options)
    return question[:start] + new_text + question[end:]


def some_day(rng: random.Random) -> str:
    """Return a random day for two windows in five, and an empty string for the others."""
    if rng.random() > 0.4:
        return ""
    return (date(2012, 1, 1) + timedelta(days=rng.randrange(5300))).isoformat()


def mistype(question: str, rng: random.Random) -> str:
    """Return *question* as people type it: at random in lower case, without marks or mistyped."""
    if rng.random() < 0.3:
        question = question.lower().rstrip("?？ .")
    if rng.random() < 0.08 and len(question) > 12:
        index = rng.randrange(3, len(question) - 3)
        if (
            question[index].isalpha()
            and question[index + 1].isalpha()
            and question[index].isascii()
        ):
            question = (
                question[:index] + question[index + 1] + question[index] + question[index + 2 :]
            )
    return question


def rows_of(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a gzipped file of JSON lines."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def groups_of(folder: Path, seed: int, caps: Mapping[str, int] | None = None) -> Iterator[Group]:
    """Yield the groups of every question set in *folder* that *caps* (or :data:`CAPS`) lists."""
    for name, cap in (caps or CAPS).items():
        file = folder / f"{name}.jsonl.gz"
        rng = random.Random(f"{seed}:{name}")  # noqa: S311 - a shuffle, no secret
        rows = list(rows_of(file))
        if name in {"multi_xquad", "multi_afriqa"}:
            rows = list(_in_other_languages(rows, rng)) if name == "multi_xquad" else rows
        rng.shuffle(rows)
        yield from _groups_of_rows(name, rows[: int(cap * 1.15)], cap, rng)


def _in_other_languages(
    rows: Sequence[dict[str, Any]], rng: random.Random
) -> Iterator[dict[str, Any]]:
    """Yield rows, most of them with the question in another language than the passage."""
    by_key: dict[tuple[str, str], dict[str, Any]] = {
        (record["id"], record["language"]): record for record in rows
    }
    languages = sorted({record["language"] for record in rows})
    for row in rows:
        translation = by_key.get((row["id"], rng.choice(languages)))
        weight = 1.0 if row["language"] in {"en", "de", "es", "zh", "ar", "ru"} else 0.35
        if rng.random() < weight:
            question_row = translation if translation and rng.random() < 0.65 else row
            question_fields = {
                "question": question_row["question"],
                "asked_in": question_row["language"],
            }
            yield {**row, **question_fields, "passage_language": row["language"]}


def _groups_of_rows(
    name: str, rows: Sequence[dict[str, Any]], cap: int, rng: random.Random
) -> Iterator[Group]:
    """Yield at most *cap* groups made of *rows*, pool by pool."""
    count = 0
    for start in range(0, len(rows), _POOL_ROWS):
        pool = _Pool.of(rows[start : start + _POOL_ROWS], rng)
        for place in range(len(pool.rows)):
            if count == cap:
                return
            group = pool.group(name, place)
            if group is not None:
                count += 1
                yield group


@dataclass(frozen=True, slots=True)
class _Pool:
    """Rows whose passages are split into sentences and searched for wrong windows."""

    rows: Sequence[dict[str, Any]]
    spans: Sequence[tuple[tuple[int, int], ...]]
    sentences: Sequence[tuple[int, int, frozenset[str]]]
    """Row, index and words of every sentence."""
    days: Sequence[str]
    rng: random.Random

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]], rng: random.Random) -> _Pool:
        """Return a pool of *rows* with their passages split into sentences."""
        spans = [
            spans_of(
                row_values["passage"], row_values.get("passage_language", row_values["language"])
            )
            for row_values in rows
        ]
        all_sentences = [
            (row, place, grams(rows[row]["passage"][start:end]))
            for row, row_spans in enumerate(spans)
            for place, (start, end) in enumerate(row_spans)
        ]
        return cls(rows, spans, all_sentences, [some_day(rng) for _ in rows], rng)

    def group(self, name: str, row: int) -> Group | None:
        """Return the group of one row, or ``None`` if its answer has no position."""
        values = self.rows[row]
        if not self.spans[row]:
            return None
        gold, positive = self._answer_window(row)
        if values["answerable"] and positive is None:
            return None
        wrong_windows = self._wrong_windows(row, gold)
        if positive is None and not wrong_windows:
            return None
        question = mistype(values["question"], self.rng)
        windows = ((positive,) if positive else ()) + tuple(wrong_windows)
        asked_in = values.get("asked_in", values["language"])
        return Group(name, asked_in, question, positive is not None, windows)

    def _answer_window(self, row: int) -> tuple[int, Window | None]:
        """Return the index and window of the sentence that answers a row; else -1 and ``None``."""
        values, spans = self.rows[row], self.spans[row]
        if values.get("no_span"):
            return 0, Window(
                self._title(row), self.days[row], values["passage"][:_NO_SPAN_CHARACTERS]
            )
        if not values["answerable"] or not values["answers"]:
            return -1, None
        counts = Counter((answer["start"], answer["text"]) for answer in values["answers"])
        (start, text), _ = counts.most_common(1)[0]
        gold = next(
            (
                index
                for index, (sentence_start, sentence_end) in enumerate(spans)
                if sentence_start <= start < sentence_end
            ),
            -1,
        )
        if gold < 0:
            return -1, None
        window = self._window(row, gold, (start, start + len(text)))
        return gold, window if window.end > window.start else None

    def _wrong_windows(self, row: int, gold: int) -> list[Window]:
        """Return windows that share words with the question of *row* and do not answer it."""
        scored = self._similar_sentences(row, gold)
        if not self.rows[row]["answerable"]:
            own_pairs = [(other_row, place) for other_row, place in scored if other_row == row]
            plausible_place = self._plausible_sentence(row)
            own_pairs = (
                [(row, plausible_place), *own_pairs] if plausible_place is not None else own_pairs
            )
            further_pairs = [pair for pair in own_pairs[1:4] if self.rng.random() < _MORE_SHARE]
            return [self._window(*pair) for pair in [*own_pairs[:1], *further_pairs]]
        same_passage = [pair for pair in scored if pair[0] == row][:3]
        other_passages = [pair for pair in scored if pair[0] != row][:8]
        pairs = [self.rng.choice(same_passage)] if same_passage else []
        if other_passages and (not same_passage or self.rng.random() < _OTHER_SHARE):
            pairs.append(self.rng.choice(other_passages))
        return [self._window(*pair) for pair in pairs]

    def _similar_sentences(self, row: int, gold: int) -> list[tuple[int, int]]:
        """Return (row, place) of sentences, sorted by the words they share with the question."""
        values = self.rows[row]
        question_words = grams(values["question"])
        answers = {answer["text"].lower() for answer in values["answers"] if answer["text"]}
        scored = []
        for other_row, place, words in self.sentences:
            if other_row == row and (
                values.get("no_span") or (gold >= 0 and abs(place - gold) <= 3)
            ):
                continue
            text = self.rows[other_row]["passage"][slice(*self.spans[other_row][place])].lower()
            if not any(answer in text for answer in answers):
                score = len(words & question_words) + (
                    _SAME_PASSAGE_BONUS if other_row == row else 0.0
                )
                scored.append((score, self.rng.random(), other_row, place))
        scored.sort(reverse=True)
        return [(other_row, place) for _, _, other_row, place in scored]

    def _plausible_sentence(self, row: int) -> int | None:
        """Return the sentence with the plausible wrong answer that the data set gives for a row."""
        plausible_answers = self.rows[row].get("plausible") or []
        if not plausible_answers or not isinstance(plausible_answers[0], dict):
            return None
        start = plausible_answers[0]["start"]
        spans = self.spans[row]
        return next(
            (
                index
                for index, (sentence_start, sentence_end) in enumerate(spans)
                if sentence_start <= start < sentence_end
            ),
            None,
        )

    def _window(self, row: int, place: int, answer: tuple[int, int] | None = None) -> Window:
        """Return a window around a sentence; *answer* is a span of characters in its passage."""
        start, end = window_at(self.spans[row], place, self.rng)
        text = self.rows[row]["passage"][start:end]
        span = (answer[0] - start, min(answer[1], end) - start) if answer else (-1, -1)
        return Window(self._title(row), self.days[row], text, *span)

    def _title(self, row: int) -> str:
        """Return the title of a row's passage."""
        return (self.rows[row].get("title") or "").replace("_", " ")


def changed_groups(groups: Iterable[Group], rng: random.Random, share: float) -> Iterator[Group]:
    """Yield a *share* of the answered *groups* with a changed question that no window answers."""
    names: list[str] = []
    for group in groups:
        new_names = [match.group() for match in _NAME.finditer(group.question)]
        names = [*names, *new_names][-80:]
        if not group.answered or rng.random() > share:
            continue
        new_question = change_question(group.question, names or ["Paris"], rng)
        if new_question is not None:
            first_window = group.windows[0]
            wrong_window = Window(first_window.title, first_window.day, first_window.text)
            yield Group(
                f"{group.source}.swap", group.language, new_question, False, (wrong_window,)
            )
