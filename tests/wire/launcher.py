"""Run the real bot against the Discord on loopback that ``WIRE`` names."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import discord
import yarl

from bot.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def launch(environment: Mapping[str, str], log: Path) -> None:
    """Be the bot's process, with *environment* alone, and all that is printed in *log*."""
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    loopback = f"127.0.0.1:{environment['WIRE']}"
    discord.http.Route.BASE = f"http://{loopback}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{loopback}/gw")
    sys.exit(main([]))
