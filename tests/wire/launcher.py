"""Start the real bot against the Discord on loopback that ``WIRE`` names."""

from __future__ import annotations

import os
import sys

import discord
import yarl

from bot.__main__ import main

PORT = os.environ["WIRE"]
discord.http.Route.BASE = f"http://127.0.0.1:{PORT}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{PORT}/gw")

sys.exit(main([]))
