"""The drafts of a real chat model on ten questions of our sample, and the shown parts.

Run by hand, against a server that runs: its address and the model's name come from the settings.
Nothing is asserted; the page says what was shown, what was dropped and why, and how long it took.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.answering.understanding.question import ask
from bot.answering.values import Abstention, Answer, Claim, Watch
from bot.desk import Desk, open_desk
from bot.evaluating import FROZEN, SetQuestion, read_question_set
from bot.evaluating import SAMPLE_QUESTIONS as QUESTIONS
from bot.settings import SAMPLE_COVERAGE, BotSettings
from ingest.adding import add
from ingest.errors import SettingsError
from ingest.reading import Hints, read_path

MANY = 10


@dataclass(slots=True)
class Run:
    """One question with its outcome, and the times of its first sentence and of all."""

    set_question: SetQuestion
    outcome: Answer | Abstention
    seconds: float
    first: float | None = None


def measure(_: Path | None, out: Path) -> None:
    """Print and write how the model of the settings answers."""
    settings = BotSettings.of(os.environ)
    if settings.chat_model is None:
        raise SettingsError("Set CHAT_MODEL, and OPENAI_BASE_URL where it is not OpenAI's.")
    with tempfile.TemporaryDirectory() as folder:
        embedded = {"data_dir": Path(folder), "database_url": None, "chroma_url": None}
        server_settings = settings.model_copy(update=embedded)
        with open_desk(server_settings, holder="a benchmark", clock=lambda: FROZEN) as desk:
            add(read_path(SAMPLE_COVERAGE, Hints()), desk.archive, now=FROZEN)
            desk.coverage.catch_up()
            runs = asyncio.run(answered(desk, chosen(read_question_set(QUESTIONS))))
    table = Table("question", "shown", "dropped", "first s", "whole s")
    for run in runs:
        dropped = ", ".join(str(d.failing) for d in run.outcome.written.dropped) or "–"
        first = f"{run.first:.1f}" if run.first else "–"
        table.add_row(run.set_question.question, shown(run), dropped, first, f"{run.seconds:.1f}")
    Console().print(table)
    name = "".join(c if c.isalnum() else "-" for c in settings.chat_model)
    page = out / f"model-{name}.md"
    page.write_text("\n".join(written(settings, runs)) + "\n", encoding="utf-8")
    print(page)


def chosen(questions: Sequence[SetQuestion]) -> list[SetQuestion]:
    """Take ten of the questions, spread over the whole set."""
    return list(questions[:: max(1, len(questions) // MANY)])[:MANY]


async def answered(desk: Desk, questions: Sequence[SetQuestion]) -> list[Run]:
    """Ask one after the other."""
    runs = []
    for question in questions:
        began, first = time.perf_counter(), list[float]()

        def told(claims: Sequence[Claim], began: float = began, first: list[float] = first) -> None:
            if claims and not first:
                first.append(time.perf_counter() - began)

        outcome = await desk.answer(ask(question.question, now=FROZEN), Watch(claims=told))
        seconds = time.perf_counter() - began
        runs.append(Run(question, outcome, seconds, first[0] if first else None))
        print(f"{len(runs)}/{len(questions)} {seconds:.0f} s", flush=True)
    await desk.close()
    return runs


def shown(run: Run) -> str:
    """Return the kind of the answer in a word."""
    if isinstance(run.outcome, Abstention):
        return f"nothing ({run.outcome.reason})"
    if run.outcome.claims:
        return f"{len(run.outcome.claims)} proven"
    return f"excerpts ({run.outcome.written.trouble or 'no model'})"


def written(settings: BotSettings, runs: Sequence[Run]) -> Iterator[str]:
    """Yield the lines of the page."""
    proven = sum(bool(isinstance(r.outcome, Answer) and r.outcome.claims) for r in runs)
    yield f"# {settings.chat_model} on {len(runs)} questions of our sample"
    yield ""
    yield f"`CHAT_MODEL={settings.chat_model} OPENAI_BASE_URL=… make benchmark WHAT=model`"
    yield ""
    yield f"Sentences of the model were proven in {proven} of {len(runs)} answers."
    for run in runs:
        outcome = run.outcome
        yield f"\n## {run.set_question.question}\n"
        at = f"first sentence after {run.first:.1f} s, " if run.first else ""
        usage = outcome.written.usage
        yield (
            f"{shown(run)}; {at}whole after {run.seconds:.1f} s; "
            f"{usage.read:,} tokens read, {usage.wrote:,} written."
        )
        if outcome.written.detail:
            yield f"\nThe server: {outcome.written.detail}"
        yield ""
        if isinstance(outcome, Answer):
            yield from (f"- shown: {claim.text}" for claim in outcome.claims)
            if not outcome.claims:
                yield f"- shown, an excerpt: {' '.join(outcome.excerpts[0].citation.quote.split())}"
        for sentence in outcome.written.dropped:
            text = " ".join(sentence.text.split())
            yield f"- dropped ({sentence.failing}): {text}"
