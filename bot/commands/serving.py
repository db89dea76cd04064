"""Serve other programs and browsers: by pipes, over HTTP, as a page."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import typer

from bot.commands.preparing import prepared_desk
from bot.desk import Desk
from bot.settings import BotSettings
from bot.verify_page.server import served_to_browsers
from ingest import stopping
from ingest.commands.options import configured
from ingest.errors import IngestError, SettingsError

logger = logging.getLogger(__name__)

_EVERY = 30.0
"""Seconds between two looks for what was read meanwhile."""


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
        return _served(settings, "`python -m bot mcp`")
    from bot.mcp_server.serving import serve_pipes

    async def until_done(desk: Desk) -> int:
        with stopping.ending_on_signal() as ending:
            async with _kept_up(desk):
                await _first(serve_pipes(desk), ending.event.wait())
        return ending.code

    with prepared_desk(settings, "`python -m bot mcp`", sample=False) as desk:
        return asyncio.run(until_done(desk))


def page_command() -> int:
    """Serve the page on which readers see and prove quotations, where VERIFY_PORT says."""
    settings = configured(BotSettings)
    if settings.verify_port is None:
        raise SettingsError("VERIFY_PORT is not set. Write a port behind it in .env.")
    return _served(settings, "`python -m bot page`")


def _served(settings: BotSettings, holder: str) -> int:
    """Serve what the settings name until the process is to end."""

    async def until_told(desk: Desk) -> int:
        with stopping.ending_on_signal() as ending:
            async with _kept_up(desk), served_beside(desk) as addresses:
                print("\n".join([*addresses, "Stop with Ctrl-C."]), file=sys.stderr, flush=True)
                await ending.event.wait()
        return ending.code

    with prepared_desk(settings, holder, sample=False) as desk:
        return asyncio.run(until_told(desk))


@asynccontextmanager
async def served_beside(desk: Desk) -> AsyncIterator[list[str]]:
    """Serve programs and browsers where the settings say, and yield what is served where."""
    async with served_to_browsers(desk) as page:
        said = [f"Quotations are shown and proven at {page}."] if page else []
        if desk.settings.mcp_port is None:
            yield said
            return
        from bot.mcp_server.serving import served_to_programs  # a second to load: where needed

        async with served_to_programs(desk) as programs:
            yield [*said, f"Programs are served at {programs}."]


@asynccontextmanager
async def _kept_up(desk: Desk) -> AsyncIterator[None]:
    """Let the index catch up with what other processes read, as long as this lasts."""

    async def keep_up() -> None:
        last = ""
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await asyncio.to_thread(desk.coverage.catch_up)
                last = ""
            except IngestError as error:
                if str(error) != last:
                    logger.warning("%s", error)
                last = str(error)

    keeping = asyncio.create_task(keep_up())
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await desk.close()


async def _first(*works: Coroutine[Any, Any, object]) -> None:
    """Wait until one of *works* ends, and end the others."""
    tasks = [asyncio.create_task(each) for each in works]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for each in rest:
        each.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for each in done:
        each.result()
