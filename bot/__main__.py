"""The bot's commands: ``python -m bot [run | ask | chat]``."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dotenv import load_dotenv

from bot import checking, doctor, metrics, terminal
from bot.answering.evidence.calibration import OWN
from bot.answering.proving.chat_reader import ChatReader
from bot.answering.understanding.question import UnaskableError
from bot.desk import Desk, open_desk, reading_chat
from bot.ledger import Ledger
from bot.settings import Settings
from bot.wording import Wording
from ingest import adding, logs, stopping
from ingest.archive import Archive
from ingest.arguments import positive
from ingest.errors import EmbeddingError, IndexUnavailableError, IngestError, SettingsError
from ingest.reading import Hints, count, read_path
from ingest.showing import with_progress

SAMPLE = Path(__file__).parents[1] / "ingest" / "sample" / "coverage"
EXAMPLES = Path(__file__).parents[1] / "prompts" / "examples.txt"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error is one sentence."""
    load_dotenv(Path.cwd() / ".env")
    options = parser().parse_args(arguments)
    try:
        settings = Settings.of(os.environ)
        logs.configure(settings)
        with stopping.as_ctrl_c():
            code: int = options.command(settings, options)
    except (IngestError, UnaskableError) as error:
        print(sentence(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def sentence(error: Exception) -> str:
    """Say *error* to a person."""
    if isinstance(error, UnaskableError):
        return terminal.unaskable(error)
    return str(error)


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="python -m bot",
        description="Answer questions about election coverage, each sentence with its source.",
    )
    top.set_defaults(command=run)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    start = commands.add_parser("run", help="start the bot, or without a token the chat (default)")
    start.set_defaults(command=run)
    ask = commands.add_parser("ask", help="answer one question, or a file of questions")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--json", action="store_true", help="print one object instead of text")
    ask.add_argument(
        "--batch", type=Path, metavar="FILE", help='JSON Lines of {"question": …}; "-" for stdin'
    )
    ask.set_defaults(command=ask_once)
    calibrating = commands.add_parser(
        "calibrate", help="fit when to decline, on questions of your own"
    )
    calibrating.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help='JSON Lines of {"question": …, "answerable": true}; files weigh alike',
    )
    calibrating.set_defaults(command=calibrate)
    judging = commands.add_parser("evaluate", help="score a question set, with a page and JSON")
    judging.add_argument("--questions", type=Path, default=None, help="unset: the desk's own set")
    judging.add_argument(
        "--coverage", type=Path, default=SAMPLE, help="what is read; unset: the sample coverage"
    )
    judging.add_argument(
        "--writer",
        choices=("quotations", "model"),
        default="quotations",
        help="who answers: the coverage's sentences, or CHAT_MODEL",
    )
    judging.add_argument("--out", type=Path, default=Path("scorecard"), help="folder to write into")
    judging.set_defaults(command=evaluate)
    checking_ = commands.add_parser(
        "check", help="hold claims against what they cite: gates, identity, the reader"
    )
    checking_.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help='JSON Lines of {"claim": …, "rests": [{"quote", "passage", "outlet", "day"}]}',
    )
    checking_.add_argument("--json", action="store_true", help="print one object a line")
    checking_.set_defaults(command=check)
    finding = commands.add_parser("find", help="what the coverage has to say of a claim")
    finding.add_argument("text", nargs="?", help="what somebody claims")
    finding.add_argument("--json", action="store_true", help="print one object a line")
    finding.add_argument(
        "--batch", type=Path, metavar="FILE", help='JSON Lines of {"claim": …}; "-" for stdin'
    )
    finding.set_defaults(command=find)
    log = commands.add_parser("answers", help="show the last answers, their cost, what was dropped")
    log.add_argument("--limit", type=positive, default=20, help="how many (default 20)")
    log.add_argument("--json", action="store_true", help="print one object")
    log.set_defaults(command=answers)
    examining = commands.add_parser(
        "doctor", help="try each part that the settings name; exit 1 if one is bad"
    )
    examining.add_argument("--json", action="store_true", help="print one object a line")
    examining.set_defaults(command=examine)
    chat = commands.add_parser("chat", help="ask in the terminal")
    chat.set_defaults(command=converse)
    return top


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Start the Discord bot if there is a token, else the terminal chat."""
    if settings.discord_token is None:
        return converse(settings, options)
    from bot.discord_ui.client import serve

    async def until_told(desk: Desk) -> int:
        with (
            stopping.until_told() as ending,
            metrics.served(desk.metrics, desk.archive, utc_now, settings.metrics_port),
        ):
            await serve(desk, ending)
        return ending.code

    with open_desk(settings, holder="the bot (`python -m bot`)", clock=utc_now) as desk:
        desk.catch_up_words()  # the housekeeping embeds what is new, while the bot answers
        return asyncio.run(until_told(desk))


def converse(settings: Settings, _: argparse.Namespace) -> int:
    """Chat in the terminal; without one, answer the example questions."""
    with (
        prepared(settings, "the terminal chat (`python -m bot`)", sample=True) as desk,
        terminal.Loop(desk.answer, desk.close) as loop,
    ):
        if sys.stdin.isatty():
            terminal.chat(loop, desk.archive.summary(), now=utc_now, before=desk.catch_up)
        else:
            terminal.answer_each(loop, examples(), now=utc_now)
    return 0


def ask_once(settings: Settings, options: argparse.Namespace) -> int:
    """Answer one question, or each of a batch."""
    if (options.question is None) == (options.batch is None):
        print('Give one question, or --batch FILE: make ask Q="…"', file=sys.stderr)
        return 2
    with (
        prepared(settings, "`python -m bot ask`", sample=options.batch is None) as desk,
        terminal.Loop(desk.answer, desk.close) as loop,
    ):
        if options.batch is not None:
            return terminal.answer_batch(loop, options.batch, now=utc_now)
        return terminal.answer_once(loop, options.question, now=utc_now, json=options.json)


def check(settings: Settings, options: argparse.Namespace) -> int:
    """Hold the claims of a file against what they cite, each on a line."""
    claims = checking.read_whole(options.file)
    chat = reading_chat(settings)

    async def checked() -> list[dict[str, Any]]:
        try:
            return await checking.check(claims, ChatReader(chat) if chat else None)
        finally:
            if chat is not None:
                await chat.close()

    checking.show_checked(asyncio.run(checked()), json_lines=options.json)
    return 0


def find(settings: Settings, options: argparse.Namespace) -> int:
    """Look up what a text claims, or each claim of a file."""
    if (options.text is None) == (options.batch is None):
        print("Give one text, or --batch FILE.", file=sys.stderr)
        return 2
    with prepared(settings, "`python -m bot find`", sample=True) as desk:

        async def found() -> int:
            try:
                if options.batch is None:
                    looked = await desk.look_up(options.text)
                    checking.show_found(looked, as_json=options.json)
                    return 0
                return await checking.find_each(options.batch, desk.look_up_one)
            finally:
                await desk.close()

        return asyncio.run(found())


def answers(settings: Settings, options: argparse.Namespace) -> int:
    """Show the last answers: who wrote them, what they cost, and what was dropped and why."""
    with Archive.open(settings.archive_url) as archive:
        ledger = Ledger.of(archive)
        found = ledger.answers.last(limit=options.limit)
        today = ledger.spending.of(utc_now().date())
    terminal.show_answers(found, today, as_json=options.json)
    return 0


def examine(settings: Settings, options: argparse.Namespace) -> int:
    """Try each part of the desk, and fail if one is bad: a health check."""
    return 0 if doctor.show(doctor.examine(settings, utc_now()), as_json=options.json) else 1


def calibrate(settings: Settings, options: argparse.Namespace) -> int:
    """Fit when to decline on questions about this desk's coverage, and use it from now on."""
    from bot.evaluating.calibrating import curve, fit, known, read

    questions = [read(file) for file in options.files]
    with prepared(settings, "`python -m bot calibrate`", sample=False) as desk:
        groups = [known(desk, each, utc_now()) for each in questions]
    calibration = fit(groups)
    calibration.write(settings.data_dir / OWN)
    terminal.show_curves(
        {
            str(file): curve(calibration, each)
            for file, each in zip(options.files, groups, strict=True)
        }
    )
    return 0


def evaluate(settings: Settings, options: argparse.Namespace) -> int:
    """Answer a question set over coverage of its own folder, and write how well."""
    from bot.evaluating import evaluation, scorecard

    questions = evaluation.read(options.questions or evaluation.SAMPLE)
    with TemporaryDirectory() as folder:
        apart = settings.model_copy(
            update={"data_dir": Path(folder), "database_url": None, "chroma_url": None}
        )
        with open_desk(apart, holder="`python -m bot evaluate`", clock=utc_now) as opened:
            adding.add(read_path(options.coverage, Hints()), opened.archive, now=utc_now())
            opened.catch_up()
            desk = evaluated(options.writer, opened)
            results = with_progress(
                "Answering",
                len(questions),
                lambda told: asyncio.run(evaluation.run(questions, desk.answer, told)),
            )
    scores = evaluation.scores(results)
    terminal.show_scores(scores)
    for file in scorecard.write(options.out, options.writer, results, scores):
        print(file)
    return 0


def evaluated(writer: str, desk: Desk) -> Desk:
    """Return *desk* with who writes in an evaluation.

    Raises:
        SettingsError: a model is asked for, and none is set.
    """
    if writer == "model":
        if not desk.models.writers:
            raise SettingsError("CHAT_MODEL is not set. Name the model to evaluate in .env.")
        return desk
    return replace(desk, models=replace(desk.models, writers=()))


@contextmanager
def prepared(settings: Settings, holder: str, *, sample: bool) -> Iterator[Desk]:
    """Open the desk with its index caught up; *sample* fills an archive that never had coverage."""
    with open_desk(settings, holder=holder, clock=utc_now) as desk:
        if sample and desk.archive.changes.last() == 0:
            add_sample(desk)
        try:
            if desk.behind():
                with_progress(Wording.default().indexing, None, desk.catch_up)
        except (EmbeddingError, IndexUnavailableError) as error:
            print(f"{error} Words alone are searched.", file=sys.stderr)
            desk.catch_up_words()
        yield desk


def add_sample(desk: Desk) -> None:
    """Read the sample coverage, which is our own writing about a fictional election."""
    found = read_path(SAMPLE, Hints())
    with_progress(
        "Reading the sample coverage",
        count(SAMPLE),
        lambda told: adding.add(found, desk.archive, now=utc_now(), progress=told),
    )


def examples() -> list[str]:
    """Return the questions to show when nobody is there to ask."""
    return [line for line in EXAMPLES.read_text(encoding="utf-8").splitlines() if line.strip()]


def utc_now() -> datetime:
    """Read the clock; the only place of the bot that does."""
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
