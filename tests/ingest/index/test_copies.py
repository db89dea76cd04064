"""One story in several outlets."""

from datetime import date, timedelta

from ingest.index.copies import collapse
from ingest.language.similarity import containment, shingles
from ingest.model import Evidence, Header, Passage

STORY = (
    "The harbour town of Wexcombe counted its votes twice on Sunday after a box was found in a "
    "locked office, the election commission said, and the second count confirmed the first."
)
DAY = date(2026, 10, 25)


def found(text, outlet, *, article=1, day=DAY, score=1.0):
    header = Header("A title", outlet, published=day)
    return Evidence(Passage(f"{article}:1:0:x", article, 1, 0, 0, len(text), text, header), score)


def test_copies_of_one_story_are_one_piece_of_evidence():
    """A wire story that three outlets carry is one source, and says who carries it."""
    edited = STORY.replace("on Sunday", "on October 25")
    ranked = [found(STORY, "Ledger"), found(edited, "Courier", article=2, score=0.9)]
    [only] = collapse(ranked)
    assert only.passage.header.outlet == "Ledger"
    assert [copy.outlet for copy in only.copies] == ["Courier"]


def test_independent_reports_stay_apart():
    """Two outlets that report one event in their own words are two sources."""
    other = (
        "Election workers in Wexcombe went through the ballots a second time at the weekend. "
        "Nothing changed, officials told the paper, although a box had gone missing for hours."
    )
    assert len(collapse([found(STORY, "Ledger"), found(other, "Courier", article=2)])) == 2


def test_the_same_words_a_month_apart_are_two_stories():
    """A phrase that returns every week is not a copy."""
    later = found(STORY, "Courier", article=2, day=DAY + timedelta(days=30))
    assert len(collapse([found(STORY, "Ledger"), later])) == 2


def test_a_date_unknown_may_be_a_copy():
    """A paste without a date is still recognised."""
    undated = found(STORY, "paste", article=2, day=None)
    assert len(collapse([found(STORY, "Ledger"), undated])) == 1


def test_japanese_is_compared_by_characters():
    """A language without spaces has copies too."""
    text = "選挙管理委員会は日曜日、港町の投票箱が事務所で見つかったと発表した。"
    assert containment(shingles(text), shingles(text.replace("日曜日", "25日"))) > 0.6


def test_short_texts_have_no_shingles_in_common():
    """Two words shared are no evidence of copying."""
    assert containment(shingles("He denied it."), shingles("He denied it.")) == 0.0
