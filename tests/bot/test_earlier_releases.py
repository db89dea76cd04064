"""What an earlier release has written is opened whole.

Each file in ``releases`` is the dump of an archive that its release itself wrote: two articles of
ours were added, one question asked, the second article removed, a feed watched and the answer
reported. Each release adds its own (CONTRIBUTING.md).
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answering.understanding.question import ask
from bot.ledger.records import FeedbackVerdict
from tests.bot.builders import open_in

DUMPS = sorted(Path(__file__).with_name("releases").glob("*.sql"))
WITHOUT_DECISIONS = [file for file in DUMPS if file.stem in {"0.2.0", "0.3.0", "0.4.0"}]
"""Of releases that logged who decided on a suggestion, and did not keep it with that."""
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
DECISIONS = """
INSERT INTO suggestions (id, at, place, member, name, watch, approved) VALUES
    (1, '2026-11-30T09:00:00+00:00', '5', 'm', 'a.txt', 0, 1),
    (2, '2026-11-30T09:00:00+00:00', '', 'm', 'b.txt', 0, 0),
    (3, '2026-11-30T09:00:00+00:00', '5', 'm', 'c.txt', 0, NULL),
    (4, '2026-11-30T09:00:00+00:00', '5', 'm', 'd.txt', 0, 1);
INSERT INTO audit (at, who, place, deed, before) VALUES
    ('2026-11-30T10:00:00+00:00', '71', '5', 'approved', '{"suggestion": 1}'),
    ('2026-11-30T10:00:00+00:00', '72', '6', 'rejected', '{"suggestion": 2}'),
    ('2026-11-30T10:00:00+00:00', '73', '5', 'set', '{"suggestion": 3}'),
    ('2026-11-30T10:00:00+00:00', '74', '5', 'approved', 'null');
"""
"""What was decided, written down as the releases up to 0.4.0 did, or not at all."""
TURNOUT = "Turnout was 62.7 per cent, the Electoral Authority said."


@pytest.fixture(params=DUMPS, ids=lambda file: file.stem)
def desk(request, tmp_path):
    """Open the archive of an earlier release as an upgraded bot does."""
    with closing(sqlite3.connect(tmp_path / "archive.sqlite3")) as connection:
        connection.executescript(request.param.read_text(encoding="utf-8"))
        connection.executescript(DECISIONS)
    with open_in(tmp_path, now=NOW) as desk:
        desk.coverage.catch_up()
        yield desk


def test_its_coverage_answers(desk):
    """Also what was removed stays so, and is found once it is restored."""
    fares = ask("Until when are the ferry fares of Holm frozen?", now=NOW)
    answer = asyncio.run(desk.answer(ask("What was the turnout?", now=NOW)))
    assert answer.excerpts[0].citation.quote.endswith(TURNOUT)
    assert not [item for item in desk.coverage.look(fares).evidence if "Holm" in item.passage.text]
    desk.archive.articles.restore(2, now=NOW)
    desk.coverage.catch_up()
    assert "frozen until May" in asyncio.run(desk.answer(fares)).excerpts[0].citation.quote


def test_what_the_bot_kept_is_there(desk):
    """The answer with its citation, the report of it, and the source that is watched."""
    [record] = desk.ledger.answers.last()
    assert record.question == "What was the turnout?"
    [cited] = desk.ledger.answers.cited(1)
    [version] = desk.archive.articles.versions(cited.article_id)
    assert version.extract.text[cited.start_at : cited.end_at].endswith(TURNOUT)
    [report] = desk.ledger.feedback.open([FeedbackVerdict.OUTDATED])
    assert (report.answer_id, report.question) == (1, "What was the turnout?")
    [source] = desk.archive.sources.watched()
    assert (source.address, source.outlet) == (
        "https://ledger.example/feed.xml",
        "The Sarnholt Ledger",
    )


@pytest.mark.parametrize("desk", WITHOUT_DECISIONS, ids=lambda file: file.stem, indirect=True)
def test_who_decided_on_a_suggestion_is_still_known(desk):
    """With the server, as another one is not told; of an open one nothing is made up."""
    decided = [desk.ledger.suggestions.get(number) for number in (1, 2, 3, 4)]
    assert [(each.approved, each.decided_by, each.decided_in) for each in decided] == [
        (True, "71", "5"),
        (False, "72", "6"),
        (None, None, None),
        (True, None, None),
    ]
