"""The evaluation over our own questions: what it measures, and floors that only rise."""

import json

import pytest

from bot import evaluating as evaluation
from bot.__main__ import main
from bot.evaluating import SAMPLE_QUESTIONS, read_question_set
from ingest.errors import UnreadableError
from tests.bot.builders import some_questions

QUESTIONS = read_question_set(SAMPLE_QUESTIONS)
FLOORS = {
    "quotations": {
        ("accuracy", "right citation among the first two"): 0.75,
        ("context", "newest leads"): 1.0,
        ("declining", "answerable questions answered"): 0.19,
        ("declining", "other questions declined"): 1.0,
        ("declining", "guards held"): 1.0,
    },
}
"""What was measured over :func:`some_questions`, rounded down; never lowered silently.

The floors of "first two" and "answered" were lowered once, when the rules went that had been fitted
to these very questions: on 277 that nobody had fitted anything to, the reader leads with what
answers for 86 where they led for 67 (docs/reader.md).
"""


def test_the_set_is_large_and_of_both_languages():
    """At least 150 questions, some of which the coverage does not answer."""
    assert len(QUESTIONS) >= 150
    assert sum(not each.answerable for each in QUESTIONS) >= 30
    assert sum(not each.question.isascii() for each in QUESTIONS) >= 40


@pytest.mark.parametrize("writer", FLOORS)
async def test_no_change_loses_what_was_reached(sample_desk, tmp_path, writer):
    """Whoever makes one thing better must not make another worse; `evaluate` asks the whole set."""
    questions = some_questions()
    results = await evaluation.answer_all(questions, sample_desk.answer, lambda _done, _total: None)
    scores = evaluation.scores(results)
    for (criterion, what), floor in FLOORS[writer].items():
        assert scores[criterion][what] >= floor, (criterion, what, scores[criterion])
    page, data = evaluation.write_scorecard(tmp_path, writer, results, scores)
    assert "<svg" in page.read_text(encoding="utf-8")
    assert len(json.loads(data.read_text(encoding="utf-8"))["answers"]) == len(questions)


@pytest.mark.parametrize("content", ["", "[]", '{"question": "a"}', "not json"])
def test_a_set_that_cannot_be_read_is_a_sentence(tmp_path, content):
    """The line is named, and what to do."""
    file = tmp_path / "set.jsonl"
    file.write_text(content)
    with pytest.raises(UnreadableError):
        read_question_set(file)


def test_the_command_writes_a_page_and_its_data(tmp_path, monkeypatch, capsys):
    """A maintainer's own few questions are scored the same way."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "set.jsonl"
    file.write_text('{"question": "Turnout?", "expect": "answer", "quote_contains": ["62.7"]}\n')
    assert main(["evaluate", "--questions", str(file), "--out", "out"]) == 0
    assert "right citation among the first two" in capsys.readouterr().out
    assert {f.name for f in (tmp_path / "out").iterdir()} == {"quotations.html", "quotations.json"}
    assert main(["evaluate", "--writer", "model", "--questions", str(file)]) == 1
