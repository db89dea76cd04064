"""Hello, thanks, help and stop: a short true answer, and nothing from the coverage."""

import discord
import pytest

from bot.wording import Wording
from ingest.language.languages import Language
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.reading import markdown_of, said_last, seen
from tests.bot.discord_ui.speaking import speaking

ALL = (
    *("/ask", "/latest", "/follow", "/following", "/coverage", "/results", "/polls", "/timeline"),
    *("/suggest", "/privacy", "/forget-me", "/help"),
)
OF_MODERATORS = ("/source", "/add-source", "/reports", "/gaps")


def lines_of(components):
    """Return the lines of the lists in a message, without what escapes its marks."""
    lines = "\n".join(markdown_of(components)).replace("\\", "").splitlines()
    return [line[2:] for line in lines if line.startswith("- ")]


@pytest.mark.parametrize(
    ("text", "answered", "begins"),
    [
        ("hello!", "Hello! Ask me about the election coverage", True),
        ("what can you do?", "I answer questions from the election coverage", True),
        ("thanks", "You are welcome.", False),
        ("stop", "I only speak when I am asked", False),
    ],
)
async def test_talk_is_answered_in_a_sentence(
    simcord_env, starters, channel, alice, text, answered, begins
):
    """Whoever begins gets questions that the coverage answers; nobody gets an article."""
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> {text}")
    shown = said_last(channel)
    assert shown.startswith(answered)
    assert labels(channel.last_message)[:2] == (["Result", "Turnout"] if begins else [])
    assert "Sources" not in shown


async def test_whoever_speaks_german_is_answered_so(channel, alice):
    """Privately in `/ask`, for nobody else needs to read it."""
    result = await alice.slash(channel, "ask", question="Hallo zusammen")
    assert result.ephemeral
    assert seen(result.response.components).startswith("Hallo! Frag mich")


async def test_the_questions_that_are_offered_are_answered(simcord_env, starters, channel, alice):
    """What a newcomer is shown leads somewhere."""
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> help")
    hint = channel.last_message
    offered = labels(hint)
    assert offered[:2] == ["Result", "Turnout"]
    assert offered[2].endswith(": latest")
    for label in offered:
        pressed = await alice.click(hint, label=label)
        shown = seen(pressed.response.components)
        wanted = {"Result": "Common Field", "Turnout": "62.7 per cent"}.get(label, "Latest on")
        assert wanted in shown, label


@pytest.mark.parametrize("language", list(Language))
async def test_ways_to_begin_are_in_the_language_of_their_reader(
    starters, channel, alice, language
):
    """What is answered in it alone, and the same words lead as where they surely answer."""
    words = Wording.of(language)
    with speaking(language):
        shown = await alice.slash(channel, "help")
        offered = labels(shown.response)
        assert words("begin_latest", topic="Harbour") in offered
        if words("begin_result") in offered:
            answered = await alice.click(shown.response, label=words("begin_result"))
            text = seen(answered.response.components)
            assert text.startswith(" ".join(words("ask_result").strip("\u200f").split()))
            assert "Common Field Party has won 50" in text
    certain = {Language.ENGLISH, Language.JAPANESE, Language.GERMAN}
    assert words("begin_result") in offered or language not in certain


@pytest.mark.parametrize(
    ("rights", "more"),
    [
        ({}, ()),
        ({"manage_messages": True}, OF_MODERATORS),
        ({"manage_messages": True, "manage_guild": True}, (*OF_MODERATORS, "/settings", "/setup")),
    ],
)
async def test_help_lists_what_its_reader_may_use(simcord_env, channel, rights, more):
    """Privately; a command that would turn them away is not named as one of theirs."""
    role = simcord_env.guild.create_role("some", permissions=discord.Permissions(**rights))
    member = simcord_env.guild.add_member(simcord_env.create_user("reader"), roles=[role])
    result = await member.slash(channel, "help")
    assert result.ephemeral
    lines = lines_of(result.response.components)
    assert {line.split("`")[1] for line in lines if line[0] == "`"} == {*ALL, *more}
    assert ("For you, who look after" in seen(result.response.components)) is bool(more)


async def test_help_is_in_the_language_of_its_reader(channel, alice):
    """The descriptions are those that Discord shows."""
    with speaking(Language.JAPANESE):
        result = await alice.slash(channel, "help")
    assert "あなたについて何がどれだけの期間保存されるか" in seen(result.response.components)
