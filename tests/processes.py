"""Processes of their own that start at once: what they import is loaded already."""

from __future__ import annotations

import multiprocessing

METHODS = multiprocessing.get_all_start_methods()
PROCESSES = multiprocessing.get_context("forkserver" if "forkserver" in METHODS else "spawn")
"""Each process is forked from one that has loaded the bot, where the system can fork."""
PRELOADED = ["bot.__main__", "bot.discord_ui.client"]

PROCESSES.set_forkserver_preload(PRELOADED)
