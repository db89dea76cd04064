"""Foreign names in katakana meet their Latin spelling, and little else."""

import pytest

from ingest.language.sounds import beginnings, likeness, romaji, sounds_like, spellings

NAMES = [
    ("プーチン", "putin"),
    ("ティサ", "tisza"),
    ("ケニア", "kenya"),
    ("トランプ", "trump"),
    ("ハリス", "harris"),
    ("チームスターズ", "teamster"),
    ("カリフォルニア", "california"),
    ("ゼレンスキー", "zelenski"),
    ("マクロン", "macron"),
    ("ネタニヤフ", "netanyahu"),
    ("シャインバウム", "sheinbaum"),
    ("ジョージア", "georgia"),
    ("ジョンソン", "johnson"),
    ("ウクライナ", "ukrain"),
    ("オバマ", "obama"),
    ("ヴァンス", "vanc"),
    ("ニューサム", "newsom"),
    ("メルツ", "merz"),
    ("フジモリ", "fujimori"),
    ("マムダニ", "mamdani"),
]
"""Names in the news, and the stems that an English index has of them."""


@pytest.mark.parametrize(("name", "stem"), NAMES)
def test_a_name_is_known_by_its_sound(name, stem):
    """Written by hand, not by the rules under test."""
    assert sounds_like(name, stem)
    assert stem[0] in beginnings(name)


def test_a_name_is_no_other_of_them():
    """Twenty names, and none sounds like another."""
    wrong = [(n, s) for n, _ in NAMES for m, s in NAMES if n != m and sounds_like(n, s)]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "word"),
    [("ケニア", "can"), ("プーチン", "patron"), ("ハリス", "house"), ("ティサ", "texas")],
)
def test_common_words_are_no_names(name, word):
    """A word of the same consonants is another word."""
    assert not sounds_like(name, word)


def test_what_fits_is_ranked_by_its_letters():
    """Of what may sound alike the likest is meant."""
    assert spellings("トランプ").fullmatch("tramp")
    assert likeness("ティサ", "tisza") > likeness("ティサ", "tease")


@pytest.mark.parametrize("odd", ["ー", "ッッ", "ァ", "ヴ", "ンン", "ヮ", "アー" * 40])
def test_no_string_of_katakana_fails(odd):
    """Whatever is typed, there is a spelling or none."""
    assert isinstance(romaji(odd), str)
    assert not sounds_like(odd, "zzz")
