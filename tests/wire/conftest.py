"""One bot, run as it is run, over the sample coverage, on a Discord of loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bot.builders import read_sample_into
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
        """Start the process, and wait until it is connected."""
        self.begin(**settings)
        await self.discord.ready()

    def begin(self, **settings: str) -> None:
        """Start the process."""
        inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
        environment = {
            **inherited,
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
        """Send a signal to the process."""
        os.kill(self.process.pid, sign)

    async def ended(self) -> int:
        """Wait for the end of the process; return its exit code, negative after a signal."""
        await asyncio.to_thread(self.process.join)
        return self.process.exitcode

    async def kill(self) -> None:
        """Kill the process."""
        if self.running():
            self.process.kill()
            await self.ended()
        self.discord.forget_bot()

    def running(self) -> bool:
        """Return True if the process is running."""
        return self.process is not None and self.process.is_alive()

    def slow(self) -> dict[str, str]:
        """Return the settings of a chat model that replies when a test lets it."""
        url = f"http://127.0.0.1:{self.discord.port}/v1"
        return {"CHAT_MODEL": "slow", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}


@pytest.fixture(scope="session")
def read_folder(made_once):
    """Read the sample coverage once for all workers; for copies of it."""
    return made_once("wire", lambda folder: read_sample_into(folder, EMBEDDING_MODEL="fast"))


@pytest.fixture
def shared(processes, postgres_url, chroma_url, tmp_path):
    """Return the settings of several bots on one desk, which has the sample coverage."""
    servers = {"DATABASE_URL": postgres_url, "CHROMA_URL": chroma_url}
    read_sample_into(tmp_path / "sample", EMBEDDING_MODEL="fast", **servers)
    return servers


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
    stopped_bot = Bot(discord, data, readings_file)
    yield stopped_bot
    await stopped_bot.kill()


@pytest.fixture
async def running(bot):
    """Return the bot, started."""
    await bot.start()
    return bot


async def until(condition, seconds=90.0):
    """Wait until *condition* returns a true value, and return that."""
    async with asyncio.timeout(seconds):
        while not (value := condition()):
            await asyncio.sleep(0.02)
    return value
