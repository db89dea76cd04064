"""Several processes that catch up with one archive share what is to be embedded."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

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
