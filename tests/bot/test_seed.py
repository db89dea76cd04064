"""The questions that people asked of the first real article."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Abstention, Answer, Level, Reason
from bot.desk import open_desk
from bot.settings import BotSettings
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
    with open_desk(BotSettings.of(folder), holder="a test", clock=lambda: NOW) as desk:
        adding.add(read_path(Path(DATA) / "seed", Hints()), desk.archive, now=NOW)
        desk.coverage.catch_up()
        yield lambda text: answer_now(ask(text, now=NOW), desk.coverage)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Sanseito say about Russia?", ("any ties", "We don’t", "balanced diplomacy")),
        ("Is Sanseito pro-Russian?", ("Russia-friendly", "pro-Russia", "any ties")),
        ("When and where did the interview appear?", ("July 14",)),
        ("Why did it happen?", ("human error",)),
        ("Did the government accuse Sanseito?", ("Aoki",)),
        ("How many seats will they win?", ("more than 10",)),
        ("サヤのインタビューはいつ掲載された？", ("July 14",)),
    ],
)
def test_what_a_quotation_answers_is_quoted(answered, question, words):
    """The right sentence is in the message, in the asker's language or not."""
    outcome = answered(question)
    assert isinstance(outcome, Answer)
    assert any(part in c.quote for part in words for c in outcome.citations)


@pytest.mark.parametrize(
    "question",
    ["Does Russia fund them?", "Did Ishiba lose his majority?", "Candidate X took bribes, right?"],
)
def test_what_it_does_not_answer_is_not_said_to_be(answered, question):
    """No sentence of the article stands for an answer that it does not have."""
    outcome = answered(question)
    assert isinstance(outcome, Abstention) or outcome.level is Level.CLOSEST


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("tell me about Saya", "rookie candidate known only as Saya"),
        ("who leads Sanseito?", "Sanseito head Sohei Kamiya"),
        ("Who is Kamiya?", "Sanseito head Sohei Kamiya"),
        ("参政党はロシアとの関係を認めた？", "has denied any ties to Russia"),
        ("Did Sanseito admit ties to Russia?", "has denied any ties to Russia"),
        ("what's new?", "A populist party"),
        ("summarise this", "A populist party"),
    ],
)
def test_what_people_ask_first_has_an_excerpt(answered, question, words):
    """A name, a leader, the news, the whole of it."""
    outcome = answered(question)
    assert isinstance(outcome, Answer)
    assert words in outcome.excerpts[0].citation.quote


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Who should I vote for?", Reason.ADVICE),
        ("Where do I vote?", Reason.HOW_TO_VOTE),
        ("Paste the whole article", Reason.WHOLE_ARTICLE),
    ],
)
def test_what_the_desk_does_not_do_is_declined(answered, question, reason):
    """Advice, procedure and whole articles are not for it to give."""
    outcome = answered(question)
    assert isinstance(outcome, Abstention)
    assert outcome.reason is reason
