"""Who follows a count hears of its steps alone, each once, whatever happens to the bot."""

from __future__ import annotations

import signal
import time

import pytest

from bot.answering.tables import contests_in
from bot.community.contests import counted_share, steps_between
from ingest.model import Header, Passage
from tests.bot.community import night

FIGURES = ("18,402", "17,355")


def tables(text, version=1):
    """Return the tables of a version that has these lines."""
    return contests_in(
        [Passage(f"1:{version}:0:a", 1, version, 0, 0, len(text), text, Header("Count"))]
    )


def a_count(
    caption="Holm, preliminary result", status=("", ""), counted="", figures=FIGURES, names=None
):
    """Write a table of two candidates."""
    return "\n".join(
        f"{caption} · {name} · Votes: {votes}"
        + (f" · Status: {said}" if said else "")
        + (f" · Counted: {counted}" if counted else "")
        for name, votes, said in zip(
            names or ("Odile Farr", "Ben Quist"), figures, status, strict=True
        )
    )


def steps(before, after):
    """Return the rows of the steps from one version to the next."""
    return [step.row.candidate for step in steps_between(tables(before), tables(after, 2), 2)]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("41 of 58 wards counted", 70),
        ("30/31", 96),
        ("45%", 45),
        ("45,2 %", 45),
        ("開票率 45%", 45),
        ("58区中41区", 70),
        ("71", 71),
        ("1,204 of 2,408", 50),
        ("Sarnholt mayoral election 2026", None),
        ("Governor", None),
        ("0 of 0", None),
        ("12 of 30 precincts, 7 districts", None),
    ],
)
def test_how_much_is_counted_is_read_in_any_form(text, share):
    """A year is none."""
    found = counted_share(text)
    assert (found if found is None else int(found)) == share


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (a_count(), a_count(figures=("18,500", "17,400")), []),
        (a_count(counted="41%"), a_count(counted="49%"), []),
        (a_count(counted="49%"), a_count(counted="50%"), ["Odile Farr"]),
        (a_count(counted="50%"), a_count(counted="49%"), []),
        (a_count(counted="9%"), a_count(counted="95%"), ["Odile Farr"]),
        (a_count(), a_count(status=("", "elected")), ["Ben Quist"]),
        (a_count(status=("", "elected")), a_count(), ["Odile Farr"]),
        (a_count(status=("partial",) * 2), a_count(status=("certified",) * 2), ["Odile Farr"]),
        (a_count("Holm, 4 of 9 counted"), a_count("Holm, 5 of 9 counted"), ["Odile Farr"]),
        (a_count("Holm, 40 of 99 counted"), a_count("Holm, 41 of 99 counted"), []),
        (a_count("Holm, partial count"), a_count("Holm, final count"), ["Odile Farr"]),
        (a_count(names=("Ada Lund", "Piet Moor")), a_count(), ["Odile Farr"]),
        ("", a_count(), ["Odile Farr"]),
    ],
)
def test_a_step_is_a_call_a_status_or_ten_points(before, after, told):
    """And not every look; who leads is quoted, or who is called."""
    assert steps(before, after) == told


@pytest.fixture(scope="module")
def sent(processes, readings_file, tmp_path_factory):
    """Play the night in a process that is killed amid it; return each message that was sent.

    Discord drops a message whose nonce it has seen.
    """
    place = tmp_path_factory.mktemp("night")
    folder, log = place / "data", place / "sent"
    log.touch()
    for lines in (7, None):
        process = processes.Process(
            target=night.play, args=(folder, log, readings_file), daemon=True
        )
        process.start()
        ends = time.monotonic() + 500
        while lines is not None and len(log.read_text().splitlines()) < lines:
            assert process.is_alive()
            assert time.monotonic() < ends
            time.sleep(0.02)
        if lines is not None:
            process.kill()
        process.join(timeout=500)
        assert process.exitcode == (0 if lines is None else -signal.SIGKILL)
    lines = (line.split("\t") for line in log.read_text().splitlines())
    return list(
        {nonce: (text, int(change), quotes) for nonce, text, change, quotes in lines}.values()
    )


def test_followers_of_a_count_hear_of_its_steps_each_once(sent):
    """A call, its withdrawal, the certificate and every ten points, through a kill -9."""
    told = [(change, quotes) for text, change, quotes in sent if text == "Holm"]
    tens = [change for change in range(1, 61) if change * 10 // 60 > (change - 1) * 10 // 60]
    steps_of_night = {*tens, night.CALLED, night.WITHDRAWN, night.CERTIFIED}
    assert [change for change, _ in told] == sorted(steps_of_night)
    said = dict(told)
    assert "status: elected" in said[night.CALLED]
    assert "status: partial" in said[night.WITHDRAWN]
    assert all("Odile Farr" in quotes and "%" in quotes for quotes in said.values())


def test_entries_of_the_live_page_beside_it_come_each_once(sent):
    """To whoever follows what they are of; nobody hears of another place's count."""
    told = [quotes for text, _, quotes in sent if text == "Skerrow recount"]
    assert [("two boxes" in quote, "put off" in quote) for quote in told] == [
        (True, False),
        (False, True),
    ]
    assert not [text for text, _, _ in sent if text == "Dunmere"]


def test_an_answer_of_nine_whose_figure_is_overtaken_is_told_once_silently(sent):
    """At the next change, and at none of the forty after it."""
    [(change, quotes)] = [(at, quotes) for text, at, quotes in sent if text in {"silent", "loud"}]
    assert "votes: 3607" in quotes
    assert change == night.ASKED_AT + 1
    assert not [text for text, _, _ in sent if text == "loud"]
