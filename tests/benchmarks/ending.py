"""End the bot by SIGTERM at random moments of its life: how soon, by itself, and who was left.

The bot is a process of its own on the Discord of loopback. From the moment that Discord has it,
members ask, by command and by mention, of a model that takes seconds for an answer, and a source of
many pages is refreshed. A third of the moments lies within the first seconds of the process. After
each end the next start has to notify every asker whom the end left without a message.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Container, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import web
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from bot.ledger.ledger_tables import pending
from bot.settings import BotSettings
from ingest.archive import Archive
from ingest.model import Permission
from tests.benchmarks.servers import chat_server, servers
from tests.benchmarks.streaming import draft_of, event, letters_of
from tests.bot.builders import read_sample_into
from tests.ingest.newsroom import Newsroom, story
from tests.wire.conftest import until
from tests.wire.server import WireDiscord, text_of

EMBEDDED, ON_SERVERS, AT_ONCE = 50, 10, 3
"""Ends of an embedded desk, ends on PostgreSQL and Chroma, and embedded desks run at once."""
FIRST, BUSY = 8.0, 65.0
"""Seconds after the start of a process: when its busy minute begins at the latest, and ends."""
STARTING = 3
"""Every so manieth moment lies within the first seconds."""
PAGES, PAUSE = 400, 0.1
"""Pages of the source, and seconds between two of them: more than a minute brings in."""
SLOWEST = 12.0
"""Seconds that the model pauses at most before the end of its draft."""
PATIENCE = 45.0
"""Seconds that the next start has to notify the askers."""
WATCHDOG = 128 + signal.SIGTERM
SECONDS = 5.0
"""Seconds within which the process has to end."""
QUESTIONS = (
    "What was the turnout?",
    "How many seats did Harbour win?",
    "Who ruled out governing with Lantern?",
    "How many people came to the Lantern rally in Dunmere?",
)


@dataclass(slots=True)
class Process:
    """The bot's process over one folder, which can be started again."""

    discord: WireDiscord
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it."""
        self.discord.forget_bot()
        command = [sys.executable, "-m", "tests.wire.launcher"]
        self.process = subprocess.Popen(command, env=dict(self.environment))

    @property
    def code(self) -> int | None:
        """The exit code, ``None`` while it runs."""
        return self.process.poll() if self.process else None

    def kill(self) -> None:
        """Kill it, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True, slots=True)
class Asker:
    """A member's question: the record of a command, or a message that mentions the bot."""

    at: float
    command: Any = None
    message: Any = None

    def replies(self, discord: WireDiscord) -> list[Any]:
        """Return the bot's messages to this asker."""
        if self.command is not None:
            return [m for m in discord.answers() if m.id == self.command.message_id]
        return [
            m
            for m in discord.answers()
            if m.reference and str(m.reference.get("message_id")) == str(self.message.id)
        ]

    def is_heard(self, discord: WireDiscord, pending_ids: Container[str | None]) -> bool:
        """Return True if the bot acknowledged, showed or stored this question."""
        if self.command is not None:
            return self.command.message_id is not None
        return str(self.message.id) in pending_ids or bool(self.replies(discord))

    def is_settled(self, discord: WireDiscord) -> bool:
        """Return True if this asker has an answer, or a message that there is none."""
        replies = self.replies(discord)
        if self.command is not None and self.command.loading:
            return False
        return bool(replies) and all(is_final(reply) for reply in replies)


@dataclass(slots=True)
class End:
    """One end of the bot: its moment, duration and exit code, and the state of the askers."""

    kind: str
    moment: float
    seconds: float = 0.0
    code: int = 0
    askers: int = 0
    answered: int = 0
    notified: int = 0
    by_next: int = 0
    unheard: int = 0
    left: int = 0
    twice: int = 0
    pages: int = 0
    was_opening: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def by_itself(self) -> bool:
        """True if the watchdog did not end it; a desk that still opens has the same exit code."""
        return self.code != WATCHDOG or self.was_opening


def is_final(message: Any) -> bool:
    """Return True if a message is an answer, or says that there is none."""
    text = text_of(message)
    return any(mark in text for mark in ("Sources", "I was stopped", "Stopped before anything"))


def measure(_: Path | None, out: Path) -> None:
    """Print and write a table of the ends of embedded desks and of desks on servers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ends = asyncio.run(ends_embedded(folder))
        show(ends, out)
        with servers(folder) as server_urls:
            ends += asyncio.run(ends_on_servers(folder, server_urls.settings))
    show(ends, out)


def show(ends: Sequence[End], out: Path) -> None:
    """Print and write the table, and every end at which something went wrong."""
    table = Table(*rows(ends)[0])
    for row in rows(ends):
        table.add_row(*row.values())
    Console(width=150).print(table)
    for end in ends:
        if end.notes or end.left or end.twice or not end.by_itself or end.seconds > SECONDS:
            Console(width=150).print(end)
    (out / "ending.json").write_text(
        json.dumps([{name: getattr(e, name) for name in End.__slots__} for e in ends], indent=2)
    )


def rows(ends: Sequence[End]) -> list[dict[str, str]]:
    """Return one row of the table for each kind of end."""
    kinds = dict.fromkeys(end.kind for end in ends)
    return [row_of(kind, [end for end in ends if end.kind == kind]) for kind in kinds]


def row_of(kind: str, ends: Sequence[End]) -> dict[str, str]:
    """Return the row of one kind."""
    seconds = [end.seconds for end in ends]
    sums = {
        "askers": sum(end.askers for end in ends),
        "answered": sum(end.answered for end in ends),
        "told at the end": sum(end.notified for end in ends),
        "by the next start": sum(end.by_next for end in ends),
        "not heard": sum(end.unheard for end in ends),
        "left": sum(end.left for end in ends),
        "told twice": sum(end.twice for end in ends),
        "pages": sum(end.pages for end in ends),
    }
    return {
        "SIGTERM": kind,
        "times": str(len(ends)),
        "ended p50 s": f"{np.median(seconds):.2f}",
        "most s": f"{max(seconds):.2f}",
        "by itself": str(sum(end.by_itself for end in ends)),
        **{name: str(count) for name, count in sums.items()},
    }


def moments(chance: random.Random, count: int, where: str) -> Iterable[End]:
    """Yield ends that are still to come, every third within the first seconds."""
    for n in range(count):
        if n % STARTING == 0:
            yield End(f"{where}, within {FIRST:.0f} s of its start", chance.uniform(0.0, FIRST))
        else:
            yield End(f"{where}, in its busy minute", chance.uniform(FIRST, BUSY))


async def ends_embedded(folder: Path) -> list[End]:
    """End embedded desks, some at once, each over a folder of its own."""
    ends = list(moments(random.Random(34), EMBEDDED, "embedded"))
    sample = folder / "sample"
    read_sample_into(sample, EMBEDDING_MODEL="fast")
    turn = asyncio.Semaphore(AT_ONCE)
    async with outside() as around:

        async def end(number: int) -> None:
            async with turn:
                data = folder / str(number) / "data"
                shutil.copytree(sample, data)
                await end_once(ends[number], number, data, {}, around)
                shutil.rmtree(data.parent)

        await asyncio.gather(*(end(n) for n in range(len(ends))))
    return ends


async def ends_on_servers(folder: Path, settings: Mapping[str, str]) -> list[End]:
    """End desks on one PostgreSQL and one Chroma, one after the other."""
    ends = list(moments(random.Random(35), ON_SERVERS, "on servers"))
    read_sample_into(folder / "s", EMBEDDING_MODEL="fast", **settings)
    async with outside() as around:
        for number, end in enumerate(ends, EMBEDDED):
            data = folder / str(number) / "data"
            data.mkdir(parents=True)
            await end_once(end, number, data, settings, around)
    return ends


@dataclass(frozen=True, slots=True)
class Outside:
    """The address of the slow model, and the web with the source."""

    model: str
    newsroom: Newsroom


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """Serve the slow model and the web."""
    newsroom = Newsroom()
    async with slow_model() as model, newsroom.open():
        yield Outside(model, newsroom)


@asynccontextmanager
async def slow_model() -> AsyncIterator[str]:
    """Serve a model that writes one sentence, pauses for seconds, and writes the end."""
    chance = random.Random(36)

    async def complete(request: web.Request) -> web.StreamResponse:
        data = (await request.json())["messages"][-1]["content"]
        verifies = data.startswith('{"claims"')
        lines = [letters_of(data)] if verifies else draft_of(data).splitlines(keepends=True)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        with suppress(ConnectionError):
            await response.prepare(request)
            for line in lines:
                await asyncio.sleep(0.2)
                await response.write(event({"content": line}))
                if not verifies:
                    await asyncio.sleep(chance.uniform(0.0, SLOWEST / len(lines)))
            await response.write(event({}, "stop"))
            await response.write(b"data: [DONE]\n\n")
        return response

    async with chat_server(complete) as url:
        yield url


def watch_source(number: int, newsroom: Newsroom, settings: BotSettings) -> None:
    """Let the desk watch a source of pages that no other desk has."""
    host = f"http://ledger{number}.example"
    urls = [f"{host}/{n}" for n in range(PAGES)]
    for n, url in enumerate(urls):
        newsroom.page(url, f"Ward {number} decides on item {n}", story(number * PAGES + n))
    newsroom.sitemap(f"{host}/sitemap.xml", [(url, None) for url in urls])
    with Archive.open(settings.archive_url) as archive:
        now = datetime.now(UTC)
        archive.sources.watch(f"{host}/sitemap.xml", "Ledger", Permission.OFFERED, 1, now=now)


async def end_once(
    end: End, number: int, data: Path, settings: Mapping[str, str], around: Outside
) -> None:
    """Start a bot, let members ask, end it at the moment of *end*, start it again, and count."""
    desk = {**settings, "DATA_DIR": str(data), "EMBEDDING_MODEL": "fast"}
    watch_source(number, around.newsroom, BotSettings.of(desk))
    async with WireDiscord().open() as discord:
        environment = {
            **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}},
            **desk,
            "WIRE": str(discord.port),
            "WIRE_WEB": str(around.newsroom.port),
            "WIRE_PAUSE": str(PAUSE),
            "WIRE_LOG": str(data.parent / "bot.log"),
            "DISCORD_TOKEN": "a.b.c",
            "CHAT_MODEL": "slow",
            "OPENAI_BASE_URL": around.model,
            "OPENAI_API_KEY": "k",
        }
        bot = Process(discord, environment)
        try:
            await run_once(end, bot, BotSettings.of(desk))
        finally:
            bot.kill()
        log = data.parent / "bot.log"
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        end.was_opening = "Stopped." in text
        if "Traceback" in text or not end.by_itself:
            end.notes.append(text[-1500:])


async def run_once(end: End, bot: Process, settings: BotSettings) -> None:
    """Run :func:`end_once` over a desk that is ready."""
    discord, askers = bot.discord, list[Asker]()
    bot.begin()
    asking = asyncio.create_task(ask_on(discord, askers, random.Random(end.moment)))
    await asyncio.sleep(end.moment)
    if bot.code is not None:
        end.notes.append(f"It had ended before, with code {bot.code}.")
    signalled = time.monotonic()
    bot.process.send_signal(signal.SIGTERM)
    end.code = await asyncio.to_thread(bot.process.wait)
    end.seconds = time.monotonic() - signalled
    asking.cancel()
    pending_ids = pending_messages(settings)
    end.pages = pages_of(settings)
    heard_askers = [asker for asker in askers if asker.is_heard(discord, pending_ids)]
    settled = [asker for asker in heard_askers if asker.is_settled(discord)]
    sessions = discord.sessions
    bot.begin()
    await until(lambda: discord.sessions > sessions)
    with suppress(TimeoutError):
        await until(lambda: all(asker.is_settled(discord) for asker in heard_askers), PATIENCE)
    await asyncio.sleep(1.0)
    bot.kill()
    count_askers(end, discord, heard_askers, settled)
    unheard = [asker for asker in askers if asker not in heard_askers]
    late = [signalled - asker.at for asker in unheard if signalled - asker.at > 1.0]
    end.unheard, end.left = len(unheard), end.left + len(late)
    if late:
        end.notes.append(f"Not heard, though asked {late} s before the signal.")


def pages_of(settings: BotSettings) -> int:
    """Return how many pages of watched sources were read until the end."""
    with Archive.open(settings.archive_url) as archive:
        sources = archive.sources.watched()
        return sum(len(archive.pages.of_source(source.id)) for source in sources)


def pending_messages(settings: BotSettings) -> set[str | None]:
    """Return the messages whose questions an ended bot left in the ledger."""
    with Archive.open(settings.archive_url) as archive, archive.reading() as connection:
        return set(connection.execute(select(pending.c.message)).scalars())


def count_askers(
    end: End, discord: WireDiscord, heard_askers: Sequence[Asker], settled: Sequence[Asker]
) -> None:
    """Count the askers who were answered, notified, left, and notified twice."""
    end.askers = len(heard_askers)
    replies = [reply for asker in heard_askers for reply in asker.replies(discord)]
    for asker in heard_askers:
        texts = [text_of(reply) for reply in asker.replies(discord)]
        if not asker.is_settled(discord):
            end.left += 1
            end.notes.append(f"Left with {texts}.")
        elif asker not in settled:
            end.by_next += 1
        elif any("Sources" in text for text in texts):
            end.answered += 1
        else:
            end.notified += 1
        end.twice += max(0, len(texts) - 1)
    numbers = {reply.id for reply in replies}
    strays = [m for m in discord.answers() if m.id not in numbers]
    end.twice += len(strays)
    end.notes += [f"To nobody: {text_of(stray)}" for stray in strays]


async def ask_on(discord: WireDiscord, askers: list[Asker], chance: random.Random) -> None:
    """Let a new member ask again and again, from when Discord has the bot until cancelled."""
    await discord.ready()
    while True:
        member = discord.member(f"member{len(askers)}")
        question = chance.choice(QUESTIONS)
        now = time.monotonic()
        if len(askers) % 2:
            askers.append(Asker(now, message=discord.say(member, question)))
        else:
            askers.append(Asker(now, command=discord.slash(member, "ask", question=question)))
        await asyncio.sleep(chance.uniform(0.4, 1.2))
