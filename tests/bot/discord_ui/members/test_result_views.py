"""`/results` and `/polls` in Discord: what is offered, shown, drawn, and reached from an answer."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from bot.answering.tables import TableKind
from ingest import adding
from ingest.reading import Hints, read_bytes
from tests.bot.builders import open_in
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.reading import seen
from tests.ingest.reading.results.files import FILES
from tests.ingest.reading.results.polls import FILES as POLLS


@pytest.fixture(scope="session")
def read_folder(read_folder, made_once):
    """Add results of the electoral office and of a newspaper, and polls, to the sample; once."""

    def add_tables(folder):
        shutil.copytree(read_folder, folder)
        name = "sarnholt-governor-2026.csv"
        other = FILES[name].replace(b"18,402", b"18,377")
        with open_in(folder, now=MORNING) as desk:
            for outlet, data in (
                ("Sarnholt Electoral Office", FILES[name]),
                ("The Courier", other),
            ):
                found = read_bytes(data, name, Hints(outlet=outlet))
                adding.add(found, desk.archive, now=MORNING)
            for name, (outlet, data) in POLLS.items():
                hints = Hints(outlet=outlet, published=date(2026, 11, 1))
                adding.add(read_bytes(data, name, hints), desk.archive, now=MORNING)
            desk.coverage.catch_up()

    return made_once("tabled", add_tables)


async def test_figures_are_shown_by_source_and_drawn(desk, channel, alice):
    """What differs is marked, and the picture says in words what it shows."""
    result = await alice.slash(channel, "results", contest="Holm")
    text = seen(result.response.components)
    assert "votes: 18,402 ≠" in text.replace("*", "")
    assert "votes: 18,377 ≠" in text.replace("*", "")
    assert "Sarnholt Electoral Office" in text
    assert "The Courier" in text
    [item] = result.response.components[0]["items"]
    assert "1 Odile Farr: A 18,377, B 18,402" in item["description"]


async def test_without_a_table_the_coverage_answers(desk, channel, alice):
    """As it would a question, for whoever asked; they may show it to all."""
    result = await alice.slash(channel, "results", contest="Skerrow")
    text = seen(result.response.components)
    assert "What is the result in Skerrow?" in text
    assert "Results:" not in text
    assert result.ephemeral
    assert "Show to all" in labels(result.response)


@pytest.mark.parametrize(
    ("command", "option"),
    [("results", "contest"), ("polls", "contest"), ("latest", "topic"), ("timeline", "topic")],
)
async def test_that_there_is_nothing_is_shown_to_whoever_asked_alone(
    desk, channel, alice, command, option
):
    """Nobody else asked for it."""
    result = await alice.slash(channel, command, **{option: "Zanzibar mayor"})
    assert result.ephemeral
    assert channel.history() == []


async def test_an_answer_leads_to_its_table(desk, channel, alice):
    """By a button, where it begins with a row of results."""
    result = await alice.slash(
        channel, "ask", question="How many votes did Jo Venn get in Dunmere?"
    )
    table = await alice.click(result.response, label="Results table")
    text = seen(table.response.components)
    assert "Ana Teller" in text
    assert "votes: 6 219" in text
    assert "Odile Farr" not in text
    plain = await alice.slash(channel, "ask", question="What was the turnout?")
    assert "Results table" not in str(plain.response.components)


async def test_polls_are_offered_shown_and_drawn(desk, channel, alice):
    """Each with who asked how many, when and how; none of them is among the results."""
    desk.news.contests.keep()
    offered = await alice.autocomplete(channel, "polls", "contest", "sarnholt")
    assert "Governor of Sarnholt" in [choice["value"] for choice in offered]
    assert "Holm" not in desk.news.contests.names(kind=TableKind.POLLS)
    result = await alice.slash(channel, "polls", contest="Governor of Sarnholt")
    text = seen(result.response.components)
    assert "Polls:" in text
    assert "Tern" in text
    assert "28–30 October" in text
    assert "988" in text
    assert "face to face" in text
    assert "Odile Farr: 45%" in text.replace("*", "")
    [item] = result.response.components[0]["items"]
    assert "1 Odile Farr: A 45%, B 42, C 43%" in item["description"]
    results = await alice.slash(channel, "results", contest="Governor of Sarnholt")
    assert "Tern" not in seen(results.response.components)


async def test_without_a_poll_the_coverage_answers(desk, channel, alice):
    """As it would a question; results of the place are no poll of it."""
    result = await alice.slash(channel, "polls", contest="Holm")
    text = seen(result.response.components)
    assert "What do the polls say about Holm?" in text
    assert "Polls:" not in text
