"""One bot, run as it is run, over the sample coverage, on a Discord of loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.desk import open_desk
from bot.settings import SAMPLE_COVERAGE, BotSettings
from ingest import adding
from ingest.reading import Hints, read_path
from tests.processes import PROCESSES
from tests.wire.launcher import launch
from tests.wire.server import WireDiscord

if TYPE_CHECKING:
    import signal
    from multiprocessing.context import ForkServerProcess


class Bot:
    """The bot's process; it can be killed and started again over the same folder."""

    def __init__(self, discord: WireDiscord, data: Path, readings: Path | None = None) -> None:
        self.discord = discord
        self.data = data
        self.readings = readings
        self.log = data.parent / "bot.log"
        self.process: ForkServerProcess | None = None

    async def start(self, **settings: str) -> None:
        """Start, and wait until Discord has it."""
        self.begin(**settings)
        await self.discord.ready()

    def begin(self, **settings: str) -> None:
        """Start."""
        known = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
        environment = {
            **known,
            "WIRE": str(self.discord.port),
            "DISCORD_TOKEN": "a.b.c",
            "EMBEDDING_MODEL": "fast",
            "DATA_DIR": str(self.data),
            **({"WIRE_READINGS": str(self.readings)} if self.readings else {}),
            **settings,
        }
        self.process = PROCESSES.Process(target=launch, args=(environment, self.log), daemon=True)
        self.process.start()

    def signal(self, sign: signal.Signals) -> None:
        """Send it *sign*."""
        os.kill(self.process.pid, sign)

    async def ended(self) -> int:
        """Wait for its end, and return its code; below 0 where a signal ended it."""
        await asyncio.to_thread(self.process.join)
        return self.process.exitcode

    async def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self.running():
            self.process.kill()
            await self.ended()
        self.discord.gone()

    def running(self) -> bool:
        """Tell whether it is there."""
        return self.process is not None and self.process.is_alive()

    def slow(self) -> dict[str, str]:
        """Return the settings with which a model writes that takes as long as a test wants."""
        url = f"http://127.0.0.1:{self.discord.port}/v1"
        return {"CHAT_MODEL": "slow", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}


@pytest.fixture(scope="session")
def read_folder(made_once):
    """Read the sample coverage once for all workers."""
    return made_once(
        "wire", lambda data: read_into({"DATA_DIR": str(data), "EMBEDDING_MODEL": "fast"})
    )


def read_into(settings):
    """Read the sample coverage into the desk of *settings*."""
    now = datetime.now(UTC)
    with open_desk(BotSettings.of(settings), holder="a test", clock=lambda: now) as desk:
        adding.add(read_path(SAMPLE_COVERAGE, Hints()), desk.archive, now=now)
        desk.coverage.catch_up()


@pytest.fixture
def shared(processes, postgres_url, chroma_url):
    """Return the settings of several bots on one desk, which has the sample coverage."""
    settings = {"DATABASE_URL": postgres_url, "CHROMA_URL": chroma_url, "EMBEDDING_MODEL": "fast"}
    read_into(settings)
    return {key: settings[key] for key in ("DATABASE_URL", "CHROMA_URL")}


@pytest.fixture
async def discord():
    """Open a Discord on loopback."""
    async with WireDiscord().open() as opened:
        yield opened


@pytest.fixture
async def bot(discord, processes, read_folder, readings_file, tmp_path):
    """Return the bot, not yet started."""
    data = tmp_path / "data"
    shutil.copytree(read_folder, data)
    made = Bot(discord, data, readings_file)
    yield made
    await made.kill()


@pytest.fixture
async def running(bot):
    """Return the bot, started."""
    await bot.start()
    return bot


async def until(told, seconds=90.0):
    """Wait until *told* returns something true, and return it."""
    async with asyncio.timeout(seconds):
        while not (found := told()):
            await asyncio.sleep(0.02)
    return found
