"""Questions to begin with are known to be answered, and drawn anew when coverage changes."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.community.limits import INTERVALS, MEMBERS
from bot.community.suggested_questions import SuggestedQuestions
from ingest.language.languages import Language
from ingest.model import Edition
from ingest.process.ending import StoppedError
from tests.bot.discord_ui.builders import LEDGER, PASTE, an_abstention, an_answer, an_excerpt
from tests.builders import NOW, an_extract, saved


def about(article_id):
    """Answer every question with citations of one article."""
    answer = an_answer()
    lead, *_ = answer.excerpts
    passage = replace(lead.citation.passage, article_id=article_id)
    cited = replace(lead, citation=replace(lead.citation, passage=passage))
    return lambda question: replace(answer, question=question, excerpts=(cited,))


async def test_only_what_is_answered_by_its_article_is_offered(archive):
    """An abstention, or an answer out of something else, is no beginning."""
    saved(archive, an_extract(), an_extract("Another.", title="Another"))
    starters = SuggestedQuestions(archive, about(2), lambda: NOW)
    starters.refresh()
    assert await starters.matching("", Language.ENGLISH) == ["What is reported on “Another”?"]
    declining = SuggestedQuestions(archive, lambda _question: an_abstention(), lambda: NOW)
    declining.refresh()
    assert await declining.matching("", Language.ENGLISH) == []


def test_they_are_drawn_anew_after_a_rest(archive):
    """Coverage may change every second."""
    moments = [NOW]
    asked = []

    def answers(question):
        if "reported" in question.text:
            asked.append(question)
        return an_abstention()

    starters = SuggestedQuestions(archive, answers, lambda: moments[-1])
    starters.refresh()
    saved(archive, an_extract())
    starters.refresh()
    assert asked == []
    moments.append(NOW + INTERVALS.suggesting)
    starters.refresh()
    starters.refresh()
    assert len(asked) == 1
    moments.append(NOW + INTERVALS.suggesting + INTERVALS.suggesting + timedelta(seconds=1))
    starters.refresh()
    assert len(asked) == 1


async def test_no_outlet_fills_the_list(archive):
    """And the list has an end."""
    many = [
        an_extract(f"Text {n} of {o}.", title=f"{n} {o}", outlet=f"Outlet {o}")
        for o in range(3)
        for n in range(MEMBERS.suggested_questions)
    ]
    saved(archive, *many)
    starters = SuggestedQuestions(archive, lambda q: about(number_of(archive, q))(q), lambda: NOW)
    starters.refresh()
    assert len(await starters.matching("", Language.ENGLISH)) <= 3 * MEMBERS.suggested_per_outlet


def number_of(archive, question):
    """Return the article that a question is about; 0 for one about none."""
    listed = archive.articles.listed()
    return next((a.id for a in listed if f"“{a.header.title}”" in question.text), 0)


@pytest.mark.parametrize(("verified", "kinds"), [(True, ["result", "turnout"]), (False, [])])
def test_nobody_begins_with_what_nobody_has_verified(archive, verified, kinds):
    """What a paste alone answers makes no button; names in several titles do."""
    saved(archive, *(an_extract(f"Text {n}.", title=f"Jory Stanmark speaks {n}") for n in range(3)))
    answer = an_answer(an_excerpt("Turnout was 62.7 per cent.", LEDGER if verified else PASTE))
    starters = SuggestedQuestions(archive, lambda q: replace(answer, question=q), lambda: NOW)
    starters.refresh()
    for language in Language:
        begun = starters.suggestions(language)
        assert [each.kind for each in begun] == [*kinds, "latest"]
        assert begun[-1].topic == "Jory Stanmark"


async def test_a_title_too_long_is_no_question(archive):
    """It would be refused when somebody chose it."""
    saved(archive, an_extract(title="long " * 120))
    starters = SuggestedQuestions(archive, about(1), lambda: NOW)
    starters.refresh()
    assert await starters.matching("", Language.ENGLISH) == []


async def test_an_answer_that_takes_its_time_is_left_behind_when_the_process_ends(archive):
    """The thread that keeps house returns at once, and the next start draws anew."""
    saved(archive, an_extract())
    asked, released = threading.Event(), threading.Event()

    def answers(_question):
        asked.set()
        released.wait(30)
        return an_abstention()

    def stop_once_asked(_count, _total):
        if asked.is_set():
            raise StoppedError

    starters = SuggestedQuestions(archive, answers, lambda: NOW)
    try:
        with pytest.raises(StoppedError):
            starters.refresh(stop_once_asked)
        assert not released.is_set()
    finally:
        released.set()
    starters.refresh()
    assert await starters.matching("", Language.ENGLISH) == []


async def test_what_is_taken_out_is_not_offered_at_once(archive):
    """Whoever types reads no title that a moderator has removed, or hidden in this server."""
    saved(archive, an_extract("One.", title="One"), an_extract("Two.", title="Two"))
    starters = SuggestedQuestions(archive, lambda q: about(number_of(archive, q))(q), lambda: NOW)
    starters.refresh()
    one, two = "What is reported on “One”?", "What is reported on “Two”?"
    here, there = Edition("1"), Edition("2")
    assert set(await starters.matching("", Language.ENGLISH)) == {one, two}
    archive.editions.hide("1", 1, now=NOW)
    assert await starters.matching("", Language.ENGLISH, here) == [two]
    assert set(await starters.matching("", Language.ENGLISH, there)) == {one, two}
    archive.articles.remove(2, now=NOW)
    assert await starters.matching("", Language.ENGLISH, here) == []
    assert await starters.matching("", Language.ENGLISH, there) == [one]
