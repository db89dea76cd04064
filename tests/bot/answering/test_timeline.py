"""Dated lines of a topic: oldest first, each a quotation, none off the topic."""

from __future__ import annotations

import pytest

from bot.answering.answer import answer_now
from bot.answering.limits import TIMELINES
from bot.answering.timeline import latest, timeline
from bot.answering.understanding.question import ask
from tests.bot.conftest import MORNING


@pytest.fixture
def drawn(sample_desk):
    """Draw up a timeline on that morning."""
    return lambda topic: timeline(topic, sample_desk.coverage.serving, now=MORNING)


@pytest.mark.parametrize(
    "topic", ["turnout", "Ilse Marrowen", "the Lantern Movement", "スケロウ島"]
)
def test_lines_are_in_order_and_proven(drawn, topic):
    """One of each article, and no more than a message holds."""
    lines = drawn(topic).lines
    assert 1 <= len(lines) <= TIMELINES.lines
    assert [each.day for each in lines] == sorted(each.day for each in lines)
    articles = [each.citation.passage.article_id for each in lines]
    assert len(set(articles)) == len(articles)
    assert all(each.day == each.citation.header.day for each in lines)


def test_what_is_not_covered_has_no_line(drawn):
    """Nothing is pretended."""
    assert drawn("quantum chess").lines == ()


def test_a_line_names_the_topic(drawn):
    """What only stands near it is left out."""
    assert all("turnout" in each.citation.quote.lower() for each in drawn("turnout").lines)


@pytest.mark.parametrize(
    ("topic", "newest", "beside"),
    [
        ("ferries", "洋上の1140人", "rowing boat"),
        ("the ferries", "洋上の1140人", "allows vessels"),
        ("Fähren", "洋上の1140人", "rowing boat"),
        ("Ilse Marrowen", "Final count", "claim of money"),
        ("turnout", "Final count", "polling station"),
    ],
)
def test_the_latest_on_a_topic_is_the_few_newest_about_it(sample_desk, topic, newest, beside):
    """No history, and nothing that has a word of a similar meaning by the way."""
    lines = latest(topic, sample_desk.coverage.serving, now=MORNING).lines
    assert 1 <= len(lines) <= 3
    assert lines[0].citation.header.title.startswith(newest)
    days = [each.day for each in lines]
    assert days == sorted(days, reverse=True)
    assert not any(
        beside in text
        for each in lines
        for text in (each.citation.quote, each.citation.header.title)
    )


def test_an_answer_about_the_latest_has_no_word_of_similar_meaning_by_the_way(sample_desk):
    """In the terminal, and wherever a question is answered, it is the same topic."""
    question = ask("What is the latest on the ferries?", now=MORNING)
    shown = answer_now(question, sample_desk.coverage.serving).excerpts
    assert shown
    assert not any("rowing boat" in excerpt.citation.quote for excerpt in shown)
