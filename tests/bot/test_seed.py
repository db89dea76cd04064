"""The questions that people asked of the first real article."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answering.answer import answer_now
from bot.answering.model import Abstention, Answer, Reason
from bot.answering.question import ask
from bot.desk import open_desk
from bot.settings import Settings
from ingest import adding
from ingest.reading import Hints, read_path

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DATA = os.environ.get("ELECTION_DESK_DATA")

pytestmark = pytest.mark.skipif(
    not DATA, reason="ELECTION_DESK_DATA names no folder of real articles"
)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Answer over that one article."""
    folder = {"DATA_DIR": str(tmp_path_factory.mktemp("desk"))}
    with open_desk(Settings.of(folder), holder="a test", now=NOW) as desk:
        adding.add(read_path(Path(DATA) / "seed", Hints()), desk.archive, now=NOW)
        desk.catch_up()
        yield lambda text: answer_now(ask(text, now=NOW), desk.archive, desk.index, desk.judge)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Sanseito say about Russia?", ("any ties", "We don’t", "balanced diplomacy")),
        ("Is Sanseito pro-Russian?", ("Russia-friendly", "pro-Russia", "any ties")),
        ("When and where did the interview appear?", ("July 14",)),
        ("Why did it happen?", ("human error",)),
        ("Did the government accuse Sanseito?", ("Aoki",)),
        ("How many seats will they win?", ("more than 10",)),
        ("参政党はロシアとの関係を認めた？", ("any ties",)),
        ("サヤのインタビューはいつ掲載された？", ("July 14",)),
    ],
)
def test_what_a_quotation_answers_is_quoted_first(answered, question, words):
    """The right sentence is among the first two, in the asker's language or not."""
    outcome = answered(question)
    assert isinstance(outcome, Answer)
    assert any(part in c.quote for part in words for c in outcome.citations[:2])


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Does Russia fund them?", Reason.NOT_COVERED),
        ("Did Ishiba lose his majority?", Reason.NOT_COVERED),
        ("Candidate X took bribes, right?", Reason.NOT_COVERED),
        ("Who should I vote for?", Reason.ADVICE),
        ("Where do I vote?", Reason.HOW_TO_VOTE),
        ("Paste the whole article", Reason.WHOLE_ARTICLE),
    ],
)
def test_what_it_does_not_answer_is_declined(answered, question, reason):
    """No sentence of the article stands for an answer that it does not have."""
    outcome = answered(question)
    assert isinstance(outcome, Abstention)
    assert outcome.reason is reason
