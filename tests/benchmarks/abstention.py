"""How many unanswerable questions are declined, and at what cost; the shipped calibration."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib import pyplot
from rich.console import Console
from rich.table import Table

from bot.answering.evidence.calibration import SHIPPED, Calibration
from bot.evaluating.calibrating import KnownQuestion, curve, fit, known_questions
from bot.evaluating.evaluation import SAMPLE_QUESTIONS as OURS
from bot.evaluating.evaluation import read_question_set
from tests.benchmarks.corpora import (
    NOW,
    Items,
    Wanted,
    clapnq,
    desk_of,
    jsquad,
    multihoprag,
    sample,
)

Curve = list[tuple[float, float, float]]


def measure(data: Path | None, out: Path) -> None:
    """Fit on one half of each set, measure on the other, and ship what was fitted."""
    if data is None:
        raise SystemExit("Name the folder that holds multihoprag, jsquad and clapnq: DATA=folder")
    groups = {name: signs(items, questions) for name, items, questions in sets(data)}
    calibration = fit([group[::2] for group in groups.values()])
    kept = {name: group[1::2] for name, group in groups.items()}
    curves = {name: curve(calibration, group) for name, group in kept.items()}
    best = {name: at_a_tenth(calibration, group) for name, group in kept.items()}
    show(curves, best)
    content = {"curves": curves, "declined where a tenth of the answerable is": best}
    (out / "abstention.json").write_text(json.dumps(content, indent=2))
    plot(kept, calibration, out / "abstention.png")
    calibration.write(SHIPPED)


def sets(data: Path) -> Iterator[tuple[str, Items, Sequence[Wanted]]]:
    """Yield each set: its coverage, and its questions, thinned to some hundreds."""
    items, questions = multihoprag(data)
    answerable = [each for each in questions if each.facts]
    yield "MultiHop-RAG", items, answerable[::3] + [q for q in questions if not q.facts]
    yield "CLAPNQ", *clapnq(data)
    items, questions = jsquad(data, half=True)
    yield "JSQuAD, half missing", items, questions[::8]
    own = [Wanted(each.question, each.wanted) for each in read_question_set(OURS)]
    yield "our own questions", sample(), own


def signs(items: Items, questions: Sequence[Wanted]) -> list[KnownQuestion]:
    """Take the signs of each question's evidence."""
    with desk_of(items) as desk:
        return known_questions(desk, [(each.question, bool(each.facts)) for each in questions], NOW)


def at_a_tenth(calibration: Calibration, group: Sequence[KnownQuestion]) -> float:
    """Return the share of unanswerable ones declined where a tenth of the answerable is."""
    yes = sorted(calibration.odds(each.signs) for each in group if each.answerable)
    bar = yes[len(yes) // 10]
    no = [calibration.odds(each.signs) for each in group if not each.answerable]
    return sum(odds < bar for odds in no) / len(no)


def show(curves: dict[str, Curve], best: dict[str, float]) -> None:
    """Print each set's curve: answerable declined / unanswerable declined."""
    points = [f"{share:.0%}" for share, _, _ in next(iter(curves.values()))]
    table = Table("declined: answerable / not", *points, "not, at a tenth of its own")
    for name, each in curves.items():
        cells = [f"{yes:.0%} / {no:.0%}" for _, yes, no in each]
        table.add_row(name, *cells, f"{best[name]:.0%}")
    Console(width=140).print(table)


def plot(kept: dict[str, list[KnownQuestion]], calibration: Calibration, file: Path) -> None:
    """Draw the curve of each set."""
    figure, axes = pyplot.subplots(figsize=(6, 4.5), layout="constrained")
    for name, group in kept.items():
        yes = [calibration.odds(each.signs) for each in group if each.answerable]
        no = [calibration.odds(each.signs) for each in group if not each.answerable]
        bars = sorted([*yes, *no])
        across = [sum(odds < bar for odds in yes) / len(yes) for bar in bars]
        up = [sum(odds < bar for odds in no) / len(no) for bar in bars]
        axes.plot(across, up, label=name)
    axes.set_xlabel("answerable questions declined")
    axes.set_ylabel("unanswerable questions declined")
    axes.axvline(0.1, color="grey", linewidth=0.8)
    axes.legend(fontsize=8, loc="lower right")
    figure.savefig(file, dpi=120)
    pyplot.close(figure)
