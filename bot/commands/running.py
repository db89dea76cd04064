"""Commands that ask or serve: questions in the terminal, for programs, and for browsers."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import metrics
from bot.answering.understanding.question import ask, not_past
from bot.answering.writing.drafting import Models
from bot.commands import terminal, verification
from bot.desk import Desk, open_desk
from bot.settings import SAMPLE_COVERAGE, BotSettings
from bot.verify_page.web import served_to_browsers
from bot.wording import Wording
from ingest import adding
from ingest.archive import Archive
from ingest.commands.indexing import check_file
from ingest.commands.options import READ_MINUTE, AsJson, Batch, configured, now, usage_error
from ingest.commands.output import with_progress
from ingest.errors import EmbeddingError, IndexUnavailableError, IngestError, SettingsError
from ingest.process import ending, threads
from ingest.reading import Hints, read_path

logger = logging.getLogger(__name__)

_UPDATE_SECONDS = 30.0
"""Seconds between two updates of the index."""
_NEWEST = 8
"""Number of stories in the reply to a request for news."""
_EXAMPLES = Path(__file__).parents[2] / "prompts" / "examples.txt"


@contextmanager
def _prepared_desk(settings: BotSettings, holder: str, *, sample: bool) -> Iterator[Desk]:
    """Open a desk with an up-to-date index; *sample* adds sample coverage to an empty archive."""
    with open_desk(settings, holder=holder, clock=now) as desk:
        if sample and desk.archive.changes.last() == 0:
            _add_sample(desk)
        try:
            if desk.coverage.is_behind():
                with_progress(Wording.default()("indexing"), None, desk.coverage.catch_up)
        except (EmbeddingError, IndexUnavailableError) as error:
            print(f"{error} Words alone are searched.", file=sys.stderr)
            desk.coverage.catch_up_words()
        yield desk


def _add_sample(desk: Desk) -> None:
    """Add the sample coverage."""
    articles = read_path(SAMPLE_COVERAGE, Hints())
    with_progress(
        "Reading the sample coverage",
        None,
        lambda progress: adding.add(articles, desk.archive, now=now(), progress=progress),
    )


def mcp_command(
    http: Annotated[
        bool, typer.Option("--http", help="Serve HTTP where MCP_PORT says, not this pipe.")
    ] = False,
) -> int:
    """Serve an assistant or another program by the Model Context Protocol."""
    settings = configured(BotSettings)
    if http:
        if settings.mcp_port is None:
            raise SettingsError("MCP_PORT is not set. Write a port behind it in .env.")
        return _serve(settings, "`python -m bot mcp`")
    from bot.mcp_server.server import serve_pipes

    async def serve_until_done(desk: Desk) -> int:
        with ending.ending_on_signal() as stop:
            async with _updated_index(desk):
                await _run_first(serve_pipes(desk), stop.event.wait())
        return stop.code

    with _prepared_desk(settings, "`python -m bot mcp`", sample=False) as desk:
        return threads.run(serve_until_done(desk))


def page_command() -> int:
    """Serve the page on which readers view and prove quotations, at VERIFY_PORT."""
    settings = configured(BotSettings)
    if settings.verify_port is None:
        raise SettingsError("VERIFY_PORT is not set. Write a port behind it in .env.")
    return _serve(settings, "`python -m bot page`")


def _serve(settings: BotSettings, holder: str) -> int:
    """Serve the interfaces named in the settings until the process is stopped."""

    async def serve_until_stopped(desk: Desk) -> int:
        with ending.ending_on_signal() as stop:
            async with _updated_index(desk), _served_beside(desk) as addresses:
                print("\n".join([*addresses, "Stop with Ctrl-C."]), file=sys.stderr, flush=True)
                await stop.event.wait()
        return stop.code

    with _prepared_desk(settings, holder, sample=False) as desk:
        return threads.run(serve_until_stopped(desk))


@asynccontextmanager
async def _served_beside(desk: Desk) -> AsyncIterator[list[str]]:
    """Serve programs and browsers as set, and yield a message for each address."""
    async with served_to_browsers(desk) as page_address:
        messages = [f"Quotations are shown and proven at {page_address}."] if page_address else []
        if desk.settings.mcp_port is None:
            yield messages
            return
        from bot.mcp_server.server import served_to_programs  # takes a second to load

        async with served_to_programs(desk) as address:
            yield [*messages, f"Programs are served at {address}."]


@asynccontextmanager
async def _updated_index(desk: Desk) -> AsyncIterator[None]:
    """Update the index with new articles of other processes for the duration of the context."""

    async def update_repeatedly() -> None:
        last_message = ""
        while True:
            await asyncio.sleep(_UPDATE_SECONDS)
            try:
                await asyncio.to_thread(desk.coverage.catch_up)
                last_message = ""
            except IngestError as error:
                if str(error) != last_message:
                    logger.warning("Index not updated: %s", error)
                last_message = str(error)

    updating = asyncio.create_task(update_repeatedly())
    try:
        yield
    finally:
        updating.cancel()
        with suppress(asyncio.CancelledError):
            await updating
        await desk.close()


async def _run_first(*works: Coroutine[Any, Any, object]) -> None:
    """Wait until one of *works* ends, and cancel the others."""
    tasks = [asyncio.create_task(work) for work in works]
    finished, unfinished = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in unfinished:
        task.cancel()
    await asyncio.gather(*unfinished, return_exceptions=True)
    for task in finished:
        task.result()


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
            async with _served_beside(desk) as addresses:
                for address in addresses:
                    print(address)
                await serve(desk, stop)
        return stop

    with open_desk(settings, holder="the bot (`python -m bot`)", clock=now) as desk:
        desk.coverage.catch_up_words()  # embedding follows in the background
        stop = threads.run(serve_until_stopped(desk))
    if stop.event.is_set():
        ending.exit_at_once(stop.code)
    return stop.code


def chat_command() -> int:
    """Chat in the terminal; if input is piped, answer its lines, or else the examples."""
    settings = configured(BotSettings)
    with (
        _prepared_desk(settings, "the terminal chat (`python -m bot`)", sample=True) as desk,
        terminal.Loop(desk.answer, desk.close) as loop,
    ):
        terminal.chat(
            loop,
            desk.archive.summary(),
            now=now,
            before=desk.coverage.catch_up,
            newest=lambda: desk.news.stories.newest(_NEWEST),
            lines=None if sys.stdin.isatty() else _piped_questions() or examples(),
        )
    return 0


def _piped_questions() -> list[str]:
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
            parser=READ_MINUTE,
            metavar="MOMENT",
            help="Only what had been read by then, as it was worded then: 2024-11-05T23:00Z.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Answer one question, or each of a file."""
    if (question is None) == (batch is None):
        return usage_error('Give one question, or --batch FILE: make ask Q="…"')
    if as_of is not None and (wrong := not_past(as_of, now())):
        return usage_error(wrong)
    if batch is not None:
        check_file(batch)
    asked = None if question is None else ask(question, now=now())
    with (
        _prepared_desk(
            configured(BotSettings), "`python -m bot ask`", sample=batch is None
        ) as desk,
        terminal.Loop(partial(desk.answer, as_of=as_of), desk.close) as loop,
    ):
        if asked is not None:
            return terminal.answer_once(loop, asked, json=as_json)
        assert batch is not None
        return terminal.answer_batch(loop, batch, now=now)


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
    if batch is not None:
        check_file(batch)
    with _prepared_desk(configured(BotSettings), "`python -m bot find`", sample=True) as desk:

        async def search_archive() -> int:
            try:
                if batch is not None:
                    return await verification.look_up_file(batch, desk.look_up_one)
                verification.show_found(await desk.look_up(text or ""), as_json=as_json)
            finally:
                await desk.close()
            return 0

        return threads.run(search_archive())


def show_results_command(
    contest: Annotated[str, typer.Argument(help="A place or a contest.")],
    as_json: AsJson = False,
) -> int:
    """Show the newest figures of a contest source by source; without a table, the answer."""
    with _prepared_desk(configured(BotSettings), "`python -m bot results`", sample=True) as desk:
        results = threads.run(desk.news.contests.results(contest))
        if results.contests:
            terminal.show_results(results, as_json=as_json)
            return 0
        words = Wording.default()
        if not as_json:
            print(words("results_none"))
        with terminal.Loop(desk.answer, desk.close) as loop:
            question = ask(words("results_question", contest=contest), now=now())
            return terminal.answer_once(loop, question, json=as_json)


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
    claims = verification.read_claims(file)
    models = Models.of(configured(BotSettings))

    async def checked() -> list[dict[str, Any]]:
        try:
            return await verification.check(claims, models.verifier)
        finally:
            await models.close()

    verification.show_checked(threads.run(checked()), json_lines=as_json)
    return 0


def prove_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The output of `ask --json`.")],
    as_json: AsJson = False,
) -> int:
    """Check an exported answer: does the archive contain each quotation?"""
    with Archive.open(configured(BotSettings).archive_url) as archive:
        return verification.show_export(verification.check_export(file, archive), as_json=as_json)
