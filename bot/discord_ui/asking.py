"""Take a question from somebody in Discord, and have an answer or a sentence for it in any case."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import discord
from discord import ui

from bot.answering.followup import Exchange
from bot.answering.model import Answer, Language, Question
from bot.answering.question import UnaskableError, ask
from bot.answering.watching import Answerer
from bot.discord_ui.errors import error_view, report
from bot.discord_ui.rendering import notice_view, outcome_view
from bot.discord_ui.screen import Running, Runs, Screen, Send
from bot.wording import Wording

logger = logging.getLogger(__name__)

Clock: TypeAlias = Callable[[], datetime]

REMEMBERED = 1000
"""Exchanges that a follow-up may refer to, the newest ones; a restart forgets them."""


NoteShown: TypeAlias = Callable[[int, int, int, str], object]
"""Told an answer's number, its channel, its message and its language; it may block."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown, what a follow-up to it may refer to, and the number of the answer in it."""

    view: ui.LayoutView
    exchange: Exchange | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """The way from a text to a message; `/ask`, mentions and direct messages all take it."""

    answerer: Answerer
    clock: Clock
    default_language: Language = Language.ENGLISH
    in_flight: set[int] = field(default_factory=set)
    """Who is being answered at this moment: one question at a time for each."""
    runs: Runs = field(default_factory=Runs)
    exchanges: OrderedDict[int, Exchange] = field(default_factory=OrderedDict)
    """Verified exchanges by the message that shows the answer, and by the direct channel."""
    note_shown: NoteShown | None = None

    def question(self, text: str) -> Question:
        """Take *text* as a question.

        Raises:
            UnaskableError: there is none, or it is too long.
        """
        return ask(text, now=self.clock())

    async def view(
        self,
        question: Question,
        asker: int,
        *,
        repeat: bool,
        show: Send,
        before: Exchange | None = None,
    ) -> Reply:
        """Answer *question* for *asker*; an error becomes its sentence. Never raises.

        *show* puts what is verified so far where the answer will be.
        """
        words = Wording.of(question.language)
        if asker in self.in_flight:
            return Reply(notice_view(words("busy")))
        key = secrets.token_hex(6)
        screen = Screen(question, show, repeat=repeat, key=key)
        self.in_flight.add(asker)
        self.runs.running[key] = Running(asker, screen.watch)
        try:
            async with screen:
                outcome = await self.answerer(
                    question, screen.watch, member=str(asker), before=before
                )
            number = outcome.number if isinstance(outcome, Answer) else None
            return Reply(outcome_view(outcome, ask=repeat), Exchange.of(outcome), number)
        except Exception as error:
            return Reply(error_view(report(error), words))
        finally:
            self.in_flight.discard(asker)
            self.runs.running.pop(key, None)

    def remember(self, place: int, exchange: Exchange | None) -> None:
        """Keep what a reply in *place* may refer to."""
        if exchange is not None:
            self.exchanges[place] = exchange
            self.exchanges.move_to_end(place)
        while len(self.exchanges) > REMEMBERED:
            self.exchanges.popitem(last=False)

    async def stands_in(
        self, message: discord.Message | None, reply: Reply, language: Language
    ) -> None:
        """Remember in which message an answer stands. Never raises."""
        if message is None or reply.number is None or self.note_shown is None:
            return
        place = (message.channel.id, message.id, str(language))
        try:
            await asyncio.to_thread(self.note_shown, reply.number, *place)
        except Exception as error:
            report(error)

    def refusal(self, error: UnaskableError, locale: discord.Locale | None) -> ui.LayoutView:
        """Say why a text is no question, in the reader's language."""
        return notice_view(self.words(locale)(error.key))

    def hint(self, locale: discord.Locale | None) -> ui.LayoutView:
        """Say how to ask."""
        return notice_view(self.words(locale)("hint"))

    def words(self, locale: discord.Locale | None) -> Wording:
        """Return the words for *locale*; there is no question whose language could be taken."""
        if locale is discord.Locale.japanese:
            return Wording.of(Language.JAPANESE)
        return Wording.of(self.default_language)


async def deliver(view: ui.LayoutView, first: Send, second: Send, words: Wording) -> None:
    """Send *view* the first way; if Discord no longer takes it there, the second. Never raises.

    An expired or deleted place loses nothing; what Discord refuses for itself becomes an error
    sentence. Missing permission is nobody's error to read: it is only logged.
    """
    try:
        await first(view)
    except discord.Forbidden as error:
        logger.warning("There is no permission to reply: %s", error)
    except discord.HTTPException as error:
        code = report(error)
        gone = error.status in {401, 404}
        try:
            await second(view if gone else error_view(code, words))
        except discord.HTTPException as again:
            report(again)
