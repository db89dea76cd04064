"""Notifications: news for follows, digests and quiet sources; each is sent once.

A channel in which Discord delays a message for long does not keep the others waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import ui

from bot.community.rules import ServerRules
from bot.discord_ui.limits import DISCORD, PACE
from bot.discord_ui.members.follow_commands import UnfollowButton
from bot.discord_ui.moderators.moderation import review_place
from bot.discord_ui.news_views import changed_news_view, digest_view, news_view, quiet_view
from bot.discord_ui.places import is_closed, is_of_shard, server_of
from bot.discord_ui.rendering import with_buttons
from bot.discord_ui.replying import is_outage, report, words_in
from bot.ledger.records import Follow
from bot.wording import Wording

if TYPE_CHECKING:
    from bot.community.digests import Digest
    from bot.community.followed_changes import DueChanges
    from bot.community.following import DueNews
    from bot.community.jobs import ProcessLease
    from bot.community.quiet import QuietSource
    from bot.desk import Desk

logger = logging.getLogger(__name__)

_RulesByServer: TypeAlias = Mapping[str, ServerRules]
"""The rules of each server, by the server's id."""


class DelayedChannels:
    """The channels in which Discord delays a message for long, each with the task that sends it.

    Nothing else is sent there meanwhile, and no other channel waits for them.
    """

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def __contains__(self, channel: int) -> bool:
        """Return True if a message to *channel* is still being sent."""
        return channel in self._tasks

    async def send(self, channel: int, sending: Coroutine[Any, Any, None]) -> None:
        """Await *sending* to *channel* for some seconds; then leave it to finish by itself."""
        task = self._tasks[channel] = asyncio.create_task(sending)
        finished, _ = await asyncio.wait({task}, timeout=PACE.sending_seconds)
        if finished:
            del self._tasks[channel]
            await task
        else:
            task.add_done_callback(lambda task: self._finish(channel, task))

    def _finish(self, channel: int, task: asyncio.Task[None]) -> None:
        """Let further messages into *channel*; an error is logged, and its message sent again."""
        self._tasks.pop(channel, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            report(error)

    def cancel(self) -> None:
        """Cancel the tasks that still run when the bot ends."""
        for task in self._tasks.values():
            task.cancel()


async def keep_sending(
    lease: ProcessLease, send_due: Callable[[DelayedChannels], Awaitable[None]], interval: float
) -> None:
    """Call *send_due* until cancelled, while *lease* says that this process is the one that sends.

    An error is logged, and what it kept from being sent is due again after *interval* seconds.
    """
    delayed = DelayedChannels()
    try:
        while True:
            try:
                if await lease.is_leader():
                    await send_due(delayed)
            except Exception as error:
                report(error)
            await asyncio.sleep(interval)
    finally:
        delayed.cancel()


async def keep_notifying(client: discord.Client, desk: Desk) -> None:
    """Send due notifications until cancelled, if this process is the one that sends them."""

    async def send_due(delayed: DelayedChannels) -> None:
        rules = await desk.community.all_rules()
        await notify_followers(client, desk, rules, delayed)
        await post_digests(client, desk, rules, delayed)
        await report_quiet_sources(client, desk, delayed)

    await keep_sending(desk.lease, send_due, PACE.notification_seconds)


async def notify_followers(
    client: discord.Client, desk: Desk, rules: _RulesByServer, delayed: DelayedChannels
) -> None:
    """Send the due news of each follow, and what was corrected of those that were sent.

    Servers that are in their quiet hours wait, and channels in which the bot may not write or
    Discord delays a message.
    """
    now = desk.clock()

    def waits(follow: Follow) -> bool:
        channel = int(follow.channel)
        is_quiet = rules.get(follow.place, ServerRules()).is_quiet(now)
        return is_quiet or channel in delayed or is_closed(client, channel)

    async def send_news(due: DueNews) -> None:
        reached = bool(due.quoted) and await _send_followed(
            client, desk, rules, due.follow, partial(news_view, due), due.nonce
        )
        await desk.news.following.mark_sent(due, reached=reached)

    async def send_changes(changes: DueChanges) -> None:
        view = partial(changed_news_view, changes)
        await _send_followed(client, desk, rules, changes.follow, view, changes.nonce)
        await desk.news.followed_changes.mark_sent(changes)

    for due in await desk.news.following.due(waits):
        channel = int(due.follow.channel)
        if channel not in delayed:
            await delayed.send(channel, send_news(due))
    for changes in await desk.news.followed_changes.due(waits):
        channel = int(changes.follow.channel)
        if channel not in delayed:
            await delayed.send(channel, send_changes(changes))


async def _send_followed(
    client: discord.Client,
    desk: Desk,
    rules: _RulesByServer,
    follow: Follow,
    make_view: Callable[[Wording], ui.LayoutView],
    nonce: str,
) -> bool:
    """Send a message of *follow*, with the button that ends it; return False if it reached nobody.

    Several of these in a row end the follow.
    """
    words = _words(rules, follow.place) or Wording.of(follow.language)
    unfollow = UnfollowButton(str(follow.id), words("unfollow"))
    view = with_buttons(make_view(words), [unfollow])
    reached = await _send(client, int(follow.channel), view, nonce)
    if not await desk.news.following.note_delivery(follow, reached=reached):
        logger.warning("A follow has ended: channel %s cannot be reached.", follow.channel)
    return reached


async def post_digests(
    client: discord.Client, desk: Desk, rules: _RulesByServer, delayed: DelayedChannels
) -> None:
    """Post each due digest, but none of a server that the bot has left.

    One for a channel in which the bot may not write waits as long as for a bot that is not running;
    so does one for a channel in which Discord delays a message. A shard tries those of the other
    shards' servers, of which it is not told.
    """

    async def post_digest(digest: Digest) -> None:
        words = words_in(await server_of(client, digest.channel), present[digest.place])
        reached = await _send(client, digest.channel, digest_view(digest, words), digest.nonce)
        if not await desk.news.digests.mark_posted(digest, reached=reached):
            logger.warning("A digest has ended: channel %s cannot be reached.", digest.channel)

    present = {
        place: server_rules
        for place, server_rules in rules.items()
        if client.get_guild(int(place)) is not None or not is_of_shard(client, int(place))
    }
    for digest in await desk.news.digests.due(present):
        if digest.channel not in delayed and not is_closed(client, digest.channel):
            await delayed.send(digest.channel, post_digest(digest))


async def report_quiet_sources(
    client: discord.Client, desk: Desk, delayed: DelayedChannels
) -> None:
    """Report each source without new articles to the moderators once, silently.

    A report waits for a channel in which the bot may not write or Discord delays a message.
    """

    async def send_report(quiet: QuietSource, target: int, words: Wording) -> None:
        nonce = f"q{quiet.source.id}.{int(quiet.since.timestamp())}"
        await _send(client, target, quiet_view(quiet, words), nonce)
        await desk.news.quiet.mark_notified(quiet)

    for quiet in await desk.news.quiet.unnotified():
        home = desk.curator.home.server
        review = await review_place(client, desk.community, quiet.source.place, home)
        if review is None:
            await desk.news.quiet.mark_notified(quiet)
            continue
        target, words = review
        if target not in delayed and not is_closed(client, target):
            await delayed.send(target, send_report(quiet, target, words))


def _words(rules: _RulesByServer, place: str) -> Wording | None:
    """Return the words in the language that a server fixed, or ``None``."""
    language = rules.get(place, ServerRules()).language
    return Wording.of(language) if language else None


async def _send(client: discord.Client, channel: int, view: ui.LayoutView, nonce: str) -> bool:
    """Send *view* silently; return False if nobody can be reached there.

    Any other refusal by Discord is logged. If the process is killed before the sending is stored,
    it is sent again. Discord drops a repeated nonce within some minutes.

    Raises:
        discord.HTTPException: Discord is out of order; the next check tries again.
    """
    try:
        await client.get_partial_messageable(channel).send(view=view, nonce=nonce, silent=True)
    except discord.HTTPException as error:
        if is_outage(error):
            raise
        if error.code in DISCORD.unreachable:
            return False
        logger.warning("Discord refused a notification: %s", error)
    return True
