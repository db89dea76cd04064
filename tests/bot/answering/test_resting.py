"""What an answer rests on, over thirty grounds by hand, with planted copies."""

from datetime import UTC, date, datetime

import pytest

from bot.answering.resting import RankedSource, rests_on, shown_sources
from bot.answering.values import (
    Answer,
    Citation,
    Claim,
    Excerpt,
    Ground,
    Question,
    Resting,
    WithoutOutlet,
)
from bot.wording import Wording, ground_line
from ingest.language.languages import Language
from ingest.model import Header, Ownership, Passage, Span

LEDGER, POST, TIMES, HERALD = "The Ledger", "The Holm Post", "Dunmere Times", "Skerrow Herald"


def by(outlet, *copies, agency=None, title="Harbour wins", **more):
    """Build an article of *outlet* with the outlets that copy it."""
    header = Header(title, outlet=outlet, agency=agency, published=date(2026, 10, 26), **more)
    same = {"agency": agency} if agency else {}
    return RankedSource(header, tuple(Header(f"{title} too", outlet=o, **same) for o in copies))


def organ(outlet, title="We win"):
    """Build an article of a party's own paper."""
    return by(outlet, title=title, ownership=Ownership.PARTY)


@pytest.mark.parametrize(
    ("shown", "resting", "outlets", "copies"),
    [
        ([by(LEDGER)], Resting.ONE, 1, 0),
        ([by(LEDGER), by(LEDGER, title="Again")], Resting.ONE, 1, 0),
        ([by(LEDGER, agency="AFP")], Resting.ONE, 1, 0),
        ([by(LEDGER, LEDGER)], Resting.ONE, 1, 0),
        ([by("unverified paste")], Resting.ONE, 1, 0),
        ([by(LEDGER), by(POST)], Resting.INDEPENDENT, 2, 0),
        ([by(LEDGER), by(POST), by(TIMES)], Resting.INDEPENDENT, 3, 0),
        ([by(LEDGER), by(LEDGER, title="Again"), by(POST)], Resting.INDEPENDENT, 2, 0),
        ([by(LEDGER, agency="AFP"), by(POST, agency="Reuters")], Resting.INDEPENDENT, 2, 0),
        ([by(LEDGER, agency="AFP"), by(POST)], Resting.INDEPENDENT, 2, 0),
        ([by(LEDGER, agency=LEDGER), by(POST)], Resting.INDEPENDENT, 2, 0),
        ([by(LEDGER, POST)], Resting.COPIES, 2, 1),
        ([by(LEDGER, POST, TIMES)], Resting.COPIES, 3, 2),
        ([by(LEDGER, POST), by(TIMES)], Resting.COPIES, 3, 1),
        ([by(LEDGER, POST), by(TIMES, HERALD)], Resting.COPIES, 4, 2),
        ([by(LEDGER, POST), by(POST, title="Own")], Resting.COPIES, 2, 1),
        ([by(LEDGER, POST), by(POST, TIMES, title="On")], Resting.COPIES, 3, 2),
        ([by(LEDGER, agency="AFP"), by(POST, agency="AFP")], Resting.COPIES, 2, 1),
        ([by(LEDGER, agency="AFP"), by(POST, agency="afp")], Resting.COPIES, 2, 1),
        ([by(LEDGER, POST, agency="AFP"), by(TIMES, agency="AFP")], Resting.COPIES, 3, 2),
        ([by(LEDGER, agency="AFP"), by("AFP")], Resting.COPIES, 2, 1),
        ([by(LEDGER, agency="dpa/AFP"), by(POST, agency="AFP")], Resting.COPIES, 2, 1),
        ([by(LEDGER, agency="AP, Reuters"), by(POST, agency="AP News")], Resting.COPIES, 2, 1),
        ([by(LEDGER, agency="AP"), by(POST, agency="The Associated Press")], Resting.COPIES, 2, 1),
        ([by(LEDGER, agency="共同通信"), by(POST, agency="Kyodo News")], Resting.COPIES, 2, 1),
        ([by(LEDGER, agency="ロイター"), by("Reuters")], Resting.COPIES, 2, 1),
        ([by(LEDGER, agency="dpa/AFP"), by(POST, agency="Reuters")], Resting.INDEPENDENT, 2, 0),
        ([by("Nord/West Radio"), by("West Radio")], Resting.INDEPENDENT, 2, 0),
        (
            [by(LEDGER, url="https://l.example/a"), by(POST, original="https://l.example/a")],
            Resting.COPIES,
            2,
            1,
        ),
        (
            [by(LEDGER, url="https://l.example/a"), by(POST, original="https://x.example/a")],
            Resting.INDEPENDENT,
            2,
            0,
        ),
        (
            [by(o, original="https://x.example/a") for o in (LEDGER, POST)],
            Resting.COPIES,
            2,
            1,
        ),
        ([organ("Lantern Weekly")], Resting.PARTY, 1, 0),
        ([organ("Lantern Weekly"), organ("Lantern Weekly", "More")], Resting.PARTY, 1, 0),
        ([organ("Lantern Weekly"), organ("Harbour News")], Resting.PARTY, 2, 0),
        ([organ("Lantern Weekly"), by(LEDGER)], Resting.INDEPENDENT, 2, 0),
        ([by("State Radio", ownership=Ownership.STATE)], Resting.ONE, 1, 0),
    ],
)
def test_outlets_and_their_copies_are_counted(shown, resting, outlets, copies):
    """A copy of a text, and a second customer of one agency, are no second source."""
    assert rests_on(shown) == Ground(resting, outlets, copies)
    assert rests_on(shown[::-1]) == Ground(resting, outlets, copies)


def test_nothing_shown_rests_on_nothing():
    """An abstention has no ground."""
    assert rests_on([]) is None


def near(source):
    """Return a source that would not be shown as an answer."""
    return RankedSource(source.header, source.copies, answers=False)


@pytest.mark.parametrize(
    ("ranked", "without"),
    [
        ([by(LEDGER)], (LEDGER, None)),
        ([by(LEDGER), by(LEDGER, title="Again")], (LEDGER, None)),
        ([by(LEDGER), near(by(POST))], (LEDGER, None)),
        ([by(LEDGER), by(POST)], (LEDGER, POST)),
        ([by(LEDGER), near(by(POST)), by(TIMES)], (LEDGER, TIMES)),
        ([by(LEDGER), by(LEDGER, TIMES, title="Again")], (LEDGER, TIMES)),
        ([by(LEDGER, POST), by(TIMES)], None),
        ([by(LEDGER, LEDGER), by(TIMES)], (LEDGER, TIMES)),
        ([near(by(LEDGER)), by(POST)], None),
    ],
)
def test_what_one_outlet_alone_has_is_said(ranked, without):
    """Without it something else leads, or nothing; a copy takes its place unnoticed."""
    ground = rests_on(ranked[:1], ranked)
    if without is None:
        assert ground.without == ()
        return
    [found] = ground.without
    assert isinstance(found, WithoutOutlet)
    assert (found.outlet, found.lead.outlet if found.lead else None) == without


def test_an_outlet_with_the_sentence_shown_stands_in_for_the_lead():
    """Its article differs elsewhere, as in a figure, so that the search keeps the two apart."""
    ranked = [by(LEDGER), by(POST, title="Holm")]
    assert rests_on([by(LEDGER, POST)], ranked).without == ()
    assert rests_on([by(LEDGER)], ranked).without[0].outlet == LEDGER


def cited(outlet, text="The Harbour Alliance won 46 seats."):
    """Build a citation of an article of *outlet*."""
    passage = Passage("1:1:0:x", 1, 1, 0, 0, len(text), text, Header("Seats", outlet=outlet))
    return Citation.of(text, passage)


def test_an_answer_shows_each_article_once_with_its_copies():
    """Claims and excerpts alike."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    question = Question("Who won?", now, Language.ENGLISH)
    copy = Header("Copied", outlet=POST)
    claim = Claim("It won.", (cited(LEDGER), cited(TIMES)), (copy,))
    excerpt = Excerpt(cited(LEDGER), Span(0, 5), (copy,))
    found = shown_sources(Answer(question, (claim,), now, None, (excerpt,)))
    assert [(each.header.outlet, each.copies) for each in found] == [
        (LEDGER, (copy,)),
        (TIMES, (copy,)),
    ]
    assert rests_on(found) == Ground(Resting.COPIES, 3, 2)


@pytest.mark.parametrize("language", list(Language))
def test_it_is_said_in_one_line_of_every_language(language):
    """With the number, and what the answer would be without an outlet."""
    words = Wording.of(language)
    lead = by(POST).header
    for resting in Resting:
        ground = Ground(resting, 3, 1, (WithoutOutlet(LEDGER, lead), WithoutOutlet(TIMES, None)))
        said = ground_line(ground, words)
        assert "\n" not in said
        assert "{" not in said
        assert "。 " not in said
        assert all(outlet in said for outlet in (LEDGER, POST, TIMES))
    assert "3" in ground_line(Ground(Resting.INDEPENDENT, 3), words)
