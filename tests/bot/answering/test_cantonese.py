"""Cantonese, as people in Hong Kong write it: read as written Chinese, answered in it."""

from __future__ import annotations

import pytest

from bot.answering.understanding.followup import asks_question
from bot.answering.understanding.guard import guard
from bot.answering.understanding.normalising import without_markup
from bot.answering.understanding.question import ask
from bot.answering.values import Reason, UnaskableError
from ingest.language.languages import Language
from tests.bot.conftest import MORNING

HANT = Language.TRADITIONAL_CHINESE


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("邊個贏咗選舉", "誰贏了選舉"),
        ("投票率係幾多？", "投票率是多少？"),
        ("點解要重新點票呀", "為什麼要重新點票"),
        ("有冇重新點票", "有沒有重新點票"),
        ("邊個係Marrowen", "誰是Marrowen"),
        ("邊個同Lantern關係最好", "誰同Lantern關係最好"),
        ("幾時公佈結果", "何時公佈結果"),
        ("佢哋攞咗幾多議席", "他們獲得了多少議席"),
        ("工黨喺邊度輸咗", "工黨在哪裡輸了"),
    ],
)
def test_a_question_in_cantonese_is_read_as_written_chinese(asked, read):
    """It is neither Japanese nor simplified Chinese, and asks without a mark."""
    assert ask(asked, now=MORNING).language is HANT
    assert without_markup(asked) == read
    assert asks_question(asked)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("誰贏了選舉", HANT),
        ("关系如何", Language.CHINESE),
        ("投票率是多少", Language.CHINESE),
        ("関係者投票", Language.JAPANESE),
        ("係員数", Language.JAPANESE),
        ("選挙結果", Language.JAPANESE),
    ],
)
def test_no_other_language_is_taken_for_it(text, language):
    """係 and 唔 are characters of Japanese as well."""
    assert ask(text, now=MORNING).language is language
    assert without_markup(text) == text


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("我應該投邊個", Reason.ADVICE),
        ("邊個會贏", Reason.PREDICTION),
        ("你支持邊個", Reason.OWN_VIEW),
        ("點解", Reason.TOO_VAGUE),
    ],
)
def test_what_is_declined_is_declined_in_cantonese(asked, reason):
    """For the same reasons as in written Chinese."""
    assert guard(ask(asked, now=MORNING)) is reason


@pytest.mark.parametrize(
    ("text", "key"),
    [("唔該", "talk_thanks"), ("係咪真㗎", "talk_check"), ("有咩新聞", "talk_news")],
)
def test_small_talk_in_cantonese(text, key):
    """It gets its sentence and no search."""
    with pytest.raises(UnaskableError) as found:
        ask(text, now=MORNING)
    assert (found.value.key, found.value.language) == (key, HANT)
