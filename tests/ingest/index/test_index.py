"""The index is derived: caught up, healed and rebuilt from the archive, embedded or served."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from ingest.archive import Archive
from ingest.embedding.embedder import FastEmbedder
from ingest.environment import Settings
from ingest.errors import GenerationMismatchError, IndexOwnedError, IndexUnavailableError
from ingest.index import upkeep as upkeep_module
from ingest.index import words as words_module
from ingest.index.index import Index
from ingest.index.ownership import owner
from ingest.index.rebuilding import rebuild
from ingest.index.search import search
from ingest.index.vectors import VectorStore
from ingest.language.script import Script
from tests.builders import NOW, TEXT, an_extract, saved
from tests.ingest.newsroom import story
from tests.processes import PROCESSES

MODEL = FastEmbedder()


@pytest.fixture
def archive(settings):
    with Archive.open(settings.archive_url) as opened:
        yield opened


def opened(archive, settings, embedder=MODEL):
    return Index.open(archive, embedder, settings, holder="a test", now=NOW)


def found(index, archive, text="How many seats did Harbour win?"):
    return [each.passage.article_id for each in search(index, archive, text)]


def test_what_was_saved_is_found_once_the_index_caught_up(archive, settings):
    """Saving is enough: the index takes it from the archive."""
    [kept] = saved(archive, an_extract())
    with opened(archive, settings) as index:
        assert index.upkeep.is_behind()
        assert index.upkeep.catch_up() > 0
        assert not index.upkeep.is_behind()
        assert found(index, archive) == [kept.article_id]


def test_catching_up_again_embeds_nothing(archive, settings):
    """What is unchanged costs nothing."""
    saved(archive, an_extract())
    with opened(archive, settings) as index:
        index.upkeep.catch_up()
        counts = index.shelf.counts()
        saved(archive, an_extract())
        assert index.upkeep.catch_up() == 0
        assert index.shelf.counts() == counts


def test_a_corrected_article_is_found_by_its_new_words_only(archive, settings):
    """The old figure is gone from both searches."""
    saved(archive, an_extract())
    with opened(archive, settings) as index:
        index.upkeep.catch_up()
        saved(archive, an_extract(TEXT.replace("46", "47")))
        index.upkeep.catch_up()
        texts = [each.passage.text for each in search(index, archive, "46 or 47 seats?")]
        assert all("46 seats" not in text for text in texts)
        assert any("47 seats" in text for text in texts)
        assert index.shelf.counts() == (len(texts), len(texts))


def test_a_removed_article_is_found_no_more_even_before_catching_up(archive, settings):
    """Removal means removal, at once."""
    [kept] = saved(archive, an_extract())
    with opened(archive, settings) as index:
        index.upkeep.catch_up()
        archive.articles.remove(kept.article_id, now=NOW)
        assert found(index, archive) == []
        index.upkeep.catch_up()
        assert index.shelf.counts() == (0, 0)
        assert not index.upkeep.is_behind()


def test_a_crash_between_writing_and_recording_costs_only_work(archive, settings, monkeypatch):
    """Applied twice is applied once."""
    saved(archive, *(an_extract(title=str(i)) for i in range(3)))
    apply = VectorStore.apply

    def crash(self, *arguments):
        apply(self, *arguments)
        raise IndexUnavailableError("crash")

    with opened(archive, settings) as index:
        monkeypatch.setattr(VectorStore, "apply", crash)
        with pytest.raises(IndexUnavailableError):
            index.upkeep.catch_up()
        monkeypatch.undo()
        index.upkeep.catch_up()
        passages = archive.passages.count()
        assert index.shelf.counts() == (passages, passages)


def test_what_could_not_be_written_is_written_next_time(archive, settings, monkeypatch):
    """A batch that fails once is not passed over by the batches that were queued behind it."""
    saved(archive, *(an_extract(title=str(i)) for i in range(12)))
    apply, failed_ids = VectorStore.apply, []

    def fail_once(self, states, vectors):
        if not failed_ids:
            failed_ids.extend(state.article_id for state in states)
            raise IndexUnavailableError("a moment")
        apply(self, states, vectors)

    monkeypatch.setattr(upkeep_module, "BATCHES", replace(upkeep_module.BATCHES, changes=3))
    monkeypatch.setattr(VectorStore, "apply", fail_once)
    with opened(archive, settings) as index:
        with pytest.raises(IndexUnavailableError):
            index.upkeep.catch_up()
        assert index.upkeep.is_behind()
        index.upkeep.catch_up()
        passages = archive.passages.count()
        assert failed_ids
        assert index.shelf.counts() == (passages, passages)


def test_a_deleted_index_heals(tmp_path):
    """The folder is derived: whoever deletes it loses nothing."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    program = "import sys; from ingest.__main__ import main; sys.exit(main(['index']))"
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "EMBEDDING_MODEL": "fast"}
    with Archive.open(settings.archive_url) as archive:
        saved(archive, an_extract())
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
        shutil.rmtree(tmp_path / "index")
        with opened(archive, settings) as index:
            assert index.upkeep.is_behind()
            assert index.upkeep.catch_up() == 0
            assert len(found(index, archive)) == 1


def test_another_model_is_refused_with_the_way_out(archive, settings):
    """Vectors of one model are never searched with questions of another."""

    class Other(FastEmbedder):
        model = "another-model"

    with opened(archive, settings):
        pass
    with (
        pytest.raises(GenerationMismatchError, match=r"another-model.*python -m ingest rebuild"),
        opened(archive, settings, Other()),
    ):
        pass


def test_a_rebuild_serves_the_new_model(archive, settings):
    """The switch is whole: before it the old generation serves, after it the new one."""

    class Other(FastEmbedder):
        model = "another-model"

    saved(archive, an_extract())
    with opened(archive, settings) as index:
        index.upkeep.catch_up()
    new = rebuild(archive, Other(), settings, holder="a test", now=NOW)
    assert (new.model, new.active) == ("another-model", True)
    with opened(archive, settings, Other()) as index:
        assert not index.upkeep.is_behind()
        assert len(found(index, archive)) == 1


def test_an_index_that_was_made_anew_by_another_says_so(archive, settings):
    """Whoever still searches the dropped generation learns what to do."""
    saved(archive, an_extract())
    with opened(archive, settings) as index:
        index.upkeep.catch_up()
        assert found(index, archive)
        for script in Script:
            index._stores.client().delete_collection(f"{index.shelf.vectors.name}-{script}")
        with pytest.raises(IndexUnavailableError, match="made the index anew"):
            search(index, archive, "seats")


def hold(folder, ready, release):
    settings = Settings.of({"DATA_DIR": folder})
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(archive, MODEL, settings, holder="the other desk", now=NOW),
    ):
        ready.set()
        release.wait()


def test_an_owned_index_names_its_owner_until_that_is_killed(tmp_path):
    """One process owns the embedded index; a killed one holds nothing."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    ready, release = PROCESSES.Event(), PROCESSES.Event()
    other = PROCESSES.Process(target=hold, args=(str(tmp_path), ready, release))
    other.start()
    ready.wait()
    with Archive.open(settings.archive_url) as archive:
        with (
            pytest.raises(IndexOwnedError, match=rf"the other desk, process {other.pid}"),
            opened(archive, settings),
        ):
            pass
        os.kill(other.pid, signal.SIGKILL)
        other.join()
        assert owner(tmp_path / "index") is None
        with opened(archive, settings) as index:
            assert not index.upkeep.is_behind()


def test_an_absent_server_is_named(tmp_path):
    """A wrong CHROMA_URL is a sentence; words answer all the same."""
    environment = {"DATA_DIR": str(tmp_path), "CHROMA_URL": "http://127.0.0.1:1"}
    settings = Settings.of(environment)
    with (
        Archive.open(settings.archive_url) as archive,
        opened(archive, settings) as index,
    ):
        [kept] = saved(archive, an_extract())
        with pytest.raises(IndexUnavailableError, match=r"127\.0\.0\.1:1.*chroma run"):
            index.upkeep.catch_up()
        assert found(index, archive) == [kept.article_id]
        assert index.by_words


def test_words_serve_before_vectors_are_made(tmp_path):
    """Whoever starts over a large archive waits for no embedder."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    with Archive.open(settings.archive_url) as archive, opened(archive, settings) as index:
        saved(archive, an_extract())
        index.upkeep.catch_up_words()
        assert index.shelf.counts() == (0, 1)
        assert index.upkeep.is_behind()
        index.upkeep.catch_up()
        assert index.shelf.counts() == (1, 1)


@pytest.mark.parametrize("small", [0, 2000])
def test_the_same_archive_gives_the_same_scores_however_its_index_came_about(
    archive, settings, monkeypatch, small
):
    """What was deleted counts in no word's frequency; neither in a small index nor in a large."""
    monkeypatch.setattr(
        words_module, "BATCHES", replace(words_module.BATCHES, small_index_passages=small)
    )
    texts = [story(n) for n in range(40)]
    asked = "Who said that the harbour bridge will be built, in which ward?"
    with opened(archive, settings) as index:
        keys = saved(archive, *(an_extract(t, title=f"Ward {n}") for n, t in enumerate(texts)))
        index.upkeep.catch_up()
        for each in keys[::3]:
            archive.articles.remove(each.article_id, now=NOW)
        saved(archive, an_extract(f"{texts[1]} It was corrected.", title="Ward 1"))
        index.upkeep.catch_up()
        grown = index.matching(asked, 50)
        index.upkeep.reset()
        index.upkeep.catch_up()
        assert index.matching(asked, 50) == grown
        assert len(grown) == 26
