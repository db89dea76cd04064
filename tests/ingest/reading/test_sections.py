"""An address says what kind of text stands there, where its outlet files by kind."""

import pytest

from ingest.model import Kind
from ingest.reading.documents import kind_by_address


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://ledger.example/opinion/2026/a", Kind.OPINION),
        ("https://ledger.example/shasetsu/a", Kind.OPINION),
        ("https://ledger.example/politics/polls/a", Kind.POLL),
        ("https://ledger.example/opinion-polls/2026/a", Kind.POLL),
        ("https://shimbun.example/yoron/20261005", Kind.POLL),
        ("https://ledger.example/analysis/a", Kind.ANALYSIS),
        ("https://ledger.example/live-news/a", Kind.LIVE),
        ("https://ledger.example/pollution/a", Kind.NEWS),
        ("https://ledger.example/polling-stations-open-late", Kind.NEWS),
    ],
)
def test_a_section_names_the_kind(address, kind):
    """A word that only begins so names none."""
    assert kind_by_address(address) is kind
