"""Time members who ask at once: when each is acknowledged, when each has an answer, who is held."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.community.rules import ServerRules
from bot.settings import SAMPLE_COVERAGE
from ingest import adding
from ingest.reading import Hints, read_path
from tests.benchmarks.streaming import Served, server
from tests.bot.builders import open_in
from tests.wire.conftest import Bot, until
from tests.wire.server import WireDiscord, text_of

MANY = (50, 500)
QUESTIONS = (
    "What was the turnout?",
    "How many seats did Harbour win?",
    "Who ruled out governing with Lantern?",
    "How many people came to the Lantern rally in Dunmere?",
    "What did Harbour say about ferries?",
)
SPAM = 200
"""How often one member asks in the same moment."""
_PATIENCE = 300
"""Seconds that all of them may wait."""


def measure(_: Path | None, out: Path) -> None:
    """Run the bot as a process over the sample coverage, and print the waiting times."""
    rows = []
    for count in MANY:
        rows.append(asyncio.run(timed(count, ServerRules(per_channel=10 * count))))
        rows.append(asyncio.run(timed(count, ServerRules(per_channel=10 * count), model=True)))
    rows.append(asyncio.run(timed(MANY[-1], ServerRules())))
    rows.append(asyncio.run(timed(MANY[0], ServerRules(), spam=SPAM)))
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(f"{v:.2f}" if isinstance(v, float) else str(v) for v in row.values()))
    Console(width=140).print(table)
    (out / "askers.json").write_text(json.dumps(rows, indent=2))


async def timed(
    count: int, rules: ServerRules, *, model: bool = False, spam: int = 0
) -> dict[str, object]:
    """Return the waiting times, in seconds, of *count* members of one channel under *rules*.

    Before them another member asks *spam* times.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        discord = await stack.enter_async_context(WireDiscord().open())
        data, now = Path(folder) / "data", datetime.now(UTC)
        with open_in(data, now=now) as desk:
            adding.add(read_path(SAMPLE_COVERAGE, Hints()), desk.archive, now=now)
            desk.coverage.catch_up()
            desk.ledger.rules.set(str(discord.guild.id), rules.values())
        settings = {"EMBEDDING_MODEL": "local"}
        if model:
            url = await stack.enter_async_context(server(Served()))
            settings |= {"CHAT_MODEL": "paced", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}
        bot = Bot(discord, data)
        await bot.start(**settings)
        members = [discord.member(f"member{n}") for n in range(count)]
        began = time.monotonic()
        spammer = discord.member("spammer")
        for n in range(spam):
            discord.slash(spammer, "ask", question=QUESTIONS[n % len(QUESTIONS)])
        own_tokens = [
            discord.slash(member, "ask", question=QUESTIONS[n % len(QUESTIONS)]).token
            for n, member in enumerate(members)
        ]
        await until(lambda: len(done(discord)) == count + spam, _PATIENCE)
        await bot.kill()
        first = [
            r.at - began
            for r in discord.asked_of("POST", "/callback")
            if any(token in r.path for token in own_tokens)
        ]
        last: dict[str, float] = {}
        for request in discord.asked_of("PATCH", "/messages/@original"):
            if any(token in request.path for token in own_tokens):
                last[request.path] = request.at - began
        moments = list(last.values())
        answered = [m for m in discord.answers() if "Sources" in text_of(m)]
    return {
        "askers": count,
        "a spammer asks": spam,
        "written by": "a paced model" if model else "the coverage",
        "a channel a minute": rules.per_channel,
        "acknowledged p50 s": float(np.quantile(first, 0.5)),
        "p99 s": float(np.quantile(first, 0.99)),
        "answered": len(answered),
        "told to wait": count + spam - len(answered),
        "answered p50 s": float(np.quantile(moments, 0.5)),
        "answered p99 s": float(np.quantile(moments, 0.99)),
        "answers a second": len(answered) / max(moments),
    }


def done(discord: WireDiscord) -> list[object]:
    """Return the bot's messages that are no longer being made."""
    return [m for m in discord.answers() if text_of(m) and "Stop" not in text_of(m)]
