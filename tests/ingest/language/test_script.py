"""Which script a text is in."""

import pytest

from ingest.language.script import KANJI, Script, has_japanese, has_kanji_alone


@pytest.mark.parametrize(
    ("text", "east_asian"),
    [
        ("投票率は62.7%だった。", True),
        ("투표율은 62.7%였다.", True),
        (
            "Turnout was 62.7 per cent, the paper 東京新聞 said on Sunday in its first edition.",
            False,
        ),
        ("سميرة القسطلي", False),
        ("62.7", False),
        ("", False),
    ],
)
def test_a_passage_is_in_the_script_of_most_of_it(text, east_asian):
    """A name in brackets does not make an English passage a Japanese one."""
    assert (Script.of_text(text) is Script.EAST_ASIAN) is east_asian


def test_a_question_is_in_the_script_of_its_grammar():
    """One kana is enough: foreign names stand in Japanese questions as they are."""
    assert Script.of_question("Sanseitoの公約は？") is Script.EAST_ASIAN
    assert Script.of_question("What did Sanseito promise?") is Script.ALPHABETIC
    assert Script.EAST_ASIAN.other.other is Script.EAST_ASIAN


@pytest.mark.parametrize(
    ("text", "alone"),
    [("投票率", True), ("誰贏了？", True), ("投票率は？", False), ("선거", False), ("Who?", False)],
)
def test_what_may_be_chinese_as_well_as_japanese(text, alone):
    """Signs that both write, and nothing that one of them or Korean has alone."""
    assert has_kanji_alone(text) is alone


def test_hangul_is_not_kanji():
    """The compatibility ideographs are written as code points: normalised, their range is wider."""
    assert not has_japanese("투표율은 얼마였나요?")
    assert has_japanese("\uf914")
    assert "\uf900-\ufaff" in KANJI
