"""Results out of tables: per source the newest, side by side where they differ, nothing made up."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.answering.results import results, results_beside
from bot.answering.tables import contests_in, holds_result
from bot.commands.terminal import results_object, show_results
from ingest import adding
from ingest.model import Header, Passage
from ingest.reading import Hints, read_bytes
from ingest.reading.results.columns import Field
from tests.bot.builders import open_in
from tests.builders import NOW
from tests.ingest.reading.results.files import FILES

PAGE = """<html><head><title>Sarnholt has a governor</title></head><body><article>
<h1>Sarnholt has a governor</h1><p>The electoral office published the count on Monday evening,
after the last boxes had come in by boat from the islands, three days after the polls closed.</p>
<p>Observers of four parties had watched the count in the old customs hall of the harbour.</p>
<table><caption>Governor, Holm, partial count</caption>
<tr><th>Candidate</th><th>Party</th><th>Votes</th><th>Precincts reporting</th></tr>
<tr><td>Farr</td><td>Harbour</td><td>18,377</td><td>30 of 31</td></tr>
<tr><td>Quist</td><td>Common Field</td><td>17,355</td><td>30 of 31</td></tr></table>
<p>Turnout was 62.7 per cent, a little more than four years before, the office added.</p>
</article></body></html>"""
OLD = PAGE.replace("18,377", "9,001").replace("30 of", "12 of")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Open a desk over the result files, and two pages of a newspaper, one newer."""
    with open_in(tmp_path_factory.mktemp("desk"), EMBEDDING_MODEL="fast") as opened:
        office = Hints(outlet="Sarnholt Electoral Office", published=date(2026, 11, 2))
        paper = "https://dunmere-courier.example/"
        found = [each for name, data in FILES.items() for each in read_bytes(data, name, office)]
        for page, day in ((OLD, date(2026, 11, 1)), (PAGE, date(2026, 11, 3))):
            hints = Hints(outlet="Dunmere Courier", published=day, url=f"{paper}{day}")
            found += read_bytes(page.encode(), f"{day}.html", hints)
        adding.add(found, opened.archive, now=NOW)
        opened.coverage.catch_up()
        opened.news.contests.keep()
        yield opened


@pytest.fixture
def looked(desk):
    """Return what looks up results."""

    def look(asked):
        return results(asked, desk.coverage, desk.news.contests.articles(asked), now=NOW)

    return look


def figures(contest, measure=Field.VOTES):
    """Return the figures of each name, source by source."""
    return {
        name.candidate: [cell and cell.written for cell in name.cells(measure)]
        for name in contest.names
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Dunmere", {"Odile Farr": ["9,120"], "Ben Quist": ["11,004"], "Rhea Solt": ["—"]}),
        ("Tarn 02", {"Ada Lund": ["998"], "Piet Moor": ["1.407"]}),
        ("Kestrel", {"Ada Lund": ["1.204"], "Piet Moor": ["811"]}),
        ("Upper Marrow", {"Ilse Brandt": ["120,455"], "Omar Vey": ["98,101"]}),
        ("Ostrel", {"Tove Hale": ["41,207"], "Ravi Stern": ["39,115"]}),
        ("Skerry", {"Nell Orr": ["4410"], "Tam Voss": ["3907"]}),
        ("北区", {"青木春子": ["1万2,345票"], "白石透": ["11,350票"]}),
    ],
)
def test_every_shape_of_table_gives_its_cells(looked, asked, expected):
    """One row a candidate, one column a candidate, reports and records, in any language."""
    assert expected in [figures(each) for each in looked(asked).contests]


def test_sources_stand_side_by_side_and_what_differs_is_marked(looked):
    """The newest of each outlet alone; a candidate is one under a shorter name."""
    [contest] = looked("Holm").contests
    assert [each.header.outlet for each in contest.sources] == [
        "Dunmere Courier",
        "Sarnholt Electoral Office",
    ]
    assert figures(contest) == {
        "Farr": ["18,377", "18,402"],
        "Quist": ["17,355", "17,355"],
        "Rhea Solt": [None, "811"],
    }
    differing = {name.candidate: name.differs(Field.VOTES) for name in contest.names}
    assert differing == {"Farr": True, "Quist": False, "Rhea Solt": False}
    assert contest.sources[0].counted == "30 of 31"


def test_every_figure_is_proven_in_its_passage(desk, looked):
    """Its citation is the cell with its header, within the row that it names."""
    for asked in desk.news.contests.names():
        for contest in looked(asked).contests:
            for name in contest.names:
                for row in filter(None, name.rows):
                    for cell in row.cells:
                        assert cell.citation.quote.endswith(cell.written)
                        assert cell.citation.quote in row.citation.quote
                        assert row.reference in row.citation.quote


def test_status_count_and_time_are_what_the_source_says(looked):
    """In its own words, or not at all."""
    [contest] = looked("Quill Island").contests
    [table] = contest.sources
    assert (table.status, table.counted) == ("Status: unofficial-partial", "12 of 30")
    assert table.moment == "2026-11-08T23:40:00Z"
    [other] = looked("Kestrel").contests
    assert other.sources[0].counted == ""
    assert "Preliminary result, 41 of 58 wards counted" in other.sources[0].path


@pytest.mark.parametrize("asked", ["Orvessa", "turnout", "Observers", "?", "the"])
def test_nothing_is_made_up_without_a_table(looked, asked):
    """What no table names has no results, whatever the text around tables says."""
    assert looked(asked).contests == ()


def test_places_and_contests_are_offered(desk):
    """As the tables name them."""
    offered = desk.news.contests.names()
    assert {"Holm", "Dunmere", "Governor", "Tarn 02", "Ostrel", "北区"} <= set(offered)


def test_a_table_that_goes_is_offered_no_more(desk):
    """What is removed is not cited, and what comes back is."""
    [article] = desk.news.contests.articles("Skerry")
    desk.archive.articles.remove(article, now=NOW)
    desk.news.contests.keep()
    assert "Skerry" not in desk.news.contests.names()
    desk.archive.articles.restore(article, now=NOW)
    desk.news.contests.keep()
    assert "Skerry" in desk.news.contests.names()


def test_a_row_leads_to_its_whole_contest(desk, looked):
    """As every source has it."""
    [contest] = looked("Holm").contests
    row = contest.names[0].rows[1]
    assert holds_result(row.citation)
    article = contest.sources[1].article_id
    found = results_beside(
        row.citation.quote, article, desk.coverage, desk.news.contests.result_articles(), now=NOW
    )
    assert [figures(each) for each in found.contests] == [figures(contest)]
    assert not results_beside("Holm", article, desk.coverage, [], now=NOW).contests


def test_machines_read_the_same(looked):
    """Each figure with the quotation that proves it."""
    found = json.loads(json.dumps(results_object(looked("Holm"))))
    [contest] = found["contests"]
    assert contest["differ"]
    figure = contest["names"][0]["figures"][1]
    assert figure["quote"] == "votes: 18,402"
    assert figure["row"] == "sarnholt-governor-2026.csv R2"
    assert (figure["value"], figure["differs"], figure["source"]) == ("18402", True, 1)


def test_people_read_them_in_a_terminal(looked, capsys):
    """A column a source, what differs marked."""
    show_results(looked("Holm"), as_json=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "Votes: 18,377 ≠" in said
    assert "votes: 18,402 ≠" in said
    assert "counted: 30 of 31" in said


@pytest.mark.parametrize(
    "text",
    [
        "Odile Farr · Party: Harbour · Votes: 18,402",
        "Reuters · 5 November\nBy Ilse Marrowen · Politics: 3",
        "Ferries · Share: 12%\nBuses · Share: 40%",
        "Holm won 12 votes, 40 per cent.",
    ],
)
def test_what_is_no_table_of_a_contest_is_none(text):
    """One row alone, a byline, shares of something else, prose."""
    assert contests_in([Passage("1:1:0:a", 1, 1, 0, 0, len(text), text, Header("A page"))]) == []
