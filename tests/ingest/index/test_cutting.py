"""Sentences and passages are exact ranges of their text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.index.cutting import sentences, split
from ingest.index.limits import PASSAGES

PIECES = st.sampled_from(
    [
        "Mr. Aoki said “no. Never.” ",
        "He left. ",
        "選挙の結果は未定だ。",
        "「はい。」と述べた。",
        "\n\n",
        "😀",
        "🇯🇵 ",
        "1.5% ",
    ]
)
CHARACTERS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=150, deadline=None)
@given(CHARACTERS, st.sampled_from(["en", "ja", "und", "ar"]))
def test_every_character_lies_in_exactly_one_span(text, language):
    """No word is lost, none is cited twice, whatever the script."""
    for cut in (sentences, split):
        covered = []
        for span in cut(text, language):
            assert text[span.start : span.end].strip() == text[span.start : span.end] != ""
            covered.extend(range(span.start, span.end))
        assert len(covered) == len(set(covered))
        assert covered == sorted(covered)
        assert all(text[i].isspace() for i in set(range(len(text))) - set(covered))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Mr. Aoki left. He won.", "en", ["Mr. Aoki left.", "He won."]),
        (
            "「加わらない。」と党首は述べた。次は未定だ。",
            "ja",
            ["「加わらない。」と党首は述べた。", "次は未定だ。"],
        ),
        ("“Not now.” she said. Then she left.", "en", ["“Not now.” she said.", "Then she left."]),
        ("One\n\nTwo", "en", ["One", "Two"]),
        ("", "en", []),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text, language, expected):
    """Abbreviations and quotations do not cut a sentence in two."""
    assert [text[s.start : s.end] for s in sentences(text, language)] == expected


def test_a_text_without_sentences_is_still_cut():
    """A transcript of 300 kB becomes passages that can be embedded."""
    text = "word " * 60_000
    spans = split(text, "en")
    assert max(span.end - span.start for span in spans) <= 2 * PASSAGES.latin_characters
    assert sum(span.end - span.start for span in spans) > 200_000
