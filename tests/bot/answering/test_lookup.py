"""What the coverage has to say of a claim: a reader judges, and without one nobody does."""

from __future__ import annotations

import pytest

from bot.answering.limits import LOOKUPS
from bot.answering.lookup import claims_in
from bot.answering.proving.verifiers import Finding, VerifierError
from bot.answering.values import Trouble, Verdict
from tests.bot.builders import written_by
from tests.bot.conftest import ScriptedVerifier

RESULT = "Common Field won 50 seats and Harbour 46."


def reading(desk, reads):
    """Return the desk with a reader that reads as *reads* says of a quotation."""
    return written_by(
        desk, verifier=ScriptedVerifier(lambda claim: reads(claim.citations[0].quote))
    )


class Broken(ScriptedVerifier):
    """A reader that does not answer."""

    async def verify(self, _proposed, _meter):
        raise VerifierError(Trouble.BUSY)


@pytest.mark.parametrize(
    "claim",
    [
        RESULT,
        "Harbour won 52 seats.",
        "Common Field did not win 50 seats.",
        "投票率は62.8%だった。",
        "The exit poll was right about the winner.",
    ],
)
@pytest.mark.parametrize("verifier", [None, Broken()])
async def test_without_a_reader_there_is_no_verdict(sample_desk, claim, verifier):
    """True or false, what comes closest is shown and nobody says what it means."""
    found = await written_by(sample_desk, verifier=verifier).look_up_one(claim)
    assert (found.verdict, found.judged) == (Verdict.NONE, False)
    assert found.closest
    assert all(each.citation.quote in each.context for each in found.closest)


async def test_a_sentence_of_the_coverage_is_found_in_it(sample_desk):
    """The same words are the same claim: nobody has to read for that."""
    said = "It is a projection, not a count."
    found = await sample_desk.look_up_one(said)
    assert found.verdict is Verdict.SAYS
    assert said in found.closest[0].citation.quote


@pytest.mark.parametrize(
    ("read", "verdict"),
    [
        (Finding.SUPPORTED, Verdict.SAYS),
        (Finding.CONTRADICTED, Verdict.OTHERWISE),
        (Finding.CLAIMED, Verdict.CLAIMED),
        (Finding.NOT_STATED, Verdict.NONE),
    ],
)
async def test_a_reader_decides(sample_desk, read, verdict):
    """What it finds decisive is shown, and else what came closest."""
    desk = reading(sample_desk, lambda q: read if "50 of the 121" in q else Finding.NOT_STATED)
    found = await desk.look_up_one(RESULT)
    assert (found.verdict, found.judged) == (verdict, True)
    decisive = [each for each in found.closest if each.verdict is not Verdict.NONE]
    assert len(decisive) == (verdict is not Verdict.NONE)
    assert found.closest


async def test_a_report_comes_before_a_claim_and_the_newest_before_others(sample_desk):
    """The desk says what was reported last."""
    quotes = [c.citation for c in (await sample_desk.look_up_one(RESULT)).closest]
    newest = max(quotes, key=lambda c: c.header.day).quote
    desk = reading(
        sample_desk, lambda q: Finding.SUPPORTED if q == newest else Finding.CONTRADICTED
    )
    found = await desk.look_up_one(RESULT)
    assert found.verdict is Verdict.SAYS
    assert {each.verdict for each in found.closest} == {Verdict.SAYS, Verdict.OTHERWISE}


async def test_a_reader_s_yes_does_not_carry_a_wrong_figure(sample_desk):
    """The gates stand before every yes, here too."""
    desk = reading(sample_desk, lambda _quote: Finding.SUPPORTED)
    assert (await desk.look_up_one("Harbour won 52 seats.")).verdict is Verdict.NONE
    assert (await desk.look_up_one("Harbour won 46 seats.")).verdict is Verdict.SAYS


async def test_what_is_in_no_coverage_has_nothing_close(sample_desk):
    """Silence is said as silence."""
    desk = reading(sample_desk, lambda _quote: Finding.NOT_STATED)
    found = await desk.look_up_one("Zyxwv qponm lkjih.")
    assert (found.verdict, found.closest) == (Verdict.NONE, ())


def test_questions_and_greetings_claim_nothing():
    """Only sentences that state something are looked up."""
    text = "Hello! Did Harbour win? Harbour won 46 seats in Orvessa."
    assert claims_in(text) == ["Harbour won 46 seats in Orvessa."]
    assert claims_in("hi") == []
    assert claims_in("") == []


async def test_what_is_not_looked_up_is_named(sample_desk):
    """A long message is looked up in part, and says which part it leaves."""
    said = [f"Harbour won {seats} seats in Orvessa." for seats in range(46, 51)]
    found = await sample_desk.look_up(" ".join(said))
    assert [each.claim for each in found.claims] == said[: LOOKUPS.claims]
    assert list(found.left_out) == said[LOOKUPS.claims :]
