"""A story is told once, however many outlets carry it."""

from datetime import date, timedelta

import pytest

from bot.community.news import Stories
from ingest.archive import Archive
from ingest.model import Edition
from tests.builders import NOW, TEXT, an_extract, saved

OTHER = "The ferry to Holm was taken out of service on Friday, the harbour office said in a notice."


@pytest.fixture
def archive(archive_url):
    """Open an empty archive, on each database."""
    with Archive.open(archive_url) as opened:
        yield opened


def test_copies_are_told_with_the_story_that_they_carry(archive):
    """The article that had it first stands for it."""
    saved(archive, an_extract(TEXT, outlet="Ledger", published=date(2026, 10, 26)))
    saved(archive, an_extract(TEXT, outlet="Courier", published=date(2026, 10, 27)))
    saved(archive, an_extract(OTHER, outlet="Post", title="Ferry", published=date(2026, 10, 25)))
    first, second = Stories(archive).newest(5)
    assert first.article.header.outlet == "Ledger"
    assert first.outlets == ("Ledger", "Courier")
    assert second.outlets == ("Post",)
    assert [each.outlets for each in Stories(archive).newest(5, Edition(outlets=("Courier",)))] == [
        ("Courier",)
    ]
    assert len(Stories(archive).newest(1)) == 1


def test_what_was_added_since_leaves_out_further_copies(archive):
    """A story that is carried again is no news."""
    saved(archive, an_extract(TEXT, outlet="Ledger"))
    saved(archive, an_extract(TEXT, outlet="Courier"), now=NOW + timedelta(hours=2))
    saved(archive, an_extract(OTHER, outlet="Post", title="F"), now=NOW + timedelta(hours=2))
    found = Stories(archive).added(NOW + timedelta(hours=1))
    assert [each.outlets for each in found] == [("Post",)]
    assert Stories(archive).added(NOW + timedelta(hours=3)) == []
