"""What the coverage has to say of a claim: nothing false is ever called supported."""

from __future__ import annotations

import re

import pytest

from bot.answering.lookup import CLAIMS, Finding, claims_in, look_up, look_up_one
from ingest.index.passages import sentences
from tests.bot.conftest import MORNING

LEAST_FOUND = 0.9
"""Share of the coverage's own sentences that have to be found again; of all 125 it is 120."""


@pytest.fixture
def looked(sample_desk):
    """Look one claim up on that morning."""
    desk = sample_desk
    return lambda claim: look_up_one(claim, desk.archive, desk.index.serving(), now=MORNING)


def own_sentences(desk):
    """Return the sample's sentences that state a figure."""
    for article in desk.archive.articles():
        extract = desk.archive.versions(article.id)[-1].extract
        for span in sentences(extract.text, extract.header.language):
            said = " ".join(extract.text[span.start : span.end].split())
            if 25 <= len(said) <= 300 and re.search(r"\d", said) and not said.endswith("?"):
                yield said


def test_the_coverage_supports_itself_and_no_altered_figure(sample_desk, looked):
    """Each sentence with a figure is found; with another figure it never is."""
    own = list(own_sentences(sample_desk))[::2]
    found = [looked(each).finding for each in own]
    supported = sum(each in {Finding.SUPPORTED, Finding.CONTESTED} for each in found)
    assert supported >= LEAST_FOUND * len(own)
    altered = [re.sub(r"\d+", lambda m: str(int(m[0]) + 3), each, count=1) for each in own]
    assert [each for each in altered if looked(each).supporting] == []


@pytest.mark.parametrize(
    ("claim", "finding"),
    [
        ("Common Field won 50 seats and Harbour 46.", Finding.SUPPORTED),
        ("Harbour won 52 seats.", Finding.DISPUTED),
        ("Polling on Skerrow was extended.", Finding.SUPPORTED),
        ("投票率は62.8%だった。", Finding.DISPUTED),
        ("Marrowen will govern with the Lantern Movement.", Finding.NOT_FOUND),
        ("The Moon is made of cheese.", Finding.NOT_FOUND),
        ("Quantum chess is played in Sarnholt every Sunday.", Finding.NOT_FOUND),
    ],
)
def test_findings(looked, claim, finding):
    """Across languages too; another person's words are nobody else's."""
    assert looked(claim).finding is finding


def test_a_message_has_few_claims():
    """Questions and greetings are none, and a long message is looked up in part."""
    text = "Hello! Did Harbour win? " + "Harbour won 46 seats in Orvessa. " * 5
    assert claims_in(text) == ["Harbour won 46 seats in Orvessa."] * CLAIMS
    assert claims_in("hi") == []
    assert claims_in("") == []


def test_every_claim_is_looked_up(sample_desk):
    """Each has its own finding."""
    desk = sample_desk
    text = "Harbour won 52 seats. The Moon is made of cheese."
    found = look_up(text, desk.archive, desk.index.serving(), now=MORNING)
    assert [each.finding for each in found] == [Finding.DISPUTED, Finding.NOT_FOUND]
    assert found[1].nearest
