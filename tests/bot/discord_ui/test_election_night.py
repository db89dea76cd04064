"""A small election night: nothing false, nothing told twice, one sound for a withdrawal."""

from __future__ import annotations

import shutil

import pytest

from bot.discord_ui.client import ElectionDeskClient
from bot.settings import SAMPLE_COVERAGE
from tests.bot.discord_ui import election_night, night_script

FILES = ("*explainer*", "*how-votes*", "*spending*", "*two-short*")
TIMES = ("20:00", "21:15", "22:00", "22:20", "23:00", "23:50", "00:50", "01:30")
"""What happens: the exit poll, a figure corrected, a report withdrawn, one hidden, a recount."""
WON = "who won the election?"
ASKED = (
    *("What is the turnout?", WON, "What does the exit poll say?", "Warum?"),
    *("What does the latest poll say?", WON, "Is there a recount in Dunmere East?"),
)
PEOPLE, QUESTIONS, CHANNELS = 6, 24, 3


@pytest.fixture
def clock():
    """Return the time of the night."""
    return [night_script.moment(night_script.BEGAN)]


@pytest.fixture
def opened(tmp_path, clock):
    """Open the desk of the night over a part of the sample coverage."""
    sample = tmp_path / "sample"
    sample.mkdir()
    for pattern in FILES:
        for file in SAMPLE_COVERAGE.glob(pattern):
            shutil.copy(file, sample)
    with election_night.desk_of_the_night(
        tmp_path / "data", clock, sample, EMBEDDING_MODEL="fast"
    ) as made:
        yield made


@pytest.fixture
def simcord_bot(opened):
    """Return the bot as it is run."""
    return ElectionDeskClient(opened[0])


@pytest.mark.simcord(settle_timeout=120)
async def test_a_night_is_lived_through(simcord_env, opened, clock):
    """By a few people in two servers; the whole one is ``make benchmark WHAT=hour``."""
    desk, end_of_the_model = opened
    people = election_night.gather(simcord_env, PEOPLE)
    night = election_night.Night(simcord_env, desk, clock, people)
    known = {each.text: each for each in night_script.QUESTIONS}
    asked = [known[text] for text in ASKED]
    outage = ("21:40", end_of_the_model)
    await election_night.play(
        night, QUESTIONS, outage=outage, only=TIMES, until="02:30", asked=asked
    )
    measured = election_night.Measured.of(night)
    assert measured.false == []
    assert measured.twice == []
    assert set(measured.sounds) == {1}
    assert measured.others <= CHANNELS * len(("a correction", "a withdrawal"))
    assert measured.edited > 0
    assert any(
        "without the language model, which is not working" in line.text for line in night.lines
    )
    await desk.close()
