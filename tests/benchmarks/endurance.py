"""Let a desk answer and refresh for a simulated day: does its memory grow, and do its tables?

Every quarter of an hour of the moved clock a newspaper of loopback publishes, corrects and retracts
pages, the desk refreshes and keeps house, and members ask distinct questions the way that Discord
asks them. Each run is a process of its own. Afterwards the clock moves on past each period in
docs/operators.md, and what the periods bound is counted again.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from discord import ui
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bot.answering.evidence.reader import window_reader
from bot.desk import Desk
from bot.discord_ui.asking import Asking
from bot.discord_ui.members.ask import suggested_question_buttons
from bot.discord_ui.members.controls import buttons_under
from bot.discord_ui.places import Audience, Place
from bot.ledger.ledger_tables import ledger_metadata
from bot.ledger.limits import LEDGER
from bot.settings import SAMPLE_COVERAGE
from bot.wording import Wording
from ingest import adding
from ingest.archive.schema import archive_metadata
from ingest.model import Permission, SnapshotLimits
from ingest.process.starting import return_freed_memory
from ingest.reading import Hints, read_path
from ingest.refresh import Refresher
from ingest.refresh_steps import extractor
from tests.bot.builders import open_in
from tests.ingest.newsroom import BEGAN, Newsroom, story

ANSWERS, READ_ANSWERS = 20_000, 4_000
"""Answers without the reader of windows, which takes most of the time, and with it."""
ROUNDS, ROUND = 96, timedelta(minutes=15)
LISTED, NEW, CORRECTED = 40, 3, 2
"""Pages that the feed lists, and pages that are new and that are corrected in each round."""
SERVER = 1
RETRACTED = 8
"""Every so manieth round the newspaper retracts a page."""
SNAPSHOTS = SnapshotLimits(1, 1)
"""A day and a megabyte, so that the limit is reached."""
FEED = "http://ledger.example/feed.xml"
NAMES = [
    "Harbour",
    "Lantern",
    "Common Field",
    "Marrowen",
    "Pellowe",
    "Dunmere",
    "Skerrow",
    "Sarnholt",
    "Orvessa",
]
MATTERS = [
    "turnout",
    "ferries",
    "pensions",
    "seats",
    "judges",
    "the count",
    "the rally",
    "a coalition",
    "the storm",
]
ASKED = (
    "What did {name} say about {matter} and item {n}?",
    "How many people in {name} spoke of {matter} at sitting {n}?",
    "Who wrote letter {n} about {matter} in {name}?",
    "Why did {name} vote on {matter} in room {n}?",
    "When does ward {n} decide on {matter} with {name}?",
)
MB = 2**20


@dataclass(slots=True)
class Run:
    """The measurements of a run: megabytes after each round, and rows of each table over time."""

    answers: int
    reader: bool
    seconds: float = 0.0
    answered: int = 0
    megabytes: list[float] = field(default_factory=list)
    rows: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def growth(self) -> float:
        """The most memory after the first tenth of the rounds, as a multiple of that then."""
        after = self.megabytes[len(self.megabytes) // 10 :]
        return max(after) / after[0]


class Clock:
    """A clock that the benchmark moves."""

    def __init__(self) -> None:
        self.now = BEGAN + timedelta(days=14)

    def __call__(self):
        return self.now


def measure(_: Path | None, out: Path) -> None:
    """Run the day with and without the reader, and print and write memory and rows."""
    runs = []
    for answers, reader in ((ANSWERS, False), (READ_ANSWERS, True)):
        spawn = get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn) as process:
            runs.append(process.submit(day, answers, reader=reader).result())
        show(runs[-1])
    (out / "endurance.json").write_text(json.dumps([asdict(run) for run in runs], indent=2))


def show(run: Run) -> None:
    """Print the memory and the rows of one run."""
    tenth = run.megabytes[len(run.megabytes) // 10]
    Console(width=140).print(
        f"{run.answers} questions {'with' if run.reader else 'without'} the reader,"
        f" {run.answered} answered, {run.seconds:.0f} s: {tenth:.0f} MB after the first tenth,"
        f" {max(run.megabytes):.0f} MB at most, {run.megabytes[-1]:.0f} MB at the end,"
        f" {run.growth:.3f} times"
    )
    table = Table("table", *run.rows)
    for name in next(iter(run.rows.values())):
        table.add_row(name, *(str(counts[name]) for counts in run.rows.values()))
    Console(width=140).print(table)


def day(answers: int, *, reader: bool) -> Run:
    """Live through a day in this process."""
    return_freed_memory()
    return asyncio.run(_day(Run(answers, reader)))


async def _day(run: Run) -> Run:
    clock, newsroom, start = Clock(), Newsroom(), time.perf_counter()
    reader = window_reader if run.reader else lambda _settings: None
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("bot.desk.window_reader", reader),
        open_in(Path(folder) / "data", now=clock, EMBEDDING_MODEL="fast") as desk,
        extractor() as pool,
    ):
        adding.add(read_path(SAMPLE_COVERAGE, Hints()), desk.archive, now=clock())
        desk.archive.sources.watch(FEED, "Ledger", Permission.OFFERED, 15, now=clock())
        desk.keep_house()
        run.rows["at the start"] = count_rows(desk)
        asking = Asking(desk, buttons_under, suggested_question_buttons)
        questions, pages = texts(), Pages(newsroom)
        async with newsroom.open():
            for number in range(ROUNDS):
                clock.now += ROUND
                newsroom.now = clock.now
                pages.publish(number)
                async with newsroom.fetcher() as fetcher:
                    refresher = Refresher(desk.archive, fetcher, clock, pool, snapshots=SNAPSHOTS)
                    [outcome] = await refresher.refresh(desk.archive.sources.watched())
                assert outcome.failure is None, outcome.failure
                await asyncio.to_thread(desk.keep_house)
                for _ in range(run.answers // ROUNDS):
                    run.answered += await ask(asking, *next(questions))
                run.megabytes.append(resident())
                if number == ROUNDS // 2 - 1:
                    run.rows["after 12 hours"] = count_rows(desk)
        run.rows["after 24 hours"] = count_rows(desk)
        for period in (LEDGER.question_age, LEDGER.member_age, LEDGER.sent_age, LEDGER.answer_age):
            clock.now += period + timedelta(hours=1)
            desk.keep_house()
            run.rows[f"{period.days} days later"] = count_rows(desk)
    run.seconds = time.perf_counter() - start
    return run


@dataclass(slots=True)
class Pages:
    """The pages of a newspaper, of which its feed lists the newest."""

    newsroom: Newsroom
    urls: list[str] = field(default_factory=list)

    def publish(self, number: int) -> None:
        """Publish new pages in round *number*, correct some, and retract one now and then."""
        for _ in range(NEW):
            url = f"http://ledger.example/{len(self.urls)}"
            self.urls.append(url)
            self.put(url, "the harbour bridge will be built")
        for url in self.urls[-NEW - CORRECTED : -NEW]:
            self.put(url, f"the harbour bridge will cost {number + 3} million marks")
        if number % RETRACTED == RETRACTED - 1:
            self.newsroom.gone(self.urls[-NEW - CORRECTED - 1])
        for url in self.urls[: -2 * LISTED]:
            self.newsroom.replies.pop(url, None)
        listed = self.urls[-LISTED:]
        self.newsroom.feed(FEED, [(url, f"Item {url.rpartition('/')[2]}") for url in listed])
        self.newsroom.asked.clear()

    def put(self, url: str, statement: str) -> None:
        """Let a page quote *statement*."""
        item = int(url.rpartition("/")[2])
        self.newsroom.page(url, f"Ward decides on item {item}", story(item, said=statement))


def texts() -> Iterator[tuple[int, str]]:
    """Yield numbered questions, each another than all before."""
    chance, number = random.Random(34), 0
    while True:
        number += 1
        name, matter = chance.choice(NAMES), chance.choice(MATTERS)
        yield number, chance.choice(ASKED).format(name=name, matter=matter, n=number)


class Window:
    """A place of replies that draws them as Discord is sent them, and has a message's ids."""

    def __init__(self, channel: int, message: int) -> None:
        place, public = SimpleNamespace(id=channel), SimpleNamespace(ephemeral=False)
        server = SimpleNamespace(id=SERVER)
        self.sent = SimpleNamespace(id=message, channel=place, guild=server, flags=public)
        self.text = ""

    async def reply(self, view: ui.LayoutView, nonce: str | None = None) -> None:
        """Draw *view*."""
        del nonce
        self.text = str(view.to_components())

    post = reply


async def ask(asking: Asking, number: int, text: str) -> bool:
    """Ask as a member of a server does by a command; return True if coverage answered."""
    place, member = Place(SERVER, 2 + number % 50), number
    question = asking.question(text)
    await asking.admit(place, member, Wording.default())
    window, token = Window(place.channel, 10_000_000 + number), f"token {number}"
    await asking.answer(
        question,
        member,
        window,
        audience=Audience(place),
        channel=place.channel,
        token=token,
        repeat=True,
    )
    return "Sources" in window.text


def resident() -> float:
    """Return the megabytes of memory that this process holds for itself.

    Files that it maps to read them, as the dictionary of Japanese (65 MB, from the first Japanese
    text on), are shared and given back at need: they do not count.
    """
    resident_pages, file_mapped = Path("/proc/self/statm").read_text(encoding="ascii").split()[1:3]
    return (int(resident_pages) - int(file_mapped)) * resource.getpagesize() / MB


def count_rows(desk: Desk) -> Mapping[str, int]:
    """Return the number of rows of each table."""
    tables = [*archive_metadata.sorted_tables, *ledger_metadata.sorted_tables]
    with desk.archive.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }
