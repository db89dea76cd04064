"""Generations: built beside the serving one, checked, switched, rolled back, mended, erased."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.archive import Archive
from ingest.errors import GenerationFaultyError, NoGenerationError
from ingest.index import cutting, rebuilding
from ingest.index import index as index_module
from ingest.index.index import Index
from ingest.index.limits import PATIENCE
from ingest.index.rebuilding import build, faults, rebuild, repair, roll_back
from ingest.index.search import search
from ingest.index.stores import Stores
from ingest.language.script import Script
from tests.builders import NOW, Hashing, an_extract, saved
from tests.ingest.newsroom import story

MODEL = Hashing()


class Half(Hashing):
    """Another model, of another length: to mix the two is an error of Chroma's."""

    model, dimensions = "half-of-it", 32


@pytest.fixture
def archive(settings):
    """Open an archive of thirty articles."""
    with Archive.open(settings.archive_url) as opened:
        saved(opened, *(an_extract(story(n), title=f"Ward {n}") for n in range(30)))
        yield opened


@pytest.fixture
def index(archive, settings):
    """Open its index."""
    with Index.open(archive, MODEL, settings, holder="a test", now=NOW) as opened:
        opened.upkeep.catch_up()
        yield opened


def question(n):
    """Ask for what only one article says."""
    return f"Who said that the harbour bridge will be built at item {n} of the list?"


def test_readers_never_notice_five_switches(archive, index, monkeypatch):
    """Nothing fails, nothing is mixed, and every search finds what it found before."""
    half = Half()
    monkeypatch.setattr(index._stores, "embedder_of", {MODEL.model: MODEL, half.model: half}.get)
    over, failures, searches = threading.Event(), [], []

    def read():
        n = 0
        while not over.is_set():
            n = (n + 1) % 30
            try:
                serving = index.serving()
                found = search(serving, archive, question(n), limit=5)
                assert f"item {n} of" in " ".join(each.passage.text for each in found)
                searches.append(serving.generation.id)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(5):
        model = half if turn % 2 == 0 else MODEL
        made = build(archive, model, index._stores, now=NOW + timedelta(minutes=turn))
        assert made.active
    count = len(searches)
    while len(searches) < count + 4:
        time.sleep(0.01)
    over.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(set(searches)) > 1
    assert searches[-1] == archive.generations.active().id


def test_a_rollback_serves_the_old_generation_with_the_new_articles(archive, index, settings):
    """What was added since the switch is caught up with; without one there is a sentence."""
    with pytest.raises(NoGenerationError, match="rebuild"):
        roll_back(archive, now=NOW)
    old = archive.generations.active()
    build(archive, MODEL, index._stores, now=NOW)
    saved(archive, an_extract(story(77), title="Ward 77"))
    index.active().upkeep.catch_up()
    assert roll_back(archive, now=NOW).id == old.id
    index.active().upkeep.catch_up()
    found = search(index.serving(), archive, question(77), limit=3)
    assert index.serving().generation.id == old.id
    assert "item 77" in found[0].passage.text


def test_a_replaced_generation_goes_after_its_grace(archive, index):
    """For a day there is a way back; then its collections and its row are gone."""
    first = archive.generations.active()
    build(archive, MODEL, index._stores, now=NOW)
    index._stores.drop_retired(archive, NOW + PATIENCE.rollback - timedelta(minutes=1))
    assert len(archive.generations.stored()) == 2
    index._stores.drop_retired(archive, NOW + PATIENCE.rollback)
    assert [each.id for each in archive.generations.stored()] == [first.id + 1]


def test_a_build_that_was_stopped_goes_on(archive, index, settings):
    """What was embedded for it stays; no second generation is begun."""
    calls = []

    def stop(done, _total):
        calls.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(archive, Half(), index._stores, now=NOW, progress=stop)
    begun = archive.generations.stored()[-1]
    assert not begun.active
    assert build(archive, Half(), index._stores, now=NOW).id == begun.id


def test_a_faulty_generation_does_not_serve(archive, index, monkeypatch):
    """A new generation that does not find its passages is not switched to."""
    monkeypatch.setattr(rebuilding, "sample_recall", lambda _archive, _index: (0.5, 30))
    old = archive.generations.active()
    with pytest.raises(GenerationFaultyError, match="50%"):
        build(archive, MODEL, index._stores, now=NOW)
    assert archive.generations.active() == old


def test_an_index_of_pages_that_begin_with_bylines_is_sound(archive, index):
    """What many pages share finds none of them; a sentence of their own does."""
    shared = [an_extract(f"Nora Quill in ward {n}", title=f"Nora Quill {n}") for n in range(60, 75)]
    own = [an_extract(f"− Nora Quill\n\n{story(40 + n)}", title=f"Page {n}") for n in range(9)]
    saved(archive, *shared, *own)
    index.upkeep.catch_up()
    share, tried = rebuilding.sample_recall(archive, index)
    assert (share, tried) == (1.0, 54)


def test_other_passages_are_cut_for_a_new_generation_alone(archive, index, monkeypatch):
    """While it is built the old one is served by its own passages; then the new ones are."""
    before = archive.passages.count()
    monkeypatch.setattr(cutting, "PASSAGES", replace(cutting.PASSAGES, latin_characters=250))
    newer = cutting.SPLITTER + 1
    for module in (cutting, rebuilding, index_module):
        monkeypatch.setattr(module, "SPLITTER", newer)
    build(archive, MODEL, index._stores, now=NOW)
    after = archive.passages.count()
    assert after > before
    assert index.active().shelf.counts() == (after, after)
    roll_back(archive, now=NOW)
    index.active().upkeep.catch_up()
    assert not faults(index.active())
    assert index.active().shelf.counts() == (before, before)


DISAGREEMENTS = {
    "vectors": "2 passages lack their vector",
    "words": "1 lack their words",
    "a vector of no article": "1 vectors are of no passage",
    "a vector of no passage": "1 vectors are of no passage",
    "words of no article": "1 entries of words are",
    "words twice": "1 entries of words are",
}


def test_passages_that_two_rules_cut_alike_give_way_to_those_of_a_third(
    archive, index, monkeypatch
):
    """The same passage of two earlier rules is stale once: Chroma refuses to delete one twice."""
    first_rules = cutting.SPLITTER
    for splitter, characters in ((first_rules + 1, None), (first_rules + 2, 250)):
        for module in (cutting, rebuilding, index_module):
            monkeypatch.setattr(module, "SPLITTER", splitter)
        if characters:
            shorter = replace(cutting.PASSAGES, latin_characters=characters)
            monkeypatch.setattr(cutting, "PASSAGES", shorter)
        build(archive, MODEL, index._stores, now=NOW)
    count = archive.passages.count()
    assert index.active().shelf.counts() == (count, count)
    assert not faults(index.active())


@pytest.mark.parametrize("broken", DISAGREEMENTS)
def test_any_disagreement_is_found_and_mended(archive, index, broken):
    """Whatever is missing or too much is named in figures, and gone after the repair."""
    shelf = index.shelf
    standing = next(each for part in index.upkeep.expected() for each in part)
    if broken == "vectors":
        shelf.vectors.forget(sorted(shelf.vectors.ids())[:2])
    elif broken == "words":
        shelf.words.apply([replace(standing, passages=())], shelf.words.cursor)
    elif broken == "words of no article":
        shelf.words.apply([replace(standing, article_id=999)], shelf.words.cursor)
    elif broken == "words twice":
        every = [each for part in index.upkeep.expected() for each in part]
        shelf.words.rewrite([every, [standing]], shelf.words.cursor)
    else:
        number = 999 if broken == "a vector of no article" else standing.article_id
        collection = shelf.vectors._collection(next(iter(Script)))
        unit = [1.0] + [0.0] * (MODEL.dimensions - 1)
        collection.add(ids=[f"{number}:1:0:abc"], embeddings=[unit])
    found = faults(index)
    assert str(found) == DISAGREEMENTS[broken]
    repair(index, found)
    assert not faults(index)


def test_what_is_saved_meanwhile_is_no_fault(archive, index, monkeypatch):
    """A check of much takes long, and the desk goes on: what comes is the next catching up's."""
    walked = index.upkeep.expected

    def meanwhile():
        yield from walked()
        saved(archive, an_extract(story(91), title="Ward 91"))
        archive.articles.remove(1, now=NOW)
        yield from ([each] for each in index.upkeep.expected_of([31]))

    monkeypatch.setattr(index.upkeep, "expected", meanwhile)
    assert not faults(index)
    monkeypatch.undo()
    assert not faults(index)
    index.upkeep.catch_up()
    assert not faults(index)
    assert index.shelf.counts() == (30, 30)


def test_what_changed_again_later_is_written_once(settings):
    """Words are made anew article by article, in however many batches each of them changed."""
    with Archive.open(settings.archive_url) as archive:
        kept = saved(archive, *(an_extract(title=f"Ward {n}", outlet=f"O{n}") for n in range(230)))
        archive.articles.remove(kept[0].article_id, now=NOW)
        archive.articles.restore(kept[0].article_id, now=NOW)
        archive.articles.erase(kept[1].article_id, now=NOW)
        with Index.open(archive, Hashing(), settings, holder="a test", now=NOW) as index:
            index.upkeep.catch_up()
            assert index.shelf.counts() == (229, 229)
            assert not faults(index)


def test_erased_words_stay_in_no_file(archive, index, settings):
    """Archive, journal, vectors and words: none has a word that only the erased article had."""
    secret = "Quarzimodo Xylophantis resigned over the Zephyrbrook affair on Sunday evening. "
    about = {"title": "Zephyrbrook affair", "url": "http://z.example/zephyrbrook"}
    [kept] = saved(archive, an_extract(secret * 3, **about))
    index.upkeep.catch_up()
    [first, *_] = search(index, archive, "Who resigned over the Zephyrbrook affair?")
    assert first.passage.article_id == kept.article_id
    assert settings.database_url or holding(settings.data_dir, b"zephyrbrook")
    archive.articles.erase(kept.article_id, now=NOW)
    index.upkeep.catch_up()
    found = search(index, archive, "Who resigned over the Zephyrbrook affair?")
    assert all(each.passage.article_id != kept.article_id for each in found)
    assert not faults(index)
    for word in (b"quarzimodo", b"zephyrbrook", b"xylophanti"):
        assert holding(settings.data_dir, word) == []


def holding(folder, word):
    """Return the files in *folder* that hold *word* in whatever case."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    return [each.name for each in files if word in each.read_bytes().lower()]


def test_rebuild_opens_what_it_needs_by_itself(settings, archive):
    """The command's way: no index is open, and there may be none yet."""
    made = rebuild(archive, MODEL, settings, holder="a test", now=NOW)
    with Index.open(archive, MODEL, settings, holder="a test", now=NOW) as opened:
        assert opened.generation.id == made.id
        assert not faults(opened)


def test_two_stores_may_be_open_on_servers(settings, archive, index):
    """A second process builds while this one searches; here, both on one Chroma server."""
    if settings.chroma_url is None:
        return
    with Stores.open(archive, settings, holder="another", now=NOW) as other:
        build(archive, MODEL, other, now=NOW)
    index.active().upkeep.catch_up()
    assert search(index.serving(), archive, question(3), limit=3)
