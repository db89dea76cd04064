"""Send what is new to whoever follows it, and the digests: each once, over a restart too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TypeAlias

import discord
from discord import ui

from bot.community.rules import ServerRules
from bot.desk import Desk
from bot.discord_ui.errors import report
from bot.discord_ui.members.following import UnfollowButton
from bot.discord_ui.news import digest_view, news_view, quiet_view
from bot.discord_ui.places import server_of
from bot.discord_ui.rendering import with_buttons
from bot.discord_ui.replying import words_in
from bot.wording import Wording

logger = logging.getLogger(__name__)

_EveryRules: TypeAlias = Mapping[str, ServerRules]
"""The rules of every server, by its number."""

TELLING = 3.0
"""Seconds between two looks at what is to be sent."""


async def keep_telling(client: discord.Client, desk: Desk, *, every: float = TELLING) -> None:
    """Send what is due, until cancelled."""
    while True:
        try:
            if await desk.lease.is_leader():
                rules = await desk.community.all_rules()
                await tell_followers(client, desk, rules)
                await post_digests(client, desk, rules)
                await _tell_quiet(client, desk)
        except Exception as error:
            report(error)
        await asyncio.sleep(every)


async def tell_followers(client: discord.Client, desk: Desk, rules: _EveryRules) -> None:
    """Send each follow its news, where its server is not quiet."""
    now = desk.clock()

    def quiet(place: str) -> bool:
        return rules.get(place, ServerRules()).is_quiet(now)

    for due in await desk.news.following.due(quiet):
        if due.quoted:
            words = _words(rules, due.follow.place) or Wording.of(due.follow.language)
            unfollow = UnfollowButton(str(due.follow.id), words("unfollow"))
            view = with_buttons(news_view(due, words), [unfollow])
            await _sent(client, int(due.follow.channel), view, due.nonce)
        await desk.news.following.mark_sent(due)


async def post_digests(client: discord.Client, desk: Desk, rules: _EveryRules) -> None:
    """Post each digest that is due."""
    for digest in await desk.news.digests.due(rules):
        if digest.language:
            words = Wording.of(digest.language)
        else:
            words = words_in(await server_of(client, digest.channel))
        await _sent(client, digest.channel, digest_view(digest, words), digest.nonce)
        await desk.news.digests.mark_posted(digest)


async def _tell_quiet(client: discord.Client, desk: Desk) -> None:
    """Tell moderators once of each source that has gone quiet, without a sound."""
    community = desk.community
    for each in await desk.news.quiet.unnotified():
        place = each.source.place or str(desk.curator.home.server or "")
        rules = await community.rules(int(place or 0))
        target = rules.review_channel
        if not each.source.place:
            target = target or (await community.desk_rules()).review_channel
        if target is not None:
            words = words_in(await server_of(client, target))
            nonce = f"q{each.source.id}.{int(each.since.timestamp())}"
            await _sent(client, target, quiet_view(each, words), nonce)
    await desk.news.quiet.mark_notified()


def _words(rules: _EveryRules, place: str) -> Wording | None:
    """Return the words in the language that a server fixed, if it did."""
    language = rules.get(place, ServerRules()).language
    return Wording.of(language) if language else None


async def _sent(client: discord.Client, channel: int, view: ui.LayoutView, nonce: str) -> None:
    """Send *view* without a sound; what Discord refuses is only logged.

    A kill between this and the note that it was sent lets it be sent again: Discord takes a nonce
    once within some minutes.

    Raises:
        discord.DiscordServerError: Discord is out of order; it is tried again later.
    """
    try:
        await client.get_partial_messageable(channel).send(view=view, nonce=nonce, silent=True)
    except discord.DiscordServerError:
        raise
    except discord.HTTPException as error:
        logger.warning("What is new could not be sent: %s", error)
