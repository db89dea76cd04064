"""What a change to an article means to a reader of an answer that quotes it."""

from __future__ import annotations

import pytest

from bot.community.corrections import quotation_changes
from bot.ledger.records import NoticeKind
from ingest.model import Kind, Removal, Version
from tests.builders import NOW, an_extract

QUOTE = "Ilse Marrowen's Harbour Alliance won 46 seats, the Electoral Authority said on Sunday."
REST = "Turnout was 62.7 per cent in the islands, three points more than in 2022."


def a_version(number, text, *notes, **header):
    """Build a version of the article."""
    return Version(1, number, an_extract(text, corrections=notes, **header), NOW)


def after(*later, quote=QUOTE, removal=None, **header):
    """Return the kinds and versions of what happened to *quote*: each text with its notes."""
    versions = [a_version(n, text, *notes, **header) for n, (text, *notes) in enumerate(later, 2)]
    found = quotation_changes(quote, a_version(1, f"{QUOTE} {REST}"), versions, removal)
    return [(each.kind, each.version) for each in found]


def said(old, new):
    """Replace words in what the article said."""
    assert old in f"{QUOTE} {REST}"
    return f"{QUOTE} {REST}".replace(old, new)


NOTE = "Correction: An earlier version gave the wrong figure."
WHOLE = f"{QUOTE} {REST}"


@pytest.mark.parametrize(
    ("later", "kinds"),
    [
        pytest.param([(said("46", "45"), NOTE)], [NoticeKind.CORRECTED], id="figure"),
        pytest.param([(said("46", "45"),)], [NoticeKind.CHANGED], id="figure without a note"),
        pytest.param(
            [(said("Marrowen", "Marrowan"), "Correction: a name.")],
            [NoticeKind.CORRECTED],
            id="name spelt otherwise",
        ),
        pytest.param([(said("Sunday", "Sundey"),)], [], id="typo"),
        pytest.param(
            [(WHOLE, "Correction: The Harbour Alliance won 46 seats only with Tessary.")],
            [NoticeKind.CORRECTED],
            id="note only, on its figure",
        ),
        pytest.param([(WHOLE, "Correction: a photograph.")], [], id="note only, elsewhere"),
        pytest.param([(said("62.7", "61.2"), NOTE)], [], id="another sentence's figure"),
        pytest.param(
            [(said("Ilse Marrowen's Harbour Alliance", "Sam Pellowe's Common Field"), NOTE)],
            [NoticeKind.REVERSED],
            id="another winner",
        ),
        pytest.param(
            [(REST, "Correction: The first sentence was wrong and is taken out.")],
            [NoticeKind.REVERSED],
            id="taken out with a note",
        ),
        pytest.param([(REST,)], [NoticeKind.CHANGED], id="rewritten"),
    ],
)
def test_what_is_told_is_what_touches_the_quotation(later, kinds):
    """Figures, names and winners; no typo, and no note on something else."""
    assert [kind for kind, _ in after(*later)] == kinds


def test_each_note_counts_once_in_the_version_that_it_came_with():
    """However many versions follow."""
    corrected = said("46", "45")
    more = f"{corrected} More to come."
    assert after((corrected, NOTE), (more, NOTE), (f"{more} And more.", NOTE)) == [
        (NoticeKind.CORRECTED, 2)
    ]
    again = "Correction: Turnout has nothing to do with the 46 seats."
    assert after((corrected, NOTE), (more, NOTE, again)) == [
        (NoticeKind.CORRECTED, 2),
        (NoticeKind.CORRECTED, 3),
    ]


def test_an_edit_that_was_undone_is_told_only_if_a_note_says_so():
    """The article says again what was quoted; what its outlet corrected stays a correction."""
    back = "Correction: The Harbour Alliance won 46 seats after all."
    assert after((said("46", "45"),), (WHOLE,)) == []
    assert after((said("46", "45"), NOTE), (WHOLE, NOTE, back)) == [
        (NoticeKind.CORRECTED, 2),
        (NoticeKind.CORRECTED, 3),
    ]


def test_a_quotation_of_several_sentences_is_touched_where_one_of_them_is():
    """The others stand as they stood, and name whom they named."""
    later = (said("62.7", "61.2"), NOTE)
    assert after(later, quote=WHOLE) == [(NoticeKind.CORRECTED, 2)]
    assert after((REST, NOTE), quote=WHOLE) == [(NoticeKind.REVERSED, 2)]


def test_what_leaves_a_live_page_has_only_moved_on():
    """But a figure that is changed there is changed."""
    assert after((REST,), kind=Kind.LIVE) == []
    assert after((said("46", "45"),), kind=Kind.LIVE) == [(NoticeKind.CHANGED, 2)]


@pytest.mark.parametrize(
    ("removal", "kinds"),
    [
        (Removal.RETRACTED, [(NoticeKind.RETRACTED, 0)]),
        (Removal.REMOVED, [(NoticeKind.REMOVED, 0)]),
        (Removal.GONE, []),
        (Removal.HIDDEN, []),
    ],
)
def test_a_withdrawal_is_one_whatever_else_happened(removal, kinds):
    """A page that is gone, or hidden from new answers, withdraws nothing."""
    assert after(removal=removal) == kinds


def test_a_change_is_seen_in_a_language_without_spaces():
    """As in one with them."""
    quote = "港湾同盟は四十六議席を獲得したと選挙管理委員会が日曜日に発表した。"
    before = Version(1, 1, an_extract(quote, language="ja"), NOW)
    fresh = quote.replace("四十六", "四十五")
    later = Version(1, 2, an_extract(fresh, language="ja", corrections=("訂正",)), NOW)
    assert [t.kind for t in quotation_changes(quote, before, [later], None)] == [
        NoticeKind.CORRECTED
    ]
