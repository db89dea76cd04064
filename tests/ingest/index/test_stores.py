"""What is derived is named by its archive's own identity, not by how its address is spelt."""

import shutil
from datetime import timedelta

import numpy as np

from ingest.archive import Archive
from ingest.environment import Settings
from ingest.index.index import Index
from ingest.index.rebuilding import faults
from ingest.index.search import search
from ingest.index.stores import mark_by_place
from ingest.index.vectors import client_of
from ingest.language.script import Script
from tests.builders import NOW, an_extract, saved


class Counting:
    """An embedder of few numbers that counts the texts it is given."""

    model, dimensions, is_remote, windows = "counting", 3, False, 1

    def __init__(self):
        self.texts = 0

    def passages(self, texts):
        self.texts += len(texts)
        return np.tile(np.float32([1, 0, 0]), (len(texts), 1))

    def question(self, _text):
        return np.float32([1, 0, 0])


def opened(settings, archive, embedder):
    return Index.open(archive, embedder, settings, holder="a test", now=NOW)


def test_two_spellings_of_one_address_share_one_index(postgres_url, chroma_url, tmp_path):
    """On two machines, with a Chroma server between them; nothing is embedded twice."""
    spelt = postgres_url.replace("postgresql://", "postgres://")
    other = f"{spelt}{'&' if '?' in spelt else '?'}application_name=two"
    embedder = Counting()
    names = []
    for number, url in enumerate((postgres_url, other)):
        settings = Settings.of(
            {"DATA_DIR": str(tmp_path / str(number)), "CHROMA_URL": chroma_url, "DATABASE_URL": url}
        )
        with Archive.open(settings.archive_url) as archive:
            saved(archive, an_extract(title=f"Title {number}"))
            with opened(settings, archive, embedder) as index:
                index.upkeep.catch_up()
                assert not faults(index)
                names.append(index.shelf.vectors.name)
    assert names[0] == names[1]
    assert embedder.texts == 2


def test_an_index_of_the_release_before_is_taken_over(settings):
    """Its collections and its folder of words have other names: they are renamed, not made anew."""
    embedder = Counting()
    with Archive.open(settings.archive_url) as archive:
        saved(archive, an_extract())
        with opened(settings, archive, embedder) as index:
            index.upkeep.catch_up()
            name, number = index.shelf.vectors.name, index.generation.id
            folder = index.shelf.words._folder
            kept = held(index)
        suffix = f"-{mark_by_place(settings)}" if settings.chroma_url else ""
        client = client_of(settings.data_dir / "index" / "vectors", settings.chroma_url)
        for script in Script:
            old = client.get_collection(f"{name}-{script}", embedding_function=None)
            old.modify(name=f"generation-{number}{suffix}-{script}")
        folder.rename(folder.with_name(f"words-{number}.{folder.name.rpartition('.')[2]}"))
        with opened(settings, archive, embedder) as index:
            assert held(index) == kept
            assert not index.upkeep.is_behind()
            assert index.upkeep.catch_up() == 0
            assert not faults(index)
            assert search(index, archive, "How many seats did the Harbour Alliance win?")


def held(index):
    """Return the ids of all vectors and of all words."""
    return sorted(index.shelf.vectors.ids()), sorted(
        index.shelf.words.held_of(index.shelf.words.articles())
    )


def test_a_folder_that_is_ours_alone_keeps_nothing_of_another_archive(tmp_path):
    """Whoever sets another DATABASE_URL is not answered from the former one's index."""
    embedder = Counting()
    for name in ("one", "two"):
        settings = Settings.of(
            {
                "DATA_DIR": str(tmp_path / "data"),
                "DATABASE_URL": f"sqlite:///{tmp_path / name}.sqlite3",
            }
        )
        with Archive.open(settings.archive_url) as archive:
            saved(archive, an_extract(title=name))
            with opened(settings, archive, embedder) as index:
                index.upkeep.catch_up()
                assert not faults(index)
                [found] = search(index, archive, "Harbour Alliance seats")
                assert found.passage.header.title == name
    words = [each.name for each in (tmp_path / "data" / "index").glob("words-*.*") if each.is_dir()]
    assert len(words) == 1
    client = client_of(tmp_path / "data" / "index" / "vectors", None)
    assert len(client.list_collections()) == len(Script)


def test_a_copied_archive_has_an_identity_of_its_own(tmp_path):
    """Two archives that both live on must not share vectors on one server."""
    with (
        Archive.open(f"sqlite:///{tmp_path / 'one.sqlite3'}") as one,
        Archive.open(f"sqlite:///{tmp_path / 'two.sqlite3'}") as two,
    ):
        assert one.mark() != two.mark()
        assert len(one.mark()) == 32
    shutil.copy(tmp_path / "one.sqlite3", tmp_path / "moved.sqlite3")
    with (
        Archive.open(f"sqlite:///{tmp_path / 'moved.sqlite3'}") as moved,
        Archive.open(f"sqlite:///{tmp_path / 'one.sqlite3'}") as one,
    ):
        assert moved.mark() == one.mark()


def test_a_day_later_nothing_is_left_of_a_generation_that_was_replaced(settings):
    """Under the names of before as under those of today."""
    embedder = Counting()
    with Archive.open(settings.archive_url) as archive:
        saved(archive, an_extract())
        with opened(settings, archive, embedder) as index:
            index.upkeep.catch_up()
            old = index.generation
        new = archive.generations.add(model=embedder.model, dimensions=3, splitter=2, now=NOW)
        archive.generations.activate(new.id, now=NOW)
        later = NOW + timedelta(days=2)
        with Index.open(archive, embedder, settings, holder="a test", now=later) as index:
            index.upkeep.catch_up()
            assert [each.id for each in archive.generations.stored()] == [new.id]
            assert not faults(index)
        client = client_of(settings.data_dir / "index" / "vectors", settings.chroma_url)
        mine = [each.name for each in client.list_collections() if archive.mark()[:12] in each.name]
        assert not [name for name in mine if name.startswith(f"generation-{old.id}-")]
