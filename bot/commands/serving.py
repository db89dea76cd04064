"""Commands that serve other programs and browsers: by pipes, over HTTP, as a web page."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.desk import Desk, open_desk
from bot.settings import BotSettings
from bot.verify_page.server import served_to_browsers
from bot.wording import Wording
from ingest import adding
from ingest.commands.options import configured, now
from ingest.commands.output import with_progress
from ingest.errors import EmbeddingError, IndexUnavailableError, IngestError, SettingsError
from ingest.process import ending, loops
from ingest.reading import Hints, read_path

SAMPLE_COVERAGE = Path(__file__).parents[2] / "ingest" / "sample" / "coverage"
"""Sample coverage of a fictional election."""


@contextmanager
def prepared_desk(settings: BotSettings, holder: str, *, sample: bool) -> Iterator[Desk]:
    """Open a desk with an up-to-date index; *sample* adds sample coverage to an empty archive."""
    with open_desk(settings, holder=holder, clock=now) as desk:
        if sample and desk.archive.changes.last() == 0:
            _add_sample(desk)
        try:
            if desk.coverage.behind():
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


logger = logging.getLogger(__name__)

_UPDATE_SECONDS = 30.0
"""Seconds between two updates of the index."""


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

    with prepared_desk(settings, "`python -m bot mcp`", sample=False) as desk:
        return loops.run(serve_until_done(desk))


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
            async with _updated_index(desk), served_beside(desk) as addresses:
                print("\n".join([*addresses, "Stop with Ctrl-C."]), file=sys.stderr, flush=True)
                await stop.event.wait()
        return stop.code

    with prepared_desk(settings, holder, sample=False) as desk:
        return loops.run(serve_until_stopped(desk))


@asynccontextmanager
async def served_beside(desk: Desk) -> AsyncIterator[list[str]]:
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
