"""A simulated election night over one results file and one live page, in a process of its own."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from bot.answering.understanding.question import ask
from bot.ledger.records import FollowKind
from ingest import adding
from ingest.index.cutting import cut
from ingest.language.languages import Language
from ingest.model import Kind
from ingest.reading import Hints, read_bytes
from tests.bot.builders import open_in
from tests.builders import NOW, an_extract
from tests.readings import share_readings

CHANGES = 60
NAME = "holm-governor.csv"
OFFICE = Hints(outlet="Sarnholt Electoral Office", url=f"https://office.example/{NAME}")
LIVE = "https://radio.example/live"
ASKED, ASKED_AT = "How many votes did Odile Farr get in Holm?", 12
"""A question of nine in the evening, and the change after which it is asked."""
EVENING = NOW.replace(hour=20, minute=0)
CALLED, WITHDRAWN, CERTIFIED = 40, 43, 58
"""Changes at which the office calls the contest, takes the call back, and certifies the count."""


FOLLOWED = {
    "Holm": FollowKind.RESULTS,
    "Dunmere": FollowKind.RESULTS,
    "Skerrow recount": FollowKind.TOPIC,
}
ENTRIES = {
    0: "The doors of the customs hall in Holm were opened to the observers at eight.",
    20: "Officials in Skerrow asked for a recount of two boxes that had got wet.",
    50: "The recount of Skerrow was put off until the boats can sail, officials said.",
}
"""What the live page says from a change on."""


def file_at(change: int) -> bytes:
    """Return the file as it is after a change: it grows, is called, is uncalled and certified."""
    counted = 100 * change // CHANGES
    farr, quist = 300 * change + 7, 290 * change
    status = "certified" if change >= CERTIFIED else "partial"
    winner = "elected" if CALLED <= change < WITHDRAWN or change >= CERTIFIED else status
    return (
        "county,office,party,candidate,votes,status,% counted\n"
        f"Holm,Governor,Harbour,Odile Farr,{farr},{winner},{counted}%\n"
        f"Holm,Governor,Common Field,Ben Quist,{quist},{status},{counted}%\n"
    ).encode()


def moment_of(change: int) -> datetime:
    """Return when a change is read: every five minutes from eight in the evening."""
    return EVENING + timedelta(minutes=5 * change)


def entries_at(change: int) -> str:
    """Return the live page after a change, the newest entry first."""
    return "\n\n".join(
        f"{moment_of(n):%Y-%m-%d %H:%M} {said}"
        for n, said in sorted(ENTRIES.items(), reverse=True)
        if n <= change
    )


def save_change(desk, change: int) -> None:
    """Save the file and the live page as they are after a change."""
    now = moment_of(change)
    adding.add(read_bytes(file_at(change), NAME, OFFICE), desk.archive, now=now)
    if change in ENTRIES:
        page = an_extract(
            entries_at(change),
            title="Election night",
            outlet="Radio",
            kind=Kind.LIVE,
            url=LIVE,
            published=now.date(),
        )
        desk.archive.articles.save(page, cut(page.text, page.header.language), now=now)
    desk.coverage.catch_up()


def play(folder: Path, log: Path, readings: Path) -> None:
    """Go on where an earlier process was killed, and append a line to *log* for each message."""
    share_readings(readings)
    asyncio.run(run_night(folder, log))


async def run_night(folder: Path, log: Path) -> None:
    """Play the night from the first change that is not saved yet, and notify followers."""
    moment = [EVENING]
    with (
        open_in(folder, now=lambda: moment[0], EMBEDDING_MODEL="fast") as desk,
        log.open("a") as out,
    ):
        if not desk.archive.articles.listed():
            await begin(desk)
        [article] = [a for a in desk.archive.articles.listed() if a.header.kind is not Kind.LIVE]
        begun = article.versions - 1
        moment[0] = moment_of(begun)
        await send_due(desk, begun, out)
        for change in range(begun, CHANGES + 1):
            moment[0] = moment_of(change)
            save_change(desk, change)
            desk.news.following.catch_up()
            await send_due(desk, change, out)
            if change == ASKED_AT and not desk.ledger.notices.shown_after(EVENING):
                asked = ask(ASKED, now=moment[0])
                outcome = await desk.answer(asked)
                desk.ledger.notices.note_shown(
                    outcome.number, "1", "2", Language.ENGLISH, now=moment[0]
                )


async def begin(desk) -> None:
    """Save the file and the page as they are before the first change, and follow them."""
    save_change(desk, 0)
    desk.news.following.catch_up()
    for text, kind in FOLLOWED.items():
        await desk.news.following.follow(text, "m", 1, None, Language.ENGLISH, kind=kind)


async def send_due(desk, change: int, out: TextIO) -> None:
    """Send what is due to followers, and the notices under answers."""
    for due in await desk.news.following.due(lambda _place: False):
        quotes = " | ".join(item.quote for item in due.quoted)
        write_line(out, due.nonce, due.follow.text, change, quotes)
        await desk.news.following.mark_sent(due)
    for notice in await desk.news.corrections.due():
        silent = "loud" if notice.kind.withdraws else "silent"
        write_line(out, notice.key.nonce, silent, change, " | ".join(notice.quotes))
        await desk.news.corrections.mark_given([notice], reached=True)


def write_line(out: TextIO, *parts: object) -> None:
    """Append a line that outlives a kill."""
    out.write("\t".join(map(str, parts)).replace("\n", " ") + "\n")
    out.flush()
    os.fsync(out.fileno())
