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
        (
            'The queue was long," she said. "Nobody left. All voted."',
            "en",
            ['The queue was long," she said.', '"Nobody left.', 'All voted."'],
        ),
        (
            "„Das reicht nicht“, sagte er. „Wir zählen neu.“",
            "de",
            ["„Das reicht nicht“, sagte er.", "„Wir zählen neu.“"],
        ),
        (
            "Rok won (the count ended at 9). (It began at noon.)",
            "en",
            ["Rok won (the count ended at 9).", "(It began at noon.)"],
        ),
        ("One\n\nTwo", "en", ["One", "Two"]),
        ("", "en", []),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text, language, expected):
    """Abbreviations and quotations do not cut a sentence in two."""
    assert [text[s.start : s.end] for s in sentences(text, language)] == expected


GOES_ON = {
    "en": [
        "Ms. Harlow told Ms. Oduya that she would not run again.",
        "Voters rejected Prop. 50 and passed Prop. 12 by eight points.",
        "The Republican, J.D. Tarrant, beat H.R. Moss and A. J. Finch.",
        "Polls close at 8 p.m. ET on Tuesday, or 7 p.m. Central.",
        "They open at 7 a.m. Tuesday and close at 8 p.m. Nov. 5.",
        "The count stood at 62 percent at 9:30 p.m. ET/6:30 p.m. PT.",
        "Former Ald. Nora Quill asked Cllr. Brandt, est. 40, for his vote.",
        "“I called Ms. Vane,” he said of the talk.",
    ],
    "fr": [
        "M. Delorme a battu Mme. Roussel, selon le Dr. Petit.",
        "MM. Leroy et J.-P. Garnier ont déposé l’art. 5.",
        "Le scrutin du 4 nov. a eu lieu, puis celui du 3 déc. 2025 aussi.",
    ],
    "de": [
        "Im 1. Wahlgang erhielt sie 40 Prozent, im 2. Wahlgang 52.",
        "Der 21. Deutsche Bundestag wählte Hrn. Brandner nicht.",
        "Die Urkunde unterschrieb A. Lindqvist am 5. März.",
    ],
    "es": ["D. Julián Otero ganó con el 52 % aprox. de los votos a las 8 p. m. del martes."],
    "pt": ["A Profa. Lima leu o n. 3 às 20 h. de terça na Av. Central."],
    "it": ["Ha vinto G. Moretti, con il 40 per cento."],
    "ru": ["Победил А. Соколов, второй стала М. Белова."],
}
ENDS = {
    "en": [
        ("The booths close at 8 p.m.", "The count begins at once."),
        ("He lives in Washington, D.C.", "The officials there know him."),
        ("It was the largest turnout in the U.S.", "They had not expected it."),
        ("There is no plan B.", "The council votes on Friday."),
        ("we had 300 votes.", "nobody came after that."),
        ("Turnout was 62.", "Marlow had hoped for 70."),
        ("She is against the prop.", "He is for it."),
    ],
    "fr": [
        ("Il a parlé de la région.", "M. Delorme aussi."),
        ("Elle est arrivée 3e.", "Le vote dure."),
    ],
    "de": [("Die Liste kam auf 20.", "Das reichte nicht."), ("Sie kam 2025.", "Brandner blieb.")],
    "es": [("Ganó D. Julián.", "Perdió su rival.")],
}


@pytest.mark.parametrize(
    ("text", "language"), [(text, code) for code, texts in GOES_ON.items() for text in texts]
)
def test_an_abbreviation_does_not_end_a_sentence(text, language):
    """Titles, initials, times of day, ordinals: a quotation of the sentence is whole."""
    assert [text[s.start : s.end] for s in sentences(text, language)] == [text]


@pytest.mark.parametrize(
    ("first", "second", "language"),
    [(*pair, code) for code, pairs in ENDS.items() for pair in pairs],
)
def test_what_looks_like_an_abbreviation_may_end_a_sentence(first, second, language):
    """The word behind the full stop decides; two lines are two sentences always."""
    for between in (" ", "\n"):
        text = f"{first}{between}{second}"
        assert [text[s.start : s.end] for s in sentences(text, language)] == [first, second]


def test_an_abbreviation_at_the_end_of_a_line_ends_its_sentence():
    """The next line is another paragraph, whatever it begins with."""
    text = "Polls close at 8 p.m.\nET viewers can follow the count."
    assert len(sentences(text, "en")) == 2


def test_a_text_without_sentences_is_still_cut():
    """A transcript of 300 kB becomes passages that can be embedded."""
    text = "word " * 60_000
    spans = split(text, "en")
    assert max(span.end - span.start for span in spans) <= 2 * PASSAGES.latin_characters
    assert sum(span.end - span.start for span in spans) > 200_000
