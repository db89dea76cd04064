"""What an address answers later: walls, other pages, other hosts, further pages."""

from __future__ import annotations

import gzip

import pytest

from ingest.archive import Archive
from ingest.model import Decision, Permission, Removal, Source
from ingest.reading import Hints
from ingest.refresh import Refresher
from tests.ingest.newsroom import Newsroom, html, story

HOST, MOVED = "http://ledger.example", "http://newledger.example"
FEED = f"{HOST}/feed.xml"
PAGE = f"{HOST}/1"
CONSENT = (
    "We and our partners use cookies to store and access information on your device.\n"
    "Accept all cookies, or manage your choices in the privacy centre at any time."
)
STUB = "The council of ward two met on Monday evening to discuss item 1 of its list."
WEATHER = (
    "Rain reaches the western islands after noon, with gales on open water until midnight.\n"
    "Temperatures stay below nine degrees, and fog lies over the sound tomorrow morning.\n"
    "Farmers are told to bring sheep down from the high pastures before the weekend comes."
)


@pytest.fixture
async def web():
    """Open a local web with one feed of two pages."""
    async with Newsroom().open() as opened:
        for n in (1, 2):
            opened.page(f"{HOST}/{n}", f"Ward {n} decides", story(n))
        opened.feed(FEED, [(f"{HOST}/{n}", "t") for n in (1, 2)])
        yield opened


@pytest.fixture
def archive(tmp_path, web):
    """Open an archive that watches the feed."""
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as opened:
        opened.sources.watch(FEED, "Ledger", Permission.OFFERED, 60, now=web.now)
        yield opened


async def refreshed(web, archive, **more):
    """Refresh the feed a day later and return the round."""
    web.next_day()
    async with web.fetcher() as fetcher:
        [told] = await Refresher(archive, fetcher, lambda: web.now, **more).refresh(
            archive.sources.watched()
        )
    assert told.failure is None
    return told


def counts(told):
    """Return the counts that are not 0."""
    return {what: count for what, count in told.counts.items() if count}


async def added(web, archive, url):
    """Add an address by hand."""
    once = Source(0, url, "", Permission.UNSTATED, 1, web.now)
    async with web.fetcher() as fetcher:
        refresher = Refresher(
            archive, fetcher, lambda: web.now, by_hand=True, hints=Hints(outlet="Ledger")
        )
        [told] = await refresher.refresh([once])
    return told


@pytest.mark.parametrize(
    ("title", "body", "why"),
    [
        ("ledger.example", CONSENT, "asks for consent"),
        (
            "Page not found",
            "Sorry, this page could not be found. Use the search above.",
            "not exist",
        ),
        ("Ward 1 decides", STUB, "characters where it held"),
        ("The weather in the islands", WEATHER, "another title"),
        ("Ward 2 decides", story(2), "has the text of article"),
        ("Just a moment...", "Checking your browser before you reach this site.", "robot"),
    ],
)
async def test_a_good_version_stays_where_its_page_turns_into_something_else(
    web, archive, title, body, why
):
    """It is cited as before, in quarantine with the reason, and free once the page is well."""
    await refreshed(web, archive)
    web.page(PAGE, title, body)
    told = await refreshed(web, archive)
    assert counts(told) == {"unchanged": 1, "quarantined": 1}
    assert why in told.outcome.warnings[0]
    [held] = archive.articles.listed(removal=Removal.QUARANTINED)
    assert (held.header.title, held.versions, held.removed_at) == ("Ward 1 decides", 1, None)
    assert why in held.held
    assert counts(await refreshed(web, archive)) == {"unchanged": 2}
    web.page(PAGE, "Ward 1 decides", story(1))
    assert counts(await refreshed(web, archive)) == {"unchanged": 2}
    assert archive.articles.listed(removal=Removal.QUARANTINED) == []


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Ward 1 decides", story(1, said="the bridge will not be built")),
        ("Ward 1 decides at last", story(1) + "\nThe mayor welcomed it on Tuesday."),
        ("Harbour bridge: ward 1 says yes", story(1)),
        ("Ward 1 decides", "\n".join([WEATHER, story(1).split("\n")[0]])),
    ],
)
async def test_a_page_that_was_edited_is_its_next_version(web, archive, title, body):
    """A new headline, more text, or another text under the same headline."""
    await refreshed(web, archive)
    web.page(PAGE, title, body)
    assert counts(await refreshed(web, archive)) == {"changed": 1, "unchanged": 1}


@pytest.mark.parametrize("status", [301, 302])
async def test_an_article_that_leads_to_the_front_page_stays_as_it_was(web, archive, status):
    """The front page's own text is neither its next version nor an article."""
    await refreshed(web, archive)
    web.page(f"{HOST}/", "The Ledger of the islands", WEATHER)
    web.put(PAGE, b"", status=status, headers={"Location": "/"})
    told = await refreshed(web, archive)
    assert counts(told) == {"unchanged": 1, "quarantined": 1}
    assert "leads to the front page" in told.outcome.warnings[0]
    assert {each.header.title for each in archive.articles.listed()} == {
        "Ward 1 decides",
        "Ward 2 decides",
    }


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="http://[ledger.example/1">',
        '<link rel="next" href="http://[ledger.example/1?page=2">',
        '<meta http-equiv="refresh" content="0; url=http://[ledger.example/">',
        '<link rel="alternate" type="application/rss+xml" href="http://[feed">',
    ],
)
async def test_a_broken_address_in_a_page_stops_no_round(web, archive, head):
    """The page is read without it, and so are the others."""
    web.page(PAGE, "Ward 1 decides", story(1), head=head)
    assert counts(await refreshed(web, archive)) == {"new": 2}


async def test_half_an_edit_is_no_version(web, archive):
    """A transfer that breaks off leaves the article as it was, and the whole edit comes later."""
    await refreshed(web, archive)
    edited = html(PAGE, "Ward 1 decides", story(1) + f"\n{story(3)}", web.now).encode()
    packed = gzip.compress(edited, mtime=0)
    web.put(PAGE, packed[: len(packed) * 9 // 10], headers={"Content-Encoding": "gzip"})
    told = await refreshed(web, archive)
    assert counts(told) == {"unchanged": 1, "failed": 1}
    assert "broke off" in told.failed[0][1]
    web.put(PAGE, packed, headers={"Content-Encoding": "gzip"})
    assert counts(await refreshed(web, archive)) == {"changed": 1, "unchanged": 1}


async def test_a_person_may_believe_the_page(web, archive):
    """By adding its address, or the whole source."""
    await refreshed(web, archive)
    web.page(PAGE, "The weather in the islands", WEATHER)
    await refreshed(web, archive)
    told = await added(web, archive, PAGE)
    assert [each.decision for each in told.outcome.saved] == [Decision.CHANGED]
    assert archive.articles.listed(removal=Removal.QUARANTINED) == []


async def test_a_site_that_has_moved_for_good_takes_its_articles_along(web, archive):
    """The same articles, under the new address; the source asks there from now on."""
    await refreshed(web, archive)
    before = {each.id for each in archive.articles.listed()}
    for n in (1, 2):
        web.page(f"{MOVED}/{n}", f"Ward {n} decides", story(n))
        web.put(f"{HOST}/{n}", b"", status=301, headers={"Location": f"{MOVED}/{n}"})
    web.put(FEED, b"", status=308, headers={"Location": f"{MOVED}/feed.xml"})
    web.feed(f"{MOVED}/feed.xml", [(f"{MOVED}/{n}", "t") for n in (1, 2)])
    for _ in range(3):
        assert counts(await refreshed(web, archive)) == {"unchanged": 2}
    assert {each.id for each in archive.articles.listed()} == before
    assert {each.header.url for each in archive.articles.listed()} == {f"{MOVED}/1", f"{MOVED}/2"}
    assert archive.sources.watched()[0].address == f"{MOVED}/feed.xml"


async def test_a_redirect_for_the_time_being_moves_nothing(web, archive):
    """Nor does one to the front page."""
    await refreshed(web, archive)
    web.put(PAGE, b"", status=302, headers={"Location": f"{MOVED}/1"})
    web.page(f"{MOVED}/1", "The weather in the islands", WEATHER)
    await refreshed(web, archive)
    assert PAGE in {each.header.url for each in archive.articles.listed()}


async def test_pages_that_name_one_canonical_address_stay_apart(web, archive):
    """Each is cited where it stands."""
    urls = [f"{HOST}/story?id={n}" for n in (3, 4, 5)]
    for n, url in enumerate(urls, 3):
        head = f'<link rel="canonical" href="{HOST}/story">'
        web.page(url, f"Ward {n} decides", story(n), head=head)
    web.feed(FEED, [(url, "t") for url in urls])
    assert counts(await refreshed(web, archive)) == {"new": 3}
    assert {each.header.url for each in archive.articles.listed()} == set(urls)


async def test_further_pages_are_part_of_the_article(web, archive):
    """And the next story of a blog is not."""
    for n, url in enumerate((f"{HOST}/long", f"{HOST}/long?page=2", f"{HOST}/long?page=3"), 1):
        following = f'<link rel="next" href="/long?page={n + 1}">' if n < 3 else ""
        web.page(url, "A long story", story(10 + n), head=following)
    told = await added(web, archive, f"{HOST}/long")
    [saved] = told.outcome.saved
    text = archive.articles.versions(saved.article_id)[-1].extract.text
    assert all(story(10 + n).split("\n")[0] in text for n in (1, 2, 3))
    web.page(f"{HOST}/b/1", "One", story(21), head='<link rel="next" href="/b/2">')
    web.page(f"{HOST}/b/2", "Two", story(22))
    [saved] = (await added(web, archive, f"{HOST}/b/1")).outcome.saved
    assert "item 22" not in archive.articles.versions(saved.article_id)[-1].extract.text


async def test_a_page_that_sends_a_browser_on_is_read_where_it_leads(web, archive):
    """A loop ends in a sentence."""
    web.put(f"{HOST}/old", '<meta http-equiv="refresh" content="0;url=/1"><p>Moved</p>')
    [saved] = (await added(web, archive, f"{HOST}/old")).outcome.saved
    assert archive.articles.get(saved.article_id).header.url == PAGE
    for one, other in (("a", "b"), ("b", "a")):
        web.put(
            f"{HOST}/{one}",
            f'<html><head><meta http-equiv="refresh" content="0;url=/{other}"></head><body><p>This '
            "page has moved. You will be redirected automatically in a second or "
            "two.</p></body></html>",
        )
    told = await added(web, archive, f"{HOST}/a")
    assert "has moved" in told.failed[0][1]


async def test_a_feed_that_turns_into_a_page_fails(web, archive):
    """Its articles stay, and nothing of the page is kept."""
    await refreshed(web, archive)
    web.put(FEED, html(FEED, "The Ledger is being rebuilt", WEATHER, web.now))
    web.next_day()
    async with web.fetcher() as fetcher:
        [told] = await Refresher(archive, fetcher, lambda: web.now).refresh(
            archive.sources.watched()
        )
    assert "is a page now" in told.failure
    assert len(archive.articles.listed()) == 2


async def test_an_empty_feed_says_so(web, archive):
    """Rather than nothing."""
    web.put(FEED, '<rss version="2.0"><channel><title>F</title></channel></rss>', "text/xml")
    told = await refreshed(web, archive)
    assert "without any item" in told.notes[0]


async def test_articles_that_a_feed_carries_are_kept_once(web, archive):
    """Asked again, nothing is new; what is changed is changed."""

    def item(said):
        paragraphs = "".join(
            f"&lt;p&gt;{each}&lt;/p&gt;" for each in story(7, said=said).split("\n")
        )
        return (
            '<rss version="2.0"><channel><title>F</title><item><title>Bulletin</title>'
            f"<guid isPermaLink='false'>b7</guid><description>{paragraphs}</description></item>"
            "</channel></rss>"
        )

    web.put(FEED, item("the bridge will be built"), "text/xml")
    assert counts(await refreshed(web, archive)) == {"new": 1}
    assert counts(await refreshed(web, archive)) == {"unchanged": 1}
    web.put(FEED, item("the bridge will be painted"), "text/xml")
    assert counts(await refreshed(web, archive)) == {"changed": 1}


async def test_a_page_drawn_by_scripts_is_refused_in_a_sentence(web, archive):
    """Its two addresses are not one article."""
    web.page(f"{HOST}/", "Ward 1 decides", story(1))
    web.feed(FEED, [(f"{HOST}/#!/a/{n}", "t") for n in (1, 2)])
    told = await refreshed(web, archive)
    assert counts(told) == {"failed": 2}
    assert "drawn by scripts" in told.failed[0][1]
