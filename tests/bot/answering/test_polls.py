"""Polls out of tables: what its own words call a poll, each with who asked whom and when."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from bot.answering.tables import TableKind, contests_in, holds_result, polls_in
from ingest import adding
from ingest.model import Header, Kind, Passage
from ingest.reading import Hints, read_bytes
from ingest.reading.results.columns import Field
from tests.bot.builders import open_in
from tests.builders import NOW
from tests.ingest.reading.results.polls import FILES

DAY = date(2026, 11, 1)
FARR, QUIST = "Odile Farr · Votes: {0}", "Ben Quist · Votes: {1}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Open a desk over polls as newspapers and projects set them."""
    with open_in(tmp_path_factory.mktemp("desk"), EMBEDDING_MODEL="fast") as opened:
        for name, (outlet, data) in FILES.items():
            hints = Hints(outlet=outlet, published=DAY, url=f"https://news.example/{name}")
            adding.add(read_bytes(data, name, hints), opened.archive, now=NOW)
        opened.coverage.catch_up()
        opened.news.contests.keep()
        yield opened


@pytest.fixture
def looked(desk):
    """Return what looks up polls."""
    return lambda asked: asyncio.run(desk.news.contests.results(asked, kind=TableKind.POLLS))


def a_table(rows, title="Sarnholt decides", kind=Kind.NEWS, outlet=""):
    """Build the passage of a page that has these lines."""
    return [Passage("1:1:0:a", 1, 1, 0, 0, len(rows), rows, Header(title, outlet, kind=kind))]


def figures(contest):
    """Return the share of each name, poll by poll."""
    return {
        name.candidate: [cell and cell.written for cell in name.cells(Field.SHARE)]
        for name in contest.names
    }


@pytest.mark.parametrize(
    "caption",
    [
        "Wexcombe poll",
        "Exit poll, Holm",
        "Umfrage zur Wahl in Holm",
        "Wählerumfrage",
        "Sondage, second tour",
        "Encuesta de octubre",
        "Pesquisa eleitoral",
        "世論調査（10月3日）",
        "出口調査",
        "대선 여론조사",
        "最新民调",
        "نتائج استطلاع الرأي",
    ],
)
def test_a_table_headed_votes_is_a_poll_if_its_caption_says_so(caption):
    """In each language; it is never taken for results."""
    passages = a_table(f"{caption} · {FARR}\n{caption} · {QUIST}".format("44%", "41%"))
    assert contests_in(passages) == []
    [table] = polls_in(passages)
    assert [cell.measure for row in table.rows for cell in row.cells] == [Field.SHARE] * 2
    assert not any(holds_result(row.citation) for row in table.rows)


def test_the_heading_the_title_and_the_section_say_so_too():
    """A title counts where nothing nearer names the table."""
    rows = f"{FARR}\n\n{QUIST}".format("44%", "41%")
    assert polls_in(a_table(f"The latest polls\n\n{rows}"))
    assert polls_in(a_table(rows, title="A poll of Holm"))
    assert polls_in(a_table(rows, kind=Kind.POLL))
    assert not polls_in(a_table(f"The final count\n\n{rows}", title="What the polls missed"))
    assert not polls_in(a_table(f"It was not what the polls had said.\n\n{rows}"))


@pytest.mark.parametrize(
    "rows",
    [
        f"Result of the poll · {FARR}\nResult of the poll · {QUIST}".format("18,402", "17,355"),
        f"Polls and count · {FARR} · Counted: 40%\nPolls and count · {QUIST} · Counted: 40%",
        f"Polling place 4 · {FARR}\nPolling place 4 · {QUIST}".format("61", "57"),
        f"After the polls closed on Monday, Holm counted:\n{FARR}\n{QUIST}".format("1,402", "980"),
    ],
)
def test_what_is_counted_is_no_poll(rows):
    """British returning officers declare the result of the poll."""
    passages = a_table(rows.format("44%", "41%"))
    assert polls_in(passages) == []
    assert contests_in(passages)


@pytest.mark.parametrize("name", FILES)
def test_no_poll_is_among_the_results(desk, name):
    """Whatever shape it has."""
    assert desk.news.contests.names() == []
    assert name


def test_each_poll_has_its_pollster_days_sample_and_method(looked):
    """In its own words, the newest first; the older ones are counted."""
    [contest] = looked("Sarnholt governor").contests
    said = [(p.pollster, p.days, p.sample, p.method) for p in (t.poll for t in contest.sources)]
    assert said == [
        ("Tern", "28–30 October", "988", "face to face"),
        ("Aldine", "2026-10-20 – 2026-10-22", "1510", "online"),
        ("Aldine", "20–22 October", "1,510", "online"),
        ("Wexcombe", "2026-10-01 – 2026-10-03", "1002", "telephone"),
    ]
    assert figures(contest) == {
        "Odile Farr": ["45%", "42", "43%", "44"],
        "Ben Quist": ["44%", "45", "45%", "41"],
    }
    assert contest.older == 1


def test_reports_of_one_poll_are_one_or_stand_side_by_side(looked):
    """Two polls may differ; two reports of one poll that do are marked, and no others."""
    [contest] = looked("Sarnholt governor").contests
    assert contest.differs
    farr, quist = contest.names
    assert [farr.differs(Field.SHARE, number) for number in range(4)] == [False, True, True, False]
    assert not quist.differs(Field.SHARE)


def test_a_poll_is_found_by_its_pollster_and_in_japanese(looked):
    """Its caption says the days."""
    assert {t.poll.pollster for t in looked("Tern").contests[0].sources} == {"Tern"}
    [contest] = looked("北斗町長選").contests
    assert contest.sources[0].poll.days == "10月3日"
    assert figures(contest) == {"青木春子": ["44%"], "白石透": ["41%"]}


@pytest.mark.parametrize("asked", ["Orvessa", "approval", "donations", "?"])
def test_nothing_is_made_up_without_a_poll(looked, asked):
    """Nor where a table says nothing of having asked anybody."""
    assert looked(asked).contests == ()


def test_contests_and_pollsters_are_offered(desk):
    """As the tables name them."""
    offered = set(desk.news.contests.names(kind=TableKind.POLLS))
    assert {"Governor of Sarnholt", "Tern", "sarnholt governor polls"} <= offered
