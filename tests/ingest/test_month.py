"""A month over forty outlets with everything that the web does to their pages: nothing is lost.

Every outlet has three articles and one thing that happens to it on a day of its own. Nothing that
is no article is ever cited, no good version is lost, what is held back is in quarantine with its
reason, and every count of every round is exactly what happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from ingest.model import Permission, Removal
from ingest.refresh import Refresher
from tests.ingest.newsroom import Newsroom, html, story

DAYS = 30
EAGER = 10
"""Days for which every page is looked at daily; later the older ones are looked at less often."""
OUTLETS = 40
ARTICLES = 3
NOISE = {
    "consent": (
        "courier.example",
        (
            "We and our partners use cookies to store and access information on your device.\n"
            "Accept all cookies, or manage your choices in the privacy centre at any time."
        ),
    ),
    "missing": ("Page not found", "Sorry, this page could not be found. Use the search above."),
    "robot": ("Just a moment...", "Checking your browser before you reach this site."),
    "maintenance": (
        "We'll be back soon",
        "The site is down for scheduled maintenance. Please try again in a few minutes.",
    ),
    "login": (
        "Log in",
        "This story is for subscribers. Subscribe to read it, or log in if you have an account.",
    ),
}


class Outlet:
    """One outlet of the month: its feed, its pages, and what happens to it."""

    def __init__(self, web, number):
        self.web, self.number = web, number
        self.host = f"http://outlet{number}.example"
        self.feed = f"{self.host}/feed.xml"
        self.expected = Counter()
        self.held = set()
        for n in range(ARTICLES):
            self.page(n)
        self.publish()

    def key(self, n):
        """Return the number that no other article has."""
        return self.number * 10 + n + 1

    def url(self, n):
        """Return an article's address."""
        return f"{self.host}/{n}"

    def page(self, n, *, said="the harbour bridge will be built", title=None, **more):
        """Put an article as it should be."""
        name = title or f"Ward {self.key(n)} decides"
        self.web.page(self.url(n), name, story(self.key(n), said=said), **more)

    def publish(self):
        """List the articles."""
        self.web.feed(self.feed, [(self.url(n), f"Ward {self.key(n)}") for n in range(ARTICLES)])

    def day(self, day):
        """Let happen what happens on that day, and return what a round should count."""
        calm = Counter(unchanged=ARTICLES)
        if day == 0:
            return Counter(new=ARTICLES)
        if day == 2 + self.number % 5:
            return KINDS[self.number % len(KINDS)](self)
        if day == 4 + self.number % 5:
            return self.mend()
        return self.expected or calm

    def mend(self):
        """Put every page back as it was."""
        self.expected = Counter()
        for n in range(ARTICLES):
            self.page(n)
        self.publish()
        changed, self.changed = getattr(self, "changed", 0), 0
        self.held.clear()
        return Counter({"changed": changed, "unchanged": ARTICLES - changed})


def walled(kind):
    """A wall stands in an article's place."""

    def happen(outlet):
        outlet.web.page(outlet.url(0), *NOISE[kind])
        outlet.held = {0}
        return Counter(quarantined=1, unchanged=ARTICLES - 1)

    return happen


def replaced(outlet):
    """An address is given to another article of the same site."""
    outlet.web.page(outlet.url(1), f"Ward {outlet.key(2)} decides", story(outlet.key(2)))
    outlet.held = {1}
    return Counter(quarantined=1, unchanged=ARTICLES - 1)


def stubbed(outlet):
    """Only the beginning of an article is left."""
    outlet.web.page(outlet.url(1), f"Ward {outlet.key(1)} decides", story(outlet.key(1))[:90] + ".")
    outlet.held = {1}
    return Counter(quarantined=1, unchanged=ARTICLES - 1)


def redesigned(outlet):
    """The same text in other markup is no change."""
    for n in range(ARTICLES):
        outlet.page(
            n, head='<meta name="generator" content="new">', extra="<div><p>Share</p></div>"
        )
    return Counter(unchanged=ARTICLES)


def reclocked(outlet):
    """The site's clock stands above every article."""
    clock = "<time datetime='2099-01-01T00:00:00Z'>1 January 2099</time>"
    for n in range(ARTICLES):
        outlet.page(n, head=f"<!-- {clock} --><meta name='date' content='2099-01-01'>")
    return Counter(unchanged=ARTICLES)


def edited(outlet):
    """One article says something else, under its own title."""
    outlet.page(0, said="the harbour bridge will not be built")
    outlet.changed = 1
    return Counter(changed=1, unchanged=ARTICLES - 1)


def commented(outlet):
    """Readers write below an article."""
    said = "".join(
        f"<div class='post'><b>user{n}</b><p>The mayor took {n} million, everybody says.</p></div>"
        for n in range(4)
    )
    outlet.page(0, extra=f"<section class='user-responses'><h2>4 replies</h2>{said}</section>")
    return Counter(unchanged=ARTICLES)


def emptied(outlet):
    """The feed is empty for two days; what it listed is looked at all the same."""
    outlet.web.feed(outlet.feed, [])
    return Counter(unchanged=ARTICLES)


def moved(outlet):
    """The whole site moves to another host for good, and stays there."""
    host = f"http://new{outlet.number}.example"
    for n in range(ARTICLES):
        outlet.web.put(outlet.url(n), b"", status=301, headers={"Location": f"{host}/{n}"})
    outlet.web.put(outlet.feed, b"", status=301, headers={"Location": f"{host}/feed.xml"})
    outlet.host, outlet.feed = host, f"{host}/feed.xml"
    for n in range(ARTICLES):
        outlet.page(n)
    outlet.publish()
    return Counter(unchanged=ARTICLES)


def refeed(outlet):
    """The feed turns into a page of the site."""
    outlet.web.put(outlet.feed, html(outlet.feed, *NOISE["maintenance"], outlet.web.now))
    outlet.expected = Counter(failure=1)
    return outlet.expected


KINDS: tuple[Callable[[Outlet], Counter], ...] = (
    *map(walled, NOISE),
    *(replaced, stubbed, redesigned, reclocked, edited, commented, emptied, moved, refeed),
)


async def test_a_month_over_forty_outlets_loses_and_invents_nothing(archive):
    """Every day's counts are exact, and on no day is anything cited that no article said."""
    async with Newsroom().open() as web:
        outlets = [Outlet(web, number) for number in range(OUTLETS)]
        for each in outlets:
            archive.sources.watch(
                each.feed, f"Outlet {each.number}", Permission.OFFERED, 60, now=web.now
            )
        for day in range(DAYS):
            expected = [each.day(day) for each in outlets]
            async with web.fetcher(patience=120.0) as fetcher:  # a loaded machine is slow
                refresher = Refresher(archive, fetcher, lambda: web.now)
                rounds = await refresher.refresh(archive.sources.watched())
            told = {each.source.outlet: counted(each) for each in rounds}
            for each, wanted in zip(outlets, expected, strict=True):
                found = told[f"Outlet {each.number}"]
                if day > EAGER:
                    found["unchanged"] = wanted["unchanged"]
                assert +found == +wanted, (day, each.number)
            nothing_is_lost(archive, outlets)
            web.next_day()


def counted(one):
    """Return a round's counts that are not 0, or that it failed."""
    return Counter(failure=1) if one.failure else +Counter(one.counts)


def nothing_is_lost(archive, outlets):
    """Check that what is cited is what its outlets said, and that what is held back is listed."""
    standing = archive.articles.listed()
    assert len(standing) == OUTLETS * ARTICLES
    for article in standing:
        text = archive.articles.versions(article.id)[article.versions - 1].extract.text
        assert "members, after the budget of" in text
        assert not any(
            word in text for word in ("cookies", "everybody says", "browser", "subscribe")
        )
        assert article.header.published.year == 2026
    held = {
        (each.header.outlet, each.header.title)
        for each in archive.articles.listed(removal=Removal.QUARANTINED)
    }
    assert held == {
        (f"Outlet {outlet.number}", f"Ward {outlet.key(n)} decides")
        for outlet in outlets
        for n in outlet.held
    }
    assert all(each.held for each in archive.articles.listed(removal=Removal.QUARANTINED))
