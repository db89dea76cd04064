"""Permissions of moderators, and the state shared by their commands and buttons."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import discord
from discord import ui

from bot.answering.writing.drafting import ModelState
from bot.community.curating import Curator, Moderator, NothingToDoError
from bot.community.digests import Digests
from bot.community.jobs import Jobs
from bot.community.members import Community
from bot.community.previewing import Previewer
from bot.community.quiet import Quiet
from bot.community.reviewing import Catalogue, Reviewer
from bot.community.rules import Home
from bot.discord_ui.buttons import Form, KeyButton, text_input
from bot.discord_ui.history import Recent
from bot.discord_ui.limits import SHOWN
from bot.discord_ui.places import Place, server_of
from bot.discord_ui.replying import (
    Interaction,
    send_notice,
    show_result,
    words_in,
)
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.adding import Preview

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the controls of moderators use, with their permissions and the open previews.

    The shared coverage is managed in one server, the home server. Each other server manages its own
    additions, and can hide shared articles for itself.
    """

    community: Community
    curator: Curator
    catalogue: Catalogue
    reviewer: Reviewer
    previewer: Previewer
    jobs: Jobs
    digests: Digests
    quiet: Quiet
    model_state: ModelState
    settings: BotSettings
    previews: Recent[str, Preview | None] = field(default_factory=lambda: Recent(SHOWN.previews))
    """The previews that were shown, ``None`` in place of one that was decided on."""

    async def refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the refusal for users who may not moderate; ``None`` for moderators."""
        await find_home(interaction.client, self.curator.home)
        if Place.of(interaction).server is None or not await self._moderates(interaction):
            return "moderating_not_allowed"
        return None

    async def _moderates(self, interaction: Interaction) -> bool:
        """Return True if the user may manage messages or has the server's moderator role.

        A permission for this channel alone does not count; it must hold in the whole server.
        """
        rights = interaction.permissions
        if isinstance(interaction.user, discord.Member):
            rights = interaction.user.guild_permissions
        if rights.administrator or rights.manage_messages:
            return True
        role = (await self.community.rules(interaction.guild_id)).moderator_role
        roles = getattr(interaction.user, "roles", ())
        return role is not None and any(user_role.id == role for user_role in roles)

    async def settings_refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the refusal for users who may not change the server's rules."""
        await find_home(interaction.client, self.curator.home)
        rights = interaction.permissions
        is_member = Place.of(interaction).server is not None
        if not is_member or not (rights.administrator or rights.manage_guild):
            return "settings_not_allowed"
        return None

    async def desk_refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the refusal for users who may not change the desk's rules."""
        refusal = await self.settings_refusal(interaction)
        return refusal or (None if self.at_home(interaction) else "settings_elsewhere")

    def at_home(self, interaction: Interaction) -> bool:
        """Return True if *interaction* is in the home server."""
        return interaction.guild_id is not None and interaction.guild_id == self.home

    @property
    def home(self) -> int | None:
        """Return the id of the home server as last read."""
        return self.curator.home.server

    async def admits(self, interaction: Interaction) -> bool:
        """Return True for moderators; refuse all other users with a sentence."""
        return await admitted(interaction, await self.refusal(interaction))

    def places(self, interaction: Interaction) -> tuple[str, ...]:
        """Return the servers whose feedback the user may read; "" stands for direct messages."""
        server = str(interaction.guild_id or "")
        return (server, "") if self.at_home(interaction) else (server,)

    def store_preview(self, preview: Preview) -> str:
        """Store a preview until it is decided, and return its key."""
        key = secrets.token_hex(6)
        self.previews.keep(key, preview)
        return key

    def claim_preview(self, key: str) -> Preview | None:
        """Claim a preview for a decision; return ``None`` if it is too old.

        Raises:
            NothingToDoError: somebody decided on it before.
        """
        if key not in self.previews:
            return None
        preview, self.previews[key] = self.previews[key], None
        if preview is None:
            raise NothingToDoError
        return preview


async def find_home(client: discord.Client, home: Home) -> None:
    """Make the server that the bot joined first the home server, unless there is one."""
    first = min(client.guilds, key=_joined, default=None)
    if home.server is None and first is not None:
        await home.claim(first.id)


def _joined(guild: discord.Guild) -> datetime:
    """Return the time when the bot joined *guild*; the latest time if it is unknown."""
    joined_at = guild.me.joined_at if guild.me else None
    return joined_at or datetime.max.replace(tzinfo=UTC)


async def admitted(interaction: Interaction, refusal: str | None) -> bool:
    """Return True without a *refusal*; else log it and show it to the user."""
    if refusal is None:
        return True
    logger.warning(
        "Refused %s in server %s (%s).", interaction.user.id, interaction.guild_id, refusal
    )
    await send_notice(interaction, refusal)
    return False


async def post_for_review(
    client: discord.Client,
    moderation: Moderation,
    place: str,
    view: Callable[[Wording], ui.LayoutView],
) -> None:
    """Post a view in a server's review channel, or thread; without a server in the home server's.

    An error from Discord is logged, not raised.
    """
    review = await review_place(client, moderation.community, place, moderation.home)
    if review is None:
        return
    target, words = review
    try:
        await client.get_partial_messageable(target).send(view=view(words))
    except discord.HTTPException as error:
        logger.warning("Discord refused a post in the review channel: %s", error)


async def review_place(
    client: discord.Client, community: Community, place: str, home: int | None
) -> tuple[int, Wording] | None:
    """Return a server's channel for reviews with the words for it, or ``None`` if it has none.

    Without *place* it is that of the *home* server. A channel of another server, which was home
    before, is none.
    """
    server = int(place or home or 0)
    rules = await community.rules(server)
    target = rules.review_channel
    if server == home:
        target = target or (await community.desk_rules()).review_channel
    guild = await server_of(client, target) if target is not None else None
    if target is None or guild is None or guild.id != server:
        return None
    return target, words_in(guild, rules)


def moderation_of(interaction: Interaction) -> Moderation:
    """Return the moderation service of the client that received *interaction*."""
    moderation = interaction.client.moderation
    assert isinstance(moderation, Moderation)
    return moderation


def moderator(interaction: Interaction) -> Moderator:
    """Return the acting moderator with their server."""
    home = moderation_of(interaction).at_home(interaction)
    return Moderator(str(interaction.user.id), str(interaction.guild_id), home)


def server_in(interaction: Interaction) -> str:
    """Return the server of *interaction* as a place; empty in a direct message."""
    return str(interaction.guild_id or "")


class Moderated:
    """A control for moderators; it is mixed into a button or a menu."""

    async def on_press(self, interaction: Interaction) -> None:
        """Run the control's action if the user may, else show the refusal."""
        moderation = moderation_of(interaction)
        if await admitted(interaction, await self.refusal(interaction, moderation)):
            await self.run(interaction, moderation)

    async def refusal(self, interaction: Interaction, moderation: Moderation) -> str | None:
        """Return the key of the refusal, or ``None`` if the user may use the control."""
        return await moderation.refusal(interaction)

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Run the control's action."""
        raise NotImplementedError


class Managed(Moderated):
    """A control for people who may manage the server; it is mixed in."""

    async def refusal(self, interaction: Interaction, moderation: Moderation) -> str | None:
        """Return the key of the refusal for users who may not change the server's rules."""
        return await moderation.settings_refusal(interaction)


class DeskManaged(Managed):
    """A control for people who may change the rules of the desk; it is mixed in."""

    async def refusal(self, interaction: Interaction, moderation: Moderation) -> str | None:
        """Return the key of the refusal for users who may not change the desk's rules."""
        return await moderation.desk_refusal(interaction)


class Action(Moderated):
    """A control that acts and then shows the result in its message; it is mixed in."""

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Act, then edit the message; on an error the message stays unchanged."""
        await interaction.response.defer()
        view = await self.act(interaction, moderation)
        await interaction.edit_original_response(view=view, attachments=[])

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Run the control's action, and return the new contents of its message."""
        raise NotImplementedError


class ViewButton(Moderated, KeyButton, template=r"desk:look"):
    """A button that shows a view beside its message, to the user alone."""

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Show the view, or the sentence of its error."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_result(interaction, lambda: self.load_view(interaction, moderation))

    async def load_view(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Return the view."""
        raise NotImplementedError


class ManagerForm(Form):
    """A form that checks its user again."""

    id_kind = "settings-form"

    def __init__(
        self,
        interaction: Interaction,
        title: str,
        refusal: Callable[[Interaction, Moderation], Awaitable[str | None]],
        on_input: Callable[[Interaction], Awaitable[None]],
    ) -> None:
        super().__init__(interaction, title)
        self._refusal = refusal
        self._on_input = on_input

    async def on_submit(self, interaction: Interaction) -> None:
        """Pass on the input if the user still may."""
        refusal = await self._refusal(interaction, moderation_of(interaction))
        if await admitted(interaction, refusal):
            await self._on_input(interaction)


class OutletForm(Form):
    """A form for the name of an outlet whose feed or sitemap is to be watched."""

    def __init__(
        self,
        interaction: Interaction,
        address: str,
        name: Callable[[Interaction, str], Awaitable[None]],
    ) -> None:
        """Suggest the host of *address* as the name; *name* receives the input."""
        super().__init__(interaction, "name_outlet")
        self._name = name
        self.outlet = self.field("paste_outlet", text_input("outlet", 100))
        self.outlet.default = (urlsplit(address).hostname or "").removeprefix("www.") or None

    async def on_submit(self, interaction: Interaction) -> None:
        """Pass on the input if the user is still a moderator."""
        if await moderation_of(interaction).admits(interaction):
            await self._name(interaction, self.outlet.value.strip())
