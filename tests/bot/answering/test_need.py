"""The content words of a question, and the texts that mention them."""

from __future__ import annotations

import pytest

from bot.answering.understanding.need import Need

TURNOUT = "Turnout was 62.7 per cent, the Electoral Authority said."
WINNER = "The Common Field Party has won 50 of the 121 seats."
RECOUNT = "A recount confirmed that Qasteli had beaten him by 212 votes."
POLL = "Of those asked in the survey, 34 per cent named Common Field."
FERRIES = "The ferries to the islands did not sail in the storm."
ENGLISH = "turnout won seats recount votes survey ferries storm lantern"


class Vocabulary:
    """The words of a coverage in English alone, each as rare as the others."""

    def rarity(self, term: str) -> float:
        """Return the same for every term."""
        del term
        return 2.0

    def frequency(self, term: str) -> int:
        """Return 1 for a term of the coverage."""
        return int(term in ENGLISH)

    def terms_from(self, letter: str) -> list[tuple[str, int]]:
        """Return nothing: no name is looked for."""
        del letter
        return []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("투표율이 어떻게 됐나요?", TURNOUT),
        ("승리한 당은 어디인가요?", WINNER),
        ("재검표를 했습니까?", RECOUNT),
        ("여론조사에서 뭐라고 했나요?", POLL),
        ("태풍으로 무슨 일이?", FERRIES),
        ("投票率怎么样？", TURNOUT),
        ("哪个党获胜？", WINNER),
        ("重新点票了吗？", RECOUNT),
        ("民調怎麼說？", POLL),
        ("誰贏得最多席次？", WINNER),
        ("كيف كانت نسبة التصويت؟", TURNOUT),
        ("أيّ حزبٍ فاز؟", WINNER),
        ("هل بدأت إعادة الفرز؟", RECOUNT),
        ("ما نتائج الاستطلاعات؟", POLL),
    ],
)
def test_a_question_in_another_script_shares_words_with_english_text(question, answer):
    """A word is known with its particle, article or ending, and it means what English means."""
    need = Need.of(question, Vocabulary())
    others = {TURNOUT, WINNER, RECOUNT, POLL, FERRIES} - {answer}
    assert need.share(answer) > 0
    assert need.share(answer) >= max(map(need.share, others))


@pytest.mark.parametrize("question", ["누가요?", "무엇인가요?", "谁？", "ما هذا؟"])
def test_words_of_every_question_tell_nothing(question):
    """A question of stop words alone has no content word."""
    assert Need.of(question, Vocabulary()).terms == ()


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("turnout DON'T survey DOESN’T seats", ["turnout", "survey", "seat"]),
        ("turnout 1899 1900 2099 2100 seats 62", ["turnout", "seat", "1900", "2099"]),
        ("turnout 19001 02 seats", ["turnout", "seat", "02"]),
    ],
)
def test_a_negation_and_a_figure_are_no_condition(question, keys):
    """A year is one, and so is a number with a zero before it, which is a name."""
    need = Need.of(question, Vocabulary())
    assert [*(term.key for term in need.terms), *need.strange] == keys


@pytest.mark.parametrize("mark", ["\u064b", "\u0652", "\u0640"])
def test_a_mark_of_a_short_vowel_makes_no_other_word(mark):
    """Few people write them; the signs beside them are letters."""
    need = Need.of(f"كيف كانت نس{mark}بة التصويت؟", Vocabulary())
    assert need == Need.of("كيف كانت نسبة التصويت؟", Vocabulary())


def test_a_latin_name_is_known_with_a_particle():
    """Korean writes a particle together with a name; a word of one syllable is a particle."""
    need = Need.of("Lantern은 무엇을 했나요?", Vocabulary())
    assert [term.key for term in need.terms] == ["lantern"]
    assert need.strange == ()


def test_what_no_coverage_has_counts_as_a_name_where_letters_have_no_case():
    """A text that has all known words of the question still lacks its name."""
    need = Need.of("스케로우의 투표율은?", Vocabulary())
    assert need.strange == ("스케로우의",)
    assert need.share(TURNOUT) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("question", "text", "men", "women"),
    [
        (
            "How many {} voted?",
            "Of {} voters 41 per cent did.",
            ("men", "male"),
            ("women", "female"),
        ),
        ("Combien de {} ont voté ?", "41 of the {} did.", ("hommes", "men"), ("femmes", "women")),
        ("¿Cuántos {} votaron?", "{}の41％が棄権した。", ("hombres", "男性"), ("mujeres", "女性")),
        ("{}有多少人投票？", "41 of the {} did.", ("男性", "men"), ("女性", "women")),
    ],
)
def test_words_for_men_weigh_as_much_as_those_for_women(question, text, men, women):
    """A list of words with the same meaning that holds one of two sides favours it."""
    shares = [
        Need.of(question.format(asked), Vocabulary()).share(text.format(answered))
        for asked, answered in (men, women)
    ]
    assert shares[0] == shares[1] > 0
