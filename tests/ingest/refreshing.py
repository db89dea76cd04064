"""Refresh a desk from a local web, as a process that a test can kill: ``FOLDER PORT``."""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import UTC, datetime

from aiohttp.abc import AbstractResolver

from ingest.archive import Archive
from ingest.environment import Settings
from ingest.fetching.fetcher import Fetcher
from ingest.refresh import Refresher
from ingest.refresh_steps import extractor


class ToOnePort(AbstractResolver):
    """Every name is the local web."""

    def __init__(self, port):
        self.port = port

    async def resolve(self, host, port=0, family=socket.AF_INET):  # noqa: ARG002 - aiohttp's
        where = {"hostname": host, "host": "127.0.0.1", "port": self.port}
        return [{**where, "family": socket.AF_INET, "proto": 0, "flags": socket.AI_NUMERICHOST}]

    async def close(self):
        """Nothing is open."""


async def refreshed(folder, port):
    """Refresh everything that is watched."""
    web = {"resolver": ToOnePort(port), "allows": lambda _number, to: to == port, "pause": 0.0}
    with (
        Archive.open(Settings.of({"DATA_DIR": folder}).archive_url) as archive,
        extractor() as pool,
    ):
        async with Fetcher(now, **web) as fetcher:
            rounds = await Refresher(archive, fetcher, now, pool).refresh(archive.sources.watched())
    for each in rounds:
        print(each.counts, each.failure)


def now():
    return datetime.now(UTC)


if __name__ == "__main__":
    asyncio.run(refreshed(sys.argv[1], int(sys.argv[2])))
