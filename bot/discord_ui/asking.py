"""Answers to questions in Discord, from the text of a message to the view with the answer."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import ui

from bot.answering.tables import holds_result
from bot.answering.understanding.question import CHECK, NEWS, PRIVACY, ask, may_be_in
from bot.answering.understanding.small_talk import news_request_in
from bot.answering.values import (
    Abstention,
    Answer,
    Citation,
    Exchange,
    Question,
    Reason,
    UnaskableError,
)
from bot.community.budget import Limiter
from bot.community.rules import ServerRules, Speaks
from bot.community.suggested_questions import SuggestedTopic
from bot.discord_ui.escaping import escape, title, without_mentions
from bot.discord_ui.history import Exchanges, Recent
from bot.discord_ui.limits import PACE, SHOWN
from bot.discord_ui.members.privacy import privacy_view
from bot.discord_ui.news_views import latest_on_view, latest_view
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.question_message import (
    ProgressScreen,
    QuestionMessage,
    ReplyPlace,
    RunningAnswer,
    RunningAnswers,
)
from bot.discord_ui.rendering import layout, notice_view, outcome_view, with_buttons
from bot.discord_ui.replying import Interaction, Send, error_view, if_possible, report
from bot.wording import Wording, in_words_of, unaskable
from ingest.language.languages import Language
from ingest.model import EVERYBODY, Edition
from ingest.process import logs

if TYPE_CHECKING:
    from bot.desk import Desk

_MakeControls: TypeAlias = Callable[
    [str, Wording, Audience, Reason | None, int | None], Sequence[ui.Item[Any]]
]
"""Make the controls under a numbered outcome for an audience.

The arguments are the key of the outcome, the words, the audience, the reason if there is no answer,
and the offset of a row of results in the first quotation, if such a row leads the answer.
"""
_MakeSuggestions: TypeAlias = Callable[[Sequence[SuggestedTopic], Wording], Sequence[ui.Item[Any]]]
"""Make the buttons that suggest questions."""

_GREETING_KEYS = frozenset({"hint", "talk_help", "talk_hello"})
"""Keys of the messages to people who have not asked a question yet."""
_Begin: TypeAlias = Callable[[], Awaitable[Exchange | None]]


@dataclass(frozen=True, slots=True)
class _Reply:
    """A message to show, with the exchange for follow-ups and the number of the answer in it."""

    view: ui.LayoutView
    exchange: Exchange | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """The decision to answer a question or to refuse it, with the rules for the answer.

    ``edition`` is the coverage that may be cited. ``refusal`` is the sentence that refuses the
    question. ``silent`` means that no refusal is sent. ``private`` shows an answer to a command to
    its asker alone.
    """

    rules: ServerRules = field(default_factory=ServerRules)
    speaks: Speaks = Speaks.ON
    edition: Edition = EVERYBODY
    refusal: str | None = None
    silent: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """The path from a text to a message, used by `/ask`, mentions and direct messages."""

    desk: Desk
    make_controls: _MakeControls
    make_suggestions: _MakeSuggestions
    in_flight: set[int] = field(default_factory=set)
    """Ids of the members whose question is being answered; each may have one at a time."""
    unfinished: set[QuestionMessage] = field(default_factory=set)
    """The messages of the questions that have neither an answer nor a notice yet."""
    runs: RunningAnswers = field(default_factory=RunningAnswers)
    replies: dict[int, ReplyPlace] = field(default_factory=dict)
    """The places of the replies that are in the making, by the id of the message that asked."""
    exchanges: Exchanges = field(init=False)
    """The verified exchanges to which a question may refer."""
    used_keys: Recent[tuple[object, ...], None] = field(
        default_factory=lambda: Recent(SHOWN.exchanges)
    )
    """Keys for which :meth:`is_first` returned True, the newest ones."""
    limiter: Limiter = field(default_factory=lambda: Limiter(time.monotonic))

    def __post_init__(self) -> None:
        """Find exchanges that are no longer in memory in the desk's archive."""
        object.__setattr__(self, "exchanges", Exchanges(self.desk.community))

    def question(
        self, text: str, rules: ServerRules | None = None, reader: Language | None = None
    ) -> Question:
        """Parse *text* as a question, in the language that *rules* fix if they fix one.

        A text in Chinese characters alone is taken to be in the *reader*'s language if that is
        Chinese or Japanese, and a word or two in the language that they look like if that is the
        reader's.

        Raises:
            UnaskableError: *text* is no question, is too long, or asks for the news.
        """
        text = without_mentions(text)
        fixed = rules.language if rules else None
        if fixed is None and reader is not None and may_be_in(reader, text):
            fixed = reader
        question = ask(text, now=self.desk.clock(), language=fixed)
        if news := news_request_in(question.text):
            raise UnaskableError(NEWS, fixed or news.language, news.topic)
        return question

    async def admit(self, place: Place, member: int, words: Wording) -> Admission:
        """Check the rules and limits for *member* in *place*, and count the question."""
        rules = await self.desk.community.rules(place.server)
        edition = rules.edition(place.server)
        speaks = rules.speaks(place.channel, place.parent)
        if speaks is Speaks.OFF:
            is_first = self.is_first("off", place.channel, member)
            return Admission(rules, speaks, edition, words("off_here"), silent=not is_first)
        private = speaks is Speaks.MENTION or (speaks is Speaks.THREAD and not place.parent)
        private = private or not place.writable
        if member in self.in_flight:
            return Admission(rules, speaks, edition, words("busy"))
        wait = self.limiter.wait(
            (("member", place.server, member), rules.per_member),
            (("channel", place.channel), rules.per_channel),
        )
        if wait:
            already_refused = self.limiter.wait((("told", place.server, member), 1)) > 0
            refusal = words("too_many", count=ceil(wait))
            return Admission(rules, speaks, edition, refusal, silent=already_refused)
        return Admission(rules, speaks, edition, private=private)

    async def answer(
        self,
        question: Question,
        asker: int,
        place: ReplyPlace,
        *,
        audience: Audience,
        channel: int | None,
        token: str | None = None,
        message: int | None = None,
        begin: _Begin | None = None,
        edition: Edition = EVERYBODY,
        as_of: datetime | None = None,
        repeat: bool,
    ) -> None:
        """Show the answer to *question* of *asker* at *place*.

        *channel* is ``None`` if only the asker sees the answer; *token* belongs to the command and
        *message* is the message that asked. *begin* shows that the work has begun, and returns the
        exchange to which the question may refer.
        """
        async with self.track(
            question, asker, channel, place, token=token, message=message, as_of=as_of
        ) as shown:
            result = await self.ask(
                question,
                asker,
                audience=audience,
                repeat=repeat,
                show=shown.show_progress,
                before=await begin() if begin is not None else None,
                edition=edition,
                as_of=as_of,
            )
            is_shown = await shown.finish(result.view)
        if is_shown:
            number = None if audience.place.foreign else result.number
            await self.note_shown(place.sent, result.exchange, number, question.language)

    @asynccontextmanager
    async def track(
        self,
        question: Question,
        member: int,
        channel: int | None,
        place: ReplyPlace,
        *,
        token: str | None = None,
        message: int | None = None,
        as_of: datetime | None = None,
    ) -> AsyncIterator[QuestionMessage]:
        """Store *question* until its answer is shown, so that the next start can report an abort.

        It is stored before anybody is shown that it is being answered, unless that takes long. It
        is answered even if it cannot be stored.
        """
        begun = self.desk.community.begin(
            question.text,
            question.language,
            member,
            channel,
            token=token,
            message=message,
            as_of=as_of,
        )
        storing = asyncio.create_task(if_possible(begun))
        community, lease = self.desk.community, self.desk.lease
        shown = QuestionMessage(place, question.language, storing, community, lease)
        self.unfinished.add(shown)
        try:
            await asyncio.wait({storing}, timeout=PACE.storing_seconds)
            yield shown
        finally:
            self.unfinished.discard(shown)

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
        """Answer *question* for *asker*; an error becomes a sentence. Never raises.

        *show* displays the parts verified so far. Only articles of *edition* are cited, with
        *as_of* only those that were read by then.
        """
        words = Wording.of(question.language)
        if asker in self.in_flight:
            return _Reply(notice_view(words("busy")))
        run = secrets.token_hex(6)
        screen = ProgressScreen(question, show, repeat=repeat, key=run)
        self.in_flight.add(asker)
        self.runs.begin(run, RunningAnswer(asker, screen.watch))
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
                if await self._is_withheld(outcome, edition):
                    return _Reply(notice_view(words("show_withdrawn")))
                notes = self._quiet_notes(outcome, words, edition)
                view = outcome_view(outcome, ask=repeat, notes=notes)
                if outcome.number is not None:
                    key, table = str(outcome.number), _leading_row_offset(outcome)
                    with_buttons(
                        view, self.make_controls(key, words, audience, _gap_reason(outcome), table)
                    )
                number = outcome.number if isinstance(outcome, Answer) else None
                return _Reply(view, Exchange.of(outcome), number)
            except Exception as error:
                return _Reply(error_view(report(error), words))
            finally:
                self.in_flight.discard(asker)
                self.runs.running.pop(run, None)

    async def _is_withheld(self, outcome: Answer | Abstention, edition: Edition) -> bool:
        """Return True if moderators removed an article while an answer cited it.

        What is cited of an earlier moment is shown as it was then.
        """
        if not isinstance(outcome, Answer) or outcome.number is None or outcome.question.past:
            return False
        return await self.desk.catalogue.cites_withheld(outcome.number, edition)

    def _quiet_notes(
        self, outcome: Answer | Abstention, words: Wording, edition: Edition
    ) -> list[str]:
        """Name the cited outlets that have published nothing new for long."""
        if not isinstance(outcome, Answer) or outcome.question.past:
            return []
        leads = outcome.excerpts[: outcome.leads] if not outcome.claims else ()
        citations = [excerpt.citation for excerpt in leads] or list(outcome.citations)
        outlets = dict.fromkeys(citation.header.outlet for citation in citations)
        quiet = {outlet: self.desk.news.quiet.since(outlet, edition.place) for outlet in outlets}
        return [
            words("quiet_outlet", outlet=title(outlet, 100), date=words.date(quiet_since))
            for outlet, quiet_since in quiet.items()
            if quiet_since is not None
        ]

    def withdraw(self, message: int) -> None:
        """Show nothing more in reply to a message, if a reply is in the making."""
        if message in self.replies:
            self.replies[message].withdrawn = True

    def is_first(self, *key: object) -> bool:
        """Return True if *key* is new, and remember it; the oldest keys are dropped."""
        if key in self.used_keys:
            return False
        self.used_keys.keep(key, None)
        return True

    def remember(self, place: int, exchange: Exchange | None) -> None:
        """Store the exchange to which a reply in *place* may refer."""
        if exchange is not None:
            self.exchanges.keep(place, exchange)

    async def forget(self, interaction: Interaction) -> int:
        """Delete the data of the person who acts; return the number of deleted entries.

        In memory, only the exchange of a direct channel belongs to a person.
        """
        if interaction.guild_id is None:
            self.exchanges.forget(interaction.channel_id or 0)
        return await self.desk.community.forget(interaction.user.id)

    async def note_shown(
        self,
        message: discord.Message | None,
        exchange: Exchange | None,
        number: int | None,
        language: Language,
    ) -> None:
        """Store the message of an answer, for follow-ups and corrections. Never raises."""
        if message is None:
            return
        self.remember(message.id, exchange)
        if not isinstance(message.channel, discord.abc.GuildChannel):
            self.remember(message.channel.id, exchange)
        if number is None or message.flags.ephemeral:
            return
        server = message.guild.id if message.guild else None
        place = (message.channel.id, message.id, language, server)
        try:
            await self.desk.community.note_shown(number, *place)
        except Exception as error:
            report(error)

    async def answer_non_question(
        self, error: UnaskableError, words: Wording, edition: Edition = EVERYBODY
    ) -> ui.LayoutView:
        """Answer a text that is no question; greetings and empty texts get suggested questions."""
        language_words = in_words_of(error, words)
        if error.key == NEWS:
            view, _ = await self.latest(error.topic, language_words, edition)
            return view
        if error.key == PRIVACY:
            return self.privacy(language_words)
        sentence = escape(unaskable(error, words))
        if error.key == CHECK:
            return layout(
                [
                    sentence,
                    escape(language_words("check_ways", find=language_words("command_find"))),
                ]
            )
        if error.key not in _GREETING_KEYS:
            return layout([sentence])
        return with_buttons(layout([sentence]), self.suggested_questions(language_words, edition))

    def privacy(self, words: Wording) -> ui.LayoutView:
        """List the personal data that the desk stores with its settings."""
        return privacy_view(
            words,
            keeps_questions=self.desk.settings.keep_questions,
            has_model=bool(self.desk.models.writers),
        )

    async def latest(
        self, topic: str, words: Wording, edition: Edition = EVERYBODY
    ) -> tuple[ui.LayoutView, bool]:
        """Show the newest stories, or the latest coverage of *topic*; with True if there is any."""
        if topic:
            timeline = await self.desk.timeline(topic, edition=edition, newest=True)
            return latest_on_view(timeline, words), bool(timeline.lines)
        stories = await self.desk.news.stories.latest(SHOWN.stories, edition)
        return latest_view(stories, self.desk.clock(), words), bool(stories)

    def suggested_questions(
        self, words: Wording, edition: Edition = EVERYBODY
    ) -> Sequence[ui.Item[Any]]:
        """Return buttons for questions that the newest coverage answers, perhaps none.

        Only articles of *edition* count.
        """
        return self.make_suggestions(
            self.desk.suggested_questions.suggestions(words.language, edition), words
        )


def _gap_reason(outcome: Answer | Abstention) -> Reason | None:
    """Return the reason why there is no answer; for an earlier moment that is no gap today."""
    if isinstance(outcome, Answer):
        return None
    return Reason.STOPPED if outcome.question.past else outcome.reason


def _leading_row_offset(outcome: Answer | Abstention) -> int | None:
    """Return the offset of the bold part of the first excerpt if it is a row of results."""
    excerpts = outcome.excerpts if isinstance(outcome, Answer) else ()
    if not excerpts:
        return None
    citation, bold = excerpts[0].citation, excerpts[0].bold
    row = Citation(citation.passage, excerpts[0].parts[1], citation.start + bold.start)
    return bold.start if holds_result(row) else None
