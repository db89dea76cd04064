"""Several processes that catch up with one archive share what is to be embedded."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from ingest.archive import Archive
from ingest.environment import Settings
from ingest.index.index import Index
from ingest.index.rebuilding import faults
from tests.builders import NOW, Hashing, an_extract, saved

ARTICLES = 400
"""Several batches of texts for each of the two."""
PATIENCE = 60


class Waiting(Hashing):
    """An embedder that remembers its texts; its first ones wait for those of the other."""

    def __init__(self, both):
        self.texts, self.both = [], both

    def passages(self, texts):
        if not self.texts:
            self.both.wait()
        self.texts += texts
        return super().passages(texts)


@pytest.mark.parametrize("folders", [("one", "one"), ("one", "two")])
def test_what_one_embeds_the_other_does_not(tmp_path, postgres_url, chroma_url, folders):
    """In one folder or on two machines; both come to hold everything."""
    began, both = (threading.Barrier(2, timeout=PATIENCE) for _ in range(2))
    embedders = [Waiting(began), Waiting(began)]
    with Archive.open(postgres_url) as archive:
        texts = [f"Ward {n} has counted {n} ballots, its clerk said." for n in range(ARTICLES)]
        saved(archive, *(an_extract(text, title=text, outlet="O") for text in texts))

    def work(folder, embedder):
        environment = {
            "DATA_DIR": str(tmp_path / folder),
            "DATABASE_URL": postgres_url,
            "CHROMA_URL": chroma_url,
        }
        settings = Settings.of(environment)
        with (
            Archive.open(postgres_url) as archive,
            Index.open(archive, embedder, settings, holder="a test", now=NOW) as index,
        ):
            both.wait()
            index.upkeep.catch_up()
            both.wait()
            assert not faults(index)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work, *pair) for pair in zip(folders, embedders, strict=True)]
    for each in reversed(done):
        each.result()
    times = Counter(text for each in embedders for text in each.texts)
    assert len(times) == ARTICLES
    assert set(times.values()) == {1}
    assert all(each.texts for each in embedders)  # neither waits while the other embeds


class Stopping(Hashing):
    """An embedder that remembers its texts; its first call lasts until somebody else goes on."""

    def __init__(self):
        self.texts, self.began, self.went_on = [], threading.Event(), threading.Event()

    def passages(self, texts):
        self.texts += texts
        if self.began.is_set():
            self.went_on.set()
        self.began.set()
        assert self.went_on.wait(PATIENCE)
        return super().passages(texts)


@pytest.fixture(params=["threads", "machines"])
def two(request, tmp_path):
    """Return an embedder, an archive and its index, opened by two threads or on two machines."""
    homes = [{"DATA_DIR": str(tmp_path / name)} for name in ("one", "two")]
    servers = {}
    if request.param == "machines":
        servers["DATABASE_URL"] = request.getfixturevalue("postgres_archive_url")
        servers["CHROMA_URL"] = request.getfixturevalue("chroma_url")
    embedder = Stopping()
    with ExitStack() as stack:
        opened = []
        for home in homes if servers else homes[:1]:
            settings = Settings.of(home | servers)
            archive = stack.enter_context(Archive.open(settings.archive_url))
            index = Index.open(archive, embedder, settings, holder="a test", now=NOW)
            opened.append(stack.enter_context(index))
        yield embedder, archive, opened[0], opened[-1]


def test_a_text_that_is_being_embedded_is_not_embedded_again(two, monkeypatch):
    """Although an article was saved meanwhile, and whoever comes second has one more to index."""
    embedder, archive, first, second = two
    sleep = time.sleep

    def pause(seconds):
        embedder.went_on.set()
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", pause)
    texts = [f"Ward {n} has counted {n} ballots, its clerk said." for n in range(4)]
    articles = [an_extract(text, title=text, outlet="O") for text in texts]
    saved(archive, *articles[:3])
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first.upkeep.catch_up)
        assert embedder.began.wait(PATIENCE)
        saved(archive, articles[3])
        other = pool.submit(second.upkeep.catch_up)
        one.result()
        other.result()
    assert len(embedder.texts) == len(set(embedder.texts)) == len(texts)
    assert not second.upkeep.is_behind()
    assert not faults(second)


def test_whoever_waits_for_another_can_be_stopped(two):
    """A bot that shuts down does not wait until another machine has embedded its texts."""
    embedder, archive, first, second = two
    saved(archive, an_extract())

    def stop(_done, _total):
        raise InterruptedError

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(first.upkeep.catch_up)
        assert embedder.began.wait(PATIENCE)
        with pytest.raises(InterruptedError):
            second.upkeep.catch_up(stop)
        embedder.went_on.set()
        one.result()
    assert len(embedder.texts) == 1
