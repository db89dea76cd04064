"""One bot, run as it is run, over the sample coverage, on a Discord of loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.preparing import SAMPLE_COVERAGE
from bot.desk import open_desk
from bot.settings import BotSettings
from ingest import adding
from ingest.reading import Hints, read_path
from tests.wire.server import WireDiscord

ROOT = Path(__file__).parents[2]


class Bot:
    """The bot's process; it can be killed and started again over the same folder."""

    def __init__(self, discord: WireDiscord, data: Path) -> None:
        self.discord = discord
        self.data = data
        self.log = data.parent / "bot.log"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, **settings: str) -> None:
        """Start, and wait until Discord has it."""
        known = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.wire.launcher",
                cwd=ROOT,
                env={
                    **known,
                    "WIRE": str(self.discord.port),
                    "DISCORD_TOKEN": "a.b.c",
                    "EMBEDDING_MODEL": "fast",
                    "DATA_DIR": str(self.data),
                    "PYTHONPATH": str(ROOT),
                    **settings,
                },
                stdout=log,
                stderr=log,
            )
        await self.discord.ready()

    async def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        self.discord.gone()

    def running(self) -> bool:
        """Tell whether it is there."""
        return self.process is not None and self.process.returncode is None

    def slow(self) -> dict[str, str]:
        """Return the settings with which a model writes that takes as long as a test wants."""
        url = f"http://127.0.0.1:{self.discord.port}/v1"
        return {"CHAT_MODEL": "slow", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}


@pytest.fixture(scope="session")
def read_folder(tmp_path_factory):
    """Read the sample coverage once."""
    data = tmp_path_factory.mktemp("wire") / "data"
    now = datetime.now(UTC)
    fast = BotSettings.of({"DATA_DIR": str(data), "EMBEDDING_MODEL": "fast"})
    with open_desk(fast, holder="a test", clock=lambda: now) as desk:
        adding.add(read_path(SAMPLE_COVERAGE, Hints()), desk.archive, now=now)
        desk.coverage.catch_up()
    return data


@pytest.fixture
async def discord():
    """Open a Discord on loopback."""
    async with WireDiscord().open() as opened:
        yield opened


@pytest.fixture
async def bot(discord, read_folder, tmp_path):
    """Return the bot, not yet started."""
    data = tmp_path / "data"
    shutil.copytree(read_folder, data)
    made = Bot(discord, data)
    yield made
    await made.kill()


@pytest.fixture
async def running(bot):
    """Return the bot, started."""
    await bot.start()
    return bot


async def until(told, seconds=30.0):
    """Wait until *told* returns something true, and return it."""
    async with asyncio.timeout(seconds):
        while not (found := told()):
            await asyncio.sleep(0.02)
    return found
