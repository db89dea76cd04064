"""What thirty answers rest on, said by hand, over coverage with planted copies.

The search, the copies, the order and the ground are the desk's own; whether a sentence answers is
decided by its words, so that no reader's opinion enters.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from bot.answering.answer import answer_now
from bot.answering.evidence.reader import Reading
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.outcomes import as_object
from bot.wording import Wording, ground_line
from ingest.archive import Archive
from ingest.environment import Settings
from ingest.index.cutting import terms
from ingest.index.index import Index
from ingest.model import Ownership
from tests.bot.builders import a_desk
from tests.builders import Hashing, an_extract, saved

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
STORIES = """
Ledger | Fares stay | The ferry to Skerrow will cost four crowns until spring, the ministry said.
Ledger | Recount | The recount in Dunmere East gave Odile Farr twelve votes more than the count.
Post = Recount
Times | Third count | Judges ordered a third recount in Dunmere East because a box was found.
Ledger | Grain levy | The grain levy falls to nothing in January, the treasury announced on Friday.
Post = Grain levy
Times = Grain levy
Herald | Mills | Millers called the grain levy a relic, and asked for its end before harvest.
Post @Northlight | Storm | A storm closed four polling stations on Vellmar for three hours.
Times @Northlight | Vellmar waits | On Vellmar the storm kept voters outside until noon.
Ledger @Northlight | School | The academy in Tarn lent its gymnasium to the counting staff.
Radio @Meridian | Tarn | Its academy lost a week of lessons to that, parents in Tarn wrote.
Lantern Weekly ! | Donors | Lantern named eleven thousand donors who gave for the signet fund.
Lantern Weekly ! | Signet | The signet fund closes on Sunday, and donors of Lantern get a pin.
Harbour News ! | Quay fair | Harbour drew nine thousand people to the regatta on the quay.
Post | Regatta | Police counted five thousand at the regatta on the quay of Harbour.
Radio | Bells | The bells of Orm rang at midnight when the tally was done.
Radio | Bells again | In Orm the bells had been silent since the war, a sexton recalled.
Ledger | Ballot paper | The ballot paper is ninety centimetres long, printers in Holm measured.
Post = Ballot paper
Times | Long paper | Printers at Holm folded each ballot paper twice, a foreman told us.
Herald = Long paper
Post | Lighthouse | The lighthouse keeper of Brannoch voted by radio for the first time.
Ledger | Observers | Fourteen observers from Kest watched the tally in the sports hall.
Times | Kest | The observers of Kest had asked to see the seals, their head remarked.
Herald | Seals | Nobody had shown the observers from Kest any seals before Monday.
Northlight | Census | The census of Farrow counts eight hundred more residents than in May.
Ledger @Northlight | Farrow grows | Residents of Farrow wait for a census that finds everybody.
"""
"""An outlet, with the agency that it carries (@) or as a party's own paper (!), and its article; a
line with = is a copy of a story by its title."""
ONE, PARTY = "Rests on one outlet.", "Rests only on a party’s own statement."
TWO, THREE = "Rests on 2 outlets, independently.", "Rests on 3 outlets, independently."


def copied(outlets, copies):
    """Say that some of the outlets have it from another."""
    return f"Rests on {outlets} outlets; copies of the same text or agency: {copies}."


def nothing(outlet):
    """Say that no other outlet has it."""
    return f"Without {outlet}: nothing."


def then(outlet, lead):
    """Say which outlet would lead without the one that does."""
    return f"Without {outlet} it would begin with {lead}."


BY_HAND = [
    ("What will the ferry to Skerrow cost?", "ferry", ONE, nothing("Ledger")),
    ("Until when does the Skerrow ferry cost four?", "crowns", ONE, nothing("Ledger")),
    ("Which ministry spoke of the ferry?", "ministry", ONE, nothing("Ledger")),
    ("How many votes more did Odile Farr get?", "Odile", copied(2, 1), ""),
    ("Who got twelve votes more in Dunmere East?", "twelve", copied(2, 1), ""),
    ("Why did judges order a third recount?", "third", ONE, nothing("Times")),
    ("What happened in the Dunmere East recount?", "recount", copied(3, 1), ""),
    ("When does the grain levy fall to nothing?", "January", copied(3, 2), ""),
    ("What did the treasury announce on the levy?", "treasury", copied(3, 2), ""),
    ("What did millers call the levy?", "Millers", ONE, nothing("Herald")),
    ("What of the grain levy?", "levy", copied(4, 2), ""),
    ("How many polling stations did a storm close?", "polling", ONE, nothing("Post")),
    ("Whom did the storm keep outside?", "outside", ONE, nothing("Times")),
    (
        "What did the storm do on Vellmar?",
        "Vellmar",
        copied(2, 1),
        then("Times", "Post (Northlight)"),
    ),
    ("To whom did the academy lend its gymnasium?", "gymnasium", ONE, nothing("Ledger")),
    ("What of the academy in Tarn?", "academy", TWO, then("Ledger", "Radio (Meridian)")),
    ("How many donors were named?", "eleven", PARTY, nothing("Lantern Weekly")),
    ("When does the signet fund close?", "Sunday", PARTY, nothing("Lantern Weekly")),
    ("Who are the donors of the signet fund?", "signet", PARTY, nothing("Lantern Weekly")),
    ("How many people did Harbour draw?", "nine", PARTY, nothing("Harbour News")),
    ("How many did police count?", "police", ONE, nothing("Post")),
    ("How many came to the regatta on the quay?", "regatta", PARTY, then("Harbour News", "Post")),
    ("When did the bells of Orm ring?", "midnight", ONE, nothing("Radio")),
    ("What of the bells in Orm?", "bells", ONE, nothing("Radio")),
    ("How long is the ballot paper?", "ninety", copied(2, 1), ""),
    ("How often was each ballot paper folded?", "folded", copied(2, 1), ""),
    ("What of the ballot paper and the printers?", "printers", copied(4, 2), ""),
    ("Who voted by radio on Brannoch?", "Brannoch", ONE, nothing("Post")),
    ("What of the observers of Kest?", "observers", THREE, then("Times", "Ledger")),
    (
        "What of the census of Farrow?",
        "census",
        copied(2, 1),
        then("Northlight", "Ledger (Northlight)"),
    ),
]
"""A question, the word that what answers it has, and what its answer says of its ground."""


@dataclass(frozen=True)
class _ByWord:
    """Holds that a window answers where it has a word."""

    word: str

    def read(self, _question, windows):
        [word] = terms(self.word)
        return [Reading(9.0 if word in terms(each.text) else -9.0) for each in windows]


def planted():
    """Build the articles."""
    texts = {}
    for number, line in enumerate(STORIES.strip().splitlines()):
        first, _, rest = line.partition(" | ")
        outlet, _, original = first.partition(" = ")
        title, _, text = rest.partition(" | ")
        title, text = texts[original] if original else (title, text)
        texts[title] = title, text
        paper, _, agency = outlet.removesuffix(" !").partition(" @")
        yield an_extract(
            text,
            title=title,
            outlet=paper,
            agency=agency or None,
            published=date(2026, 10, 26),
            url=f"https://{number}.example/",
        )


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Open a desk over them."""
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings.of({"DATA_DIR": str(folder)})
    with (
        Archive.open(f"sqlite:///{folder / 'archive.sqlite3'}") as archive,
        Index.open(archive, Hashing(), settings, holder="a test", now=NOW) as index,
    ):
        saved(archive, *planted())
        for paper in ("Lantern Weekly", "Harbour News"):
            archive.outlets.describe(paper, country=None, ownership=Ownership.PARTY)
        index.upkeep.catch_up()
        yield a_desk(archive, now=NOW, index=index)


def test_there_are_thirty():
    """As many as the measure asks for."""
    assert len({question for question, *_ in BY_HAND}) == 30


@pytest.mark.parametrize(("question", "word", "ground", "without"), BY_HAND)
def test_an_answer_says_what_it_rests_on(desk, question, word, ground, without):
    """How many outlets, how many of them copy, and what is left without the one that leads."""
    coverage = replace(desk.coverage, reader=_ByWord(word))
    outcome = answer_now(ask(question, now=NOW), coverage)
    assert isinstance(outcome, Answer)
    said = ground_line(outcome.ground, Wording.default())
    shown = [each.citation.header.outlet for each in outcome.excerpts]
    assert said == f"{ground} {without}".strip(), shown
    kept = as_object(outcome)["rests_on"]
    assert [each["outlet"] for each in kept["without"]] == [
        each.outlet for each in outcome.ground.without
    ]
