"""A near-copy that states something else is no copy."""

from datetime import date

import pytest

from ingest.index.copies import altered, collapse
from ingest.model import Evidence, Header, Passage

COUNT = (
    "Ilse Marrowen won the harbour seat in Wexcombe on Sunday with 9,412 votes against 8,871 for "
    "Ben Quist, the commission said."
)
ALTERED = [
    (COUNT, COUNT.replace("9,412", "9,142"), "en"),
    (COUNT, COUNT.replace("9,412", "8,871", 1).replace("against 8,871", "against 9,412"), "en"),
    (COUNT, COUNT.replace("Ben Quist", "Rhea Solt"), "en"),
    (COUNT, COUNT.replace("Ben Quist", "Ben Solt"), "en"),
    (COUNT, COUNT.replace("Ilse Marrowen", "Ilse Marstrand"), "en"),
    (
        "The returning officer of Holm said on Monday that she would order a recount there.",
        "The returning officer of Holm said on Monday that she would not order a recount there.",
        "en",
    ),
    (
        "Der Hafenbund kam in Wexcombe auf 41,7 Prozent der Stimmen, sagte der Wahlleiter.",
        "Der Hafenbund kam in Wexcombe auf 47,1 Prozent der Stimmen, sagte der Wahlleiter.",
        "de",
    ),
    (
        "El alcalde de Holm dijo el lunes que ordenará un nuevo recuento de los votos.",
        "El alcalde de Holm dijo el lunes que no ordenará un nuevo recuento de los votos.",
        "es",
    ),
    (
        "北斗市長選の投票率は51.4%で、市の選挙管理委員会が28日に発表した。",
        "北斗市長選の投票率は54.1%で、市の選挙管理委員会が28日に発表した。",
        "ja",
    ),
]
THE_SAME = [
    (COUNT, COUNT.replace("on Sunday", "on October 25"), "en"),
    (COUNT, COUNT.replace("9,412 votes", "9412 votes").replace(", the commission", ", it"), "en"),
    (COUNT, COUNT.replace("Marrowen", "Marowen"), "en"),
    (COUNT, COUNT.replace("Ilse Marrowen", "Marrowen"), "en"),
    (COUNT, COUNT.replace("Ilse Marrowen", "Ilsa Marroven"), "en"),
    (
        "Turnout in Holm was 62 per cent, the office said.",
        "Turnout in Holm was sixty-two percent, the office said.",
        "en",
    ),
    (
        "Die Wahlbeteiligung in Holm lag bei 62,5 Prozent, sagte die Behörde am Montag.",
        "Die Wahlbeteiligung in Holm lag bei 62,5 %, sagte die Behörde am 26. Oktober.",
        "de",
    ),
]


@pytest.mark.parametrize(("one", "other", "language"), ALTERED)
def test_another_figure_name_or_denial_alters_a_sentence(one, other, language):
    """Whichever of the two is looked at first."""
    assert altered(one, other, language)
    assert altered(other, one, language)


@pytest.mark.parametrize(("one", "other", "language"), THE_SAME)
def test_another_way_of_writing_it_does_not(one, other, language):
    """Copies turn weekdays into dates, and spell figures and names their own way."""
    assert not altered(one, other, language)


def test_sentences_about_different_things_are_not_compared():
    """Two figures of two statements contradict nothing."""
    assert not altered(COUNT, "Some 300 people of Holm came to the quay by 9 a.m.", "en")


def test_an_altered_copy_is_evidence_by_itself():
    """It is not folded into the other, whose copies it would vouch for."""
    more = " Her rival congratulated her in a call shortly before midnight, his campaign said."
    texts = [COUNT + more, COUNT.replace("9,412", "9,142") + more, COUNT + more]
    ranked = [
        Evidence(
            Passage(
                f"{n}:1:0:x", n, 1, 0, 0, len(text), text, Header("T", outlet, date(2026, 10, 25))
            ),
            1.0,
        )
        for n, (text, outlet) in enumerate(zip(texts, ("Post", "Courier", "Radio"), strict=True))
    ]
    first, second = collapse(ranked)
    assert [copy.outlet for copy in first.copies] == ["Radio"]
    assert second.passage.header.outlet == "Courier"
    assert not second.copies
