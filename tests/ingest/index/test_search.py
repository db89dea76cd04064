"""Evidence: what a question names leads, what it bounds keeps the rest out."""

from datetime import date

import numpy as np
import pytest

from ingest.archive import Archive
from ingest.embedding.embedder import FastEmbedder
from ingest.environment import Settings
from ingest.index.index import Index
from ingest.index.scope import QuestionScope, question_scope
from ingest.index.search import search
from ingest.model import Scope, parse_moment
from tests.builders import NOW, an_extract, saved

OLD = "The ferry tax is 12 crowns, the Harbour Alliance said. It will stay so for the year."
NEW = "The ferry tax is 15 crowns, the Harbour Alliance said. It was raised after the vote."
OTHER = "Critics of the ferry tax in Brennock called the crowns badly spent on lamps and walls."


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Keep three articles of three outlets."""
    settings = Settings.of({"DATA_DIR": str(tmp_path_factory.mktemp("desk"))})
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(archive, FastEmbedder(), settings, holder="a test", now=NOW) as index,
    ):
        saved(
            archive,
            an_extract(OLD, title="Tax", outlet="Ledger", published=date(2026, 9, 1)),
            an_extract(NEW, title="Tax", outlet="Courier", published=date(2026, 10, 20)),
            an_extract(OTHER, title="Critics", outlet="Brennock Post", published=None),
        )
        index.upkeep.catch_up()
        yield archive, index


def outlets(desk, question, **options):
    archive, index = desk
    found = search(index, archive, question, **options)
    return [each.passage.header.outlet for each in found]


@pytest.mark.parametrize(("outlet", "first"), [("Ledger", "Ledger"), ("Courier", "Courier")])
def test_the_outlet_that_a_question_names_leads(desk, outlet, first):
    """Equal reports are told apart by who is asked for."""
    question = f"What is the ferry tax according to the {outlet}?"
    names = question_scope(question, desk[0].outlets.names(), NOW.date())
    assert outlets(desk, question, names=names)[0] == first


def test_a_bound_shuts_out_the_rest(desk):
    """By words and by meaning alike, and an undated article lies in no period."""
    names = QuestionScope(bound=Scope(since=date(2026, 10, 1)))
    assert outlets(desk, "ferry tax", names=names) == ["Courier"]
    assert (
        outlets(desk, "ferry tax", names=QuestionScope(bound=Scope(since=date(2027, 1, 1)))) == []
    )


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(outlets=("Ledger",)), {"Ledger"}),
        (Scope(outlets=("Ledger", "Brennock Post")), {"Ledger", "Brennock Post"}),
        (Scope(until=date(2026, 9, 1)), {"Ledger"}),
        (Scope(outlets=("Courier",), until=date(2026, 9, 1)), set()),
        (None, {"Ledger", "Courier", "Brennock Post"}),
    ],
)
def test_a_filter_holds_for_words_and_for_meaning(desk, scope, expected):
    """Nothing from outside is found, whatever the question names."""
    names = question_scope(
        "What does the Courier say of the ferry tax?", desk[0].outlets.names(), NOW.date()
    )
    assert set(outlets(desk, "ferry tax", scope=scope, names=names)) == expected


def test_the_best_scores_one_and_the_rest_no_more(desk):
    """Scores of one search compare."""
    archive, index = desk
    scores = [each.score for each in search(index, archive, "the ferry tax in crowns")]
    assert scores[0] == pytest.approx(1.0)
    assert scores == sorted(scores, reverse=True)


CONTESTS = {
    "2016-11-09": "Venn won Tarn by a wide margin. Tarn was hers, and all of Tarn sang.",
    "2020-11-04": "Solt won Tarn narrowly, after Tarn had counted for two days.",
    "2024-11-06": "On a night of many contests Farr won Tarn too, and Holm, and Skerry.",
    "2025-06-01": "A whale was seen off Brennock. Children came to look, and the ferry stopped.",
}


def test_where_the_newest_is_meant_the_newest_contest_is_among_the_few_found(tmp_path):
    """An old report that repeats the words of the question is no longer the only one."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(archive, FastEmbedder(), settings, holder="a test", now=NOW) as index,
    ):
        saved(
            archive,
            *(
                an_extract(
                    text, title="Report", outlet=f"Paper of {day}", published=parse_moment(day)
                )
                for day, text in CONTESTS.items()
            ),
        )
        index.upkeep.catch_up()
        oldest, newest = (
            search(index, archive, "Who won Tarn?", newest=newest) for newest in (False, True)
        )
    assert str(oldest[0].passage.header.day) == "2016-11-09"
    assert str(newest[0].passage.header.day) == "2024-11-06"
    assert {e.passage.id: e.score for e in oldest} == {e.passage.id: e.score for e in newest}
    assert newest[0].freshness == 1.0
    assert all(e.freshness == 0.0 for e in oldest)


ELSEWHERE = (
    "A bridge was painted blue over the summer.",
    "The choir of Holm sang for two hours.",
    "Eels came back to the river after years.",
    "Snow closed both passes until noon.",
)


class Placed:
    """An embedder that puts a question beside what is said of turnout, in any language."""

    model, dimensions, is_remote, windows = "placed", 2, False, 1

    def passages(self, texts):
        return np.float32([self._vector(text) for text in texts])

    def question(self, _text):
        return np.float32([1, 0])

    def _vector(self, text):
        return (1, 0) if "turnout" in text else (0.6, 0.8)


def test_words_do_not_hold_back_a_passage_of_another_language(tmp_path):
    """A Spanish question shares a name with one English report, and its meaning with another."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(archive, Placed(), settings, holder="a test", now=NOW) as index,
    ):
        saved(
            archive,
            an_extract("The turnout was 63.5 per cent, the office said. It rose.", outlet="Ledger"),
            an_extract("Marrowen spoke of votes, of taxes and of lamps again.", outlet="Courier"),
            *(an_extract(text, title=text, outlet="Post") for text in ELSEWHERE),
        )
        index.upkeep.catch_up()
        question = (
            "¿Qué participación hubo ayer en las urnas de todo el país, según lo que Marrowen y "
            "los demás partidos dijeron por la noche?"
        )
        assert outlets((archive, index), question)[0] == "Courier"
        assert outlets((archive, index), question, language="es")[0] == "Ledger"
