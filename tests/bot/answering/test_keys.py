"""A key is an address; the words that are quoted are the proof, and name their passage as well."""

import pytest

from bot.answering.proving.gates import propose
from bot.answering.proving.verifiers import ProposedClaim
from bot.answering.understanding.question import ask
from bot.answering.values import DraftQuote, Dropped, Failing, Sentence
from bot.answering.writing.composing import passages_by_key
from tests.bot.conftest import MORNING

QUOTE = "Turnout was 62.7 per cent, the Electoral Authority said"
SAID = "Turnout was 62.7 per cent, the Electoral Authority said."


@pytest.fixture
def question():
    return ask("What was the turnout?", now=MORNING)


@pytest.fixture
def given(sample_desk, question):
    """Return passages by their keys, of which one has the words."""
    found = passages_by_key(question, sample_desk.coverage.look(question).evidence)
    assert sum(QUOTE in each.passage.text for each in found.values()) == 1
    return found


def right(given):
    return next(key for key, each in given.items() if QUOTE in each.passage.text)


@pytest.mark.parametrize("key", ["right", "wrong", "none that was given"])
def test_words_that_stand_in_one_passage_are_found_there(given, question, key):
    """Whatever key the model wrote; the citation is of the passage that has the words."""
    wrong = next(each for each in given if each != right(given))
    named = {"right": right(given), "wrong": wrong}.get(key, "zzzzz")
    found = propose(Sentence(SAID, (DraftQuote(named, QUOTE),)), given, question)
    assert isinstance(found, ProposedClaim)
    [citation] = found.claim.citations
    assert citation.passage == given[right(given)].passage


@pytest.mark.parametrize("quote", ["62.7 per cent", "Turnout was"])
def test_a_few_words_name_nothing(given, question, quote):
    """They could stand anywhere."""
    wrong = next(k for k, each in given.items() if quote not in each.passage.text)
    found = propose(Sentence(SAID, (DraftQuote(wrong, quote),)), given, question)
    assert isinstance(found, Dropped)
    assert found.failing is Failing.QUOTATION


def test_words_that_stand_in_two_passages_name_neither(given, question):
    """Which one was meant is not guessed."""
    twice = {"aaaaa": given[right(given)], "bbbbb": given[right(given)]}
    wrong = next(key for key in given if key != right(given))
    found = propose(
        Sentence(SAID, (DraftQuote(wrong, QUOTE),)), {**twice, wrong: given[wrong]}, question
    )
    assert isinstance(found, Dropped)


@pytest.mark.parametrize(("key", "failing"), [("zzzzz", Failing.KEY), ("", Failing.QUOTATION)])
def test_words_that_stand_nowhere_prove_nothing(given, question, key, failing):
    """However long they are."""
    rest = DraftQuote(
        key or right(given), "Turnout was 72.6 per cent, the Electoral Authority said"
    )
    found = propose(Sentence(SAID, (rest,)), given, question)
    assert isinstance(found, Dropped)
    assert found.failing is failing
