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
    every = [f"{s} in {p}" for s in SUBJECTS for p in PLACES]
    others = [each for each in every if each not in followed]
    for n in range(ARTICLES):
        at = BEGAN + timedelta(days=DAYS) * n / ARTICLES
        aside = chance.random() < ASIDE
        matter = chance.choice(others if aside else matters)
        said = " ".join(chance.choices(WORDS, k=14))
        text = (
            f"The town council {chance.choice(VERBS)} {matter} on Monday, its clerk said. The"
            f" {said}. It takes {chance.randint(3, 99)} days."
        )
        outlet = chance.choice(OUTLETS)
        piece = Piece(at, None if aside else matter, text, f"Council on {matter}, {n}", outlet)
        yield piece
        if chance.random() < COPIED:
            other = chance.choice([each for each in OUTLETS if each != outlet])
            yield Piece(at, piece.matter, text, piece.title, other, copy=True)


def measure(_: Path | None, out: Path) -> None:
    """Run the campaign and the sizes, and print what was told and what it took."""
    found = {"campaign": asyncio.run(campaign()), "sizes": sizes()}
    (out / "campaign.json").write_text(json.dumps(found, indent=2))
    table = Table("A campaign of thirty days", "")
    for name, count in found["campaign"].items():
        table.add_row(name, f"{count}")
    Console().print(table)
    first = found["sizes"][0]["ms"]
    for each in found["sizes"]:
        said = f"{each['follows']} follows: {each['ms']:.1f} ms an article"
        Console().print(f"{said}, {each['ms'] / first:.2f} times the first")


class Clock:
    """A clock that the campaign turns."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


async def campaign() -> dict[str, int]:
    """Publish, tell four times a day, post digests; count against what was made."""
    chance, clock = random.Random(7), Clock()
    matters = sorted({f"{chance.choice(SUBJECTS)} in {place}" for place in PLACES})
    people = [
        (n, chance.choice(matters), chance.uniform(0, 20)) for n in range(FOLLOWERS + CHANNELS)
    ]
    leaving = {n: chance.uniform(20, 29) for n in chance.sample(range(FOLLOWERS), UNFOLLOWING)}
    waiting, published = list(pieces(chance, matters)), list[Piece]()
    told = Told()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), clock) as desk:
        desk.news.following.catch_up()
        for server in range(CHANNELS):
            plan = DigestPlan(server, 18, BEGAN)
            desk.ledger.rules.set(str(server + 1), ServerRules(digest=plan).values())
        follows: dict[int, int] = {}
        for step in range(DAYS * 4 + 8):
            clock.now = BEGAN + timedelta(hours=6) * (step + 1)
            await come_and_go(desk, people, leaving, follows)
            due = [each for each in waiting if each.at < clock.now]
            waiting = waiting[len(due) :]
            for each in due:
                publish(desk, each, clock.now)
            published += due
            desk.coverage.catch_up()
            desk.news.following.catch_up()
            await told.by(desk)
    wanted = expected(people, leaving, published)
    originals = {each.title for each in published if not each.copy}
    stories = {(str(n + 1), title) for n in range(CHANNELS) for title in originals}
    return {
        "articles": len(published),
        "stories": len(originals),
        "wanted": len(wanted),
        "told": told.notices.total(),
        "missed": len(wanted - told.notices.keys()),
        "unwanted": len(told.notices.keys() - wanted),
        "doubled": sum(count > 1 for count in told.notices.values()),
        "digests": told.digests.total(),
        "missed in digests": len(stories - told.stories.keys()),
        "doubled in digests": sum(count > 1 for count in told.stories.values()),
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
    """What was sent: to whom which story, to which server which digest, with which story."""

    notices: Counter[tuple[int, str]] = field(default_factory=Counter)
    digests: Counter[str] = field(default_factory=Counter)
    stories: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def by(self, desk: Desk) -> None:
        """Send whatever is due."""
        for news in await desk.news.following.due(lambda _place: False):
            for quoted in news.quoted:
                self.notices[int(news.follow.member), quoted.header.title] += 1
            await desk.news.following.mark_sent(news)
        for digest in await desk.news.digests.due(await desk.community.all_rules()):
            self.digests[digest.place] += 1
            for story in digest.stories:
                self.stories[digest.place, story.article.header.title] += 1
            await desk.news.digests.mark_posted(digest)


def expected(
    people: list[tuple[int, str, float]], leaving: dict[int, float], published: list[Piece]
) -> set[tuple[int, str]]:
    """Return who should be told of what: the stories on their matter while they follow it.

    Articles appear, and people come and go, at the steps of six hours.
    """

    def step(days: float) -> int:
        return int(days * 4) if days * 4 == int(days * 4) else int(days * 4) + 1

    found = set()
    for n, matter, begins in people:
        for each in published:
            when = int((each.at - BEGAN) / timedelta(hours=6)) + 1
            gone = n in leaving and when >= step(leaving[n])
            if each.matter == matter and not each.copy and when >= step(begins) and not gone:
                found.add((n, each.title))
    return found


def sizes() -> list[dict[str, float]]:
    """Time one article among ever more followers, of up to six hundred topics."""
    found = []
    for size in SIZES:
        chance, clock = random.Random(7), Clock()
        matters = [f"{s} in {p}" for s in SUBJECTS for p in PLACES]
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder), clock) as desk:
            desk.news.following.catch_up()
            for n in range(size):
                follow(desk, n, matters[n % len(matters)], clock.now)
            some = list(pieces(chance, matters[::2]))[:130]
            first, rest = some[:30], some[30:]
            for part in (first, rest):
                clock.now += timedelta(hours=1)
                for each in part:
                    publish(desk, each, clock.now)
                desk.coverage.catch_up()
                began = time.perf_counter()
                desk.news.following.catch_up()
                took = time.perf_counter() - began
            found.append({"follows": size, "ms": took * 1000 / len(rest)})
    return found


def opened(folder: Path, clock: Clock) -> Desk:
    """Open a desk whose clock the campaign turns."""
    return open_in(folder / "data", now=clock, EMBEDDING_MODEL="fast")


def follow(desk: Desk, n: int, matter: str, now: datetime) -> int:
    """Let somebody follow a matter."""
    place = str(n) if n >= FOLLOWERS else ""
    made = Follow(now, f"{n}", f"{n}", place, FollowKind.TOPIC, matter, Language.ENGLISH)
    return desk.ledger.follows.add(made)


def publish(desk: Desk, piece: Piece, now: datetime) -> None:
    """Keep one article."""
    extract = an_extract(
        piece.text, title=piece.title, outlet=piece.outlet, published=piece.at.date()
    )
    saved(desk.archive, extract, now=now)
