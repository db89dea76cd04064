"""Faults that only a real connection has: floods, kills, limits, broken lines, refusals."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import select

from bot.community.rules import DigestPlan, ServerRules
from bot.discord_ui.limits import PACE
from bot.ledger import Ledger
from bot.ledger.ledger_tables import leases
from bot.ledger.records import AnswerKind, AnswerRecord, CitedRange, Follow, FollowKind
from ingest.archive import Archive
from ingest.language.languages import Language
from ingest.model import Removal
from tests.builders import an_extract, saved
from tests.wire.conftest import Bot, until
from tests.wire.server import Fault, text_of

QUESTIONS = (
    "What was the turnout?",
    "How many seats did Harbour win?",
    "Who ruled out governing with Lantern?",
    "How many people came to the Lantern rally in Dunmere?",
    "What did Harbour say about ferries?",
)
TURNOUT = QUESTIONS[0]
MANY = 50
ORIGINAL = re.compile(r"/messages/@original$")
REPLY = re.compile(r"^/channels/\d+/messages$")
CALLBACK = re.compile(r"/callback$")


def is_answer(message):
    """Return True if a message is an answer."""
    return "Sources" in text_of(message)


async def ask(discord, name="asker"):
    """Ask as a new member, and wait for the answer."""
    before = len(discord.answers())
    discord.slash(discord.member(name), "ask", question=TURNOUT)
    await until(lambda: [m for m in discord.answers()[before:] if is_answer(m)])


async def ask_in_both_ways(discord, count):
    """Return members whose questions are in progress: *count* by command, *count* by message."""
    members = [discord.member(f"member{n}") for n in range(2 * count)]
    for member in members[:count]:
        discord.slash(member, "ask", question=TURNOUT)
    for member in members[count:]:
        discord.say(member, TURNOUT)
    await until(lambda: len([m for m in discord.answers() if "Stop" in text_of(m)]) == len(members))
    return members


async def test_fifty_askers_at_once(running, discord):
    """Each is acknowledged once and answered; `make benchmark WHAT=askers` has the times."""
    members = [discord.member(f"member{n}") for n in range(MANY)]
    for n, member in enumerate(members):
        discord.slash(member, "ask", question=QUESTIONS[n % len(QUESTIONS)])
    await until(lambda: len([m for m in discord.answers() if is_answer(m)]) == MANY)
    acknowledged = discord.asked_of("POST", "/callback")
    assert len(acknowledged) == MANY
    assert {request.json["type"] for request in acknowledged} == {5}
    assert all(is_answer(message) for message in discord.answers())


async def test_ten_answers_are_cut_off_by_a_kill(bot, discord):
    """Ten messages say what happened, and one click asks again."""
    discord.writing.clear()
    await bot.start(**bot.slow())
    members = await ask_in_both_ways(discord, 5)
    await until(lambda: count_shown(bot) == 5)
    await bot.kill()
    discord.writing.set()
    await bot.start()
    interrupted = await until(lambda: interrupted_messages(discord))
    assert len(interrupted) == 10
    assert len(discord.answers()) == 10
    for member, message in zip(members, interrupted, strict=True):
        [button] = [name for holder, name in buttons_of(discord, "again") if holder is message]
        discord.click(member, message, button)
    await until(lambda: len([m for m in discord.answers() if is_answer(m)]) == 10)


async def press_behind_more(discord, member, answer, kind):
    """Press a button behind “More” under the first answer; only its member sees the buttons."""
    discord.click(member, answer, "desk:more:1")
    menu, button = await until(lambda: next(buttons_of(discord, kind), None))
    discord.click(member, menu, button)


def buttons_of(discord, kind):
    """Yield the messages with buttons of one kind, and the id of each button."""
    for message in discord.answers():
        for row in message.components:
            for button in row.get("components", []):
                name = str(button.get("custom_id", ""))
                if name.startswith(f"desk:{kind}:"):
                    yield message, name


def count_shown(bot):
    """Count the pending mentions with a stored message that shows their progress."""
    with closing(sqlite3.connect(bot.data / "archive.sqlite3")) as archive:
        return archive.execute("select count(*) from pending where shown > ''").fetchone()[0]


def interrupted_messages(discord):
    """Return the messages of interrupted questions, once there are ten."""
    messages = [m for m in discord.answers() if "I was stopped" in text_of(m)]
    return messages if len(messages) == 10 else None


async def test_buttons_of_before_a_restart_work(running, discord):
    """A button finds all its data in its own id."""
    await ask(discord)
    [message] = discord.answers()
    await running.kill()
    await running.start()
    await press_behind_more(discord, discord.member("reader"), message, "helpful")
    thanked = await until(lambda: discord.asked_of("POST", "/callback")[2:])
    assert "Thank you" in str(thanked[0].json)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"X-RateLimit-Scope": "user"}, {"global": False}),
        ({"X-RateLimit-Scope": "shared"}, {"global": False}),
        ({}, {"global": False}),
        ({"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, {"global": True}),
    ],
)
async def test_a_limit_delays_and_loses_nothing(running, discord, headers, body):
    """With a scope or without; the next one does not hang either."""
    waits = {"message": "slow down", "retry_after": 0.3, **body}
    reply_headers = {"Retry-After": "0.3", "Via": "1.1 discord", **headers}
    discord.faults = [
        Fault("POST", CALLBACK, 429, 1, waits, reply_headers),
        Fault("PATCH", ORIGINAL, 429, 2, waits, reply_headers),
        Fault("POST", REPLY, 429, 2, waits, reply_headers),
    ]
    await ask(discord, "first")
    discord.say(discord.member("second"), TURNOUT)
    await until(lambda: len([m for m in discord.answers() if is_answer(m)]) == 2)
    await ask(discord, "third")


@pytest.mark.parametrize("status", [500, 502])
async def test_a_failing_discord_is_asked_again(running, discord, status):
    """Once is no reason to lose an answer."""
    discord.faults = [
        Fault("PATCH", ORIGINAL, status, 1, {"message": "oops"}),
        Fault("POST", REPLY, status, 1, {"message": "oops"}),
    ]
    await ask(discord, "first")
    discord.say(discord.member("second"), TURNOUT)
    await until(lambda: len([m for m in discord.answers() if is_answer(m)]) == 2)


async def test_a_broken_line_is_resumed_and_nothing_is_missed(running, discord):
    """Questions of the meantime are answered, once."""
    await ask(discord, "before")
    discord.muted = True
    discord.slash(discord.member("during"), "ask", question=TURNOUT)
    discord.say(discord.member("also"), TURNOUT)
    discord.muted = False
    discord.cut()
    await until(lambda: discord.resumed == 1)
    await until(lambda: len([m for m in discord.answers() if is_answer(m)]) == 3)
    assert discord.sessions == 1
    await ask(discord, "after")
    assert len(discord.answers()) == 4


async def test_a_gateway_that_restarts_is_resumed(running, discord):
    """Discord asks for that every few hours."""
    discord.ask_to_reconnect()
    await until(lambda: discord.resumed == 1)
    await ask(discord)


async def test_a_session_that_is_lost_is_begun_anew(running, discord):
    """The bot comes back by itself."""
    discord.sessions += 1  # the bot's own session is not known any more
    discord.cut()
    await until(lambda: discord.sessions == 3)
    await ask(discord)


async def test_an_expired_token_falls_back_to_the_channel(running, discord):
    """The answer is not lost."""
    expired = {"code": 10015, "message": "Unknown Webhook"}
    discord.faults = [Fault("PATCH", ORIGINAL, 404, 1, expired)]
    await ask(discord)


async def test_an_unknown_interaction_harms_nobody(running, discord):
    """Too late for one, and a command that was renamed: the next ones are served."""
    unknown = {"code": 10062, "message": "Unknown interaction"}
    discord.faults = [Fault("POST", CALLBACK, 404, 2, unknown)]
    discord.slash(discord.member("late"), "ask", question=TURNOUT)
    discord.slash(discord.member("odd"), "renamed", question=TURNOUT)
    await until(lambda: not discord.faults[0].times)
    await ask(discord)
    assert running.running()


@pytest.mark.parametrize("ending", ["@original$", r"^/channels/\d+/messages$", "/threads$"])
async def test_a_missing_permission_harms_nobody(running, discord, ending):
    """To reply, to edit, to make a thread."""
    refused = {"code": 50013, "message": "Missing Permissions"}
    await ask(discord, "first")
    [answer] = discord.answers()
    discord.faults = [
        Fault(method, re.compile(ending), 403, 1, refused) for method in ("POST", "PATCH")
    ]
    discord.slash(discord.member("one"), "ask", question=TURNOUT)
    discord.say(discord.member("two"), TURNOUT)
    await press_behind_more(discord, discord.member("three"), answer, "thread")
    await until(lambda: any(not fault.times for fault in discord.faults))
    discord.faults = []
    await ask(discord, "last")
    assert running.running()


async def test_a_spammer_is_held_and_others_are_not(running, discord):
    """Thirty mentions in a row get a few answers and one sentence."""
    spammer, member = discord.member("spammer"), discord.member("other")
    for _ in range(30):
        discord.say(spammer, TURNOUT)
    discord.slash(member, "ask", question=QUESTIONS[1])
    await until(lambda: any("seats" in text_of(m) for m in discord.answers() if is_answer(m)))
    await asyncio.sleep(0.5)
    texts = [text_of(m) for m in discord.answers()]
    assert len([text for text in texts if "Sources" in text]) <= 7
    assert len(texts) <= 12


@pytest.mark.parametrize("sign", ["SIGTERM", "SIGHUP", "SIGINT"])
async def test_whoever_waits_is_told_when_the_bot_is_ended(bot, discord, sign):
    """With answers in flight; the next start has nothing left to tell."""
    discord.writing.clear()
    await bot.start(**bot.slow())
    await ask_in_both_ways(discord, 2)
    bot.signal(signal.Signals[sign])
    code = await bot.ended()
    assert code in {130 if sign == "SIGINT" else 0, 128 + signal.Signals[sign]}
    texts = [text_of(message) for message in discord.answers()]
    assert len(texts) == 4
    assert not [text for text in texts if "Searching" in text or "Writing" in text]
    with closing(sqlite3.connect(bot.data / "archive.sqlite3")) as archive:
        count_pending = "select count(*) from pending where not told"
        assert archive.execute(count_pending).fetchone()[0] == 0
    discord.forget_bot()
    discord.writing.set()
    await bot.start()
    await asyncio.sleep(1)
    assert [text_of(message) for message in discord.answers()] == texts


async def test_a_second_signal_ends_it_at_once(bot, discord):
    """An operator in a hurry loses no stored data."""
    discord.writing.clear()
    await bot.start(**bot.slow())
    discord.slash(discord.member("asker"), "ask", question=TURNOUT)
    await until(lambda: [m for m in discord.answers() if "Stop" in text_of(m)])
    bot.signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    with suppress(ProcessLookupError):  # it may have ended by then
        bot.signal(signal.SIGTERM)
    code = await asyncio.wait_for(bot.ended(), 3)
    assert code in {0, 128 + signal.SIGTERM, -signal.SIGTERM}


async def test_logs_are_objects_without_what_was_asked(bot, discord):
    """Each line has its time, its level and the request that it belongs to."""
    await bot.start(LOG_LEVEL="info", LOG_FORMAT="json", OPENAI_API_KEY="sk-hunter2hunter2")
    for name in ("one", "two"):
        await ask(discord, name)
    await bot.kill()
    text = bot.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    answered = [line for line in lines if line["event"].startswith("Answered: says")]
    assert len({line["request"] for line in answered}) == 2
    assert all(line["level"] == "info" for line in answered)
    assert all(datetime.fromisoformat(line["timestamp"]) for line in lines)
    assert "turnout" not in text.lower()
    assert "hunter2" not in text


async def test_metrics_are_served_where_a_port_is_set(bot, discord):
    """An operator sees outcomes, stages and the work that waits, but no question and no name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    await bot.start(METRICS_PORT=str(port))
    await ask(discord)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        text = await response.text()
    assert 'election_desk_questions_total{outcome="says",written_by="coverage"} 1.0' in text
    assert 'election_desk_stage_seconds_count{stage="whole"} 1.0' in text
    assert "election_desk_index_passages_waiting 0.0" in text
    assert "election_desk_articles 22.0" in text
    assert "turnout" not in text.lower()
    assert "asker" not in text


async def test_what_is_new_is_sent_once_over_kills_and_restarts(bot, discord):
    """Killed while Discord has a message and has not said so: neither lost nor doubled."""
    now = datetime.now(UTC)
    with Archive.open(f"sqlite:///{bot.data / 'archive.sqlite3'}") as archive:
        ledger = Ledger.of(archive)
        channel, server = str(discord.channel.id), str(discord.guild.id)
        ledger.follows.add(
            Follow(
                now - timedelta(hours=3),
                "m",
                channel,
                server,
                FollowKind.TOPIC,
                "chess clubs",
                Language.ENGLISH,
            )
        )
        plan = DigestPlan(discord.channel.id, now.hour, now - timedelta(days=2))
        ledger.rules.set(server, ServerRules(digest=plan).values())
        ledger.follows.note([], archive.changes.last(), now=now)
        extract = an_extract(
            "There are eleven chess clubs in Sarnholt, the town's sports office said on Monday.",
            title="Eleven chess clubs",
            published=now.date(),
        )
        before = now.replace(minute=0, second=0, microsecond=0) - timedelta(minutes=5)
        saved(archive, extract, now=before)

    def sent(heading):
        return [message for message in discord.answers() if heading in text_of(message)]

    def tried(heading):
        return len([request for request in discord.requests if heading in str(request.json)])

    for heading in ("New in the coverage", "New on"):
        discord.held = heading
        await bot.start()
        await until(lambda heading=heading: sent(heading))
        await bot.kill()
    discord.held = None
    await bot.start()
    await until(lambda: tried("New in the coverage") >= 2 and sent("New on"))
    assert len(sent("New on")) == len(sent("New in the coverage")) == 1
    await asyncio.sleep(2 * PACE.notification_seconds)
    before = tried("New on"), tried("New in the coverage")
    await bot.kill()
    await bot.start()
    await asyncio.sleep(PACE.notification_seconds + 1)
    assert (tried("New on"), tried("New in the coverage")) == before
    assert len(sent("New on")) == len(sent("New in the coverage")) == 1


async def test_who_left_blocked_the_bot_or_is_gone_keeps_nobody_waiting(bot, discord):
    """One try for each; whom Discord lets the bot write to, wherever they are, reads the news."""
    now = datetime.now(UTC)
    refusals = {"blocked": (403, 50007), "deleted": (403, 50007), "no channel": (404, 10003)}
    backend = discord.backend
    channels = {
        name: backend.get_dm_channel(discord.member(name)).id
        for name in (*refusals, "left", "stays")
    }
    backend.remove_member(discord.guild.id, backend.channels[channels["left"]].recipient_ids[0])
    discord.faults = [
        Fault("POST", re.compile(rf"/{channels[name]}/messages$"), status, 9, {"code": code})
        for name, (status, code) in refusals.items()
    ]
    with Archive.open(f"sqlite:///{bot.data / 'archive.sqlite3'}") as archive:
        ledger = Ledger.of(archive)
        for name, channel in channels.items():
            topic, language = FollowKind.TOPIC, Language.ENGLISH
            follow = Follow(now, name, str(channel), "", topic, "chess clubs", language)
            ledger.follows.add(follow)
        ledger.follows.note([], archive.changes.last(), now=now)
        extract = an_extract(
            "There are eleven chess clubs in Sarnholt, the town's sports office said on Monday.",
            title="Eleven chess clubs",
            published=now.date(),
        )
        saved(archive, extract, now=now)
    await bot.start()

    def tried(name):
        path = f"/channels/{channels[name]}/messages"
        return [request.status for request in discord.requests if request.path == path]

    await until(lambda: all(map(tried, channels)))
    await asyncio.sleep(2 * PACE.notification_seconds)
    assert tried("left") == tried("stays") == [200]
    assert {name: tried(name) for name in refusals} == {
        name: [status] for name, (status, _) in refusals.items()
    }
    with Archive.open(f"sqlite:///{bot.data / 'archive.sqlite3'}") as archive:
        assert len(Ledger.of(archive).follows.all()) == len(channels)


async def test_newer_coverage_is_told_once_over_kills_and_restarts(bot, discord):
    """Killed while Discord has the edit of the answer: it stands there once; nothing is sent."""
    heading = "Newer coverage of this"

    def sent():
        return [message for message in discord.answers() if heading in text_of(message)]

    def tried():
        return len([request for request in discord.requests if heading in str(request.json)])

    await bot.start()
    await ask(discord)
    [answer] = discord.answers()
    await until(lambda: rows_in(bot, "select id from news_seen where id = 2"))
    await until(lambda: rows_in(bot, "select answer_id from shown"))
    await bot.kill()
    with Archive.open(f"sqlite:///{bot.data / 'archive.sqlite3'}") as archive:
        now = datetime.now(UTC)
        extract = an_extract(
            "The turnout in the assembly election was 64.1 per cent after all, the Electoral"
            " Authority said on Thursday.",
            title="Ballots from abroad raise the turnout",
            published=now.date(),
        )
        saved(archive, extract, now=now)
    discord.held = heading
    await bot.start()
    await until(sent)
    await bot.kill()
    discord.held = None
    await bot.start()
    await until(lambda: rows_in(bot, "select kind from notices where kind = 'newer'"))
    assert [message.id for message in sent()] == [answer.id]
    assert text_of(sent()[0]).count(heading) == 1
    before = tried()
    await bot.kill()
    await bot.start()
    await asyncio.sleep(2 * PACE.notification_seconds)
    assert tried() == before
    assert len(sent()) == 1


async def test_three_bots_are_one(discord, shared, readings_file, tmp_path):
    """Shards on PostgreSQL and a Chroma server: each due message is sent once, after any kill.

    Another shard reports the interrupted question of a dead one, and sends its due messages.
    """
    bots = [Bot(discord, tmp_path / str(n) / "data", readings_file) for n in range(3)]
    serving = next(n for n in range(3) if discord.serves([n, 3]))

    async def start(n):
        bots[n].data.mkdir(parents=True, exist_ok=True)
        discord.shards.discard(n)
        bots[n].begin(**shared, SHARD=f"{n}/3")
        await until(lambda: n in discord.shards)

    def holder():
        with Archive.open(shared["DATABASE_URL"]) as archive, archive.reading() as connection:
            query = select(leases.c.owner).where(leases.c.name == "telling")
            return connection.execute(query).scalar()

    def sent(heading):
        return [message for message in discord.answers() if heading in text_of(message)]

    try:
        for n in range(3):
            await start(n)
        await until(holder)
        discord.held = "Sources"
        discord.slash(discord.member("asker"), "ask", question=TURNOUT)
        await until(lambda: sent("Sources"))
        with Archive.open(shared["DATABASE_URL"]) as archive:
            follow_chess(archive, discord)
        await bots[serving].kill()
        idle_bots = [bot for n, bot in enumerate(bots) if n != serving]
        await until(lambda: sent("I was stopped"))
        await until(lambda: sent("New on"))
        await idle_bots[0].kill()
        with Archive.open(shared["DATABASE_URL"]) as archive:
            ledger = Ledger.of(archive)
            notice_due(archive, ledger, discord)
        await until(lambda: sent("Withdrawn: please"))
        await start(serving)
        await asyncio.sleep(2 * PACE.notification_seconds)
        headings = ("I was stopped", "New on", "Withdrawn: please")
        assert [len(sent(heading)) for heading in headings] == [1, 1, 1]
    finally:
        for bot in bots:
            await bot.kill()


def follow_chess(archive, discord):
    """Follow a topic in the channel, and add an article about it."""
    now = datetime.now(UTC)
    channel, server = str(discord.channel.id), str(discord.guild.id)
    hours = timedelta(hours=3)
    topic = (FollowKind.TOPIC, "chess clubs", Language.ENGLISH)
    ledger = Ledger.of(archive)
    ledger.follows.add(Follow(now - hours, "m", channel, server, *topic))
    ledger.follows.note([], archive.changes.last(), now=now)
    text = "There are eleven chess clubs in Sarnholt, the town's sports office said on Monday."
    saved(archive, an_extract(text, title="Eleven chess clubs", published=now.date()), now=now)


def notice_due(archive, ledger, discord):
    """Store the news of the channel as an answer, and retract its source."""
    now = datetime.now(UTC)
    message = next(message for message in discord.answers() if "New on" in text_of(message))
    article = next(
        article
        for article in archive.articles.listed()
        if article.header.title == "Eleven chess clubs"
    )
    citations = (CitedRange(article.id, article.versions, 0, 40),)
    record = AnswerRecord(
        now, AnswerKind.ANSWER, None, Language.ENGLISH, None, None, None, None, [], 0, 0, citations
    )
    number = ledger.answers.add(record)
    place = (str(discord.channel.id), str(message.id))
    ledger.notices.note_shown(number, *place, Language.ENGLISH, now=now)
    archive.articles.remove(article.id, now=now, removal=Removal.RETRACTED)


def rows_in(bot, query):
    """Return the rows of *query* in the database of the bot."""
    with closing(sqlite3.connect(bot.data / "archive.sqlite3")) as archive:
        return archive.execute(query).fetchall()
