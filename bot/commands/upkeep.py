"""Watch over the desk: the last answers, a health check, evaluation."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot import doctor, terminal
from bot.commands.preparing import SAMPLE_COVERAGE
from bot.community.rules import DESK, DeskRules
from bot.desk import Desk, open_desk
from bot.ledger import Ledger
from bot.settings import BotSettings
from ingest import adding
from ingest.archive import Archive
from ingest.commands.options import AsJson, configured, now
from ingest.errors import SettingsError
from ingest.reading import Hints, read_path
from ingest.showing import with_progress


class _WrittenBy(StrEnum):
    """Who answers in an evaluation: the coverage's sentences, or CHAT_MODEL."""

    QUOTATIONS = "quotations"
    MODEL = "model"


def answers_command(
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20, as_json: AsJson = False
) -> int:
    """Show the last answers: who wrote them, what they cost, and what was dropped and why."""
    with Archive.open(configured(BotSettings).archive_url) as archive:
        ledger = Ledger.of(archive)
        found = ledger.answers.last(limit=limit)
        today = ledger.spending.of(now().date())
    terminal.show_answers(found, today, as_json=as_json)
    return 0


def doctor_command(
    quick: Annotated[
        bool, typer.Option("--quick", help="Ask no model and embed nothing: a health check.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Try each part that the settings name; exit 1 if one is bad."""
    found = doctor.examine(configured(BotSettings), now(), quick=quick)
    well = doctor.show(found, as_json=as_json)
    return 0 if well else 1


def home_command(
    server: Annotated[
        int | None, typer.Argument(help="The number of the Discord server that is to be home.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show, or change, the Discord server whose coverage every server cites."""
    with Archive.open(configured(BotSettings).archive_url) as archive:
        ledger = Ledger.of(archive)
        rules = DeskRules.of(ledger.rules.get(DESK))
        if server is not None:
            rules = replace(rules, home=server)
            ledger.rules.set(DESK, rules.values())
    terminal.show_home(rules.home, as_json=as_json)
    return 0


def evaluate_command(
    questions: Annotated[Path | None, typer.Option(help="Unset: the desk's own set.")] = None,
    coverage: Annotated[Path, typer.Option(help="What is read.")] = SAMPLE_COVERAGE,
    writer: Annotated[_WrittenBy, typer.Option(help="Who answers.")] = _WrittenBy.QUOTATIONS,
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("scorecard"),
) -> int:
    """Answer a question set over coverage of its own folder, and write how well."""
    from bot.evaluating import evaluation, scorecard

    asked = evaluation.read_question_set(questions or evaluation.SAMPLE_QUESTIONS)
    with TemporaryDirectory() as folder:
        elsewhere = {"data_dir": Path(folder), "database_url": None, "chroma_url": None}
        settings = configured(BotSettings).model_copy(update=elsewhere)
        with open_desk(settings, holder="`python -m bot evaluate`", clock=now) as opened:
            adding.add(read_path(coverage, Hints()), opened.archive, now=now())
            opened.coverage.catch_up()
            desk = _evaluated(writer, opened)
            results = with_progress(
                "Answering",
                len(asked),
                lambda told: asyncio.run(evaluation.answer_all(asked, desk.answer, told)),
            )
    scores = evaluation.scores(results)
    terminal.show_scores(scores)
    for file in scorecard.write_scorecard(out, str(writer), results, scores):
        print(file)
    return 0


def _evaluated(writer: _WrittenBy, desk: Desk) -> Desk:
    """Return *desk* with who writes in an evaluation.

    Raises:
        SettingsError: a model is asked for, and none is set.
    """
    if writer is _WrittenBy.MODEL:
        if not desk.models.writers:
            raise SettingsError("CHAT_MODEL is not set. Name the model to evaluate in .env.")
        return desk
    return replace(desk, models=replace(desk.models, writers=()))
