"""The desk in a simulated Discord: what people do, and what they then see."""

import asyncio
import logging
from dataclasses import replace

import discord
import pytest
import simcord
from discord import ui

from bot.discord_ui.asking import Asking
from bot.discord_ui.client import (
    DIGEST_FILE,
    ElectionDeskClient,
    connection_summary,
    keep_running,
    serve,
)
from bot.discord_ui.members.ask import suggested_question_buttons
from bot.discord_ui.members.contributing import ReportButton
from bot.discord_ui.members.controls import buttons_under
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.replying import deliver, error_view
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.errors import SettingsError
from ingest.language.languages import Language
from ingest.process.ending import Ending
from tests.bot.builders import a_desk_in, answering
from tests.bot.discord_ui.builders import NOW, a_hostile_answer, an_abstention, an_answer
from tests.bot.discord_ui.reading import seen, shown
from tests.bot.discord_ui.speaking import speaking

QUESTION = "Will Marrowen govern with the Lantern Movement?"
QUOTE = "“We will not sit at a cabinet table with the Lantern Movement"


def last(channel):
    """Return what the newest message of *channel* shows, and the message."""
    message = channel.last_message
    return seen([component.to_dict() for component in message.components]), message


def at_me(env, text):
    """Write *text* to the bot."""
    return f"<@{env.bot.user.id}> {text}"


async def test_a_slash_question_is_acknowledged_and_answered_in_place(simcord_env, channel, alice):
    """The first reply comes at once and becomes the answer, under the question."""
    result = await alice.slash(channel, "ask", question=QUESTION)
    callback, edit = simcord_env.http_requests[-2:]
    assert callback.json == {"type": discord.InteractionResponseType.deferred_channel_message.value}
    assert edit.path.endswith("/messages/@original")
    text = seen(result.response.components)
    asked, said, *_ = text.split("\n")
    assert asked == QUESTION
    assert QUOTE in said
    assert "The coverage says · As of" in text


async def test_a_mention_is_answered_as_a_reply(simcord_env, channel, alice):
    """An answer hangs under its question and pings nobody."""
    message = await alice.send(channel, at_me(simcord_env, QUESTION))
    text, answer = last(channel)
    assert QUOTE in text
    assert answer.reference.message_id == message.id
    assert answer.mentions == []


async def test_a_direct_message_is_answered(simcord_env, alice, asked):
    """In a direct message nobody needs to mention the bot."""
    await alice.send_dm(QUESTION)
    assert [question.text for question in asked] == [QUESTION]


async def test_the_mention_is_no_part_of_the_question(simcord_env, channel, alice, asked):
    """Wherever the mention stands, the question is the rest."""
    await alice.send(channel, f"Will she <@{simcord_env.bot.user.id}> resign?")
    assert [question.text for question in asked] == ["Will she resign?"]
    assert asked[0].asked_at == NOW


async def test_a_japanese_question_reaches_the_desk_as_japanese(channel, alice, asked):
    """The language to answer in follows the question."""
    await alice.slash(channel, "ask", question="首相は辞任する？")
    assert asked[0].language is Language.JAPANESE


async def test_talk_that_is_not_for_the_bot_is_left_alone(simcord_env, channel, alice, asked):
    """No mention, no answer: neither `@everyone` nor another's name counts."""
    await alice.send(channel, "Who will win?")
    await alice.send(channel, f"@everyone <@{alice.id}> who will win?")
    assert asked == []


async def test_bots_are_never_answered(simcord_env, channel, asked):
    """Two bots could talk for ever."""
    other = simcord_env.guild.add_member(simcord_env.create_user("other", bot=True))
    await other.send(channel, at_me(simcord_env, QUESTION))
    assert asked == []


async def test_a_mention_alone_gets_a_hint(simcord_env, channel, alice, asked):
    """Somebody who only calls the bot learns how to ask."""
    await alice.send(channel, at_me(simcord_env, ""))
    text, _ = last(channel)
    assert text.startswith("Ask a question about the election coverage")
    assert asked == []


async def test_a_question_too_long_is_refused_in_a_sentence(alice, simcord_env):
    """A direct message has no limit of its own, so ours is said."""
    await alice.send_dm("why " * 300)
    text, _ = last(alice.user.dm_channel)
    assert text == "That question is too long. Ask it in 500 characters or fewer."


async def test_a_slash_question_without_words_is_refused_in_private(channel, alice):
    """Nobody else needs to read a slip."""
    result = await alice.slash(channel, "ask", question="???")
    assert result.ephemeral
    assert "There is no question in that." in seen(result.response.components)


class TestAbstaining:
    """The desk has no answer."""

    @pytest.fixture
    def outcome(self):
        return an_abstention()

    async def test_an_abstention_names_the_nearest_coverage(self, channel, alice):
        """No answer is a reply too, and says where to look."""
        result = await alice.slash(channel, "ask", question="Does Volstrand pay them?")
        text = seen(result.response.components)
        assert "Nothing on this in the coverage." in text
        assert "25 October 2026" in text


class TestHostileCoverage:
    """An article tries to ping, link and format."""

    @pytest.fixture
    def outcome(self):
        return a_hostile_answer()

    async def test_it_pings_nobody_and_unfurls_nothing(self, simcord_env, channel, alice):
        """Every message forbids mentions, whatever it says."""
        await alice.send(channel, at_me(simcord_env, QUESTION))
        _, message = last(channel)
        sent = [r for r in simcord_env.http_requests if r.method == "POST" and r.json]
        assert sent[-1].json["allowed_mentions"]["parse"] == []
        assert not message.mention_everyone
        assert message.mentions == message.role_mentions == message.embeds == []


class TestFailing:
    """Answering fails."""

    @pytest.fixture
    def outcome(self):
        return RuntimeError(f"database gone while asked {QUESTION}")

    async def test_an_error_is_a_sentence_with_a_code(self, channel, alice, caplog):
        """The code that a person reads is the one in the log."""
        result = await alice.slash(channel, "ask", question=QUESTION)
        text = seen(result.response.components)
        assert "could not be answered because something went wrong here. Ask again" in text
        code = text.rstrip(".").split()[-1]
        assert f"Error {code}: RuntimeError" in caplog.text

    async def test_what_people_ask_is_not_logged(self, channel, alice, caplog):
        """A log is no record of who wondered what."""
        caplog.set_level(logging.INFO, logger="bot")
        await alice.slash(channel, "ask", question=QUESTION)
        assert "Marrowen" not in caplog.text
        assert "builders.py" in caplog.text


async def test_an_expired_reply_falls_back_to_the_channel(simcord_env, channel, alice, caplog):
    """An answer that took too long still reaches the one who asked."""
    simcord_env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=404, code=10015)
    await alice.slash(channel, "ask", question=QUESTION)
    text, _ = last(channel)
    assert QUOTE in text
    assert "10015" in caplog.text


async def test_an_answer_that_can_go_nowhere_is_only_logged(simcord_env, channel, alice, caplog):
    """A failing fallback must not fail the bot."""
    simcord_env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=404, code=10015)
    simcord_env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await alice.slash(channel, "ask", question=QUESTION)
    assert [record.name for record in caplog.records] == ["ingest.process.logs"] * 2


@pytest.fixture
def cut_off(monkeypatch):
    """Return what cuts the connection: nothing can be sent any more, as aiohttp says it."""

    async def refuse(*_arguments, **_more):
        raise RuntimeError("Session is closed")

    def cut():
        for way in ("send_message", "send_modal", "defer"):
            monkeypatch.setattr(discord.InteractionResponse, way, refuse)

    return cut


@pytest.mark.parametrize("acts", ["command", "button"])
async def test_what_fails_after_the_end_is_one_line(
    simcord_env, channel, alice, caplog, monkeypatch, cut_off, acts
):
    """Who presses something while the bot leaves gets no reply, and the operator no traceback."""
    caplog.set_level(logging.INFO, logger="bot")
    await alice.send(channel, at_me(simcord_env, "https://ledger.example/unknown"))
    _, offer = last(channel)
    caplog.clear()
    cut_off()
    monkeypatch.setattr(simcord_env.bot, "is_closed", lambda: True)
    if acts == "command":
        await alice.slash(channel, "ask", question=QUESTION)
    else:
        await alice.click(offer, label="Suggest a source")
    assert len(simcord_env.errors) == (acts == "command")
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "the bot had ended" in caplog.text


async def test_a_reply_for_which_there_is_no_connection_is_not_taken_for_delivered():
    """Whoever asked is told by the next start, which has to know that nothing was sent."""

    async def refuse(_view):
        raise RuntimeError("Session is closed")

    with pytest.raises(RuntimeError, match="Session is closed"):
        await deliver(error_view("A1", Wording.default()), refuse, refuse, Wording.default())


async def test_a_refused_message_becomes_an_error_sentence(simcord_env, channel, alice, caplog):
    """If Discord does not take an answer, the asker is told so."""
    simcord_env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
    await alice.send(channel, at_me(simcord_env, QUESTION))
    text, _ = last(channel)
    assert "something went wrong here" in text


async def test_a_late_acknowledgement_is_told_in_the_channel(simcord_env, channel, alice, caplog):
    """Discord forgets an interaction after three seconds; the person is told to ask again."""
    simcord_env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062, times=2)
    await alice.slash(channel, "ask", question=QUESTION)
    assert simcord_env.errors
    text, _ = last(channel)
    assert "something went wrong here" in text


async def test_somebody_has_one_question_at_a_time(desk):
    """A flood of one person's questions does not hold up the others."""
    go = asyncio.Event()

    async def slow(question, watch=None, *, member="", before=None):
        await go.wait()
        return an_answer()

    asking = Asking(answering(desk, slow), buttons_under, suggested_question_buttons)

    async def show(view):
        raise AssertionError("an answer within a second shows no progress")

    def view():
        return asking.ask(
            asking.question(QUESTION), 1, audience=Audience(Place(1, 2)), repeat=False, show=show
        )

    first = asyncio.create_task(view())
    await asyncio.sleep(0)
    second = (await view()).view
    go.set()
    assert "still being answered" in seen(second)
    assert QUOTE in seen((await first).view)


def test_a_shard_is_what_the_settings_say(desk):
    """One of three processes serves its share of the servers; by itself it serves all."""
    of_three = replace(desk, settings=desk.settings.model_copy(update={"shard": (1, 3)}))
    client = ElectionDeskClient(of_three)
    assert (client.shard_id, client.shard_count) == (1, 3)
    assert connection_summary(client).endswith("in 0 servers (shard 1/3). Stop with Ctrl-C.")
    assert ElectionDeskClient(desk).shard_count is None


@pytest.mark.parametrize("said", ["3/3", "1", "a/b", "-1/3"])
def test_a_shard_that_there_is_not_is_a_sentence(said):
    """What is meant is said with an example."""
    with pytest.raises(SettingsError, match="such as 0/3"):
        BotSettings.of({"SHARD": said})
    assert BotSettings.of({"SHARD": "0/3"}).shard == (0, 3)
    assert BotSettings.of({"SHARD": ""}).shard is None


async def test_only_the_fewest_intents_are_asked_for(simcord_env):
    """No privileged intent: the bot reads only what is addressed to it."""
    on = {name for name, value in simcord_env.bot.intents if value}
    assert on == {"guilds", "guild_messages", "dm_messages"}


async def test_the_command_is_described_in_japanese(simcord_env):
    """Whoever has Discord in Japanese finds the command in Japanese."""
    tree = simcord_env.bot.tree
    payload = await tree.get_command("ask").get_translated_payload(tree, tree.translator)
    assert payload["description_localizations"]["ja"] == (
        "選挙報道について質問する（回答にはすべて引用と出典が付きます）"
    )
    assert {"ja", "de", "es-ES", "es-419"} <= payload["description_localizations"].keys()
    assert payload["options"][0]["description_localizations"]["ja"] == "質問（一文で）"
    assert payload["options"][0]["max_length"] == 500


async def test_commands_are_sent_only_when_they_changed(simcord_env, desk):
    """Discord limits how often commands may be registered."""
    digest = desk.settings.data_dir / DIGEST_FILE
    digest.unlink()

    def client():
        return ElectionDeskClient(desk)

    def syncs():
        return sum(r.method == "PUT" for r in simcord_env.http_requests)

    before = syncs()
    await simcord_env.restart_bot(client())
    await simcord_env.restart_bot(client())
    once = syncs() - before
    digest.write_text("older")
    await simcord_env.restart_bot(client())
    assert (once, syncs() - before) == (1, 2)


async def test_a_bot_in_no_server_says_how_to_invite_it(simcord_env):
    """The first start ends with the address to open."""
    said = connection_summary(simcord_env.bot)
    assert "in no server yet. Invite it: https://discord.com/oauth2/authorize?" in said
    assert "scope=bot+applications.commands" in said


async def test_housekeeping_goes_on_after_an_error(caplog):
    """A locked database now must not stop the index from catching up later."""
    rounds = []

    def housekeeping(_progress):
        rounds.append(1)
        if len(rounds) < 3:
            raise OSError("busy")

    keeping = keep_running(housekeeping, lambda _done, _total: None, interval=0.001)
    task = asyncio.create_task(keeping)
    while len(rounds) < 5:
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert caplog.text.count("Error ") == 1


async def test_what_runs_beside_starts_with_the_bot_and_ends_with_it(desk):
    """What runs in the background is stopped before its database closes."""
    ran, ended, announced = asyncio.Event(), asyncio.Event(), []

    async def work(_client):
        ran.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    client = ElectionDeskClient(desk, beside=[work], announce=announced.append)
    async with simcord.run(client) as env:
        await env.settle()
        assert ran.is_set()
        assert not ended.is_set()
    assert ended.is_set()
    assert len(announced) == 1


async def test_no_token_is_a_sentence(desk):
    """Whoever starts the bot without a token learns where it goes."""
    with pytest.raises(SettingsError, match="DISCORD_TOKEN is not set"):
        await serve(desk, Ending())


async def test_a_refused_token_is_a_sentence_without_the_token(monkeypatch, tmp_path):
    """A wrong token is common, and must not be printed."""

    async def refuse(self, token):
        raise discord.LoginFailure("Improper token has been passed.")

    monkeypatch.setattr(discord.Client, "start", refuse)
    settings = BotSettings.of({"DISCORD_TOKEN": "secret-token", "DATA_DIR": str(tmp_path)})
    with (
        a_desk_in(tmp_path, settings=settings) as desk,
        pytest.raises(SettingsError, match="Discord refused DISCORD_TOKEN") as raised,
    ):
        await serve(desk, Ending())
    assert "secret-token" not in str(raised.value)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("custom_id", ["desk:ask-on:7", "desk:undo:seven", "older"])
async def test_a_button_of_an_earlier_release_is_answered(
    simcord_env, channel, alice, language, custom_id
):
    """A kind that is gone, a key that is read no more: one sentence, to whoever pressed alone."""
    row = ui.ActionRow(ui.Button(label="Old", custom_id=custom_id))
    view = ui.LayoutView(timeout=None).add_item(row)
    message = await simcord_env.bot.get_channel(channel.id).send(view=view)
    with speaking(language):
        result = await alice.click(message, custom_id=custom_id)
    assert result.ephemeral
    assert Wording.of(language)("button_too_old") in seen(result.response.components)


@pytest.mark.parametrize("language", Language)
async def test_a_form_that_was_open_over_a_restart_gives_back_its_text(
    simcord_env, desk, channel, alice, language
):
    """Nobody writes it again: who sent it, and nobody else, reads it as it was written."""
    with speaking(language):
        suggested = await alice.slash(channel, "suggest")
        await simcord_env.restart_bot(ElectionDeskClient(desk))
        note = "They report *every* count.\n@everyone reads them."
        texts = {"url": "https://ledger.example/feed", "outlet": "", "note": note}
        result = await alice.submit_modal(suggested, texts)
    assert result.ephemeral
    assert desk.ledger.suggestions.open() == []
    words = Wording.of(language)
    first, lead, *lines = shown(result).split("\n")
    assert words("form_too_old") in first
    assert words("form_text") in lead
    assert lines == [
        "https://ledger.example/feed",
        "They report *every* count.",
        "@everyone reads them.",
    ]


async def test_a_long_text_of_a_form_that_was_open_over_a_restart_is_cut(
    simcord_env, desk, channel, alice
):
    """All that one message holds of it, and no more."""
    form = await alice.slash(channel, "suggest")
    await simcord_env.restart_bot(ElectionDeskClient(desk))
    texts = {"url": "_" * 500, "outlet": "_" * 100, "note": "\n".join(["_" * 9] * 50)}
    result = await alice.submit_modal(form, texts)
    assert shown(result).split("\n")[2:4] == ["_" * 500, "_" * 100]


async def test_a_form_without_a_text_gives_nothing_back(simcord_env, desk, channel, alice):
    """A role, or nothing at all: one sentence."""
    view = ui.LayoutView(timeout=None).add_item(ui.ActionRow(ReportButton("1", "Report")))
    message = await simcord_env.bot.get_channel(channel.id).send(view=view)
    form = await alice.click(message, label="Report")
    await simcord_env.restart_bot(ElectionDeskClient(desk))
    result = await alice.submit_modal(form, {"fault": ["wrong"], "comment": ""})
    assert shown(result) == Wording.default()("form_too_old")
