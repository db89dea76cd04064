"""What is new: newest first, each story once, in a command or asked in words."""

from __future__ import annotations

import pytest

from tests.bot.discord_ui.reading import said_last, seen, shown


@pytest.fixture
def newest(desk):
    """Return the newest stories."""
    return desk.news.stories.newest(8)


async def test_the_newest_stories_are_listed_once_each(channel, alice, newest):
    """With who else carries them."""
    result = await alice.slash(channel, "latest")
    shown = seen(result.response.components)
    titles = [each.article.header.title for each in newest]
    places = [shown.index(title) for title in titles]
    assert places == sorted(places)
    assert all(shown.count(title) == 1 for title in titles)
    days = [each.article.header.day for each in newest if each.article.header.day]
    assert days[0] == max(days)


async def test_what_is_new_is_asked_in_words(simcord_env, channel, alice, newest):
    """A mention and a direct message get the same list."""
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> what's new?")
    assert newest[0].article.header.title in said_last(channel)
    await alice.send_dm("any news?")
    assert newest[0].article.header.title in said_last(alice.user.dm_channel)


@pytest.mark.parametrize("way", ["command", "mention"])
async def test_the_latest_on_a_topic_is_quoted_newest_first(simcord_env, channel, alice, way):
    """The few newest that are about it: no history, and nothing that mentions a boat by the way."""
    if way == "command":
        await alice.slash(channel, "latest", topic="ferries")
    else:
        await alice.send(channel, f"<@{simcord_env.bot.user.id}> what's the latest on ferries?")
    shown = said_last(channel)
    assert shown.startswith("Latest on ferries")
    assert shown.count("\n> ") <= 3
    titles = ("洋上の1140人", "The fare freeze is a kindness")
    places = [shown.index(title) for title in titles]
    assert places == sorted(places)
    assert "rowing boat" not in shown


async def test_nothing_on_a_topic_is_a_sentence(channel, alice):
    """And no list of something else."""
    result = await alice.slash(channel, "latest", topic="quantum chess")
    assert "No dated coverage of that was found." in seen(result.response.components)


async def test_names_of_the_coverage_are_offered_as_topics(starters, channel, alice):
    """Beside what was typed."""
    for command in ("latest", "timeline"):
        offered = await alice.autocomplete(channel, command, "topic", "harb")
        assert [each["value"] for each in offered][:2] == ["harb", "Harbour"]


@pytest.mark.parametrize(
    ("command", "option"),
    [("latest", "topic"), ("timeline", "topic"), ("results", "contest"), ("polls", "contest")],
)
@pytest.mark.parametrize("typed", ["   ", "🗳️", "\u202e", "?!", "**"])
async def test_what_names_nothing_is_not_looked_up(channel, alice, command, option, typed):
    """A sentence for whoever typed it, in place of a post about nothing."""
    result = await alice.slash(channel, command, **{option: typed})
    assert result.ephemeral
    assert shown(result).startswith("There is no question in that.")
