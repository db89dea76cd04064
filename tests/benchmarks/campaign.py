"""A campaign of thirty days: is everybody who follows something told, once, and nobody else?

What each article is about is known because it was made so; nothing of the desk labels it.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.community.rules import DigestPlan, ServerRules
from bot.desk import Desk
from bot.ledger.records import Follow, FollowKind
from ingest.language.languages import Language
from tests.bot.builders import open_in
from tests.builders import an_extract, saved

DAYS, ARTICLES, FOLLOWERS, CHANNELS, UNFOLLOWING = 30, 2000, 200, 20, 30
BEGAN = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
COPIED, ASIDE = 0.1, 0.2
"""Share of articles that another outlet carries as well, and of those that nobody follows."""
SIZES = (200, 2_000, 10_000)
SUBJECTS = (
    *("ferry fares", "school roofs", "harbour dredging", "hospital beds", "night buses"),
    *("fishing quotas", "street lighting", "library hours", "flood walls", "tram tracks"),
    *("rent caps", "water meters", "wind turbines", "football grounds", "customs sheds"),
    *("pension offices", "museum tickets", "bicycle lanes", "waste bins", "fire stations"),
)
PLACES = (
    *("Tessary", "Ivrelle", "Skerrow", "Dunmere", "Kadling", "Mirrow", "Holm", "Orrin", "Vask"),
    *("Pellan", "Brannoc", "Cressil", "Tavish", "Lorne", "Ulvik", "Marden", "Quill", "Rathe"),
    *("Sorrel", "Wexham", "Yarrow", "Zennor", "Aldby", "Corrie", "Dray", "Elvet", "Farne"),
    *("Gault", "Hexley", "Ilmen"),
)
VERBS = ("will pay for", "argued about", "put off", "agreed on", "voted against", "looked into")
OUTLETS = ("Ledger", "Courier", "Post", "Times", "Mail", "Echo")
WORDS = [
    "council",
    "mayor",
    "budget",
    "spring",
    "autumn",
    "report",
    "meeting",
    "residents",
    "officials",
    "crowns",
    "weeks",
    "letter",
    "lawyers",
    "engineers",
    "petition",
    "figures",
    "hearing",
    "market",
    "winter",
    "bridge",
    "clerk",
    "union",
    "harvest",
    "choir",
    "factory",
    "orchard",
    "garden",
    "signal",
    "valley",
    "quarry",
    "ledger",
    "canal",
]


@dataclass(frozen=True, slots=True)
class Piece:
    """One made-up article, and the matter that it is about; a copy has the text of another."""

    at: datetime
    matter: str | None
    text: str
    title: str
    outlet: str
    copy: bool = False


def pieces(chance: random.Random, matters: list[str]) -> Iterator[Piece]:
    """Yield a campaign's articles in the order in which they appear."""
    followed = set(matters)
    all_matters = [f"{s} in {p}" for s in SUBJECTS for p in PLACES]
    other_matters = [name for name in all_matters if name not in followed]
    for n in range(ARTICLES):
        at = BEGAN + timedelta(days=DAYS) * n / ARTICLES
        aside = chance.random() < ASIDE
        matter = chance.choice(other_matters if aside else matters)
        sentence = " ".join(chance.choices(WORDS, k=14))
        text = (
            f"The town council {chance.choice(VERBS)} {matter} on Monday, its clerk said. The"
            f" {sentence}. It takes {chance.randint(3, 99)} days."
        )
        outlet = chance.choice(OUTLETS)
        piece = Piece(at, None if aside else matter, text, f"Council on {matter}, {n}", outlet)
        yield piece
        if chance.random() < COPIED:
            copying_outlet = chance.choice(
                [outlet_name for outlet_name in OUTLETS if outlet_name != outlet]
            )
            yield Piece(at, piece.matter, text, piece.title, copying_outlet, copy=True)


def measure(_: Path | None, out: Path) -> None:
    """Run the campaign and the sizes, and print the notices and their times."""
    figures = {"campaign": asyncio.run(campaign()), "sizes": sizes()}
    (out / "campaign.json").write_text(json.dumps(figures, indent=2))
    table = Table("A campaign of thirty days", "")
    for name, count in figures["campaign"].items():
        table.add_row(name, f"{count}")
    Console().print(table)
    first = figures["sizes"][0]["ms"]
    for size in figures["sizes"]:
        size_line = f"{size['follows']} follows: {size['ms']:.1f} ms an article"
        Console().print(f"{size_line}, {size['ms'] / first:.2f} times the first")


class Clock:
    """A clock that the campaign turns."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


async def campaign() -> dict[str, int]:
    """Publish articles, send notices four times a day, post digests; compare with the campaign."""
    chance, clock = random.Random(7), Clock()
    matters = sorted({f"{chance.choice(SUBJECTS)} in {place}" for place in PLACES})
    people = [
        (n, chance.choice(matters), chance.uniform(0, 20)) for n in range(FOLLOWERS + CHANNELS)
    ]
    leaving = {n: chance.uniform(20, 29) for n in chance.sample(range(FOLLOWERS), UNFOLLOWING)}
    upcoming, published = list(pieces(chance, matters)), list[Piece]()
    notified = Told()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), clock) as desk:
        desk.news.following.catch_up()
        for server in range(CHANNELS):
            plan = DigestPlan(server, 18, BEGAN)
            desk.ledger.rules.set(str(server + 1), ServerRules(digest=plan).values())
        follows: dict[int, int] = {}
        for step in range(DAYS * 4 + 8):
            clock.now = BEGAN + timedelta(hours=6) * (step + 1)
            await come_and_go(desk, people, leaving, follows)
            due = [report for report in upcoming if report.at < clock.now]
            upcoming = upcoming[len(due) :]
            for report in due:
                publish(desk, report, clock.now)
            published += due
            desk.coverage.catch_up()
            desk.news.following.catch_up()
            await notified.by(desk)
    due_notices = expected(people, leaving, published)
    originals = {report.title for report in published if not report.copy}
    stories = {(str(n + 1), title) for n in range(CHANNELS) for title in originals}
    return {
        "articles": len(published),
        "stories": len(originals),
        "wanted": len(due_notices),
        "told": notified.notices.total(),
        "missed": len(due_notices - notified.notices.keys()),
        "unwanted": len(notified.notices.keys() - due_notices),
        "doubled": sum(count > 1 for count in notified.notices.values()),
        "digests": notified.digests.total(),
        "missed in digests": len(stories - notified.stories.keys()),
        "doubled in digests": sum(count > 1 for count in notified.stories.values()),
    }


async def come_and_go(
    desk: Desk,
    people: list[tuple[int, str, float]],
    leaving: dict[int, float],
    follows: dict[int, int],
) -> None:
    """Let people follow and unfollow whose time has come; *follows* has the numbers."""
    day = (desk.clock() - BEGAN) / timedelta(days=1)
    for n, matter, begins in people:
        if n not in follows and day >= begins:
            follows[n] = follow(desk, n, matter, desk.clock())
    for n, ends in leaving.items():
        if follows.get(n) and day >= ends:
            await desk.news.following.unfollow(follows[n])
            follows[n] = 0


@dataclass(slots=True)
class Told:
    """The notices by member and story, and the digests by server and story."""

    notices: Counter[tuple[int, str]] = field(default_factory=Counter)
    digests: Counter[str] = field(default_factory=Counter)
    stories: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def by(self, desk: Desk) -> None:
        """Send all notices that are due."""
        for news in await desk.news.following.due(lambda _place: False):
            for citation in news.quoted:
                self.notices[int(news.follow.member), citation.header.title] += 1
            await desk.news.following.mark_sent(news)
        for digest in await desk.news.digests.due(await desk.community.all_rules()):
            self.digests[digest.place] += 1
            for story in digest.stories:
                self.stories[digest.place, story.article.header.title] += 1
            await desk.news.digests.mark_posted(digest)


def expected(
    people: list[tuple[int, str, float]], leaving: dict[int, float], published: list[Piece]
) -> set[tuple[int, str]]:
    """Return the notices that are due: for each member the stories on a matter they follow then.

    Articles appear, and people come and go, at the steps of six hours.
    """

    def step(days: float) -> int:
        return int(days * 4) if days * 4 == int(days * 4) else int(days * 4) + 1

    notices = set()
    for n, matter, begins in people:
        for report in published:
            when = int((report.at - BEGAN) / timedelta(hours=6)) + 1
            has_left = n in leaving and when >= step(leaving[n])
            if (
                report.matter == matter
                and not report.copy
                and when >= step(begins)
                and not has_left
            ):
                notices.add((n, report.title))
    return notices


def sizes() -> list[dict[str, float]]:
    """Time one article among ever more followers, of up to six hundred topics."""
    measurements = []
    for size in SIZES:
        chance, clock = random.Random(7), Clock()
        matters = [f"{s} in {p}" for s in SUBJECTS for p in PLACES]
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder), clock) as desk:
            desk.news.following.catch_up()
            for n in range(size):
                follow(desk, n, matters[n % len(matters)], clock.now)
            articles = list(pieces(chance, matters[::2]))[:130]
            first, later_articles = articles[:30], articles[30:]
            for part in (first, later_articles):
                clock.now += timedelta(hours=1)
                for report in part:
                    publish(desk, report, clock.now)
                desk.coverage.catch_up()
                began = time.perf_counter()
                desk.news.following.catch_up()
                took = time.perf_counter() - began
            measurements.append({"follows": size, "ms": took * 1000 / len(later_articles)})
    return measurements


def opened(folder: Path, clock: Clock) -> Desk:
    """Open a desk whose clock the campaign turns."""
    return open_in(folder / "data", now=clock, EMBEDDING_MODEL="fast")


def follow(desk: Desk, n: int, matter: str, now: datetime) -> int:
    """Let somebody follow a matter."""
    place = str(n) if n >= FOLLOWERS else ""
    new_follow = Follow(now, f"{n}", f"{n}", place, FollowKind.TOPIC, matter, Language.ENGLISH)
    return desk.ledger.follows.add(new_follow)


def publish(desk: Desk, piece: Piece, now: datetime) -> None:
    """Keep one article."""
    extract = an_extract(
        piece.text, title=piece.title, outlet=piece.outlet, published=piece.at.date()
    )
    saved(desk.archive, extract, now=now)
