"""What a server sets for itself holds there at once, and can be taken back."""

from __future__ import annotations

import pytest

from bot.discord_ui.moderators.settings import UnsetButton
from bot.ledger import Ledger
from ingest.language.languages import Language
from tests.bot.discord_ui.moderators.conftest import send, shown
from tests.bot.discord_ui.reading import seen
from tests.bot.discord_ui.speaking import speaking

QUESTION = "Will Marrowen govern with the Lantern Movement?"


def at_me(env, text=QUESTION):
    """Write *text* to the bot."""
    return f"<@{env.bot.user.id}> {text}"


async def test_a_channel_that_is_off_is_quiet(simcord_env, channel, alice, manager, asked):
    """It says so once to whoever mentions it, and to the asker of a command alone."""
    await manager.slash(channel, "settings everywhere", mode="off")
    await alice.send(channel, at_me(simcord_env))
    assert text_of(channel.last_message).startswith("I do not answer in this channel.")
    message = await alice.send(channel, at_me(simcord_env))
    assert channel.last_message.id == message.id
    result = await alice.slash(channel, "ask", question=QUESTION)
    assert result.ephemeral
    assert "do not answer in this channel" in shown(result)
    assert asked == []


async def test_off_by_default_and_on_in_one_channel(simcord_env, channel, alice, manager, asked):
    """The channel's own mode goes before that of all."""
    await manager.slash(channel, "settings everywhere", mode="off")
    result = await manager.slash(channel, "settings channel", channel=channel, mode="on")
    assert "answers /ask and mentions" in shown(result)
    await alice.slash(channel, "ask", question=QUESTION)
    assert len(asked) == 1
    await manager.slash(channel, "settings channel", channel=channel)
    await alice.slash(channel, "ask", question=QUESTION)
    assert len(asked) == 1


async def test_mentions_only_answers_commands_privately(simcord_env, channel, alice, manager):
    """The channel stays clear of what one person wants to know."""
    await manager.slash(channel, "settings everywhere", mode="mention")
    assert (await alice.slash(channel, "ask", question=QUESTION)).ephemeral
    await alice.send(channel, at_me(simcord_env))
    assert channel.last_message.author.id == simcord_env.bot.user.id


async def test_threads_only_makes_a_thread_of_the_question(simcord_env, channel, alice, manager):
    """And answers where it was asked if there can be none."""
    await manager.slash(channel, "settings everywhere", mode="thread")
    await alice.send(channel, at_me(simcord_env))
    [thread] = channel.threads
    assert thread.name == QUESTION
    text = seen([each.to_dict() for each in thread.last_message.components])
    assert "cabinet table" in text
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    await alice.send(channel, at_me(simcord_env))
    assert channel.last_message.author.id == simcord_env.bot.user.id


async def test_a_fixed_language_is_the_answers(channel, alice, manager, asked):
    """Whatever the question is in."""
    await manager.slash(channel, "settings language", language="ja")
    await alice.slash(channel, "ask", question=QUESTION)
    assert asked[0].language is Language.JAPANESE


async def test_who_asks_too_much_waits(simcord_env, channel, alice, manager, asked, caplog):
    """They are told once a minute, and others are answered."""
    await manager.slash(channel, "settings limits", per_member=2)
    for _ in range(3):
        result = await alice.slash(channel, "ask", question=QUESTION)
    assert "many questions in a minute" in shown(result)
    before = channel.last_message
    for _ in range(3):
        await alice.send(channel, at_me(simcord_env))
    told = [m for m in channel.history() if m.author.id == simcord_env.bot.user.id]
    assert len(asked) == 2
    assert channel.last_message.id != before.id
    assert len([m for m in told if "many questions" in text_of(m)]) <= 2
    await manager.slash(channel, "ask", question=QUESTION)
    assert len(asked) == 3


def text_of(message):
    """Return what a person reads of a message."""
    return seen([each.to_dict() for each in message.components])


async def test_a_channel_has_a_limit_of_its_own(channel, alice, manager, asked):
    """Many members together are held as well."""
    await manager.slash(channel, "settings limits", per_channel=1)
    await alice.slash(channel, "ask", question=QUESTION)
    result = await manager.slash(channel, "ask", question=QUESTION)
    assert "many questions in a minute" in shown(result)
    assert len(asked) == 1


async def test_what_is_set_is_logged_and_taken_back_once(channel, manager, archive):
    """By whoever may set it."""
    result = await manager.slash(channel, "settings everywhere", mode="off")
    assert "Channels: does not answer" in shown(result)
    back = await manager.click(result.response, label="Undo")
    assert "Channels: answers /ask and mentions for all to see" in shown(back)
    old = await send(channel, UnsetButton("1", "Undo"))
    late = await manager.click(old, custom_id="desk:unset:1")
    assert "left to take back" in shown(late)
    assert "set" in shown(await manager.slash(channel, "source log"))


async def test_what_holds_everywhere(channel, manager, archive):
    """The voting link, approval and review are for the whole desk."""
    await manager.slash(channel, "settings voting-link", url="https://vote.example/how")
    await manager.slash(channel, "settings approval", second=True)
    result = await manager.slash(channel, "settings show")
    text = shown(result)
    assert "https://vote.example/how" in text
    assert "A second moderator has to agree: yes" in text
    wrong = await manager.slash(channel, "settings voting-link", url="javascript:alert(1)")
    assert "no address of the web" in shown(wrong)


async def test_a_budget_without_prices_is_refused(channel, manager, archive):
    """It would bind nothing."""
    result = await manager.slash(channel, "settings budget", amount=5.0)
    assert "PRICE_INPUT" in shown(result)
    assert Ledger.of(archive).rules.get("").get("daily_budget") is None


class TestPriced:
    """The maintainers have set prices."""

    @pytest.fixture
    def desk_settings(self):
        return {"PRICE_INPUT": "1", "PRICE_OUTPUT": "2"}

    async def test_a_budget_is_set_and_let_go(self, channel, manager):
        """Without an amount the maintainers' settings hold again."""
        result = await manager.slash(channel, "settings budget", amount=5.5)
        assert "Daily budget: 5.5" in shown(result)
        result = await manager.slash(channel, "settings budget")
        assert "Daily budget: not set" in shown(result)


async def test_the_log_has_the_way_back(channel, manager, archive):
    """What was done a while ago is taken back out of the log, by whoever may."""
    await manager.slash(channel, "settings everywhere", mode="off")
    await manager.slash(channel, "source remove", article="1")
    log = await manager.slash(channel, "source log")
    undone = await manager.click(log.response, custom_id="desk:undo:2")
    assert "Taken back" in shown(undone)
    log = await manager.slash(channel, "source log")
    unset = await manager.click(log.response, custom_id="desk:unset:1")
    assert "Channels: answers /ask and mentions for all to see" in shown(unset)
    log = await manager.slash(channel, "source log")
    assert shown(log).count("(taken back)") == 2
    assert archive.articles.count() == 1


async def test_a_moderator_is_served_in_their_language(channel, manager):
    """Words, settings and refusals follow the Discord of whoever acts."""
    with speaking(Language.JAPANESE):
        result = await manager.slash(channel, "settings everywhere", mode="off")
        assert "チャンネル: 答えない" in shown(result)
        empty = await manager.slash(channel, "source add")
        assert "アドレス" in shown(empty)
    assert "Channels: does not answer" in shown(await manager.slash(channel, "settings show"))
