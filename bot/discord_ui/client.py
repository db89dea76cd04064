"""The desk in Discord: one client, with the fewest intents."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import aiohttp
import discord

from bot.desk import Desk
from bot.discord_ui.asking import Asking
from bot.discord_ui.commands import DeskTree, sync_if_changed
from bot.discord_ui.conversation import Addressed, answer_message, answer_post, offer_again
from bot.discord_ui.errors import if_possible, report
from bot.discord_ui.members import under as members
from bot.discord_ui.members.begin import begin_buttons
from bot.discord_ui.members.correcting import keep_correcting
from bot.discord_ui.members.recovering import recover
from bot.discord_ui.members.under import buttons_under
from bot.discord_ui.moderators import buttons as moderators
from bot.discord_ui.moderators.moderation import Moderation, find_home
from bot.discord_ui.moderators.refreshing import follow
from bot.discord_ui.moderators.reports import post_feedback
from bot.discord_ui.moderators.setup import welcome
from bot.discord_ui.moderators.suggestions import post_suggestion
from bot.discord_ui.screen import StopButton
from bot.discord_ui.telling import keep_telling
from bot.discord_ui.words import DeskTranslator
from ingest import stopping
from ingest.errors import IngestError, SettingsError
from ingest.model import Progress

logger = logging.getLogger(__name__)

DIGEST_FILE = "discord-commands.sha256"
"""In ``DATA_DIR``: the commands that Discord was last told about."""
_NEARLY = 2.0
"""Seconds that answers in flight have to end by themselves when the bot is stopped."""
_TELLING = 1.5
"""Seconds to tell the others."""
_LOOK = 0.05
"""Seconds between two looks at whether they have."""
_EVERY = 2.0
"""Seconds between two rounds of housekeeping."""
_PRESENT = 5.0
"""Seconds between two times that this process says that it is there."""
_Beside: TypeAlias = Callable[["ElectionDeskClient"], Coroutine[Any, Any, None]]
"""Makes what runs as long as the client does."""
_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    attach_files=True,
    read_message_history=True,
)


class ElectionDeskClient(discord.Client):
    """Answers `/ask`, mentions and direct messages from one *desk*.

    *beside* is what runs as long as the client does: each is given the client. *announce* is told
    once, in a sentence, that the bot is there.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        beside: Sequence[_Beside] = (),
        announce: Callable[[str], object] = logger.info,
    ) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        intents.message_content = desk.settings.message_content_intent
        number, count = desk.settings.shard or (None, None)
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_id=number,
            shard_count=count,
        )
        self.desk = desk
        self.asking = Asking(desk, buttons_under, begin_buttons)
        self.moderation = Moderation(desk)
        self.tree = DeskTree(self, self.asking, self.moderation)
        self._beside = beside
        self._announce: Callable[[str], object] | None = announce
        self._tasks: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Tell Discord the commands if they changed, and start what runs beside."""
        self.add_dynamic_items(StopButton, *members.MEMBERS_BUTTONS, *moderators.MODERATORS_BUTTONS)
        await self.tree.set_translator(DeskTranslator())
        await sync_if_changed(self.tree, self.desk.settings.data_dir / DIGEST_FILE)
        await self.desk.lease.begin()
        for each in self._beside:
            self.run_beside(each(self))
        await self.take_over()

    def run_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work* beside everything else, until it ends or the bot does."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def on_ready(self) -> None:
        """Say once that the bot is there, and how to invite it; tell who was cut off before."""
        if self._announce is not None:
            self._announce(presence(self))
            self._announce = None
        await if_possible(find_home(self, self.desk))
        await recover(self, self.desk.lease.interrupted, self.desk.lease.mark_notified)

    async def take_over(self) -> None:
        """Show how looks go that a dead process was to show."""
        for job in await self.desk.jobs.resume(self.desk.curator):
            self.run_beside(follow(self, self.moderation, job))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Welcome a new server, with what is to be set up; the first one becomes home."""
        await if_possible(self.desk.curator.home.claim(guild.id))
        await welcome(guild, self.moderation)

    async def on_suggestion(self, number: int) -> None:
        """Put what was just proposed where moderators review."""
        await post_suggestion(self, self.moderation, number)

    async def on_feedback(self, number: int) -> None:
        """Put what was just said of an answer where moderators review."""
        await post_feedback(self, self.moderation, number)

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that asks the bot something."""
        if self.user is None:
            return
        addressed = Addressed.of(message, self.user.id)
        if addressed is not None:
            await answer_message(message, addressed, self.asking)

    async def on_message_edit(self, before: discord.Message, after: discord.Message) -> None:
        """Offer to answer again what was asked in other words."""
        if self.user is None or before.content == after.content:
            return
        if Addressed.of(after, self.user.id) is not None:
            await offer_again(after, self.asking)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Answer a new forum post, where the server wants that."""
        await answer_post(thread, self.asking)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Log what went wrong in an event, without what people wrote."""
        del args, kwargs
        error = sys.exception()
        if error is not None:
            logger.error("%s failed.", event_method)
            report(error)

    async def wind_down(self) -> None:
        """Let answers end that are nearly there, and tell whoever waits for the others.

        What a model has written by now and is proven is shown as the answer.
        """
        for each in self.asking.runs.running.values():
            each.watch.stop.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_NEARLY):
                while self.asking.open:
                    await asyncio.sleep(_LOOK)
        if self.asking.open:
            with suppress(TimeoutError):
                async with asyncio.timeout(_TELLING):
                    await recover(self, self.desk.lease.unanswerable, self.desk.lease.mark_notified)

    async def close(self) -> None:
        """Stop what runs beside, and leave Discord."""
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await if_possible(self.desk.lease.end())
        await super().close()


def presence(client: discord.Client) -> str:
    """Say as whom and where *client* is connected."""
    count = len(client.guilds)
    shard = "" if client.shard_id is None else f" (shard {client.shard_id}/{client.shard_count})"
    if count or shard or client.application_id is None:
        where = f"1 server{shard}" if count == 1 else f"{count} servers{shard}"
        return f"In Discord as {client.user}, in {where}. Stop with Ctrl-C."
    address = discord.utils.oauth_url(
        client.application_id,
        permissions=_PERMISSIONS,
        scopes=("bot", "applications.commands"),
    )
    return f"In Discord as {client.user}, in no server yet. Invite it: {address}"


async def _keep_present(client: ElectionDeskClient, *, every: float = _PRESENT) -> None:
    """Say again and again that this process is there, and see to what dead ones have left.

    Where no other can be there, nobody asks and nobody dies.
    """
    while not client.desk.lease.alone:
        await asyncio.sleep(every)
        try:
            await client.desk.lease.renew()
            if client.is_ready():
                await recover(
                    client, client.desk.lease.interrupted, client.desk.lease.mark_notified
                )
                await client.take_over()
        except Exception as error:
            report(error)


async def keep_house(desk: Desk, progress: Progress, *, every: float = _EVERY) -> None:
    """Let *desk* keep house again and again; an error that persists is logged once.

    *progress* is told of what takes long, and may stop it.
    """
    last: str | None = None
    while True:
        try:
            with suppress(stopping.StoppedError):
                await asyncio.to_thread(desk.keep_house, progress)
            last = None
        except Exception as error:
            if repr(error) != last:
                report(error)
            last = repr(error)
        await asyncio.sleep(every)


async def serve(
    desk: Desk, ending: stopping.Ending, *, announce: Callable[[str], object] = print
) -> None:
    """Connect with the token of the desk's settings and answer until the process is to end.

    Raises:
        SettingsError: there is no token, or Discord refuses it.
        IngestError: Discord cannot be reached.
    """
    if desk.settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN is not set. Write the bot's token behind it in .env.")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
    beside: list[_Beside] = [
        lambda _: keep_house(desk, ending.stop_if_ending),
        lambda _: desk.keep_fresh(),
        _keep_present,
        lambda client: keep_correcting(client, client.asking),
        lambda client: keep_telling(client, desk),
    ]
    try:
        async with ElectionDeskClient(desk, beside=beside, announce=announce) as client:
            token = desk.settings.discord_token.get_secret_value()
            if await _done_before(client.start(token), ending.event):
                return
            await client.wind_down()
    except discord.LoginFailure as error:
        raise SettingsError(
            "Discord refused DISCORD_TOKEN. Reset the token in the Developer Portal and write the"
            " new one in .env."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise SettingsError(
            "Discord does not let this bot read messages without a mention. Switch on “Message"
            " Content Intent” in the Developer Portal, or set MESSAGE_CONTENT_INTENT=false in .env."
        ) from error
    except aiohttp.ClientConnectionError as error:
        raise IngestError(
            "Discord could not be reached. Check the network, then start again."
        ) from error
    finally:
        await desk.close()


async def _done_before(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Do *work* until *stop* is set; tell whether it ended by itself. Its error is raised."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return working.done()
    finally:
        stopping.cancel()
