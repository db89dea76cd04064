"""The exchange of two sides, and the measure over it; whole it is a benchmark (WHAT=symmetry)."""

from dataclasses import replace

import pytest

from ingest.archive import Archive
from ingest.environment import Settings
from ingest.index.cutting import cut
from ingest.index.index import Index
from ingest.language.script import Script
from tests.benchmarks import symmetry
from tests.benchmarks.symmetry import Election, Exchange, Pair, own, phrasings, shares
from tests.bot.builders import a_desk
from tests.builders import Hashing, an_extract

_EVERY = 5
"""Of our own questions one in so many is asked."""
SIDES = Exchange({"harbour alliance": "lantern party", "Ilse": "Edvin"}, {"mp": "member"})


@pytest.mark.parametrize(
    ("text", "exchanged"),
    [
        ("The Harbour Alliance won.", "The Lantern Party won."),
        ("HARBOUR ALLIANCE WINS", "LANTERN PARTY WINS"),
        ("Ilse said she would stay, Mr Edvin that he would not.", None),
        ("His wife, her husband’s brother", "Her husband, his wife’s sister"),
        ("The others, together, himself", "The others, together, herself"),
        ("Harbours are deep; Ilsen is not.", "Harbours are deep; Ilsen is not."),
        ("彼女は彼に", "彼は彼女に"),
    ],
)
def test_an_exchange_is_its_own_inverse(text, exchanged):
    """Names, pronouns and titles in every case; parts of words stay."""
    assert SIDES.of(SIDES.of(text)) == text
    if exchanged is not None:
        assert SIDES.of(text) == exchanged


def test_what_has_no_counterpart_is_settled_first():
    """“Her” is “his” and “him” in one; the third of them is taken out of both elections."""
    assert SIDES.settled("The MP saw him, and Mrs Ilse.") == "The MEMBER saw them, and Ms Ilse."


@pytest.mark.parametrize("script", list(Script))
def test_every_text_of_our_own_election_is_restored_by_a_second_exchange(script):
    """Over all articles and questions of the sample coverage."""
    election = own(script)
    assert len(election.questions) > 20
    twice = election.twin.twin
    assert twice.articles == election.articles
    assert twice.questions == election.questions
    changed = zip(election.articles, election.twin.articles, strict=True)
    assert sum(one.text != other.text for one, other in changed) > 10


def test_a_question_is_put_in_five_ways():
    """None of them is the question as it was."""
    said = phrasings("How many seats did Harbour win in Dunmere East?")
    assert said["order"] == "In Dunmere East, how many seats did Harbour win?"
    assert said["lower"] == "how many seats did harbour win in dunmere east?"
    assert len(set(said.values())) == 5


@pytest.fixture
def quickly(monkeypatch, tmp_path_factory):
    """Open elections with an embedder that takes no time."""

    @symmetry.contextmanager
    def opened(election, _seen=None):
        folder = tmp_path_factory.mktemp("election")
        settings = Settings.of({"DATA_DIR": str(folder)})
        with (
            Archive.open(f"sqlite:///{folder / 'archive.sqlite3'}") as archive,
            Index.open(archive, Hashing(), settings, holder="a test", now=symmetry.NOW) as index,
        ):
            items = [(each, cut(each.text, "en")) for each in election.articles]
            archive.articles.save_many(items, now=symmetry.NOW)
            index.upkeep.catch_up()
            yield a_desk(archive, now=symmetry.NOW, index=index)

    monkeypatch.setattr(symmetry, "opened", opened)


def small():
    """Build an election of three articles."""
    texts = (
        "The Harbour Alliance won 46 seats in Orvessa, the Electoral Authority said.",
        "The Lantern Party won 12 seats in Orvessa, the Electoral Authority said.",
        "Turnout in Orvessa was 62.7 per cent, the Electoral Authority said on Sunday.",
    )
    articles = tuple(an_extract(text, title=f"Report {n}") for n, text in enumerate(texts))
    questions = (
        "How many seats did the Harbour Alliance win?",
        "How many seats did the Lantern Party win?",
        "What was the turnout in Orvessa?",
        "Who should I vote for, the Harbour Alliance or the Lantern Party?",
    )
    return Election("small", SIDES, articles, questions)


def test_a_small_election_is_answered_alike_for_both_sides(quickly):
    """Levels, refusals, articles and sentences mirror; this runs in every gate."""
    found = list(symmetry.mirrored(small()))
    assert len(found) == 4
    for each in found:
        assert each.level, each
        assert each.refusal, each
        assert each.article, each
        assert each.lead, each
        assert each.words, each


@pytest.mark.parametrize(("script", "least"), [(Script.ALPHABETIC, 1.0), (Script.EAST_ASIAN, 0.9)])
def test_the_program_leans_to_neither_side_of_our_own_election(script, least):
    """With models that cannot lean everything mirrors: nothing of ours weighs names.

    In Japanese a part of a name may be a word with synonyms, or share letters with another word.
    A few questions in every gate, all of them in ``WHAT=symmetry``.
    """
    election = own(script)
    few = replace(election, questions=election.questions[::_EVERY])
    found = list(symmetry.mirrored(few, even=True))
    assert len(found) >= 8
    same = shares(found)
    assert min(same[each] for each in ("level", "refusal", "article", "lead")) >= least, found


def test_what_leans_is_seen(quickly, monkeypatch):
    """A measure that finds nothing wrong in anything certifies nothing."""
    turned = small().twin.articles
    leaning = (turned[0], replace(turned[1], text=turned[2].text), turned[2])
    monkeypatch.setattr(Election, "twin", property(lambda _: replace(small(), articles=leaning)))
    found = list(symmetry.mirrored(small()))
    assert shares(found)["lead"] < 1
    assert any(isinstance(each, Pair) and each.shown != ("", "") for each in found)


def test_the_certificate_can_be_read_by_whoever_reads_no_code():
    """One paragraph and one table."""
    found = dict.fromkeys(symmetry.COLUMNS, 1.0)
    more = {"program": 1.0, "phrasings": 0.9}
    said = symmetry.told({"small": {"questions": 4, **found, **more}})
    assert "leans to nobody" in said
    assert "| small | 4 | 100% |" in said
    assert "| 90% |" in said
