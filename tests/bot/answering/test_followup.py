"""Follow-ups, by rules: from what was verified, and nothing else."""

import pytest

from bot.answering.limits import QUESTIONS
from bot.answering.understanding.followup import complete_followup, names_nothing_new, stands_alone
from bot.answering.values import Exchange
from tests.bot.discord_ui.builders import an_abstention, an_answer

SEATS = Exchange("How many seats did Common Field win?", ("Final count",))
SEATS_JA = Exchange("ハーバー同盟は何議席を得たか", ("開票結果",))


@pytest.mark.parametrize(
    ("text", "before", "meant"),
    [
        ("and turnout?", "Who won?", "turnout"),
        ("and turnout?", "who won dunmere in 2022", "turnout dunmere 2022"),
        ("what about the turnout?", "Who won Dunmere East?", "the turnout Dunmere East"),
        ("and the recount?", "Who won?", "the recount"),
        ("und die Wahlbeteiligung?", "Wer hat in Dunmere gewonnen?", "die Wahlbeteiligung Dunmere"),
        ("¿y la participación?", "¿Quién ganó?", "la participación"),
        ("et la participation ?", "Qui a gagné à Dunmere ?", "la participation Dunmere"),
        ("e a participação?", "Quem ganhou em Dunmere?", "a participação Dunmere"),
        ("投票率は？", "誰が勝った？", "投票率"),
        ("投票率は？", "ダンミアで誰が勝った？", "投票率 ダンミア"),
    ],
)
def test_what_any_election_has_is_asked_of_the_one_that_was_named(text, before, meant):
    """The turnout won nothing, and who won is answered already."""
    assert complete_followup(text, Exchange(before, ())) == meant


@pytest.mark.parametrize(
    ("text", "before", "meant"),
    [
        ("What about Harbour?", SEATS, "How many seats did Harbour win?"),
        ("and the Greens?", SEATS, "How many seats did the Greens win?"),
        ("And the Greens?", SEATS, "How many seats did the Greens win?"),
        ("what about Japan?", SEATS, "How many seats did Japan win?"),
        ("and when?", SEATS, "when – How many seats did Common Field win?"),
        ("why?", SEATS, "why – How many seats did Common Field win?"),
        ("How did it happen?", SEATS, "How did it happen – How many seats did Common Field win?"),
        ("and the margin?", Exchange("Who won?", ()), "the margin – Who won?"),
        ("by how much?", SEATS, "by how much – How many seats did Common Field win?"),
        ("for how long?", SEATS, "for how long – How many seats did Common Field win?"),
        ("who won there", SEATS, "who won there – How many seats did Common Field win?"),
        ("how many are there?", SEATS, "how many are there – How many seats did Common Field win?"),
        ("why her", SEATS, "why her – How many seats did Common Field win?"),
        (
            "what did Pellowe say about that",
            SEATS,
            "what did Pellowe say about that – How many seats did Common Field win?",
        ),
        (
            "is he still in jail",
            SEATS,
            "is he still in jail – How many seats did Common Field win?",
        ),
        ("何票差で？", SEATS_JA, "何票差で – ハーバー同盟は何議席を得たか"),
        ("前回は？", SEATS_JA, "前回は – ハーバー同盟は何議席を得たか"),
        ("それはいつ？", SEATS_JA, "それはいつ – ハーバー同盟は何議席を得たか"),
        ("コモンフィールド党は？", SEATS_JA, "コモンフィールド党は何議席を得たか"),
        ("緑の党についてはどうですか", SEATS_JA, "緑の党は何議席を得たか"),
    ],
)
def test_a_follow_up_becomes_a_question_of_its_own(text, before, meant):
    """Asking only "when?" asks of what was asked; "what about X?" asks the same of X."""
    assert complete_followup(text, before) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Who is Samira Qasteli?",
        "What was the turnout in the election of 2022?",
        "What did Marrowen say about the interview with the Nippo that she gave in October?",
        "How many chess clubs are there in Sarnholt?",
        "Is there a recount in Skerrow?",
        "スケロウ島では何時まで投票できたのですか",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(text):
    """A new subject is not bent back to the old one."""
    assert complete_followup(text, SEATS) == text


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("What was the turnout?", True),
        ("who won?", True),
        ("Wer hat gewonnen?", True),
        ("And what was the turnout?", False),
        ("Was it high?", False),
        ("What about Harbour?", False),
        ("それはいつ？", False),
    ],
)
def test_whether_a_question_stands_alone_is_told_without_what_was_before(text, alone):
    """One that goes on from another may mean anything by itself."""
    assert stands_alone(text) is alone


def test_what_is_joined_is_still_a_question_that_can_be_asked():
    """The joined text stays within the length of a question."""
    long = Exchange("x" * QUESTIONS.characters, ())
    assert len(complete_followup("and when?", long)) <= QUESTIONS.characters


def test_only_answers_are_referred_to():
    """An abstention verified nothing that a follow-up could mean."""
    assert Exchange.of(an_abstention()) is None
    assert Exchange.of(an_answer()).titles


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("How many seats did Harbour win?", True),
        ("How many seats did Corvin Haldane win?", False),
        ("", False),
        ("x" * 600, False),
    ],
)
def test_a_rewritten_question_names_nobody_new(written, accepted):
    """A model may put it better; it may not bring in a subject of its own."""
    assert names_nothing_new(written, "What about Harbour?", SEATS) is accepted
