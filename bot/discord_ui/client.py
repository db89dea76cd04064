"""The Discord client of the desk, with as few intents as possible."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import aiohttp
import discord

from bot.discord_ui.asking import Asking
from bot.discord_ui.buttons import Form, KeyItem, texts_sent
from bot.discord_ui.commands import DeskTree, sync_if_changed
from bot.discord_ui.conversation import (
    AddressedMessage,
    answer_message,
    answer_post,
    note_edit,
)
from bot.discord_ui.escaping import DeskTranslator
from bot.discord_ui.limits import PACE
from bot.discord_ui.members import controls as members
from bot.discord_ui.members.ask import interrupted_view, recover, suggested_question_buttons
from bot.discord_ui.members.controls import buttons_under
from bot.discord_ui.members.correcting import keep_sending_corrections
from bot.discord_ui.moderators import decisions, listing, review, settings_panel, setup
from bot.discord_ui.moderators.decisions import AddButton, PasteButton
from bot.discord_ui.moderators.listing import follow_job
from bot.discord_ui.moderators.moderation import Moderation, find_home
from bot.discord_ui.moderators.review import post_feedback, post_suggestion
from bot.discord_ui.moderators.setup import welcome
from bot.discord_ui.notifier import keep_notifying
from bot.discord_ui.places import is_of_shard
from bot.discord_ui.question_message import StopButton
from bot.discord_ui.replying import (
    if_possible,
    report,
    send_notice,
    send_privately,
    unread_form_view,
    words_of,
)
from ingest.errors import IngestError, SettingsError
from ingest.model import Progress
from ingest.process import ending

if TYPE_CHECKING:
    from bot.desk import Desk

MODERATORS_CONTROLS: tuple[type[KeyItem], ...] = (
    *decisions.DECISION_BUTTONS,
    *listing.LISTING_CONTROLS,
    *review.REVIEW_BUTTONS,
    *review.SUGGESTION_BUTTONS,
    *settings_panel.SETTINGS_CONTROLS,
    *setup.SETUP_CONTROLS,
    AddButton,
    PasteButton,
)
_CONTROLS: tuple[type[KeyItem], ...] = (
    StopButton,
    *members.MEMBERS_BUTTONS,
    *MODERATORS_CONTROLS,
)

logger = logging.getLogger(__name__)

DIGEST_FILE = "discord-commands.sha256"
"""File in ``DATA_DIR`` with the digest of the commands that Discord has registered."""
_Background: TypeAlias = Callable[["ElectionDeskClient"], Coroutine[Any, Any, None]]
"""Makes a task that runs as long as the client."""
_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    attach_files=True,
    read_message_history=True,
)


class ElectionDeskClient(discord.Client):
    """A client that answers `/ask`, mentions and direct messages from one *desk*.

    *beside* are the tasks that run as long as the client; each receives the client. *announce*
    receives one sentence when the bot is connected.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        beside: Sequence[_Background] = (),
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
        self.asking = Asking(desk, buttons_under, suggested_question_buttons)
        self.moderation = Moderation(
            desk.community,
            desk.curator,
            desk.catalogue,
            desk.reviewer,
            desk.previewer,
            desk.jobs,
            desk.news.digests,
            desk.news.quiet,
            desk.models.state,
            desk.settings,
        )
        # What members' controls use: Discord restores them from their custom id, without arguments.
        self.community, self.catalogue = desk.community, desk.catalogue
        self.following, self.contests = desk.news.following, desk.news.contests
        self.lease = desk.lease
        self.run_key = secrets.token_hex(8)
        """Key in the custom ids of the forms that this client opens."""
        self.tree = DeskTree(self, self.asking, self.moderation)
        self._beside = beside
        self._announce: Callable[[str], object] | None = announce
        self._tasks: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Register the commands with Discord if they changed, and start the background tasks."""
        self.add_dynamic_items(*_CONTROLS)
        await self.tree.set_translator(DeskTranslator())
        await sync_if_changed(self.tree, self.desk.settings.data_dir / DIGEST_FILE)
        await self.lease.begin()
        for make_task in self._beside:
            self.run_beside(make_task(self))
        await self.take_over()

    def run_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Run *work* as a background task until it ends or the bot stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def on_ready(self) -> None:
        """Announce the bot once, with a link for inviting it, and report interrupted questions."""
        if self._announce is not None:
            self._announce(connection_summary(self))
            self._announce = None
        await if_possible(find_home(self, self.moderation.curator.home))
        self._report_missing_home()
        await recover(self, self.lease)

    async def take_over(self) -> None:
        """Continue the reading jobs whose progress a dead process was showing."""
        jobs = self.moderation.jobs
        for job in await jobs.resume(self.moderation.curator):
            self.run_beside(follow_job(self, jobs, job))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a new server with the setup steps; the first server becomes the home server."""
        await if_possible(self.moderation.curator.home.claim(guild.id))
        await welcome(guild, self.moderation)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Greet the server again if it comes back, as its rules of then still hold."""
        await if_possible(self.community.note_welcome(guild.id, welcomed=False))
        self._report_missing_home()

    def _report_missing_home(self) -> None:
        """Log that the bot is not in the home server: no other server takes its place by itself."""
        home = self.moderation.home
        if home is None or self.get_guild(home) is not None or not is_of_shard(self, home):
            return
        logger.warning(
            "I am not in the home server, %s. What it added is still cited everywhere, but nobody"
            " can change that, and reports from direct messages reach no moderator. Invite me there"
            " again, or name another server: python -m bot home NUMBER.",
            home,
        )

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer with a sentence what nothing else answers.

        That is a button or menu of an earlier release, and a form that was open over a restart.
        """
        data: Any = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        is_control = interaction.type is discord.InteractionType.component
        is_form = interaction.type is discord.InteractionType.modal_submit
        if is_control and not any(control.matches(custom_id) for control in _CONTROLS):
            await send_notice(interaction, "button_too_old")
        if is_form and not Form.is_known(custom_id, self.run_key):
            texts = texts_sent(data.get("components", ()))
            await send_privately(interaction, unread_form_view(texts, words_of(interaction)))

    async def on_suggestion(self, number: int) -> None:
        """Post a new suggestion in the review channel."""
        await post_suggestion(self, self.moderation, number)

    async def on_feedback(self, number: int) -> None:
        """Post new feedback on an answer in the review channel."""
        await post_feedback(self, self.moderation, number)

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is addressed to the bot."""
        if self.user is None:
            return
        addressed = AddressedMessage.of(message, self.user.id)
        if addressed is not None:
            await answer_message(message, addressed, self.asking)

    async def on_message_edit(self, before: discord.Message, after: discord.Message) -> None:
        """Offer a new answer if the author edited the question."""
        if self.user is None or before.content == after.content:
            return
        addressed = AddressedMessage.of(after, self.user.id)
        if addressed is not None:
            await note_edit(after, addressed, self.asking)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Show no answer to a message that was deleted before it was answered."""
        self.asking.withdraw(payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Show no answers to messages that a moderator deleted all at once."""
        for message in payload.message_ids:
            self.asking.withdraw(message)

    async def ask_again(self, message: discord.Message) -> None:
        """Answer an edited message, also if it no longer mentions the bot."""
        for kind in ("answered", "edited", "changed"):
            self.asking.used_keys.pop((kind, message.id), None)
        addressed = AddressedMessage.again(message)
        await answer_message(message, addressed, self.asking)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Answer a new forum post if the server's rules allow it."""
        await answer_post(thread, self.asking)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Log the error of an event handler, without the text of messages."""
        del args, kwargs
        error = sys.exception()
        if error is not None:
            logger.error("%s failed.", event_method)
            report(error)

    async def wind_down(self) -> None:
        """Let nearly finished answers end, and report the others to their askers.

        A model's text that is written and verified by then is shown as the answer. The background
        tasks end meanwhile.
        """
        self._cancel_tasks()
        self.asking.runs.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(PACE.finish_seconds):
                while self.asking.unfinished:
                    await asyncio.sleep(PACE.ending_check_seconds)
        notices = [shown.interrupt(interrupted_view) for shown in self.asking.unfinished]
        with suppress(TimeoutError):
            async with asyncio.timeout(PACE.report_seconds):
                await asyncio.gather(*map(if_possible, notices))

    async def close(self) -> None:
        """Cancel the background tasks and disconnect from Discord."""
        self._cancel_tasks()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await if_possible(self.lease.end())
        await super().close()

    def _cancel_tasks(self) -> None:
        """Cancel each background task once: a second time would interrupt how it ends."""
        for task in self._tasks:
            if not task.cancelling():
                task.cancel()


def connection_summary(client: discord.Client) -> str:
    """Return a sentence with the account and the number of servers of *client*."""
    count = len(client.guilds)
    shard = "" if client.shard_id is None else f" (shard {client.shard_id}/{client.shard_count})"
    if count or shard or client.application_id is None:
        servers = f"1 server{shard}" if count == 1 else f"{count} servers{shard}"
        return f"In Discord as {client.user}, in {servers}. Stop with Ctrl-C."
    address = discord.utils.oauth_url(
        client.application_id,
        permissions=_PERMISSIONS,
        scopes=("bot", "applications.commands"),
    )
    return f"In Discord as {client.user}, in no server yet. Invite it: {address}"


async def _keep_lease(client: ElectionDeskClient) -> None:
    """Renew this process's lease, and take over the work of dead processes, until cancelled.

    A single process needs no lease.
    """
    while not client.lease.alone:
        await asyncio.sleep(PACE.lease_seconds)
        try:
            await client.lease.renew()
            if client.is_ready():
                await recover(client, client.lease)
                await client.take_over()
        except Exception as error:
            report(error)


async def keep_running(
    task: Callable[[Progress], None],
    progress: Progress,
    *,
    interval: float = PACE.housekeeping_seconds,
) -> None:
    """Run *task* in a thread again and again until cancelled; a repeated error is logged once.

    *progress* receives the state of long steps, and may stop them.
    """
    last_error: str | None = None
    while True:
        try:
            with suppress(ending.StoppedError):
                await asyncio.to_thread(task, progress)
            last_error = None
        except Exception as error:
            if repr(error) != last_error:
                report(error)
            last_error = repr(error)
        await asyncio.sleep(interval)


async def serve(
    desk: Desk, stop: ending.Ending, *, announce: Callable[[str], object] = print
) -> None:
    """Connect with the token of the settings, and answer until the process has to end.

    Raises:
        SettingsError: the token is missing, or Discord refuses it or an intent.
        IngestError: Discord cannot be reached.
    """
    if desk.settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN is not set. Write the bot's token behind it in .env.")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
    beside: list[_Background] = [
        lambda _: keep_running(desk.keep_house, stop.stop_if_ending),
        lambda _: keep_running(desk.suggested_questions.refresh, stop.stop_if_ending),
        lambda _: desk.keep_fresh(),
        _keep_lease,
        lambda client: keep_sending_corrections(client, client.asking),
        lambda client: keep_notifying(client, desk),
    ]
    try:
        async with ElectionDeskClient(desk, beside=beside, announce=announce) as client:
            token = desk.settings.discord_token.get_secret_value()
            if await _ends_before(client.start(token), stop.event):
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


async def _ends_before(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Run *work* until *stop* is set; return True if it ended by itself. Raises its error."""
    work_task, stop_task = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({work_task, stop_task}, return_when=asyncio.FIRST_COMPLETED)
        if work_task.done():
            work_task.result()
        return work_task.done()
    finally:
        stop_task.cancel()
