"""Dated lines of a topic: oldest first, each a quotation, none off the topic."""

from __future__ import annotations

import pytest

from bot.answering.limits import TIMELINES
from bot.answering.timeline import timeline
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
