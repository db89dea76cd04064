"""Claims written by hand, held against what they cite: the lies stop, the fair ones pass.

What rules cannot decide passes the gates and waits for a reader; without one nothing of it is
proven. The sets are data: our own over the sample coverage, and a given one where it is named.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from bot.answering.proving.verifiers import Finding, IdentityVerifier
from bot.answering.values import Dropped, Failing, Verdict
from bot.commands.verification import check, gate_claim, read_claims
from tests.bot.answering.claims import labelled
from tests.bot.conftest import ScriptedVerifier

DATA = os.environ.get("ELECTION_DESK_DATA")
EXACT = {"unit", "number", "date", "quotation"}
"""Kinds of lies that rules decide for certain."""
FAIR = {
    "paraphrase": 1.0,
    "passive": 1.0,
    "synthesis": 1.0,
    "rounding": 1.0,
    "difference": 1.0,
    "pronoun": 1.0,
    "contraction": 1.0,
    "language": 1.0,
    "words": 1.0,
    "verbatim": 1.0,
}
"""Least share of the fair claims of a kind that pass the gates; a floor only rises."""
READINGS = {True: Finding.SUPPORTED, False: Finding.NOT_STATED}
FALSE = [each for each in labelled() if not each.fair]


def passing(claims):
    """Return the claims that no gate stops."""
    return [each for each in claims if not isinstance(gate_claim(each.line), Dropped)]


def test_the_set_is_large_and_in_both_languages():
    """At least 150, of which a fifth in Japanese, and no kind of one claim alone."""
    assert len(labelled()) >= 150
    assert sum(not each.line.claim.isascii() for each in labelled()) >= 30
    kinds = defaultdict(list)
    for each in labelled():
        kinds[each.fair, each.kind].append(each)
    assert min(map(len, kinds.values())) >= 3


@pytest.mark.parametrize("kind", sorted(EXACT))
def test_no_lie_that_rules_can_see_passes_the_gates(kind):
    """Figures, units, dates and quotations are exact, whatever a reader would say."""
    assert [e.line.claim for e in passing(FALSE) if e.kind == kind] == []


@pytest.mark.parametrize("kind", FAIR)
def test_the_fair_pass_the_gates(kind):
    """Meaning is not judged by rules, so other words for the same thing cost nothing."""
    fair = [each for each in labelled() if each.fair and each.kind == kind]
    lost = [
        (e.line.claim, gate_claim(e.line)) for e in fair if isinstance(gate_claim(e.line), Dropped)
    ]
    assert 1 - len(lost) / len(fair) >= FAIR[kind], lost


def test_identity_proves_no_lie():
    """Without a model nothing false is called proven; what it does prove is verbatim."""
    rows = asyncio.run(check([each.line for each in labelled()], IdentityVerifier()))
    proven = {row["id"] for row in rows if row["identity"] == Finding.SUPPORTED}
    assert [e.line.claim for e in FALSE if e.id in proven] == []
    assert {e.id for e in labelled() if e.kind == "verbatim"} <= proven
    assert all(row["shown"] == (row["id"] in proven) for row in rows)


def test_with_a_reader_that_knows_the_fair_are_shown_and_no_lie():
    """The reader's yes and the gates together let through what is true."""
    truth = {each.line.claim: each.fair for each in labelled()}
    knowing = ScriptedVerifier(lambda claim: READINGS[truth[claim.text]])
    rows = asyncio.run(check([each.line for each in labelled()], knowing))
    shown = {row["id"] for row in rows if row["shown"]}
    assert [e.line.claim for e in FALSE if e.id in shown] == []
    fair = [each for each in labelled() if each.fair]
    assert sum(each.id in shown for each in fair) >= 0.95 * len(fair)


async def test_looking_up_without_a_reader_judges_nothing(sample_desk):
    """No lie is called right or wrong; the closest sentences are shown instead."""
    for each in FALSE:
        found = await sample_desk.look_up_one(each.line.claim)
        assert found.verdict is Verdict.NONE, each.line.claim
        assert not found.judged


@pytest.mark.skipif(DATA is None, reason="ELECTION_DESK_DATA names no folder")
def test_the_given_claims():
    """What was asked for of the gates and of identity holds on the given set."""
    folder = Path(str(DATA)) / "claims"
    lines = read_claims(folder / "claims.jsonl")
    given = [(row, extra) for row, extra in zip(lines, extras(folder), strict=True)]
    stopped = {row.id: isinstance(gate_claim(row), Dropped) for row in lines}
    rows = asyncio.run(check(lines, IdentityVerifier()))
    identical = {row["id"] for row in rows if row["identity"] == Finding.SUPPORTED}
    for name, floor in (("natural", 0.85), ("near-verbatim", 0.95)):
        fair = [row.id for row, extra in given if extra["set"] == name]
        assert sum(not stopped[key] for key in fair) >= floor * len(fair)
    lies = {row.id: extra for row, extra in given if not extra["fair"]}
    assert not identical & lies.keys()
    figures = [key for key, extra in lies.items() if extra["set"] == "figure"]
    assert all(stopped[key] for key in [*figures, "B08", "P00", "P05", "P06", "P07", "P08"])
    fair = [row.id for row, extra in given if extra["set"] == "figure" and extra["fair"]]
    assert not any(stopped[key] for key in fair)


def extras(folder):
    """Return what the file says of each claim besides."""
    return [json.loads(x) for x in (folder / "claims.jsonl").read_text("utf-8").splitlines()]


def test_a_figure_of_the_question_proves_nothing():
    """What somebody asks about is no source."""
    line = next(e.line for e in labelled() if e.line.claim.startswith("About 90,000"))
    asked = line.model_copy(update={"question": "Did 90,000 people come?"})
    found = gate_claim(asked)
    assert isinstance(found, Dropped)
    assert found.failing is Failing.FIGURE
    asking = line.model_copy(update={"claim": "Did 9,000 people come?"})
    assert gate_claim(asking).failing is Failing.QUESTION


@pytest.mark.parametrize(
    ("claim", "how", "of"),
    [
        ("Nearly 63 per cent of voters took part.", "rounded", ("62.7 per cent",)),
        ("Common Field leads Harbour by two points.", "difference", ("34 per cent", "32 per cent")),
        ("Together the two largest parties have 96 seats.", "sum", ("50", "46")),
    ],
)
def test_the_gate_says_how_a_figure_is_derived(claim, how, of):
    """A reader of the sentence is told what it was reckoned from."""
    line = next(e.line for e in labelled() if e.line.claim == claim)
    [derived] = gate_claim(line).derived
    assert (derived.how, derived.of) == (how, of)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Harbour took it.", "“We never took it. Harbour took it. Ask them,” he said."),
        ("Lantern took the money.", "Branwick alleged that Lantern took the money."),
        ("The vote is void.", "If turnout falls below 50 per cent, the vote is void."),
        ("Harbour won the seat.", "Harbour, which lost to Common Field, nearly won the seat."),
        ("Harbour lost in Dunmere.", "Harbour lost in Dunmere, the Post claimed."),
        ("The sums added up.", "Had the sums added up?"),
        ("法案は成立する。", "党首は「法案は成立する。心配ない」と述べた。"),
    ],
)
def test_words_taken_out_of_what_bounds_them_are_not_identical(said, source):
    """Who said it, what it hangs on and what it denies belongs to a sentence."""
    [row] = asyncio.run(check([a_line(said, source)], IdentityVerifier()))
    assert row["identity"] in {None, Finding.NOT_STATED}
    assert not row["shown"]


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Harbour won 46 seats.", "But Harbour won forty-six seats."),
        ("Harbour won 46 seats.", "Harbour, which governs since 2022, won 46 seats."),
        ("Turnout was 62.7%, according to the Ledger.", "Turnout was 62.7 per cent."),
        ("投票率は62.7％だった", "投票率は62.7パーセントだった。"),
    ],
)
def test_the_same_said_in_other_figures_or_with_less_aside_is_identical(said, source):
    """How a number is written is no other meaning."""
    [row] = asyncio.run(check([a_line(said, source)], IdentityVerifier()))
    assert row["identity"] == Finding.SUPPORTED


def a_line(claim, source):
    """Return a claim that rests on all of *source*."""
    line = labelled()[0].line
    cited = {"quote": source, "passage": source, "outlet": "Ledger", "title": ""}
    rests = [line.rests[0].model_copy(update=cited)]
    return line.model_copy(update={"claim": claim, "rests": rests})
