"""Files of the index that are cut, empty or gone: it is made anew, and nothing is lost."""

import shutil
from types import SimpleNamespace

import pytest

from ingest.archive import Archive
from ingest.environment import Settings
from ingest.errors import IndexUnavailableError
from ingest.index import upkeep
from ingest.index.index import Index
from ingest.index.rebuilding import faults, repair
from ingest.index.search import search
from tests.builders import NOW, Hashing, an_extract, saved
from tests.ingest.newsroom import story
from tests.processes import PROCESSES

MODEL = Hashing()
MANY = 1050
"""Chroma writes a graph's files from a thousand vectors on."""
QUESTION = "Who said that the harbour bridge will be built at item 7 of the list?"
WORDS = [
    *((".json", "gone"), (".json", "cut"), (".term", "cut"), (".store", "empty")),
    *((".idx", "gone"), ("caught-up-to", "empty")),
]
VECTORS = [
    *(("chroma.sqlite3", "cut"), ("chroma.sqlite3", "gone"), ("data_level0.bin", "cut")),
    *(("data_level0.bin", "empty"), ("header.bin", "cut"), ("index_metadata.pickle", "gone")),
]
"""Each is told in another way: at opening, at counting, at searching, or by finding nothing."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Make an archive and its index once; each test damages a copy."""
    folder = tmp_path_factory.mktemp("kept") / "data"
    settings = Settings.of({"DATA_DIR": str(folder)})
    with Archive.open(settings.archive_url) as archive:
        stories = [an_extract(f"{story(n)} Item {n}.", title=f"Ward {n}") for n in range(MANY)]
        saved(archive, *stories)
        with Index.open(archive, MODEL, settings, holder="a test", now=NOW) as index:
            index.upkeep.catch_up()
            assert not faults(index)
    return folder


@pytest.fixture
def settings(kept, tmp_path):
    """Copy what is kept, as it stands after a clean end."""
    shutil.copytree(kept, tmp_path / "data")
    return Settings.of({"DATA_DIR": str(tmp_path / "data")})


def harm(settings, name, how):
    """Cut, empty or delete every file whose name ends with *name*."""
    files = [each for each in (settings.data_dir / "index").rglob(f"*{name}") if each.is_file()]
    assert files
    for each in files:
        content = each.read_bytes()
        if how == "gone":
            each.unlink()
        else:
            each.write_bytes(content[: len(content) // 2] if how == "cut" else b"")


def opened(settings, archive):
    return Index.open(archive, MODEL, settings, holder="a test", now=NOW)


def all_is_found(settings):
    """Open the desk's index twice as a process would, and look for what it should hold."""
    with Archive.open(settings.archive_url) as archive, opened(settings, archive) as index:
        assert index.upkeep.catch_up() == 0
        assert not faults(index)
        [first, *_] = search(index, archive, QUESTION)
        assert "item 7 of" in first.passage.text or "Item 7." in first.passage.text
        assert not index.by_words


@pytest.mark.parametrize(("name", "how"), WORDS)
def test_damaged_words_are_made_anew_at_the_next_start(settings, name, how):
    """Nothing has to be deleted by hand."""
    harm(settings, name, how)
    all_is_found(settings)


@pytest.mark.parametrize(("name", "how"), VECTORS)
def test_damaged_vectors_are_made_anew_at_the_next_start(settings, name, how):
    """And no text is embedded twice.

    What kills the process that opens it is not opened again: the start after that is without it.
    """
    harm(settings, name, how)
    ended = []
    while not ended or (ended[-1] < 0 and len(ended) < 2):
        process = PROCESSES.Process(target=all_is_found, args=(settings,))
        process.start()
        process.join()
        ended.append(process.exitcode)
    assert ended[-1] == 0


@pytest.mark.parametrize("part", ["words", "vectors"])
def test_what_breaks_while_it_serves_is_told_and_mended(settings, part, monkeypatch):
    """`check` names it, `check --repair` makes it anew; words answer without vectors meanwhile."""
    with Archive.open(settings.archive_url) as archive, opened(settings, archive) as index:
        assert search(index, archive, QUESTION)

        def broken(*_, **__):
            raise ValueError("Data corrupted: footer magic byte mismatch")

        if part == "words":
            searcher = SimpleNamespace(doc_freq=broken, search=broken, num_docs=MANY)
            monkeypatch.setattr(index.shelf.words, "_searcher", searcher)
            with pytest.raises(IndexUnavailableError, match="check --repair"):
                search(index, archive, QUESTION)
        else:
            monkeypatch.setattr(index.shelf.vectors, "_collection", broken)
            assert search(index, archive, QUESTION)
            assert index.by_words
        found = faults(index)
        assert "corrupted" in str(found)
        monkeypatch.undo()
        repair(index, found)
        assert not faults(index)


def test_a_disk_that_is_full_deletes_nothing(settings, monkeypatch, caplog):
    """What may be well is left alone: words answer, and the next start looks again."""
    with Archive.open(settings.archive_url) as archive:

        def full(self, *_):
            raise IndexUnavailableError("Chroma failed") from OSError(28, "No space left on device")

        monkeypatch.setattr(upkeep.Upkeep, "finds_own_vectors", full)
        with opened(settings, archive) as index:
            assert index.shelf.counts() == (MANY, MANY)
        assert "Vector search disabled" in caplog.text
