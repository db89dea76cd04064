"""Kanji are read as their names are spelt in Latin letters."""

import pytest

from ingest.language.sounds import hepburn, read_aloud


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("石破", "ishiba"),
        ("神谷宗幣", "kamiya"),
        ("参政党", "sanseito"),
        ("高市早苗", "takaichi"),
        ("公明党の代表", "komeito"),
        ("北斗市長選", "hokuto"),
        ("東京都知事", "tokyo"),
        ("新橋", "shimbashi"),
        ("小池百合子", "yuriko"),
    ],
)
def test_a_name_in_kanji_is_spelt_as_it_is_read(written, spelt):
    """Names of people, places and parties, alone or in a run."""
    assert spelt in read_aloud(written)


@pytest.mark.parametrize("text", ["", "Ishiba", "プーチン", "の", "東"])
def test_what_has_no_word_in_kanji_has_no_reading(text):
    """A lone character has too many."""
    assert read_aloud(text) == frozenset()


@pytest.mark.parametrize(
    ("kana", "spellings"),
    [
        ("オオノ", {"ono", "oono", "ohno"}),
        ("サッポロ", {"sapporo"}),
        ("ホッチ", {"hotchi"}),
        ("イッシュウ", {"isshu", "isshuu"}),
        ("ナンバ", {"nanba", "namba"}),
        ("ジュンヤ", {"junya"}),
    ],
)
def test_every_usual_spelling_is_known(kana, spellings):
    """Hepburn's, long vowels and the n before b, m and p in each way."""
    assert set(hepburn(kana)) == spellings
