"""Take a question from somebody in Discord, and have an answer or a sentence for it in any case."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, TypeAlias

import discord
from discord import ui

from bot.answering.model import Abstention, Answer, Citation, Question, Reason
from bot.answering.tables import holds_result
from bot.answering.understanding.followup import Exchange
from bot.answering.understanding.question import CHECK, NEWS, PRIVACY, UnaskableError, ask
from bot.answering.understanding.small_talk import news_request_in
from bot.community.limits import Limiter
from bot.community.rules import ServerRules, Speaks
from bot.community.suggested_questions import SuggestedTopic
from bot.desk import Desk
from bot.discord_ui.errors import error_view, if_possible, report
from bot.discord_ui.members.kept import privacy_view
from bot.discord_ui.news import STORIES_SHOWN, latest_on_view, latest_view
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.recent import Recent
from bot.discord_ui.rendering import layout, notice_view, outcome_view, with_buttons
from bot.discord_ui.replying import Interaction, Send
from bot.discord_ui.screen import ProgressScreen, RunningAnswer, RunningAnswers
from bot.discord_ui.text import escape, title
from bot.wording import Wording, in_words_of, unaskable
from ingest import logs
from ingest.language.languages import Language
from ingest.language.script import has_kanji_alone
from ingest.model import EVERYBODY, Edition

_Under: TypeAlias = Callable[
    [str, Wording, Audience, Reason | None, int | None], Sequence[ui.Item[Any]]
]
"""Makes the controls under what has a number, for its audience; the reason is why there is none,
the last where in what it quotes first a row of results answers, if one does."""
_Begin: TypeAlias = Callable[[Sequence[SuggestedTopic], Wording], Sequence[ui.Item[Any]]]
"""Makes the buttons with which somebody begins."""

_BEGINNINGS = frozenset({"hint", "talk_help", "talk_hello"})
"""What is said to whoever has not asked anything yet."""
_BY_KANJI = frozenset({Language.CHINESE, Language.JAPANESE})
"""Languages that two or three characters may be in."""
_REMEMBERED = 1000
"""Exchanges that a follow-up may refer to, the newest ones; others are read from the archive."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What is shown, what a follow-up to it may refer to, and the number of the answer in it."""

    view: ui.LayoutView
    exchange: Exchange | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a question may be asked here and now, and how it is answered.

    ``edition`` is the coverage that may be cited. ``refusal`` is the sentence that turns it away;
    ``silent`` says nothing at all instead, and ``private`` shows an answer to a command to its
    asker alone.
    """

    rules: ServerRules = field(default_factory=ServerRules)
    speaks: Speaks = Speaks.ON
    edition: Edition = EVERYBODY
    refusal: str | None = None
    silent: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class _NotedQuestion:
    """A question that would be known again if the bot were killed now; ``None`` is not kept."""

    desk: Desk
    number: int | None

    async def note_progress(self, message: discord.Message | None) -> None:
        """Note which message shows how far it is."""
        if self.number is not None and message is not None:
            await if_possible(self.desk.community.note_progress(self.number, message.id))


@dataclass(frozen=True, slots=True)
class Asking:
    """The way from a text to a message; `/ask`, mentions and direct messages all take it."""

    desk: Desk
    under: _Under
    begin: _Begin
    in_flight: set[int] = field(default_factory=set)
    """Who is being answered at this moment: one question at a time for each."""
    open: set[int] = field(default_factory=set)
    """Questions that are being answered and whose answer is not yet shown."""
    runs: RunningAnswers = field(default_factory=RunningAnswers)
    exchanges: Recent[int, Exchange] = field(default_factory=lambda: Recent(_REMEMBERED))
    """Verified exchanges by the message that shows the answer, and by the thread or the direct
    channel in which it stands."""
    told: Recent[tuple[object, ...], None] = field(default_factory=lambda: Recent(_REMEMBERED))
    """What was said once and is not said again, the newest."""
    limiter: Limiter = field(default_factory=lambda: Limiter(time.monotonic))

    def question(
        self, text: str, rules: ServerRules | None = None, reader: Language | None = None
    ) -> Question:
        """Take *text* as a question, to be answered in the language that *rules* may fix.

        What may be Chinese as well as Japanese is in the language of the *reader*'s Discord.

        Raises:
            UnaskableError: there is none, it is too long, or it asks for news.
        """
        fixed = rules.language if rules else None
        if fixed is None and reader in _BY_KANJI and has_kanji_alone(text):
            fixed = reader
        question = ask(text, now=self.desk.clock(), language=fixed)
        if news := news_request_in(question.text):
            raise UnaskableError(NEWS, fixed or news.language, news.topic)
        return question

    async def admit(self, place: Place, member: int, words: Wording) -> Admission:
        """Tell how *member* is answered in *place*, and count the question."""
        rules = await self.desk.community.rules(place.server)
        edition = rules.edition(place.server)
        speaks = rules.speaks(place.channel, place.parent)
        if speaks is Speaks.OFF:
            once = self.first("off", place.channel, member)
            return Admission(rules, speaks, edition, words("off_here"), silent=not once)
        private = speaks is Speaks.MENTION or (speaks is Speaks.THREAD and not place.parent)
        if member in self.in_flight:
            return Admission(rules, speaks, edition, words("busy"))
        wait = self.limiter.wait(
            (("member", place.server, member), rules.per_member),
            (("channel", place.channel), rules.per_channel),
        )
        if wait:
            again = self.limiter.wait((("told", member), 1)) > 0
            said = words("too_many", count=ceil(wait))
            return Admission(rules, speaks, edition, said, silent=again)
        return Admission(rules, speaks, edition, private=private)

    @asynccontextmanager
    async def kept(
        self,
        question: Question,
        member: int,
        channel: int | None,
        *,
        token: str | None = None,
        message: int | None = None,
        as_of: datetime | None = None,
    ) -> AsyncIterator[_NotedQuestion]:
        """Know *question* until its answer is shown; whoever is killed meanwhile says so later.

        *channel* is ``None`` where only the asker sees the answer. Where nothing can be kept at the
        moment it is answered all the same.
        """
        mark = id(question)
        self.open.add(mark)
        try:
            number = await self._begun(
                question, member, channel, token=token, message=message, as_of=as_of
            )
            yield _NotedQuestion(self.desk, number)
            if number is not None:
                await if_possible(self.desk.community.finish(number))
        finally:
            self.open.discard(mark)

    async def _begun(
        self,
        question: Question,
        member: int,
        channel: int | None,
        *,
        token: str | None,
        message: int | None,
        as_of: datetime | None,
    ) -> int | None:
        """Keep a question, and return its number; ``None`` where nothing is kept."""
        text, language = question.text, question.language
        return await if_possible(
            self.desk.community.begin(
                text, language, member, channel, token=token, message=message, as_of=as_of
            )
        )

    async def ask(
        self,
        question: Question,
        asker: int,
        *,
        audience: Audience,
        repeat: bool,
        show: Send,
        before: Exchange | None = None,
        edition: Edition = EVERYBODY,
        as_of: datetime | None = None,
    ) -> _Reply:
        """Answer *question* for *asker*; an error becomes its sentence. Never raises.

        *show* puts what is verified so far where the answer will be. Only articles of *edition*
        are cited, with *as_of* only what had been read by then.
        """
        words = Wording.of(question.language)
        if asker in self.in_flight:
            return _Reply(notice_view(words("busy")))
        run = secrets.token_hex(6)
        screen = ProgressScreen(question, show, repeat=repeat, key=run)
        self.in_flight.add(asker)
        self.runs.running[run] = RunningAnswer(asker, screen.watch)
        with logs.request():
            try:
                async with screen:
                    outcome = await self.desk.answer(
                        question,
                        screen.watch,
                        member=str(asker),
                        before=before,
                        edition=edition,
                        as_of=as_of,
                    )
                view = outcome_view(outcome, ask=repeat, notes=self._quiet_notes(outcome, words))
                if outcome.number is not None:
                    key, table = str(outcome.number), _row_that_leads(outcome)
                    with_buttons(view, self.under(key, words, audience, _gap(outcome), table))
                number = outcome.number if isinstance(outcome, Answer) else None
                return _Reply(view, Exchange.of(outcome), number)
            except Exception as error:
                return _Reply(error_view(report(error), words))
            finally:
                self.in_flight.discard(asker)
                self.runs.running.pop(run, None)

    def _quiet_notes(self, outcome: Answer | Abstention, words: Wording) -> list[str]:
        """Say of which outlets an answer rests on nothing new has come for long."""
        if not isinstance(outcome, Answer) or outcome.question.past:
            return []
        leads = outcome.excerpts[: outcome.leads] if not outcome.claims else ()
        cited = [each.citation for each in leads] or list(outcome.citations)
        outlets = dict.fromkeys(each.header.outlet for each in cited)
        quiet = {outlet: self.desk.news.quiet.since(outlet) for outlet in outlets}
        return [
            words("quiet_outlet", outlet=title(outlet, 100), date=words.date(since))
            for outlet, since in quiet.items()
            if since is not None
        ]

    def first(self, *what: object) -> bool:
        """Tell whether *what* was not said yet, as far back as that is remembered."""
        if what in self.told:
            return False
        self.told.keep(what, None)
        return True

    def remember(self, place: int, exchange: Exchange | None) -> None:
        """Keep what a reply in *place* may refer to."""
        if exchange is not None:
            self.exchanges.keep(place, exchange)

    def forget(self, channel: int, *, private: bool) -> None:
        """Forget what was said in a direct channel; elsewhere nothing is known by person."""
        if private:
            self.exchanges.pop(channel, None)

    async def note_shown(
        self,
        message: discord.Message | None,
        exchange: Exchange | None,
        number: int | None,
        language: Language,
    ) -> None:
        """Remember in which message an answer stands, for follow-ups and corrections.

        Never raises.
        """
        if message is None:
            return
        self.remember(message.id, exchange)
        if not isinstance(message.channel, discord.abc.GuildChannel):
            self.remember(message.channel.id, exchange)
        if number is None or message.flags.ephemeral:
            return
        place = (message.channel.id, message.id, language)
        try:
            await self.desk.community.note_shown(number, *place)
        except Exception as error:
            report(error)

    async def unasked(
        self, error: UnaskableError, words: Wording, edition: Edition = EVERYBODY
    ) -> ui.LayoutView:
        """Answer what is no question; whoever begins is offered some that the coverage answers."""
        known = in_words_of(error, words)
        if error.key == NEWS:
            return await self.latest(error.topic, known, edition)
        if error.key == PRIVACY:
            return privacy_view(
                known,
                keeps_questions=self.desk.settings.keep_questions,
                has_model=bool(self.desk.models.writers),
            )
        said = escape(unaskable(error, words))
        if error.key == CHECK:
            return layout([said, escape(known("check_ways", find=known("command_find")))])
        if error.key not in _BEGINNINGS:
            return layout([said])
        return with_buttons(layout([said]), self.beginnings(known, edition))

    async def latest(
        self, topic: str, words: Wording, edition: Edition = EVERYBODY
    ) -> ui.LayoutView:
        """Show the newest stories, or what was reported last on *topic*."""
        if topic:
            return latest_on_view(await self.desk.timeline(topic, edition=edition), words)
        stories = await self.desk.news.stories.latest(STORIES_SHOWN, edition)
        return latest_view(stories, self.desk.clock(), words)

    def beginnings(self, words: Wording, edition: Edition = EVERYBODY) -> Sequence[ui.Item[Any]]:
        """Return buttons for what the newest coverage answers; none if that is nothing.

        Of an edition of some outlets only what their articles answer.
        """
        return self.begin(self.desk.suggested_questions.suggestions(words.language, edition), words)


def _gap(outcome: Answer | Abstention) -> Reason | None:
    """Return why there is no answer; what was not known at an earlier moment is no gap today."""
    if isinstance(outcome, Answer):
        return None
    return Reason.STOPPED if outcome.question.past else outcome.reason


def _row_that_leads(outcome: Answer | Abstention) -> int | None:
    """Return where the bold part of what leads begins, if that is a row of results."""
    excerpts = outcome.excerpts if isinstance(outcome, Answer) else ()
    if not excerpts:
        return None
    cited, bold = excerpts[0].citation, excerpts[0].bold
    row = Citation(cited.passage, excerpts[0].parts[1], cited.start + bold.start)
    return bold.start if holds_result(row) else None


def asking_of(interaction: Interaction) -> Asking:
    """Return the way to an answer in the client that took *interaction*."""
    found = interaction.client.asking
    assert isinstance(found, Asking)
    return found
