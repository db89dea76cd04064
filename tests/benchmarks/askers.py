"""Time fifty members who ask at once: when each is acknowledged, and when each has an answer."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.commands.preparing import SAMPLE_COVERAGE
from ingest import adding
from ingest.reading import Hints, read_path
from tests.bot.builders import open_in
from tests.wire.conftest import Bot, until
from tests.wire.server import WireDiscord

MANY = 50
QUESTION = "What was the turnout?"


def measure(_: Path | None, out: Path) -> None:
    """Run the bot as a process over the sample coverage, and print what the askers waited."""
    with tempfile.TemporaryDirectory() as folder:
        data, now = Path(folder) / "data", datetime.now(UTC)
        with open_in(data, now=now) as desk:
            adding.add(read_path(SAMPLE_COVERAGE, Hints()), desk.archive, now=now)
            desk.coverage.catch_up()
        found = asyncio.run(timed(data))
    (out / "askers.json").write_text(json.dumps(found, indent=2))
    for name, value in found.items():
        Console().print(f"{name}: {value:.2f}")


async def timed(data: Path) -> dict[str, float]:
    """Return what was waited, in seconds."""
    async with WireDiscord().open() as discord:
        bot = Bot(discord, data)
        await bot.start()
        members = [discord.member(f"member{n}") for n in range(MANY)]
        began = time.monotonic()
        for member in members:
            discord.slash(member, "ask", question=QUESTION)
        await until(lambda: len(discord.asked_of("PATCH", "/messages/@original")) == MANY, 60)
        await bot.kill()
        first = [r.at - began for r in discord.asked_of("POST", "/callback")]
        shown = [r.at - began for r in discord.asked_of("PATCH", "/messages/@original")]
    return {
        "askers": MANY,
        "acknowledged, p50 s": statistics.median(first),
        "acknowledged, last s": max(first),
        "answered, p50 s": statistics.median(shown),
        "answered, last s": max(shown),
    }
