"""Take a question from somebody in Discord, and have an answer or a sentence for it in any case."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import discord
from discord import ui

from bot.answering.model import Abstention, Answer, Language, Question
from bot.answering.question import UnaskableError, ask
from bot.discord_ui.errors import error_view, report
from bot.discord_ui.rendering import notice_view, outcome_view
from bot.wording import Wording

logger = logging.getLogger(__name__)

Answerer: TypeAlias = Callable[[Question], Awaitable[Answer | Abstention]]
Clock: TypeAlias = Callable[[], datetime]
Send: TypeAlias = Callable[[ui.LayoutView], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Asking:
    """The way from a text to a message; `/ask`, mentions and direct messages all take it."""

    answerer: Answerer
    clock: Clock
    default_language: Language = Language.ENGLISH
    in_flight: set[int] = field(default_factory=set)
    """Who is being answered at this moment: one question at a time for each."""

    def question(self, text: str) -> Question:
        """Take *text* as a question.

        Raises:
            UnaskableError: there is none, or it is too long.
        """
        return ask(text, now=self.clock())

    async def view(self, question: Question, asker: int, *, repeat: bool) -> ui.LayoutView:
        """Answer *question* for *asker*; an error becomes its sentence. Never raises."""
        words = Wording.of(question.language)
        if asker in self.in_flight:
            return notice_view(words("busy"))
        self.in_flight.add(asker)
        try:
            return outcome_view(await self.answerer(question), ask=repeat)
        except Exception as error:
            return error_view(report(error), words)
        finally:
            self.in_flight.discard(asker)

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
