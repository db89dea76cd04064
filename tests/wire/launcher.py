"""Run the real bot against the Discord on loopback that ``WIRE`` names.

With a port in ``WIRE_WEB`` it fetches every page from there; with a file in ``WIRE_READINGS`` its
reader stores the scores of windows there, and reads none of them again.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import discord
import yarl

from bot.__main__ import main
from ingest import refresh
from ingest.commands.options import exit_with
from tests.ingest.refreshing import ToOnePort
from tests.readings import share_readings

if TYPE_CHECKING:
    from collections.abc import Mapping


def launch(environment: Mapping[str, str], log: Path) -> None:
    """Run the bot in this process with *environment* alone, and its output in *log*.

    Its signals are those of a terminal: under ``nohup`` or behind a script's ``&`` the tests
    inherit them ignored, and the bot rightly keeps that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    loopback = f"127.0.0.1:{environment['WIRE']}"
    discord.http.Route.BASE = f"http://{loopback}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{loopback}/gw")
    if "WIRE_WEB" in environment:
        port = int(environment["WIRE_WEB"])
        refresh.Fetcher = partial(
            refresh.Fetcher,
            allows=lambda _number, number: number == port,
            resolver=ToOnePort(port),
            pause=float(environment.get("WIRE_PAUSE", "0")),
        )
    if "WIRE_READINGS" in environment:
        share_readings(Path(environment["WIRE_READINGS"]))
    exit_with(main([]))


if __name__ == "__main__":
    launch(dict(os.environ), Path(os.environ["WIRE_LOG"]))
