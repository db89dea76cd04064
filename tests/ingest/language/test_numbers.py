"""Figures in words, digits and kanji."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kanjize import KanjizeConfiguration, KanjizeStyle, number2kanji
from num2words import num2words

from ingest.language.as_english import plain_english
from ingest.language.numbers import figures_in, normalise


def read(text):
    """Return value, kind and unit of each figure."""
    return [(f.value.normalize(), f.kind, f.unit) for f in figures_in(normalise(text))]


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit"),
    [
        ("two hundred and fifty-three thousand people", 253000, "count", ""),
        ("one in five voters", 20, "share", ""),
        ("7 out of 10 voters", 70, "share", ""),
        ("three quarters of the vote", 75, "share", ""),
        ("half of the voters", 50, "share", ""),
        ("3½ million votes", 3500000, "count", "ballots"),
        ("three and a half million votes", 3500000, "count", "ballots"),
        ("half a million more", 500000, "count", ""),
        ("a million votes", 1000000, "count", "ballots"),
        ("a stubborn half of the voters", 50, "share", ""),
        ("three quarters of a million votes", 750000, "count", "ballots"),
        ("two and three-quarter million votes", 2750000, "count", "ballots"),
        ("a million and a half votes", 1500000, "count", "ballots"),
        ("62・5％", 62.5, "share", ""),
        ("2.3億円", 230000000, "count", "yen"),
        ("12'408 votes", 12408, "count", "ballots"),
        ("£2bn", 2000000000, "count", "pounds"),
        ("$1.5m", 1500000, "count", "dollars"),
        ("40 million euros", 40000000, "count", "euros"),
        ("3.8 percentage points", "3.8", "points", ""),
        ("62.7 per cent", "62.7", "share", ""),
        ("thousands of ballots", 1000, "vague", ""),
        ("tens of thousands", 10000, "vague", ""),
        ("the share tripled", 3, "multiple", ""),
        ("two dozen boats", 24, "count", "ships"),
        ("the 42nd day", 42, "ordinal", ""),
        ("a two-year freeze", 2, "count", "years"),
        ("1億2千万円", 120000000, "count", "yen"),
        ("3割の有権者", 30, "share", ""),
        ("3割5分", 35, "share", ""),
        ("五分の一", 20, "share", ""),
        ("登録者の半数", 50, "share", ""),
        ("2倍", 2, "multiple", ""),
        ("二百五十三人", 253, "count", ""),
        ("1万2,000人", 12000, "count", ""),
        ("数千人", 1000, "vague", ""),
        ("三つの投票所", 3, "count", ""),
        ("2日遅れた", 2, "count", "days"),
    ],
)
def test_a_figure_is_read_with_what_it_measures(text, value, kind, unit):
    """In words or digits, in English or Japanese."""
    assert read(text) == [(Decimal(str(value)).normalize(), kind, unit)]


@pytest.mark.parametrize(
    "text",
    [
        "no one said so",
        "one of them",
        "the second half",
        "the Second half of its members",
        "the other half of all votes",
        "on 3 November 2026",
        "at 10 p.m.",
        "G7 and COVID-19",
        "令和8年10月3日",
        "十分に話し合った",
        "第三者",
        "for the first time",
    ],
)
def test_what_only_looks_like_a_figure_is_none(text):
    """Pronouns, orders, dates and names are something else."""
    assert read(text) == []


@given(st.integers(2, 999_999_999))
def test_english_words_say_what_their_digits_say(number):
    """Digits, words, digits again."""
    [figure] = figures_in(normalise(f"It counted {num2words(number)} boxes."))
    assert figure.value == number


@pytest.mark.parametrize("style", [KanjizeStyle.ALL, KanjizeStyle.MIXED])
@given(number=st.integers(1, 10**12))
def test_kanji_say_what_their_digits_say(style, number):
    """In kanji alone, and with the digits that newspapers mix in."""
    written = number2kanji(number, KanjizeConfiguration(style))
    [figure] = figures_in(normalise(f"合計{written}票だった"))
    assert figure.value == number


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("more than 20,000", "least"),
        ("at least 2 million crowns", "least"),
        ("fewer than 250 votes", "most"),
        ("nearly 63 per cent", "most"),
        ("about 9,000", "about"),
        ("約9000人", "about"),
        ("2万人以上", "least"),
        ("250票未満", "most"),
        ("9,000", ""),
    ],
)
def test_a_bound_is_noted(text, bound):
    """At least two million is not two million."""
    [figure] = figures_in(normalise(text))
    assert figure.bound == bound


def test_figures_share_the_unit_that_one_of_them_states():
    """From 18 to 15 per cent are two shares."""
    assert [kind for _, kind, _ in read("from 18 to 15 per cent")] == ["share", "share"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("one and a half million votes", ["1500000"]),
        ("one and a half per cent", ["1.5"]),
        ("12 lakh voters, 3 crore rupees and 1,20,000 votes", ["1200000", "30000000", "120000"]),
        ("won 53-47 in Holm", ["53", "47"]),
        ("by 12,408–11,950 votes", ["12408", "11950"]),
        ("a two-to-one margin", ["2"]),
        ("by five-to-four in the council", ["5", "4"]),
        ("by sixty-two to thirty-eight per cent", ["62", "38"]),
        ("in the mid-fifties", ["55"]),
        ("in the low 40s", ["42"]),
        ("the 2025-26 budget", ["2025"]),
        ("the mid-1990s", []),
        ("COVID-19 in Holm", []),
    ],
)
def test_figures_of_newspapers_are_read(text, values):
    """Scores have two figures, a year and the next one have none more."""
    found = [figure.value for figure in figures_in(normalise(text))]
    assert found == [Decimal(each) for each in values]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Rs 2 lakh crore", "2000000000000"),
        ("150만 명이 투표했다", "1500000"),
        ("12만 3456표를 얻었다", "123456"),
        ("1억 2천만 원", "120000000"),
        ("약 3천 표 차", "3000"),
        ("유권자의 4분의 1", "25"),
        ("61.5퍼센트", "61.5"),
        ("1.2亿票", "120000000"),
        ("12萬3456票", "123456"),
        ("一百五十万人", "1500000"),
        ("两千票", "2000"),
        ("百分之五十三", "53"),
        ("四分之三的选民", "75"),
        ("六成选民", "60"),
        ("5人に1人が棄権した", "20"),
        ("٥٣٫٢ في المئة", "53.2"),
        ("١٢٬٤٥٠ صوتا", "12450"),
        ("1.5 مليون ناخب", "1500000"),
        ("مليون ونصف المليون صوت", "1500000"),
        ("३२,५०० वोट", "32500"),
    ],
)
def test_figures_in_other_numerals_are_read(text, value):
    """Digits of other scripts, and Chinese, Korean and Arabic words beside digits."""
    [figure] = figures_in(normalise(text))
    assert figure.value == Decimal(value)


def test_a_score_in_other_words_has_two_figures():
    """A decade of somebody's life is none."""
    assert [f.value for f in figures_in(normalise("53 대 47로 이겼다"))] == [53, 47]
    assert [f.value for f in figures_in(normalise("53比47"))] == [53, 47]
    assert [f.value for f in figures_in(normalise("20대 유권자 300명"))] == [20, 300]


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("jeder dritte Wähler", "de", "1 in 3 Wähler"),
        ("anderthalbtausend Stimmen", "de", "1500 votes"),
        ("uno de cada cinco electores", "es", "1 in 5 electores"),
        ("una docena de urnas", "es", "12 de urnas"),
        ("une vingtaine de bureaux", "fr", "about 20 de bureaux"),
        ("anderthalb Millionen", "de", "1.5 million"),
        ("zweieinhalb Jahre", "de", "2.5 years"),
        ("eine Dreiviertelmillion Stimmen", "de", "0.75 million votes"),
        ("eine halbe Million", "de", "0.5 million"),
        ("ein Dutzend", "de", "12"),
        ("dos millones y medio", "es", "2.5 million"),
        ("medio millón", "es", "0.5 million"),
        ("tres cuartos de millón", "es", "0.75 million"),
    ],
)
def test_halves_in_words_of_other_languages(text, language, said):
    """One word or a few hold the number and its part."""
    assert plain_english(text, language) == said


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("数万人が集まった", [(10000, "vague", "")]),
        ("万人のための党", []),
        ("1億万人", [(100000000, "count", "")]),
        ("1.2.3割の票", []),
        ("〇分の一", [(0, "count", "minutes")]),
    ],
)
def test_a_scale_without_a_number_is_no_figure(text, figures):
    """Its article is read all the same: "数万人" is in many of them."""
    assert read(text) == figures
