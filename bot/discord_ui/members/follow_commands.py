"""The commands `/follow` and `/following`: new coverage of a topic is sent as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui

from bot.community.contests import ContestIndex
from bot.community.following import Following
from bot.community.members import Community
from bot.community.reviewing import Catalogue
from bot.discord_ui.buttons import KeyButton, matching_choices
from bot.discord_ui.escaping import escape, literal, title, worded
from bot.discord_ui.limits import SHOWN
from bot.discord_ui.places import Place, bot_may_write
from bot.discord_ui.rendering import item_list, notice_view, with_buttons
from bot.discord_ui.replying import (
    Interaction,
    send_notice,
    show_result,
    words_of,
)
from bot.ledger.limits import LEDGER
from bot.ledger.records import Follow, FollowKind
from bot.wording import RIGHT_TO_LEFT, Wording
from ingest.language.languages import Language
from ingest.reading.text import letters_and_digits

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking

_CONFIRMATIONS = {
    FollowKind.QUESTION: "follow_question",
    FollowKind.RESULTS: "follow_results_done",
}
"""Texts that say what is followed, by kind."""
_GAP = "\0"
"""A sign that no message contains, in the place of the contest in "Holm results"."""


def follow_command(
    catalogue: Catalogue, community: Community, contests: ContestIndex
) -> app_commands.Command[Any, ..., None]:
    """Make `/follow`."""

    @app_commands.command(name="follow", description=worded("command_follow"))
    @app_commands.describe(topic=worded("option_follow"), here=worded("option_here"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_follow(
        interaction: discord.Interaction,
        topic: app_commands.Range[str, 2, LEDGER.topic_characters],
        here: bool = False,
    ) -> None:
        if not letters_and_digits(topic):
            await send_notice(interaction, "follow_nothing")
            return
        if here and interaction.guild_id and not interaction.permissions.manage_messages:
            await send_notice(interaction, "follow_here_not_allowed")
            return
        if here and not bot_may_write(interaction):
            await send_notice(interaction, "channel_mute")
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        contest = contest_followed(topic)
        kind = FollowKind.RESULTS if contest else FollowKind.TOPIC
        text = contest or topic.strip()
        await show_result(
            interaction, lambda: _follow(interaction, text, in_channel=here, kind=kind)
        )

    @slash_follow.autocomplete("topic")
    async def suggest_outlets(
        interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        words = words_of(interaction)
        outlets = await catalogue.outlets(str(interaction.guild_id or ""))
        edition = await community.edition(interaction.guild_id)
        counts = (words("follow_results", contest=name) for name in contests.names(edition))
        return matching_choices(text, [*outlets, *counts], include_text=True)

    return slash_follow


def contest_followed(text: str) -> str:
    """Return the contest of "Holm results", in any language of the desk, or an empty text."""
    plain = text.strip().strip(RIGHT_TO_LEFT)
    folded = plain.casefold()
    for language in Language:
        template = Wording.of(language)("follow_results", contest=_GAP).strip(RIGHT_TO_LEFT)
        before, _, after = (part.casefold() for part in template.partition(_GAP))
        if folded.startswith(before) and folded.endswith(after):
            contest = plain[len(before) : len(plain) - len(after)].strip()
            if contest:
                return contest
    return ""


def following_command(
    community: Community, following: Following
) -> app_commands.Command[Any, ..., None]:
    """Make `/following`."""

    @app_commands.command(name="following", description=worded("command_following"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def slash_following(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await show_result(interaction, lambda: _following_page(interaction, community, following))

    return slash_following


async def _following_page(
    interaction: Interaction, community: Community, following: Following, offset: int = 0
) -> ui.LayoutView:
    """Return a page of the follows of the user and of the channel."""
    member = await community.hashed(interaction.user.id)
    channel = interaction.channel_id if Place.of(interaction).server else None
    follows = await following.of(member, channel)
    return following_view(follows, words_of(interaction), offset)


def following_view(follows: list[Follow], words: Wording, offset: int = 0) -> ui.LayoutView:
    """List the follows from *offset* on, each with a button that ends it, and turn the pages."""
    if not follows:
        return notice_view(words("following_none"))
    offset = offset if offset < len(follows) else 0
    items: list[tuple[str, list[ui.Item[Any]]]] = []
    for follow in follows[offset : offset + SHOWN.follows]:
        channel = f" · <#{int(follow.channel)}>" if follow.place else ""
        topic = literal(title(follow.text, 200))
        text = f"{escape(words(f'following_{follow.kind}'))} · **{topic}**{channel}"
        items.append((text, [UnfollowButton(str(follow.id), words("unfollow"))]))
    view = item_list(f"**{escape(words('following_heading'))}**", items)
    turns: list[ui.Item[Any]] = []
    if offset:
        turns.append(FollowingPageButton(f"{offset - SHOWN.follows}", words("page_before")))
    if len(follows) > offset + SHOWN.follows:
        turns.append(FollowingPageButton(f"{offset + SHOWN.follows}", words("page_next")))
    return with_buttons(view, turns)


class FollowingPageButton(KeyButton, template=r"desk:followed:(?P<key>[0-9]{1,4})"):
    """A button for another page of `/following`, by the number of its first entry."""

    kind = "followed"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the page in place of the one before; the first one if it is gone meanwhile."""
        client = interaction.client
        await interaction.response.defer()
        view = await _following_page(interaction, client.community, client.following, int(self.key))
        await interaction.edit_original_response(view=view)


class TellMeButton(KeyButton, template=r"desk:tellme:(?P<key>[0-9]{1,12})"):
    """A button that notifies its user by direct message once their question is covered."""

    kind = "tellme"

    async def on_press(self, interaction: Interaction) -> None:
        """Follow the question of the message."""
        asking: Asking = interaction.client.asking
        message = interaction.message
        question = await asking.exchanges.question_of(message) if message else None
        if question is None:
            await send_notice(interaction, "answer_too_old")
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_result(
            interaction, lambda: _follow(interaction, question, kind=FollowKind.QUESTION)
        )


class UnfollowButton(KeyButton, template=r"desk:unfollow:(?P<key>[0-9]{1,12})"):
    """A button that ends a follow, for its owner or a person who manages the channel's messages."""

    kind = "unfollow"

    async def on_press(self, interaction: Interaction) -> None:
        """End the follow."""
        community: Community = interaction.client.community
        following: Following = interaction.client.following
        follow = await following.get(int(self.key))
        if follow is None:
            await send_notice(interaction, "unfollowed_before")
            return
        is_owner = follow.member == await community.hashed(interaction.user.id)
        is_here = follow.place == str(interaction.guild_id or "")
        manages = bool(follow.place) and is_here and interaction.permissions.manage_messages
        if not (is_owner or manages):
            await send_notice(interaction, "unfollow_not_yours")
            return
        await following.unfollow(follow.id)
        await send_notice(interaction, "unfollowed", text=title(follow.text, 200))


async def _follow(
    interaction: Interaction, text: str, *, in_channel: bool = False, kind: FollowKind
) -> ui.LayoutView:
    """Follow *text* in this channel, or in direct messages, where the first one confirms it."""
    words = words_of(interaction)
    community: Community = interaction.client.community
    following: Following = interaction.client.following
    place = interaction.guild_id if in_channel else None
    channel = interaction.channel_id
    if not in_channel:
        channel = (await interaction.user.create_dm()).id
    assert channel is not None
    member = await community.hashed(interaction.user.id)
    follow = await following.follow(text, member, channel, place, words.language, kind=kind)
    if follow is None:
        return notice_view(words("follow_too_many"))
    unfollow = UnfollowButton(str(follow.id), words("unfollow"))
    key = _CONFIRMATIONS.get(follow.kind, "follow_done")
    is_count = follow.kind is FollowKind.RESULTS
    name = words("follow_results", contest=follow.text) if is_count else follow.text
    view = with_buttons(notice_view(words(key, text=title(name, 200))), [unfollow])
    if channel == interaction.channel_id:
        return view
    try:
        await interaction.user.send(view=view)
    except discord.Forbidden:
        await following.unfollow(follow.id)
        return notice_view(words("follow_unreachable"))
    return notice_view(words("follow_in_private", text=title(name, 200)))
