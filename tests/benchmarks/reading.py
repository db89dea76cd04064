"""The reader alone, on windows: which of a group it prefers, and if it knows that none answers.

Beside it stand the embedder's cosine and the share of words, in the same run. The sets are parts of
those in ``folder/reading`` that training leaves out, and our own held questions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.answering.evidence.ranking import logistic
from bot.answering.evidence.reader import Readable, heading_line, shipped_reader
from ingest.embedding.embedder import embedder
from ingest.environment import Settings
from training.groups import CAPS, Group, grams, groups_of

GROUPS = 150
"""Questions of each set."""
SETS = ("en_squad2_halfdev", "ja_jsquad_valid", "multi_xquad", "fr_piaf", "zh_cmrc2018_dev_trial")
SEED = 1999
"""Another than training's, and only questions that training's groups do not hold."""


def measure(data: Path | None, out: Path) -> None:
    """Print and write hit@1 and AUC of the reader, the embedder and the words, by set."""
    reader = shipped_reader()
    if data is None or reader is None:
        raise SystemExit("Name the folder that holds reading: DATA=folder. It needs the reader.")
    model = embedder(Settings.of({"DATA_DIR": str(out)}))

    def cosines(question: str, windows: Sequence[Readable]) -> list[float]:
        vectors = model.passages([f"{w.header}. {w.text}" for w in windows])
        return [float(value) for value in vectors @ model.question(question.lower())]

    def words(question: str, windows: Sequence[Readable]) -> list[float]:
        question_grams = grams(question)
        return [
            len(question_grams & grams(f"{w.header} {w.text}")) / (len(question_grams) or 1)
            for w in windows
        ]

    def odds(question: str, windows: Sequence[Readable]) -> list[float]:
        return [reading.odds for reading in reader.read(question, windows)]

    judges = {"reader": odds, "embedder": cosines, "words": words}
    groups_by_set = held_back(data)
    table = {name: row(groups, judges) for name, groups in groups_by_set.items()}
    shown_table = Table(
        "windows of", "groups", *(f"{j} {m}" for j in judges for m in ("hit@1", "AUC"))
    )
    for name, cells in table.items():
        shown_table.add_row(name, *cells)
    Console(width=140).print(shown_table)
    reliable = reliability([g for groups in groups_by_set.values() for g in groups], odds)
    (out / "reading.json").write_text(
        json.dumps({"sets": table, "reliability": reliable}, indent=2)
    )
    for line in reliable:
        print(line)


def held_back(data: Path) -> dict[str, list[Group]]:
    """Return groups of each set whose questions are none of training's."""
    taught = {g.question.casefold() for g in groups_of(data / "reading", 7)}
    sizes = {name: CAPS.get(name, 4000) for name in SETS}
    groups_by_set: dict[str, list[Group]] = {name: [] for name in SETS}
    for group in groups_of(data / "reading", SEED, sizes):
        groups_of_source = groups_by_set[group.source]
        if len(groups_of_source) < GROUPS and group.question.casefold() not in taught:
            groups_of_source.append(group)
    return {name: groups for name, groups in groups_by_set.items() if groups}


def row(
    groups: Sequence[Group],
    judges: dict[str, Callable[[str, Sequence[Readable]], list[float]]],
) -> list[str]:
    """Return the cells of one set."""
    cells = [f"{len(groups)}"]
    for judge in judges.values():
        hits, yes, no = [], [], []
        for group in groups:
            scores = judge(group.question, readable(group))
            if group.answered:
                yes.append(scores[0])
                no += scores[1:]
                hits += [scores[0] > max(scores[1:])] if len(scores) > 1 else []
            else:
                no += scores
        cells += [f"{np.mean(hits):.3f}" if hits else "–", f"{auc(yes, no):.3f}"]
    return cells


def readable(group: Group) -> list[Readable]:
    """Return the windows of *group* as the reader sees them."""
    return [
        Readable(heading_line(f"{w.title}", None) if w.title else "", w.text) for w in group.windows
    ]


def auc(yes: Sequence[float], no: Sequence[float]) -> float:
    """Return the chance that one of *yes* scores above one of *no*."""
    if not yes or not no:
        return float("nan")
    above_, equal = 0.0, 0.0
    ordered = np.sort(np.array(no))
    for value in yes:
        low = float(np.searchsorted(ordered, value, "left"))
        high = float(np.searchsorted(ordered, value, "right"))
        above_, equal = above_ + low, equal + high - low
    return (above_ + equal / 2) / (len(yes) * len(no))


def reliability(
    groups: Sequence[Group], odds: Callable[[str, Sequence[Readable]], list[float]]
) -> list[str]:
    """Return lines of the reliability curve: probability, share that answers, windows."""
    pairs = []
    for group in random.Random(SEED).sample(list(groups), min(300, len(groups))):
        scores = odds(group.question, readable(group))
        labels = [group.answered, *(False for _ in scores[1:])]
        pairs += [(logistic(s), label) for s, label in zip(scores, labels, strict=True)]
    lines = []
    for tenth in range(10):
        inside = [label for p, label in pairs if tenth / 10 <= p < (tenth + 1) / 10]
        if inside:
            share = np.mean(inside)
            lines.append(f"{tenth / 10:.1f}–{(tenth + 1) / 10:.1f}: {share:.2f} of {len(inside)}")
    return lines
