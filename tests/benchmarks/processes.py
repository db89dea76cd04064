"""Three bots on one desk, killed again and again: each due notice is sent once."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from bot.ledger import Ledger
from bot.ledger.records import Follow, FollowKind
from ingest.archive import Archive
from ingest.language.languages import Language
from tests.benchmarks.servers import servers
from tests.bot.builders import read_sample_into
from tests.builders import an_extract, saved
from tests.wire.conftest import Bot, until
from tests.wire.server import WireDiscord, text_of

ROUNDS = 20
BOTS = 3


def measure(_: Path | None, out: Path) -> None:
    """Kill one of three at a random moment of each round, and count the sent notices."""
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as shared:
        counts = asyncio.run(rounds(Path(folder), shared.settings))
    Console().print(counts)
    (out / "processes.json").write_text(json.dumps(counts, indent=2))


async def rounds(folder: Path, shared: Mapping[str, str]) -> dict[str, int]:
    """Return how often each due notice was sent, over all rounds."""
    chance = random.Random(7)
    read_sample_into(folder / "sample", EMBEDDING_MODEL="fast", **shared)
    async with WireDiscord().open() as discord:
        bots = [Bot(discord, folder / str(n) / "data") for n in range(BOTS)]
        for n in range(BOTS):
            await start(bots, n, discord, shared)
        due = []
        try:
            for n in range(ROUNDS):
                due.append(publish(shared["DATABASE_URL"], discord, n))
                await asyncio.sleep(chance.uniform(0, 8))
                dead = chance.randrange(BOTS)
                await bots[dead].kill()
                await asyncio.sleep(chance.uniform(0, 4))
                await start(bots, dead, discord, shared)
            await until(lambda: all(times(discord, topic) for topic in due), 120)
        finally:
            for bot in bots:
                await bot.kill()
        sent_by_topic = Counter(times(discord, topic) for topic in due)
    return {
        "rounds": ROUNDS,
        "once": sent_by_topic[1],
        "missed": sent_by_topic[0],
        "twice": ROUNDS - sent_by_topic[1] - sent_by_topic[0],
    }


async def start(bots: list[Bot], n: int, discord: WireDiscord, shared: Mapping[str, str]) -> None:
    """Start one bot, and wait until Discord has it."""
    bots[n].data.mkdir(parents=True, exist_ok=True)
    discord.shards.discard(n)
    bots[n].begin(**shared, SHARD=f"{n}/{BOTS}")
    await until(lambda: n in discord.shards, 60)


def publish(database: str, discord: WireDiscord, n: int) -> str:
    """Let a channel follow a topic of this round, and an article on it appear; return the topic."""
    now = datetime.now(UTC)
    channel, server = str(discord.channel.id), str(discord.guild.id)
    topic = f"Quarrendon{n:02} Velloway{n:02}"
    with Archive.open(database) as archive:
        ledger = Ledger.of(archive)
        subject = (FollowKind.TOPIC, topic, Language.ENGLISH)
        ledger.follows.add(Follow(now - timedelta(hours=3), f"m{n}", channel, server, *subject))
        text = f"The {topic} works of Sarnholt opened on Monday, and {40 + n} people came, it said."
        extract = an_extract(text, title=f"{topic} opens", published=now.date())
        saved(archive, extract, now=now)
    return topic


def times(discord: WireDiscord, topic: str) -> int:
    """Count the messages that tell of a topic."""
    return sum(f"New on {topic}" in text_of(answer) for answer in discord.answers())
