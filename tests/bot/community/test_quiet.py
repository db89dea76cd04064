"""A source that gives nothing any more is noticed: by its own usual gap, or because it fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.community.quiet import Quiet, silent_since
from bot.community.rules import ServerRules
from bot.discord_ui.moderators.rule_settings import RulesState, Section
from bot.discord_ui.moderators.settings_panel import settings_view
from bot.discord_ui.news_views import quiet_view
from bot.ledger import Ledger
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.language.languages import Language
from ingest.model import Permission, SourcePage
from tests.bot.discord_ui.reading import seen
from tests.builders import NOW, an_extract, saved

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("gap", "silence", "quiet"),
    [
        (timedelta(hours=1), timedelta(hours=11), False),
        (timedelta(hours=1), timedelta(hours=13), True),
        (DAY, 2 * DAY, False),
        (DAY, 3 * DAY, True),
        (7 * DAY, 14 * DAY, False),
        (7 * DAY, 22 * DAY, True),
    ],
)
def test_silence_is_measured_by_what_is_usual(gap, silence, quiet):
    """A night is none, and a weekly paper has its week."""
    arrivals = [NOW - silence - number * gap for number in range(10)]
    assert silent_since(arrivals, NOW) == (NOW - silence if quiet else None)


def test_what_came_at_once_has_no_usual_gap():
    """A source that was added yesterday with its last hundred articles is new, and not silent."""
    assert silent_since([NOW - 30 * DAY] * 100, NOW) is None


def watched(archive, *, days):
    """Watch a source that gave one article a day until so many *days* ago."""
    source = archive.sources.watch("http://a.example", "Ledger", Permission.OWN, 60, now=NOW)
    kept = saved(archive, *(an_extract(f"Text {n}.", title=f"Ward {n}") for n in range(9)))
    pages = [
        SourcePage(f"p{n}", f"http://a.example/{n}", NOW - (days + n) * DAY, each.article_id)
        for n, each in enumerate(kept)
    ]
    archive.pages.note(source.id, pages)
    return source


async def test_moderators_are_told_once_until_it_comes_back(archive):
    """And again when it goes quiet again."""
    source = watched(archive, days=5)
    quiet = Quiet(archive, Ledger.of(archive), lambda: NOW)
    quiet.look()
    [found] = await quiet.unnotified()
    assert (found.source.id, found.since) == (source.id, NOW - 5 * DAY)
    await quiet.mark_notified(found)
    assert await quiet.unnotified() == []
    assert quiet.since("Ledger") == NOW - 5 * DAY
    assert quiet.since("Courier") is None
    archive.pages.note(source.id, [SourcePage("new", "http://a.example/new", NOW, 1)])
    later = Quiet(archive, Ledger.of(archive), lambda: NOW)
    later.look()
    assert later.found == ()
    assert [each.source.id for each in await quiet.unnotified()] == [source.id]


def test_a_stranger_s_silent_source_is_said_of_no_outlet_elsewhere(archive):
    """Its server alone names it; a source of the outlet that still gives something settles it."""
    watched(archive, days=5)
    archive.sources.watch("http://b.example", "Post", Permission.OWN, 60, now=NOW, place="7")
    stranger = archive.sources.at("http://b.example", "7")
    archive.sources.failed(stranger.id, NOW - 2 * DAY, "It is gone.")
    quiet = Quiet(archive, Ledger.of(archive), lambda: NOW)
    quiet.look()
    assert len(quiet.found) == 2
    assert quiet.since("Post") is None
    assert quiet.since("Post", "8") is None
    assert quiet.since("Post", "7") == NOW - 2 * DAY
    archive.sources.watch("http://c.example", "Post", Permission.OWN, 60, now=NOW)
    archive.sources.watch("http://d.example", "Ledger", Permission.OWN, 60, now=NOW, place="7")
    later = Quiet(archive, Ledger.of(archive), lambda: NOW)
    later.look()
    assert later.since("Post", "7") is None
    assert later.since("Ledger", "7") is None
    assert later.since("Ledger") == NOW - 5 * DAY


async def test_a_source_that_fails_for_a_day_is_told_with_why(archive):
    """Not at the first failure."""
    source = watched(archive, days=0)
    archive.sources.failed(source.id, NOW - timedelta(hours=20), "It is gone.")
    for hours, count in ((0, 0), (5, 1)):
        quiet = Quiet(archive, Ledger.of(archive), lambda h=hours: NOW + timedelta(hours=h))
        quiet.look()
        assert len(await quiet.unnotified()) == count
    assert "It is gone." in seen(quiet_view(quiet.found[0], Wording.of(Language.ENGLISH)))


@pytest.mark.parametrize("language", Language)
def test_it_is_said_in_every_language(archive, language):
    """With the outlet and the day."""
    watched(archive, days=5)
    quiet = Quiet(archive, Ledger.of(archive), lambda: NOW)
    quiet.look()
    assert "Ledger" in seen(quiet_view(quiet.found[0], Wording.of(language)))
    state = RulesState(ServerRules(), BotSettings.of({}), quiet=quiet.found)
    assert "Ledger" in seen(settings_view(state, Section.OVERVIEW, Wording.of(language)))
