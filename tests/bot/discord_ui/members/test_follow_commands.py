"""Following in Discord: a direct message or a channel is told once, and it ends with a click."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.community import following
from bot.community.limits import INTERVALS
from bot.community.quiet import QuietSource
from bot.community.rules import DigestPlan, QuietHours, ServerRules
from bot.discord_ui import notifier
from bot.discord_ui.limits import PACE
from bot.discord_ui.members.follow_commands import contest_followed, following_view
from bot.discord_ui.notifier import (
    DelayedChannels,
    notify_followers,
    post_digests,
    report_quiet_sources,
)
from bot.ledger.records import Follow, FollowKind
from bot.wording import Wording
from ingest import adding
from ingest.index.cutting import cut
from ingest.language.languages import Language
from ingest.model import Kind, Permission
from ingest.reading import read_bytes
from tests.bot.community import night
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.choosing import labels, withhold
from tests.bot.discord_ui.moderators.conftest import set_value
from tests.bot.discord_ui.reading import said_last, seen, shown
from tests.builders import an_extract, saved

UNKNOWN = "How many chess clubs are there in Sarnholt?"
CHESS = (
    "There are eleven chess clubs in Sarnholt, the town's sports office said on Monday. Two more"
    " will open in spring."
)


@pytest.fixture
def publish(desk):
    """Let an article appear, and whoever looks for news find it."""
    desk.news.following.catch_up()

    def put(text=CHESS, title="Eleven chess clubs", outlet="Sarnholt Times"):
        moment = desk.clock() + timedelta(minutes=1)
        extract = an_extract(text, title=title, outlet=outlet, published=moment.date())
        saved(desk.archive, extract, now=moment)
        desk.coverage.catch_up()
        desk.news.following.catch_up()

    return put


@pytest.fixture
def moderator(simcord_env, channel):
    """Return somebody who manages messages."""
    rights = discord.Permissions(manage_messages=True)
    role = simcord_env.guild.create_role("mods", permissions=rights)
    return simcord_env.guild.add_member(simcord_env.create_user("mod"), roles=[role])


async def test_a_topic_comes_in_a_direct_message_once(simcord_env, desk, channel, alice, publish):
    """It begins with a message that can end it; what comes is quoted, without a sound."""
    result = await alice.slash(channel, "follow", topic="chess clubs")
    assert result.ephemeral
    private = alice.user.dm_channel
    assert said_last(private).startswith("Followed: chess clubs.")
    publish()
    for _ in range(2):
        await notify_followers(
            simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
        )
    assert len(private.history()) == 2
    assert said_last(private).startswith("New on chess clubs")
    assert "eleven chess clubs in Sarnholt" in said_last(private)
    sent = [r for r in simcord_env.http_requests if r.method == "POST" and r.json.get("nonce")]
    assert sent[-1].json["enforce_nonce"]
    assert sent[-1].json["flags"] & discord.MessageFlags(suppress_notifications=True).value
    await alice.user.click(private.last_message, label="Unfollow")
    publish(CHESS.replace("eleven", "twelve").replace("Monday", "Tuesday"), "Twelve", "Post")
    desk.news.following._follow_count = None
    await notify_followers(
        simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
    )
    assert "Twelve" not in said_last(private)


async def test_one_topic_in_other_letters_is_followed_once(desk, channel, alice):
    """Its news would come twice."""
    for topic in ("Chess clubs", "chess clubs", " CHESS CLUBS "):
        await alice.slash(channel, "follow", topic=topic)
    [follow] = desk.ledger.follows.all()
    assert follow.text == "Chess clubs"


async def look(env, desk):
    """Let the bot send once what is due to followers."""
    desk.news.following.catch_up()
    await notify_followers(env.bot, desk, await desk.community.all_rules(), DelayedChannels())


def save_again(desk, moment, **changes):
    """Save the article on chess clubs as its outlet has changed it."""
    url = {"title": "Eleven chess clubs", "outlet": "Sarnholt Times", "published": moment.date()}
    saved(desk.archive, an_extract(**{"text": CHESS, **url, **changes}), now=moment)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {
                "text": CHESS.replace("eleven", "nine"),
                "corrections": ("Correction: There are nine chess clubs, not eleven.",),
            },
            ("corrected", "There are nine chess clubs, not eleven."),
        ),
        (
            {"text": "The Times has withdrawn a report on clubs.", "kind": Kind.RETRACTION},
            ("retracted",),
        ),
    ],
)
async def test_what_a_follower_was_sent_is_taken_back_once(
    simcord_env, desk, channel, alice, publish, changes, said
):
    """In the same place, struck out, without a sound, and not again when the article goes on."""
    await alice.slash(channel, "follow", topic="chess clubs")
    private = alice.user.dm_channel
    publish()
    await look(simcord_env, desk)
    assert said_last(private).startswith("New on chess clubs")
    later = desk.clock() + timedelta(minutes=5)
    save_again(desk, later, **changes)
    for _ in range(2):
        await look(simcord_env, desk)
    assert len(private.history()) == 3
    text = said_last(private)
    assert text.startswith("Corrected or withdrawn since it was posted here")
    assert "eleven chess clubs in Sarnholt" in text
    assert all(each in text for each in said)
    assert "~~" in str(simcord_env.http_requests[-1].json)
    assert labels(private.last_message) == ["Unfollow"]


CLUBS = ("Rowing", "Sailing", "Fencing", "Archery", "Boxing")


def club_report(sport, count):
    """Return a report of its own on the clubs of a sport, all of them on the sports office."""
    return (
        f"There are {count} {sport.lower()} clubs in Sarnholt, its sports office said on Monday."
        f" {sport} has been a school subject there since spring."
    )


async def test_news_that_were_counted_and_not_quoted_are_not_taken_back(
    simcord_env, desk, channel, alice
):
    """Of five reports three are quoted; only what was read can be corrected for a reader."""
    desk.news.following.catch_up()
    await alice.slash(channel, "follow", topic="sports office")
    private = alice.user.dm_channel
    for counts, note in (("seven", ()), ("nine", ("Correction: nine clubs, not seven.",))):
        moment = desk.clock() + timedelta(minutes=5 if note else 1)
        for sport in CLUBS:
            extract = an_extract(
                club_report(sport, counts),
                title=f"{sport} clubs",
                outlet="Sarnholt Times",
                published=moment.date(),
                corrections=note,
            )
            saved(desk.archive, extract, now=moment)
        desk.coverage.catch_up()
        await look(simcord_env, desk)
        if not note:
            quoted = said_last(private)
    assert "and 2 more" in quoted
    corrected = said_last(private)
    assert corrected.startswith("Corrected or withdrawn since it was posted here")
    assert "more" not in corrected
    for sport in CLUBS:
        assert (f"{sport} clubs" in quoted) == (f"{sport} clubs" in corrected)


async def test_what_a_server_hides_is_not_quoted_again_when_it_changes(
    simcord_env, desk, channel, moderator, publish
):
    """A correction is no way around its moderators."""
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    publish()
    await look(simcord_env, desk)
    assert said_last(channel).startswith("New on chess clubs")
    rules = ServerRules(outlets=("Dunmere Courier",)).values()
    desk.ledger.rules.set(str(simcord_env.guild.id), rules)
    corrected = CHESS.replace("eleven", "nine")
    later = desk.clock() + timedelta(minutes=5)
    save_again(desk, later, text=corrected, corrections=("Correction: nine clubs, not eleven.",))
    await look(simcord_env, desk)
    assert said_last(channel).startswith("New on chess clubs")


async def test_what_a_follower_was_never_sent_is_not_taken_back(
    simcord_env, desk, channel, alice, publish
):
    """An article that is withdrawn before its news went out was shown to nobody."""
    await alice.slash(channel, "follow", topic="chess clubs")
    private = alice.user.dm_channel
    publish()
    save_again(desk, desk.clock(), text="Withdrawn.", kind=Kind.RETRACTION)
    for _ in range(2):
        await look(simcord_env, desk)
    assert len(private.history()) == 1


async def test_tell_me_when_it_is_covered(simcord_env, desk, channel, alice, publish):
    """Under every answer that has nothing; the answer comes once, and that is that."""
    result = await alice.slash(channel, "ask", question=UNKNOWN)
    told = await alice.click(result.response, label="Notify me")
    assert "I have sent you a direct message" in shown(told)
    publish()
    await notify_followers(
        simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
    )
    private = alice.user.dm_channel
    assert said_last(private).startswith(f"Now covered: {UNKNOWN}")
    assert "eleven chess clubs" in said_last(private)
    assert desk.ledger.follows.all() == []


async def test_only_moderators_let_a_channel_be_told(
    simcord_env, desk, channel, alice, moderator, publish
):
    """Whoever manages messages there also ends it."""
    refused = await alice.slash(channel, "follow", topic="chess clubs", here=True)
    assert "Only those who manage messages" in shown(refused)
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    publish()
    await notify_followers(
        simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
    )
    message = channel.last_message
    assert said_last(channel).startswith("New on chess clubs")
    refused = await alice.click(message, label="Unfollow")
    assert "Only whoever follows it" in shown(refused)
    ended = await moderator.click(message, label="Unfollow")
    assert "No longer followed: chess clubs" in shown(ended)
    gone = await moderator.click(message, label="Unfollow")
    assert "not followed any more" in shown(gone)


async def test_a_count_is_told_step_by_step(simcord_env, desk, channel, alice, publish):
    """It is offered by its contest; a change that is no step says nothing."""
    result = await alice.slash(channel, "follow", topic="holm RESULTS")
    assert result.ephemeral
    private = alice.user.dm_channel
    assert said_last(private).startswith("Followed: holm results. You will be told once each")
    for change in (1, 2, 40):
        moment = desk.clock() + timedelta(minutes=change)
        adding.add(
            read_bytes(night.file_at(change), night.NAME, night.OFFICE), desk.archive, now=moment
        )
        desk.coverage.catch_up()
        desk.news.following.catch_up()
        await notify_followers(
            simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
        )
    assert len(private.history()) == 3
    assert said_last(private).startswith("Results have moved: holm")
    assert "status: elected" in said_last(private)
    [offered] = await alice.autocomplete(channel, "follow", "topic", "Holm results")
    assert offered["value"] == "Holm results"
    listed = await alice.slash(channel, "following")
    assert "Results · holm" in shown(listed)


@pytest.mark.parametrize("language", Language)
def test_results_are_asked_for_in_every_language(language):
    """As the desk offers them; a topic that only speaks of results is one."""
    asked = Wording.of(language)("follow_results", contest="Holm")
    assert contest_followed(f" {asked} ") == "Holm"
    assert contest_followed("recount in Holm") == ""
    assert contest_followed("results") == ""


async def test_an_outlet_is_offered_and_followed(desk, channel, alice):
    """By its name, beside what was typed."""
    offered = await alice.autocomplete(channel, "follow", "topic", "courier")
    names = [each["value"] for each in offered]
    assert names == ["courier", "Dunmere Courier"]
    await alice.slash(channel, "follow", topic="Dunmere Courier")
    listed = await alice.slash(channel, "following")
    assert listed.ephemeral
    assert "Outlet · Dunmere Courier" in shown(listed)
    await alice.click(listed.response, label="Unfollow")
    assert "You follow nothing" in shown(await alice.slash(channel, "following"))


async def test_whoever_cannot_be_written_to_is_told_so(simcord_env, desk, channel, alice):
    """And nothing is followed that could never arrive."""
    simcord_env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    result = await alice.slash(channel, "follow", topic="chess clubs")
    assert "I cannot send you direct messages" in shown(result)
    assert desk.ledger.follows.all() == []


@pytest.mark.parametrize("topic", ["   ", "\u200b\u2060\u200b", "!?", "🗳️🗳️"])
async def test_a_topic_without_a_letter_is_not_followed(desk, channel, alice, topic):
    """Nothing could ever be found for it."""
    result = await alice.slash(channel, "follow", topic=topic)
    assert "Name a topic, a person or an outlet" in shown(result)
    assert desk.ledger.follows.all() == []


async def test_a_channel_that_is_quiet_is_told_later(
    simcord_env, desk, channel, moderator, publish
):
    """Nothing is lost by waiting."""
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    place = str(simcord_env.guild.id)
    desk.ledger.rules.set(place, ServerRules(quiet=QuietHours(0, 24)).values())
    publish()
    await notify_followers(
        simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
    )
    assert channel.last_message is None
    desk.ledger.rules.set(place, ServerRules().values())
    await notify_followers(
        simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
    )
    assert said_last(channel).startswith("New on chess clubs")


@pytest.mark.parametrize("hidden", [True, False], ids=["hidden here", "another outlet"])
async def test_a_channel_is_told_of_nothing_that_its_server_does_not_cite(
    simcord_env, desk, channel, moderator, publish, hidden
):
    """Neither what was hidden while it waited, nor outlets that answers there may not cite."""
    place = simcord_env.guild.id
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    publish()
    article = max(each.id for each in desk.archive.articles.listed())
    if hidden:
        desk.archive.editions.hide(str(place), article, now=desk.clock())
    else:
        rules = ServerRules(outlets=("Dunmere Courier",)).values()
        desk.ledger.rules.set(str(place), rules)
    await notify_followers(
        simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
    )
    assert channel.last_message is None
    assert desk.ledger.follows.waiting(desk.clock()) == []


async def test_a_channel_in_which_the_bot_may_not_write_is_told_at_once(
    simcord_env, desk, channel, moderator
):
    """Nothing is followed that could never arrive, and the settings say the same."""
    everyone = simcord_env.bot.guilds[0].me.roles[-1]
    mute = discord.PermissionOverwrite(send_messages=False)
    room = simcord_env.guild.create_text_channel("mute", overwrites={everyone: mute})
    result = await moderator.slash(room, "follow", topic="chess clubs", here=True)
    assert "I may not write in that channel" in shown(result)
    assert desk.ledger.follows.all() == []
    rights = discord.Permissions(manage_guild=True)
    role = simcord_env.guild.create_role("owner", permissions=rights)
    owner = simcord_env.guild.add_member(simcord_env.create_user("owner"), roles=[role])
    for section, control in (("digest", "digestin:0"), ("review", "reviewin:0")):
        assert "I may not write" in shown(await set_value(owner, channel, section, control, room))
        assert "I may not write" not in shown(
            await set_value(owner, channel, section, control, channel)
        )


async def test_forgetting_ends_it(desk, channel, alice):
    """/forget-me removes what somebody follows."""
    await alice.slash(channel, "follow", topic="chess clubs")
    assert "Forgotten; entries removed: 1." in shown(await alice.slash(channel, "forget-me"))
    assert desk.ledger.follows.all() == []


async def test_a_digest_is_posted_once_where_it_was_set(simcord_env, desk, channel):
    """Stories once, in the words of the server."""
    at = MORNING - timedelta(days=2)
    plan = DigestPlan(channel.id, MORNING.hour, at)
    desk.ledger.rules.set(str(simcord_env.guild.id), ServerRules(digest=plan).values())
    saved(
        desk.archive,
        an_extract(CHESS, title="Eleven chess clubs", outlet="Sarnholt Times"),
        now=MORNING.replace(minute=0) - timedelta(minutes=30),
    )
    for _ in range(2):
        await post_digests(
            simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
        )
    [message] = channel.history()
    assert said_last(channel).startswith("New in the coverage")
    assert "Eleven chess clubs" in said_last(channel)
    assert message.flags.suppress_notifications


async def test_a_server_that_was_left_gets_its_digest_when_it_is_back(
    simcord_env, desk, channel, monkeypatch
):
    """Nothing is sent where nobody can read it, and nothing counts as posted."""
    plan = DigestPlan(channel.id, MORNING.hour, MORNING - timedelta(days=2))
    desk.ledger.rules.set(str(simcord_env.guild.id), ServerRules(digest=plan).values())
    saved(desk.archive, an_extract(CHESS), now=MORNING.replace(minute=0) - timedelta(minutes=30))
    rules = await desk.community.all_rules()
    with monkeypatch.context() as away:
        away.setattr(discord.Client, "get_guild", lambda _client, _number: None)
        await post_digests(simcord_env.bot, desk, rules, DelayedChannels())
    assert channel.last_message is None
    for _ in range(2):
        await post_digests(simcord_env.bot, desk, rules, DelayedChannels())
    assert len(channel.history()) == 1


@pytest.mark.parametrize(("server", "posts"), [(8388608, 0), (8388609, 0), (12582912, 1)])
async def test_a_shard_knows_which_servers_it_would_see(
    simcord_env, desk, channel, monkeypatch, server, posts
):
    """One of its own that it does not see was left; it cannot tell of another shard's, and tries.

    By Discord's rule the first of two shards serves 8388608 and 8388609, the second 12582912.
    """
    plan = DigestPlan(channel.id, MORNING.hour, MORNING - timedelta(days=2))
    desk.ledger.rules.set(str(server), ServerRules(digest=plan).values())
    saved(desk.archive, an_extract(CHESS), now=MORNING.replace(minute=0) - timedelta(minutes=30))
    monkeypatch.setattr(simcord_env.bot, "shard_id", 0)
    monkeypatch.setattr(simcord_env.bot, "shard_count", 2)
    await post_digests(simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels())
    assert len(channel.history()) == posts


async def test_what_waits_for_the_end_of_the_quiet_hours_comes_once(
    simcord_env, desk, channel, moderator, publish
):
    """In one message, the newest first, and what was corrected meanwhile as it is now."""
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    place = str(simcord_env.guild.id)
    desk.ledger.rules.set(place, ServerRules(quiet=QuietHours(0, 24)).values())
    publish()
    another = "A league of chess clubs was founded in Tessary, and the first games are in March."
    publish(another, "A league of clubs", "Tessary Post")
    save_again(
        desk,
        desk.clock(),
        text=CHESS.replace("eleven", "nine"),
        corrections=("Correction: There are nine chess clubs, not eleven.",),
    )
    desk.coverage.catch_up()
    await look(simcord_env, desk)
    assert channel.last_message is None
    desk.ledger.rules.set(place, ServerRules().values())
    for _ in range(2):
        await look(simcord_env, desk)
    assert len(channel.history()) == 1
    text = said_last(channel)
    assert text.index("league of chess clubs") < text.index("nine chess clubs")
    assert "eleven" not in text.replace("Eleven chess clubs", "")


async def test_a_digest_is_set_previewed_and_ended(simcord_env, desk, channel):
    """By whoever manages the server; what is no time zone is said."""
    role = simcord_env.guild.create_role(
        "owner", permissions=discord.Permissions(manage_guild=True)
    )
    owner = simcord_env.guild.add_member(simcord_env.create_user("owner"), roles=[role])
    refused = await owner.slash(channel, "settings", timezone="Moon")
    assert "There is no time zone Moon" in shown(refused)
    offered = await owner.autocomplete(channel, "settings", "timezone", "berlin")
    assert [each["value"] for each in offered] == ["Europe/Berlin"]
    zoned = await owner.slash(channel, "settings", timezone="Europe/Berlin")
    assert "No digest is posted" in shown(zoned)
    set_ = await owner.select(zoned.response, [channel], custom_id="desk:settings-digestin:0")
    assert "Digest, every day at 18:00 (Europe/Berlin)" in shown(set_)
    set_ = await owner.select(set_.response, ["7"], custom_id="desk:settings-digest:hour")
    set_ = await owner.select(set_.response, ["0"], custom_id="desk:settings-digest:day")
    assert "Digest, Monday at 07:00 (Europe/Berlin)" in shown(set_)
    preview = await owner.click(set_.response, label="Preview")
    assert preview.ephemeral
    assert shown(preview).startswith("New in the coverage")
    quiet = await set_value(owner, channel, "quiet", "quiet:begin", "22")
    assert "Quiet from 22:00 to 07:00 (Europe/Berlin)" in shown(quiet)
    later = await owner.select(quiet.response, ["8"], custom_id="desk:settings-quiet:end")
    assert "Quiet from 22:00 to 08:00" in shown(later)
    none = await owner.select(later.response, ["none"], custom_id="desk:settings-quiet:begin")
    assert "Choose when the quiet hours begin" in shown(none)
    ended = await set_value(owner, channel, "digest", "digestin:0")
    assert "No digest is posted" in shown(ended)


def test_what_is_followed_is_listed_within_discord_s_limits(desk):
    """Twenty of a channel and ten of a member do not fit one message; each is on a page."""
    words = Wording.default()
    follow = desk.ledger.follows
    for n in range(30):
        follow.add(_a_follow(n))
    listed = ""
    for offset in range(0, 30, 8):
        view = following_view(follow.all(), words, offset)
        assert view.total_children_count <= 40
        listed += seen(view) + "\n"
    assert all(f"Topic · topic {n} @everyone" in listed for n in range(30))


async def test_everything_that_is_followed_can_be_ended(desk, channel, alice):
    """Ten topics: the ninth and the tenth stand on the next page, each with its button."""
    for n in range(10):
        await alice.slash(channel, "follow", topic=f"ward {n} recount")
    first = await alice.slash(channel, "following")
    assert labels(first.response) == ["Unfollow"] * 8 + ["Next"]
    second = await alice.click(first.response, label="Next")
    assert "ward 8 recount" in shown(second)
    assert "ward 9 recount" in shown(second)
    assert "ward 7 recount" not in shown(second)
    assert labels(second.response) == ["Unfollow", "Unfollow", "Back"]
    back = await alice.click(second.response, label="Back")
    assert labels(back.response) == labels(first.response)
    for follow in desk.ledger.follows.all()[5:]:
        desk.ledger.follows.remove(follow.id)
    gone = await alice.click(back.response, label="Next")
    assert labels(gone.response) == ["Unfollow"] * 5


class _Sent:
    """A view as a message that was sent."""

    def __init__(self, view):
        self.components = view.to_components()


def _a_follow(n):
    """Follow something, in a channel."""
    return Follow(
        MORNING, "m", "1", "7", FollowKind.TOPIC, f"topic {n} @everyone", Language.ENGLISH
    )


@pytest.mark.parametrize("taken", ["send_messages", "view_channel"])
async def test_what_comes_while_the_bot_may_not_write_waits_and_comes_once(
    simcord_env, desk, channel, moderator, publish, taken
):
    """Nothing is even tried meanwhile; then all of it is one message, the newest first."""
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    before = len(channel.history())
    withhold(simcord_env, channel, taken)
    await simcord_env.settle()
    publish()
    publish(CHESS.replace("eleven", "twelve").replace("Monday", "Tuesday"), "Twelve", "Post")
    tried = len(simcord_env.http_requests)
    for _ in range(3):
        await look(simcord_env, desk)
    assert len(simcord_env.http_requests) == tried
    withhold(simcord_env, channel)
    await simcord_env.settle()
    for _ in range(2):
        await look(simcord_env, desk)
    [news] = channel.history()[before:]
    text = seen([part.to_dict() for part in news.components])
    assert text.index("Twelve") < text.index("Eleven")


async def test_a_digest_comes_late_where_the_bot_could_not_write(simcord_env, desk, channel):
    """As after a stop of the bot; one that is half a day late is not posted."""
    now = desk.clock()
    extract = an_extract(CHESS, title="Eleven chess clubs", published=now.date())
    saved(desk.archive, extract, now=now - timedelta(hours=3))
    desk.coverage.catch_up()
    plan = DigestPlan(channel.id, (now.hour - 1) % 24, now - timedelta(days=3))
    desk.ledger.rules.set(str(simcord_env.guild.id), ServerRules(digest=plan).values())
    desk.community.rules_changed()
    withhold(simcord_env, channel, "send_messages")
    await simcord_env.settle()
    await post_digests(simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels())
    withhold(simcord_env, channel)
    await simcord_env.settle()
    assert channel.history() == []
    for _ in range(2):
        await post_digests(
            simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
        )
    [digest] = channel.history()
    assert "Eleven chess clubs" in seen([part.to_dict() for part in digest.components])


async def test_what_was_corrected_and_withdrawn_in_quiet_hours_is_told_once(
    simcord_env, desk, channel, moderator, publish
):
    """As it stands in the end: a figure that was put right is of no use where all is withdrawn."""
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    publish()
    await look(simcord_env, desk)
    before = len(channel.history())
    hour = desk.clock().hour
    place = str(simcord_env.guild.id)
    quiet = ServerRules(quiet=QuietHours(hour, (hour + 1) % 24))
    desk.ledger.rules.set(place, quiet.values())
    desk.community.rules_changed()
    note = "Correction: There are nine chess clubs, not eleven."
    save_again(
        desk,
        desk.clock() + timedelta(minutes=5),
        text=CHESS.replace("eleven", "nine"),
        corrections=(note,),
    )
    await look(simcord_env, desk)
    save_again(
        desk,
        desk.clock() + timedelta(minutes=9),
        text="The Times has withdrawn a report on clubs.",
        kind=Kind.RETRACTION,
    )
    await look(simcord_env, desk)
    assert len(channel.history()) == before
    desk.ledger.rules.set(place, ServerRules().values())
    desk.community.rules_changed()
    for _ in range(2):
        await look(simcord_env, desk)
    [told] = channel.history()[before:]
    text = seen([part.to_dict() for part in told.components])
    assert text.count("eleven chess clubs in Sarnholt") == 1
    assert "retracted" in text


async def test_the_note_of_a_silent_source_waits_and_comes_once(simcord_env, desk, channel):
    """While the bot may not write in the review channel, nobody knows of it."""
    place = str(simcord_env.guild.id)
    desk.ledger.rules.set(place, ServerRules(review_channel=channel.id).values())
    desk.community.rules_changed()
    long_ago = desk.clock() - timedelta(days=9)
    source = desk.archive.sources.watch(
        "http://times.example/feed",
        "Sarnholt Times",
        Permission.OWN,
        60,
        now=long_ago,
        place=place,
    )
    desk.news.quiet.found = (QuietSource(source, long_ago),)
    withhold(simcord_env, channel, "send_messages")
    await simcord_env.settle()
    for _ in range(2):
        await report_quiet_sources(simcord_env.bot, desk, DelayedChannels())
    assert channel.history() == []
    withhold(simcord_env, channel)
    await simcord_env.settle()
    for _ in range(2):
        await report_quiet_sources(simcord_env.bot, desk, DelayedChannels())
    [note] = channel.history()
    assert "Sarnholt Times" in seen([part.to_dict() for part in note.components])


async def test_a_review_channel_that_discord_delays_keeps_no_other_waiting(
    simcord_env, desk, channel, monkeypatch
):
    """The note of its silent source is sent by itself, once; other senders go on."""
    monkeypatch.setattr(notifier, "PACE", replace(PACE, sending_seconds=0.05))
    place = str(simcord_env.guild.id)
    desk.ledger.rules.set(place, ServerRules(review_channel=channel.id).values())
    desk.community.rules_changed()
    long_ago = desk.clock() - timedelta(days=9)
    source = desk.archive.sources.watch(
        "http://times.example/feed", "Times", Permission.OWN, 60, now=long_ago, place=place
    )
    desk.news.quiet.found = (QuietSource(source, long_ago),)
    limit_ends, send = asyncio.Event(), discord.PartialMessageable.send

    async def send_late(target, **message):
        await limit_ends.wait()
        return await send(target, **message)

    monkeypatch.setattr(discord.PartialMessageable, "send", send_late)
    delayed = DelayedChannels()
    async with asyncio.timeout(5):
        for _ in range(2):
            await report_quiet_sources(simcord_env.bot, desk, delayed)
        assert channel.id in delayed
        limit_ends.set()
        while channel.id in delayed:
            await asyncio.sleep(0.01)
    await report_quiet_sources(simcord_env.bot, desk, delayed)
    assert len(channel.history()) == 1


async def test_what_a_server_added_comes_in_its_channels_and_in_no_direct_message(
    simcord_env, desk, channel, alice, moderator
):
    """So whoever leaves a server gets nothing more of it, and nobody has to look who left."""
    desk.news.following.catch_up()
    await alice.slash(channel, "follow", topic="chess clubs")
    await moderator.slash(channel, "follow", topic="chess clubs", here=True)
    moment = desk.clock() + timedelta(minutes=1)
    extract = an_extract(CHESS, title="Eleven chess clubs", published=moment.date())
    place = str(simcord_env.guild.id)
    desk.archive.articles.save(extract, cut(extract.text, "en"), now=moment, place=place)
    desk.coverage.catch_up()
    await look(simcord_env, desk)
    assert said_last(channel).startswith("New on chess clubs")
    assert said_last(alice.user.dm_channel).startswith("Followed: chess clubs")


async def test_a_channel_that_discord_delays_keeps_no_other_waiting(
    simcord_env, desk, channel, publish, monkeypatch
):
    """A night has hundreds of followers, and one limit may last for minutes; each is told once."""
    monkeypatch.setattr(notifier, "PACE", replace(PACE, sending_seconds=0.05))
    other, place = simcord_env.guild.create_text_channel("other"), str(simcord_env.guild.id)
    now, topic = desk.clock(), FollowKind.TOPIC
    for number in (channel.id, other.id):
        follow = Follow(now, "m", str(number), place, topic, "chess clubs", Language.ENGLISH)
        desk.ledger.follows.add(follow)
    publish()
    limit_ends = asyncio.Event()
    send = discord.PartialMessageable.send

    async def send_late(target, **message):
        if target.id == channel.id:
            await limit_ends.wait()
        return await send(target, **message)

    monkeypatch.setattr(discord.PartialMessageable, "send", send_late)
    delayed, rules = DelayedChannels(), await desk.community.all_rules()
    for _ in range(2):
        await notify_followers(simcord_env.bot, desk, rules, delayed)
    assert channel.history() == []
    assert said_last(other).startswith("New on chess clubs")
    limit_ends.set()
    async with asyncio.timeout(5):
        while channel.id in delayed:
            await asyncio.sleep(0.01)
    await notify_followers(simcord_env.bot, desk, rules, delayed)
    assert len(channel.history()) == len(other.history()) == 1


async def test_whoever_closed_their_direct_messages_keeps_others_from_nothing(
    simcord_env, desk, channel, alice, publish
):
    """One try for each message; the follow stays, and what comes later is tried again."""
    bob = simcord_env.guild.add_member(simcord_env.create_user("bob"))
    for member in (alice, bob):
        await member.slash(channel, "follow", topic="chess clubs")
    private = alice.user.dm_channel
    route = f"/channels/{private.id}/messages"
    publish()
    simcord_env.inject_error("POST", route, status=403, code=50007)
    before = len(simcord_env.http_requests)
    for _ in range(3):
        await look(simcord_env, desk)
    assert [each.path for each in simcord_env.http_requests[before:]].count(route) == 1
    assert said_last(bob.user.dm_channel).startswith("New on chess clubs")
    assert said_last(private).startswith("Followed: chess clubs")
    assert len(desk.ledger.follows.all()) == 2


TOWNS = ("Sarnholt", "Holm", "Dunmere", "Marrowen", "Skerrow", "Castlereach", "Vell")


@pytest.mark.parametrize(
    ("status", "code", "tries"),
    [(403, 50007, 5), (403, 50278, 5), (403, 50001, 5), (404, 10003, 5), (403, 20026, 7)],
)
async def test_a_follow_ends_whose_messages_reach_nobody(
    simcord_env, desk, channel, alice, publish, monkeypatch, caplog, status, code, tries
):
    """After five in a row, said in the log once; what Discord refuses for another reason is not."""
    monkeypatch.setattr(following, "INTERVALS", replace(INTERVALS, follow_message=timedelta()))
    await alice.slash(channel, "follow", topic="chess clubs")
    private = alice.user.dm_channel
    route = f"/channels/{private.id}/messages"
    simcord_env.inject_error("POST", route, status=status, code=code, times=9)
    before = len(simcord_env.http_requests)
    for town in TOWNS:
        publish(f"The chess clubs of {town} have a new hall, its mayor said.", town, town)
        await look(simcord_env, desk)
    assert [each.path for each in simcord_env.http_requests[before:]].count(route) == tries
    assert len(desk.ledger.follows.all()) == (tries > 5)
    assert caplog.text.count("A follow has ended") == (tries == 5)


async def test_a_message_that_arrives_lets_a_follow_go_on(
    simcord_env, desk, channel, alice, publish, monkeypatch
):
    """Failures of long ago do not count; what never arrived is not corrected there."""
    monkeypatch.setattr(following, "INTERVALS", replace(INTERVALS, follow_message=timedelta()))
    await alice.slash(channel, "follow", topic="chess clubs")
    private = alice.user.dm_channel
    route = f"/channels/{private.id}/messages"
    for number, town in enumerate(TOWNS):
        if number != 4:
            simcord_env.inject_error("POST", route, status=403, code=50007, times=1)
        publish(f"The chess clubs of {town} have a new hall, its mayor said.", town, town)
        await look(simcord_env, desk)
    [follow] = desk.ledger.follows.all()
    assert follow.failures == 2
    assert TOWNS[4] in said_last(private)
    told = desk.ledger.follows.changed(desk.clock() - timedelta(days=1))
    assert told == []


@pytest.mark.parametrize(("failures", "left"), [(0, 1), (3, 4), (4, None)])
async def test_a_digest_ends_whose_channel_is_gone(
    simcord_env, desk, channel, caplog, failures, left
):
    """After five in a row, said in the log; the other rules of the server stay."""
    gone, place = 4711, str(simcord_env.guild.id)
    plan = DigestPlan(gone, MORNING.hour, MORNING - timedelta(days=2), failures=failures)
    desk.ledger.rules.set(place, ServerRules(digest=plan, per_member=3).values())
    saved(desk.archive, an_extract(CHESS), now=MORNING.replace(minute=0) - timedelta(minutes=30))
    route = f"/channels/{gone}/messages"
    simcord_env.inject_error("POST", route, status=404, code=10003, times=9)
    before = len(simcord_env.http_requests)
    for _ in range(3):
        await post_digests(
            simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels()
        )
    assert [each.path for each in simcord_env.http_requests[before:]].count(route) == 1
    rules = (await desk.community.all_rules())[place]
    assert (rules.digest and rules.digest.failures) == left
    assert rules.per_member == 3
    assert caplog.text.count("A digest has ended") == (left is None)


async def test_a_digest_that_arrives_counts_no_earlier_failure(simcord_env, desk, channel):
    """Only those in a row end it."""
    place = str(simcord_env.guild.id)
    plan = DigestPlan(channel.id, MORNING.hour, MORNING - timedelta(days=2), failures=4)
    desk.ledger.rules.set(place, ServerRules(digest=plan).values())
    saved(desk.archive, an_extract(CHESS), now=MORNING.replace(minute=0) - timedelta(minutes=30))
    await post_digests(simcord_env.bot, desk, await desk.community.all_rules(), DelayedChannels())
    assert len(channel.history()) == 1
    assert (await desk.community.all_rules())[place].digest == replace(plan, failures=0)
