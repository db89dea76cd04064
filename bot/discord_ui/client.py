"""The desk in Discord: one client, with the fewest intents."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import discord

from bot.answering.model import Language
from bot.answering.watching import Answerer
from bot.discord_ui.asking import Asking, Clock
from bot.discord_ui.commands import DeskTree, sync_if_changed
from bot.discord_ui.conversation import answer_message, asked_in
from bot.discord_ui.errors import report
from bot.discord_ui.members import under as members
from bot.discord_ui.members.correcting import Corrections, keep_correcting
from bot.discord_ui.members.offers import Offers
from bot.discord_ui.members.recovering import recover
from bot.discord_ui.members.under import under
from bot.discord_ui.moderators import buttons as moderators
from bot.discord_ui.moderators.moderation import Moderation
from bot.discord_ui.moderators.refreshing import follow
from bot.discord_ui.moderators.suggestions import post_suggestion
from bot.discord_ui.screen import StopButton
from bot.discord_ui.words import DeskTranslator
from bot.settings import Settings
from ingest.errors import IngestError, SettingsError

logger = logging.getLogger(__name__)

DIGEST_FILE = "discord-commands.sha256"
"""In ``DATA_DIR``: the commands that Discord was last told about."""
NEARLY = 2.0
"""Seconds that answers in flight have to end by themselves when the bot is stopped."""
TELLING = 1.5
"""Seconds to tell the others."""
LOOK = 0.05
"""Seconds between two looks at whether they have."""
EVERY = 2.0
"""Seconds between two rounds of housekeeping."""
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    attach_files=True,
    read_message_history=True,
)


class ElectionDeskClient(discord.Client):
    """Answers `/ask`, mentions and direct messages, all by one *answerer*.

    *housekeeping* blocks; it runs in a thread again *every* few seconds. *digest_file* remembers
    which commands Discord knows. *announce* is told once, in a sentence, that the bot is there.
    """

    def __init__(
        self,
        answerer: Answerer,
        *,
        clock: Clock,
        default_language: Language = Language.ENGLISH,
        housekeeping: Callable[[], object] | None = None,
        every: float = EVERY,
        digest_file: Path | None = None,
        announce: Callable[[str], object] | None = None,
        moderation: Moderation | None = None,
        offers: Offers | None = None,
        settings: Settings | None = None,
        correcting: Callable[[discord.Client], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        super().__init__(intents=INTENTS, allowed_mentions=discord.AllowedMentions.none())
        community = offers.community if offers else None
        self.asking = Asking(answerer, clock, default_language, community, under)
        if offers is not None:
            self.asking = replace(self.asking, starters=partial(offers.starters.like, ""))
        self.moderation = moderation
        self.tree = DeskTree(self, self.asking, moderation, offers, settings)
        self.began = clock()
        self.housekeeping = housekeeping
        self.every = every
        self.digest_file = digest_file
        self.announce = announce
        self.correcting = correcting
        self.beside: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Tell Discord the commands if they changed, and start the housekeeping."""
        self.add_dynamic_items(StopButton, *members.BUTTONS, *moderators.BUTTONS)
        await self.tree.set_translator(DeskTranslator())
        await sync_if_changed(self.tree, self.digest_file)
        if self.housekeeping is not None:
            keeping = keep_house(self.housekeeping, every=self.every)
            self.run_beside(keeping)
        if self.moderation is not None:
            for job in await self.moderation.jobs.resume(self.moderation.curator):
                self.run_beside(follow(self, self.moderation, job))
        if self.correcting is not None:
            self.run_beside(self.correcting(self))

    def run_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work* beside everything else, until it ends or the bot does."""
        task = asyncio.create_task(work)
        self.beside.add(task)
        task.add_done_callback(self.beside.discard)

    async def on_ready(self) -> None:
        """Say once that the bot is there, and how to invite it; tell who was cut off before."""
        if self.announce is not None:
            self.announce(presence(self))
            self.announce = None
        if self.asking.community is not None:
            await recover(self, self.asking.community, self.began)

    async def on_suggestion(self, number: int) -> None:
        """Put what was just proposed where moderators review."""
        if self.moderation is not None:
            await post_suggestion(self, self.moderation, number)

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that asks the bot something."""
        if self.user is None:
            return
        text = asked_in(message, self.user.id)
        if text is not None:
            await answer_message(message, text, self.asking)

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
            async with asyncio.timeout(NEARLY):
                while self.asking.open:
                    await asyncio.sleep(LOOK)
        if self.asking.open and self.asking.community is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(TELLING):
                    await recover(self, self.asking.community, self.asking.clock())

    async def close(self) -> None:
        """Stop what runs beside, and leave Discord."""
        running = list(self.beside)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await super().close()


def presence(client: discord.Client) -> str:
    """Say as whom and where *client* is connected."""
    count = len(client.guilds)
    if count or client.application_id is None:
        return f"In Discord as {client.user}, in {count} servers. Stop with Ctrl-C."
    address = discord.utils.oauth_url(
        client.application_id,
        permissions=PERMISSIONS,
        scopes=("bot", "applications.commands"),
    )
    return f"In Discord as {client.user}, in no server yet. Invite it: {address}"


async def keep_house(housekeeping: Callable[[], object], *, every: float) -> None:
    """Run *housekeeping* in a thread again and again; an error that persists is logged once."""
    last: str | None = None
    while True:
        try:
            await asyncio.to_thread(housekeeping)
            last = None
        except Exception as error:
            if repr(error) != last:
                report(error)
            last = repr(error)
        await asyncio.sleep(every)


async def serve(
    answerer: Answerer,
    settings: Settings,
    *,
    housekeeping: Callable[[], object] | None = None,
    moderation: Moderation | None = None,
    offers: Offers | None = None,
    corrections: Corrections | None = None,
    clock: Clock = discord.utils.utcnow,
    announce: Callable[[str], object] = print,
    stop: asyncio.Event | None = None,
) -> None:
    """Connect with the token of *settings* and answer until *stop* is set.

    Raises:
        SettingsError: there is no token, or Discord refuses it.
        IngestError: Discord cannot be reached.
    """
    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN is not set. Write the bot's token behind it in .env.")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
    correcting = None
    if corrections is not None:
        lasting = timedelta(days=settings.corrections_for_days)
        correcting = partial(keep_correcting, corrections=corrections, clock=clock, lasting=lasting)
    client = ElectionDeskClient(
        answerer,
        clock=clock,
        housekeeping=housekeeping,
        digest_file=settings.data_dir / DIGEST_FILE,
        announce=announce,
        moderation=moderation,
        offers=offers,
        settings=settings,
        correcting=correcting,
    )
    try:
        async with client:
            token = settings.discord_token.get_secret_value()
            if await done_before(client.start(token), stop or asyncio.Event()):
                return
            await client.wind_down()
    except discord.LoginFailure as error:
        raise SettingsError(
            "Discord refused DISCORD_TOKEN. Reset the token in the Developer Portal and write the"
            " new one in .env."
        ) from error
    except aiohttp.ClientConnectionError as error:
        raise IngestError(
            "Discord could not be reached. Check the network, then start again."
        ) from error


async def done_before(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Do *work* until *stop* is set; tell whether it ended by itself. Its error is raised."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return working.done()
    finally:
        stopping.cancel()
