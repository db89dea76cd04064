"""Write what a release leaves to later ones: ``.venv/bin/python -m tests.bot.releases 0.3.0``.

The code of the release itself makes the archive, so run this before the release is tagged.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.answering.understanding.question import ask
from bot.ledger.records import Feedback, FeedbackVerdict
from ingest import adding
from ingest.model import Permission
from ingest.reading import Hints, read_bytes
from tests.bot.builders import open_in

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
COUNT = """Final count: Harbour 46
By Nell Farr
1 November 2026

The judges certified the count of Sarnholt on Sunday.
Turnout was 62.7 per cent, the Electoral Authority said.

The Harbour Alliance won 46 of the 121 seats.
"""
FARES = """Ferry fares stay frozen
2 November 2026

The council of Holm voted to keep its ferry fares frozen until May, its clerk said.
"""


def write(release: str) -> None:
    """Fill an archive as people do, and dump it into the file of *release*."""
    with tempfile.TemporaryDirectory() as folder:
        with open_in(Path(folder), now=NOW, KEEP_QUESTIONS="true") as desk:
            for outlet, text in (("The Sarnholt Ledger", COUNT), ("Holm Post", FARES)):
                found = read_bytes(text.encode(), f"{outlet}.txt", Hints(outlet=outlet))
                adding.add(found, desk.archive, now=NOW)
            desk.coverage.catch_up()
            asyncio.run(desk.answer(ask("What was the turnout?", now=NOW)))
            desk.archive.articles.remove(2, now=NOW)
            desk.archive.sources.watch(
                "https://ledger.example/feed.xml",
                "The Sarnholt Ledger",
                Permission.AGREEMENT,
                30,
                now=NOW,
            )
            desk.ledger.feedback.add(
                Feedback(NOW, 1, FeedbackVerdict.OUTDATED, "m", "What was the turnout?")
            )
        with closing(sqlite3.connect(Path(folder) / "archive.sqlite3")) as connection:
            lines = "\n".join(connection.iterdump())
    Path(__file__).with_name(f"{release}.sql").write_text(f"{lines}\n", encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
