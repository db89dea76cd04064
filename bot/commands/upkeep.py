"""Commands for operators: latest answers, health check, home server, evaluation."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot.commands import doctor, terminal
from bot.commands.preparing import SAMPLE_COVERAGE
from bot.community.rules import DESK, DeskRules
from bot.desk import Desk, open_desk
from bot.ledger import Ledger
from bot.settings import BotSettings
from ingest import adding
from ingest.archive import Archive
from ingest.commands.options import AsJson, configured, now
from ingest.commands.output import with_progress
from ingest.errors import SettingsError
from ingest.process import loops
from ingest.reading import Hints, read_path


class _WrittenBy(StrEnum):
    """Writer of answers in an evaluation: quotations alone, or CHAT_MODEL."""

    QUOTATIONS = "quotations"
    MODEL = "model"


def answers_command(
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20, as_json: AsJson = False
) -> int:
    """Show the latest answers with their writers, costs, and rejected sentences."""
    with Archive.open(configured(BotSettings).archive_url) as archive:
        ledger = Ledger.of(archive)
        answers = ledger.answers.last(limit=limit)
        spending = ledger.spending.of(now().date())
    terminal.show_answers(answers, spending, as_json=as_json)
    return 0


def doctor_command(
    quick: Annotated[
        bool, typer.Option("--quick", help="Ask no model and embed nothing: a health check.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Try each part that the settings name; exit 1 if one is bad."""
    findings = doctor.examine(configured(BotSettings), now(), quick=quick)
    is_healthy = doctor.show(findings, as_json=as_json)
    return 0 if is_healthy else 1


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

    set_questions = evaluation.read_question_set(questions or evaluation.SAMPLE_QUESTIONS)
    with TemporaryDirectory() as folder:
        overrides = {"data_dir": Path(folder), "database_url": None, "chroma_url": None}
        settings = configured(BotSettings).model_copy(update=overrides)
        with open_desk(settings, holder="`python -m bot evaluate`", clock=now) as full_desk:
            adding.add(read_path(coverage, Hints()), full_desk.archive, now=now())
            full_desk.coverage.catch_up()
            desk = _with_writer(writer, full_desk)
            results = with_progress(
                "Answering",
                len(set_questions),
                lambda progress: loops.run(
                    evaluation.answer_all(set_questions, desk.answer, progress)
                ),
            )
    scores = evaluation.scores(results)
    terminal.show_scores(scores)
    for file in scorecard.write_scorecard(out, str(writer), results, scores):
        print(file)
    return 0


def _with_writer(writer: _WrittenBy, desk: Desk) -> Desk:
    """Return *desk* with the writer of the evaluation.

    Raises:
        SettingsError: the writer is a model, and CHAT_MODEL is not set.
    """
    if writer is _WrittenBy.MODEL:
        if not desk.models.writers:
            raise SettingsError("CHAT_MODEL is not set. Name the model to evaluate in .env.")
        return desk
    return replace(desk, models=replace(desk.models, writers=()))
