"""Questions as people type them keep the answer that the same question has when it is tidy."""

from __future__ import annotations

import random

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.normalising import (
    bare_question,
    correct_typos,
    intended_word,
    normalise_query,
    read_form,
)
from bot.answering.understanding.question import ask
from bot.answering.understanding.small_talk import strip_markup
from bot.evaluating import SAMPLE_QUESTIONS, read_question_set
from bot.outcomes import level_of
from tests.bot.builders import some_questions
from tests.bot.conftest import MORNING

ANSWERABLE = [each.question for each in read_question_set(SAMPLE_QUESTIONS) if each.answerable]
MARKED = [
    "{} 🗳️ <:vote:123456789012345678>",
    "<@123456789012345678> {}",
    "{} https://example.org/x",
    "> `{}`",
    "||{}||",
]
ASKED = [each.question for each in some_questions() if each.answerable][::2]
"""Questions that are asked in earnest, as the evaluation asks them."""
KEPT_WITH_A_TYPO, KEPT_IN_LOWER_CASE = 0.7, 0.85
"""Least shares of the questions whose lead a typo, or lower case, leaves as it is."""


def nothing(_term):
    """Know no term."""
    return 0


@pytest.fixture
def lead(sample_desk):
    """Return how sure an answer is, and the citation that leads it."""

    def of(text):
        question = ask(text, now=MORNING)
        outcome = answer_now(question, sample_desk.coverage.serving)
        return level_of(outcome), [e.citation for e in getattr(outcome, "excerpts", ())][:1]

    return of


@pytest.mark.parametrize("marks", MARKED)
def test_marks_and_fillers_are_not_heard(lead, marks):
    """No question of the sample becomes another one, so each keeps its answer."""
    for text in ANSWERABLE:
        assert normalise_query(marks.format(text), nothing) == normalise_query(text, nothing)
    assert lead(marks.format(ANSWERABLE[0])) == lead(ANSWERABLE[0])


def test_no_capitals_change_little(lead):
    """Most leads stay: the reader was taught with questions in lower case too."""
    kept = [lead(text)[1] == lead(text.lower())[1] for text in ASKED]
    assert sum(kept) >= KEPT_IN_LOWER_CASE * len(kept)


def test_a_typo_finds_the_word_of_the_coverage(lead):
    """Two letters of the longest word are swapped; most leads stay."""
    english = [text for text in ASKED if text.isascii()]
    kept = [lead(text)[1] == lead(mistyped(text))[1] for text in english]
    assert sum(kept) >= KEPT_WITH_A_TYPO * len(kept)


def mistyped(text):
    """Swap two letters inside the longest word."""
    word = max(text.split(), key=lambda each: (each.isalpha(), len(each)))
    place = random.Random(text).randrange(1, max(2, len(word) - 2))
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return text.replace(word, swapped)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("<@!123> **Who** won? 🗳️", "Who won?"),
        ("> `turnout`", "turnout"),
        ("||who won|| <t:1700000000:R> <#42> :vote:", "who won"),
        ("see https://example.org/a?b=c and <https://example.org>", "see and"),
        ("投票率は？🎉", "投票率は？"),
        ("a\ufe00b\ufe0fc\u200dd", "abcd"),
        ("a\u200cb\ufe10c", "a\u200cb\ufe10c"),
        ("5 * 3 = 15", "5 * 3 = 15"),
    ],
)
def test_what_is_no_word_is_left_out(typed, said):
    """Markup, mentions, links and pictures are nothing that coverage could mention."""
    assert strip_markup(typed) == said


def test_a_typo_is_the_word_of_the_coverage():
    """One letter left out, doubled, exchanged or swapped; what the coverage has stays."""
    known = {"turnout": 7, "turn": 9}.get
    for typed in ("turnot", "turnoutt", "tunrout", "turmout"):
        assert intended_word(typed, lambda term: known(term, 0)) == "turnout"
    assert correct_typos("Wehn did the vote close?", nothing) == "when did the vote close?"
    assert intended_word("xyzzy", nothing) is None
    assert intended_word("cat", lambda _term: 1) is None


def test_markup_is_not_searched():
    """What is nothing but markup stays, so that there is something to search for."""
    assert normalise_query("**Who** won? 🗳️", nothing) == "Who won?"
    assert normalise_query("🗳️", nothing) == "🗳️"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("According to the coverage, when did Ilse speak?", "when did Ilse speak?"),
        ("hey guys, can you tell me who won please??", "who won"),
        ("Tell me about the ferries", "Tell me about the ferries"),
        ("So many people voted, why?", "So many people voted, why?"),
        ("Hallo, kannst du mir sagen, wer gewonnen hat? Danke", "wer gewonnen hat?"),
        ("Hola, ¿me puedes decir quién ganó las elecciones?", "quién ganó las elecciones?"),
        ("ねえ、投票率は？", "投票率は？"),
        ("投票率を教えてください。", "投票率"),
        ("please", "please"),
    ],
)
def test_a_question_is_bare_of_what_it_is_put_in(text, bare):
    """A greeting asks nothing; what is left is the question, whatever it was put in."""
    assert bare_question(text) == bare


def test_a_question_in_small_letters_is_read_as_the_coverage_writes_it():
    """Names have their capitals back; what has capitals of its own keeps them."""
    coverage = ["Ilse Marrowen won in Dunmere.", "The ferry left Dunmere for the polls."]
    assert read_form("did marrowen win in dunmere", coverage) == "Did Marrowen win in Dunmere?"
    assert read_form("Did the AUTHORITY count?", coverage) == "Did the AUTHORITY count?"
    assert read_form("who won???", coverage) == "Who won?"
    assert read_form("投票率は", coverage) == "投票率は"
    assert read_form("Qui a gagné ?", coverage) == "Qui a gagné ?"
