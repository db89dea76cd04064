"""The message of one question: its progress, and then one last state, which nothing overwrites."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import discord
from discord import ui

from bot.desk import Desk
from bot.discord_ui.errors import if_possible
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import deliver
from bot.ledger.model import PendingQuestion
from bot.wording import Wording
from ingest.language.languages import Language


class ReplyPlace(Protocol):
    """The place of a reply: below a message, or in place of an interaction's reply."""

    sent: discord.Message | None
    """The message that shows the reply, as far as Discord returned it."""

    async def reply(self, view: ui.LayoutView, nonce: str | None = None) -> None:
        """Show *view*, in place of the view shown before; *nonce* avoids a second message."""

    async def post(self, view: ui.LayoutView) -> None:
        """Post *view* as a new message, because the place of the reply is gone."""


@dataclass(eq=False, slots=True)
class QuestionMessage:
    """The message of one question, changed by one edit after the other.

    ``storing`` returns the stored question, ``None`` if it cannot be stored. After the answer, or
    the notice that there is none, nothing is shown any more. Until that is recorded, the next start
    notifies the asker.
    """

    place: ReplyPlace
    language: Language
    storing: asyncio.Task[PendingQuestion | None]
    desk: Desk
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_final: bool = False

    async def show_progress(self, view: ui.LayoutView) -> None:
        """Show the progress, and store the message that shows it if only its id leads to it."""
        async with self._turn:
            if self._is_final:
                return
            stored, is_first = await self.storing, self.place.sent is None
            await self._reply(view, stored)
            sent = self.place.sent
            if is_first and stored is not None and stored.token is None and sent is not None:
                await if_possible(self.desk.community.note_progress(stored.id, sent.id))

    async def finish(self, view: ui.LayoutView) -> bool:
        """Show the answer; return False if the asker was notified that there is none."""
        async with self._turn:
            if self._is_final:
                return False
            self._is_final = True
            stored = await self.storing

            async def reply(shown: ui.LayoutView) -> None:
                await self._reply(shown, stored)

            await deliver(view, reply, self.place.post, Wording.of(self.language))
            if stored is not None:
                await if_possible(self.desk.community.finish(stored.id))
            return True

    async def interrupt(self, make_view: Callable[[PendingQuestion], ui.LayoutView]) -> None:
        """Notify the asker that there is no answer, unless it is shown.

        *make_view* makes the notice. If Discord refuses it, the next start tries again.
        """
        async with self._turn:
            if self._is_final:
                return
            self._is_final = True
            stored = await self.storing
            if stored is None:
                await self._reply(notice_view(Wording.of(self.language)("interrupted")), None)
                return
            await self._reply(make_view(stored), stored)
            await self.desk.lease.mark_notified(stored)

    async def _reply(self, view: ui.LayoutView, stored: PendingQuestion | None) -> None:
        await self.place.reply(view, stored.nonce if stored is not None else None)
