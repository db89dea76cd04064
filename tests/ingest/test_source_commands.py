"""Watching and refreshing, as a maintainer types it, on a local web."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from ingest.commands import source_commands
from ingest.fetching.fetcher import Fetcher
from tests.ingest.newsroom import Newsroom, story
from tests.ingest.refreshing import ToOnePort

FEED = "http://ledger.example/feed.xml"


@pytest.fixture
def web(monkeypatch, tmp_path):
    """Run a local web in a thread, and let the commands reach it and nothing else."""
    room, ready, over = Newsroom(), threading.Event(), threading.Event()

    async def serve():
        async with room.open():
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    reach = {"resolver": ToOnePort(room.port), "allows": room.allows, "pause": 0.0}
    monkeypatch.setattr(source_commands, "Fetcher", partial(Fetcher, **reach))
    monkeypatch.setattr(source_commands, "extractor", partial(ThreadPoolExecutor, 2))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    yield room
    over.set()
    thread.join()


def test_a_source_is_watched_refreshed_and_let_go(web, run):
    """From the first line to the last, each command says what it did and what comes next."""
    for n in range(3):
        web.page(f"http://ledger.example/{n}", f"Ward {n} decides", story(n))
    web.feed(FEED, [(f"http://ledger.example/{n}", "t") for n in range(3)])
    assert "Nothing is watched" in run("sources")[1]
    assert "Nothing is watched" in run("refresh")[1]
    code, said, _ = run(
        *("watch", FEED, "--outlet", "Volstrand Voice", "--country", "vo"),
        *("--ownership", "state-controlled", "--permission", "offered"),
    )
    assert (code, "refresh 1" in said) == (0, True)
    code, said, problems = run("refresh")
    assert code == 0, problems
    assert "Volstrand Voice: 3 new" in said
    assert "3 unchanged" not in run("refresh")[1]
    assert "nothing is due" in run("refresh", 1)[1]
    assert "state-controlled" in run("show", 1)[1]
    assert "offered" in run("sources")[1]
    status = json.loads(run("status", "--json")[1])
    assert status["sources"][0]["checked_at"]
    assert "Its articles stay" in run("unwatch", 1)[1]
    assert status["articles"] == 3


def test_an_address_is_added_like_a_file(web, run):
    """A page, and everything that a feed lists; again changes nothing."""
    web.page("http://ledger.example/1", "Ward 1 decides", story(1))
    web.page("http://ledger.example/2", "Ward 2 decides", story(2))
    web.feed(FEED, [("http://ledger.example/2", "t")])
    assert "1 new" in run("add", "http://ledger.example/1", "--outlet", "Ledger")[1]
    assert "1 new" in run("add", FEED)[1]
    assert "1 unchanged" in run("add", "http://ledger.example/1")[1]
    assert {each["header"]["outlet"] for each in json.loads(run("list", "--json")[1])["articles"]}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1/", "public internet"),
        ("http://ledger.example/absent", "gone"),
        ("http://ledger.example:8080/", "port"),
        ("http://ledger.example/empty", "empty"),
    ],
)
def test_an_address_that_holds_nothing_says_why(web, run, url, said):
    """One sentence, an exit code, and nothing kept."""
    web.put("http://ledger.example/empty", b"")
    code, printed, problems = run("add", url)
    assert code == 1
    assert said in printed + problems
    assert "Traceback" not in problems


def test_a_source_that_fails_is_named_with_its_reason(web, run):
    """The table and the exit code tell; the articles stay."""
    web.put(FEED, "down", status=500)
    run("watch", FEED, "--outlet", "Ledger")
    code, said, _ = run("refresh")
    assert code == 1
    assert "500" in said
    assert "500" in json.loads(run("sources", "--json")[1])["sources"][0]["failure"]


def test_what_changed_is_shown_word_for_word(web, run):
    """Two versions side by side: an edited headline, an edited figure."""
    page = "http://ledger.example/1"
    web.page(page, "Ward 1 decides", story(1))
    run("add", page)
    web.page(page, "Ward 1 has decided", story(1, said="nothing at all"))
    assert "1 changed" in run("add", page)[1]
    said = run("show", 1, "--diff")[1]
    assert "Ward 1 decides → Ward 1 has decided" in said
    assert "said that nothing at all" in said
    code, _, problems = run("show", 1, "--version", 1, "--diff")
    assert (code, "no version before its first" in problems) == (1, True)


def test_quarantine_is_listed_and_released(web, run):
    """The reason stands beside the article, and a person may know better."""
    for n in range(4):
        web.page(f"http://ledger.example/{n}", f"Title {n}", story(1))
    assert "Nothing is in quarantine" in run("list", "--quarantined")[1]
    web.feed(FEED, [(f"http://ledger.example/{n}", "t") for n in range(4)])
    run("watch", FEED, "--outlet", "Ledger")
    run("refresh")
    assert "Title 2" in run("list", "--quarantined")[1]
    assert "4 titles" in run("show", 1)[1]
    assert "Restored 1: Title" in run("restore", 1)[1]
    assert "Title 0" in run("list")[1] + run("list", "--quarantined")[1]


def test_erasing_asks_first(web, run):
    """It cannot be undone, so it takes a second word."""
    web.page("http://ledger.example/1", "Ward 1 decides", story(1))
    run("add", "http://ledger.example/1")
    assert run("erase", 1)[0] == 2
    code, said, _ = run("erase", 1, "--yes")
    assert (code, "Erased 1" in said) == (0, True)
    assert "No such article" in run("list")[1]
    assert run("show", 1)[0] == 1


def test_the_index_is_checked_and_rolled_back(web, run):
    """Each says what it found, in one line."""
    web.page("http://ledger.example/1", "Ward 1 decides", story(1))
    run("add", "http://ledger.example/1")
    assert "passage by passage" in run("check")[1]
    code, _, problems = run("rollback")
    assert (code, "No earlier generation" in problems) == (1, True)
    assert "Generation 2 serves" in run("rebuild")[1]
    assert "Generation 1 serves again" in run("rollback")[1]
    assert json.loads(run("check", "--json")[1])["left"]["lacking_vectors"] == 0
