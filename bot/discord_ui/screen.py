"""One message that shows an answer while it is being written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import discord
from discord import ui

from bot.answering.model import Claim, Question
from bot.answering.watching import Phase, Watch
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.rendering import notice_view, progress_view
from bot.discord_ui.replying import QUICKLY, Interaction, Send, words_of
from bot.wording import Wording

logger = logging.getLogger(__name__)

_EVERY = 1.5
"""Seconds between two edits; faster, Discord makes them wait for each other."""
_LONGEST = 13 * 60.0
"""Seconds after which the writing is stopped: a reply's token lives for fifteen minutes."""


class ProgressScreen:
    """Edits one message at most every :data:`_EVERY` seconds, always to what is newest.

    The edits have a task of their own, so that the writing never waits for Discord, and an edit
    that has begun is never cancelled: it would hold its lock for good.
    """

    def __init__(
        self, question: Question, show: Send, *, repeat: bool, key: str, every: float = _EVERY
    ) -> None:
        self.watch = Watch(self._phase, self._claims)
        self._question = question
        self._show = show
        self._repeat = repeat
        self._key = key
        self._every = every
        self._said = ""
        self._claims_so_far: Sequence[Claim] = ()
        self._news = asyncio.Event()
        self._done = asyncio.Event()
        self._editor: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to show."""
        self._editor = asyncio.create_task(self._edit())
        self._end = asyncio.get_running_loop().call_later(_LONGEST, self.watch.stop.set)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let an edit that has begun end; the next thing shown is the answer."""
        self._end.cancel()
        self._done.set()
        self._news.set()
        if self._editor is not None:
            await asyncio.shield(self._editor)

    def view(self) -> ui.LayoutView:
        """Return what is to be seen now."""
        words = Wording.of(self._question.language)
        said = words("stopping") if self.watch.stop.is_set() else self._said
        button = None if self.watch.stop.is_set() else StopButton(self._key, words("stop"))
        return progress_view(
            self._question, said, self._claims_so_far, ask=self._repeat, stop=button
        )

    def _phase(self, phase: Phase, count: int) -> None:
        self._said = Wording.of(self._question.language).phase(phase, count)
        self._news.set()

    def _claims(self, claims: Sequence[Claim]) -> None:
        self._claims_so_far = tuple(claims)
        self._news.set()

    async def _edit(self) -> None:
        await self._rest(QUICKLY)
        while not self._done.is_set():
            self._news.clear()
            try:
                await self._show(self.view())
            except discord.HTTPException as error:
                logger.warning("Progress could not be shown: %s", error)
            await self._rest(self._every)
            await self._news.wait()

    async def _rest(self, seconds: float) -> None:
        """Wait *seconds*, or until there is an answer."""
        try:
            await asyncio.wait_for(self._done.wait(), seconds)
        except TimeoutError:
            return


@dataclass(frozen=True, slots=True)
class RunningAnswer:
    """An answer that is being written, and who asked for it."""

    asker: int
    watch: Watch


@dataclass(frozen=True, slots=True)
class RunningAnswers:
    """The answers being written at this moment, by the key on their button."""

    running: dict[str, RunningAnswer] = field(default_factory=dict)

    def stop(self, key: str, who: int, *, moderates: bool) -> str | None:
        """Stop one for the asker or a moderator; return the key of the words that say why not."""
        found = self.running.get(key)
        if found is None:
            return "stop_too_late"
        if who != found.asker and not moderates:
            return "stop_not_yours"
        found.watch.stop.set()
        return None


class StopButton(KeyButton, template=r"desk:stop:(?P<key>[0-9a-f]{12})"):
    """Stops the writing; after a restart it says kindly that there is nothing to stop."""

    kind = "stop"

    async def pressed(self, interaction: Interaction) -> None:
        """Stop, if whoever pressed may; the message itself says what became of it."""
        running = _running_in(interaction)
        moderates = interaction.permissions.manage_messages
        refusal = running.stop(self.key, interaction.user.id, moderates=moderates)
        if refusal is None:
            await interaction.response.defer()
            return
        view = notice_view(words_of(interaction)(refusal))
        await interaction.response.send_message(view=view, ephemeral=True)


def _running_in(interaction: Interaction) -> RunningAnswers:
    """Return what is being written in the client that took *interaction*."""
    found = interaction.client.asking.runs
    assert isinstance(found, RunningAnswers)
    return found
