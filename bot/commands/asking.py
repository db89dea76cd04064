"""Commands that start the bot, chat, answer, look up claims, and check claims."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import metrics
from bot.answering.understanding.question import not_past
from bot.answering.writing.models import Models
from bot.commands import claim_files, contests, exports, terminal
from bot.commands.serving import prepared_desk, served_beside
from bot.desk import Desk, open_desk
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.archive import Archive
from ingest.commands.options import READ_MOMENT, AsJson, Batch, configured, now, usage_error
from ingest.process import ending, loops

_NEWEST = 8
"""Number of stories in the reply to a request for news."""
_EXAMPLES = Path(__file__).parents[2] / "prompts" / "examples.txt"


def run_command() -> int:
    """Start the Discord bot if there is a token, else the terminal chat."""
    settings = configured(BotSettings)
    if settings.discord_token is None:
        return chat_command()
    from bot.discord_ui.client import serve

    async def serve_until_stopped(desk: Desk) -> ending.Ending:
        with (
            ending.ending_on_signal() as stop,
            metrics.served(desk.metrics, desk.archive, now, settings.metrics_port),
        ):
            async with served_beside(desk) as addresses:
                for address in addresses:
                    print(address)
                await serve(desk, stop)
        return stop

    with open_desk(settings, holder="the bot (`python -m bot`)", clock=now) as desk:
        desk.coverage.catch_up_words()  # embedding follows in the background
        stop = loops.run(serve_until_stopped(desk))
    if stop.event.is_set():
        ending.exit_at_once(stop.code)
    return stop.code


def chat_command() -> int:
    """Chat in the terminal; if input is piped, answer its lines, or else the examples."""
    settings = configured(BotSettings)
    with (
        prepared_desk(settings, "the terminal chat (`python -m bot`)", sample=True) as desk,
        terminal.Loop(desk.answer, desk.close) as loop,
    ):
        terminal.chat(
            loop,
            desk.archive.summary(),
            now=now,
            before=desk.coverage.catch_up,
            newest=lambda: desk.news.stories.newest(_NEWEST),
            lines=None if sys.stdin.isatty() else _piped() or examples(),
        )
    return 0


def _piped() -> list[str]:
    """Read questions from piped standard input, one per line."""
    return [line for line in sys.stdin if line.strip()]


def examples() -> list[str]:
    """Return the example questions, shown if there is no input."""
    return [line for line in _EXAMPLES.read_text(encoding="utf-8").splitlines() if line.strip()]


def answer_command(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    batch: Batch = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            parser=READ_MOMENT,
            metavar="MOMENT",
            help="Only what had been read by then, in the words of then: 2024-11-05T23:00Z.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Answer one question, or each of a file."""
    if (question is None) == (batch is None):
        return usage_error('Give one question, or --batch FILE: make ask Q="…"')
    if as_of is not None and (wrong := not_past(as_of, now())):
        return usage_error(wrong)
    with (
        prepared_desk(configured(BotSettings), "`python -m bot ask`", sample=batch is None) as desk,
        terminal.Loop(partial(desk.answer, as_of=as_of), desk.close) as loop,
    ):
        if batch is not None:
            return terminal.answer_batch(loop, batch, now=now)
        return terminal.answer_once(loop, question or "", now=now, json=as_json)


def look_up_command(
    text: Annotated[str | None, typer.Argument(help="What somebody claims.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='JSON Lines of {"claim": …}; "-" for standard input.'),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Look up what a text claims, or each claim of a file."""
    if (text is None) == (batch is None):
        return usage_error("Give one text, or --batch FILE.")
    with prepared_desk(configured(BotSettings), "`python -m bot find`", sample=True) as desk:

        async def search_archive() -> int:
            try:
                if batch is not None:
                    return await claim_files.look_up_file(batch, desk.look_up_one)
                claim_files.show_found(await desk.look_up(text or ""), as_json=as_json)
            finally:
                await desk.close()
            return 0

        return loops.run(search_archive())


def show_results_command(
    contest: Annotated[str, typer.Argument(help="A place or a contest.")],
    as_json: AsJson = False,
) -> int:
    """Show the newest figures of a contest source by source; without a table, the answer."""
    with prepared_desk(configured(BotSettings), "`python -m bot results`", sample=True) as desk:
        results = loops.run(desk.news.contests.results(contest))
        if results.contests:
            contests.show_results(results, as_json=as_json)
            return 0
        words = Wording.default()
        if not as_json:
            print(words("results_none"))
        with terminal.Loop(desk.answer, desk.close) as loop:
            question = words("results_question", contest=contest)
            return terminal.answer_once(loop, question, now=now, json=as_json)


def check_claims_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help='JSON Lines of {"claim": …, "rests": [{"quote", "passage", "outlet", "day"}]}.',
        ),
    ],
    as_json: AsJson = False,
) -> int:
    """Check the claims of a file against their citations: rules, identity, verifier."""
    claims = claim_files.read_claims(file)
    models = Models.of(configured(BotSettings))

    async def checked() -> list[dict[str, Any]]:
        try:
            return await claim_files.check(claims, models.verifier)
        finally:
            await models.close()

    claim_files.show_checked(loops.run(checked()), json_lines=as_json)
    return 0


def prove_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `ask --json` has written.")],
    as_json: AsJson = False,
) -> int:
    """Check an exported answer: does the archive contain each quotation?"""
    with Archive.open(configured(BotSettings).archive_url) as archive:
        return exports.show_export(exports.check_export(file, archive), as_json=as_json)
