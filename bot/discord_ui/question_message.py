"""The message of one question: its progress, a button to stop it, and then one last state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import discord
from discord import ui

from bot.answering.values import Claim, Phase, Question, Watch
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.limits import DISCORD, PACE
from bot.discord_ui.rendering import notice_view, progress_view
from bot.discord_ui.replying import Interaction, Send, deliver, if_possible, words_of
from bot.ledger.records import PendingQuestion
from bot.wording import Wording
from ingest.language.languages import Language

if TYPE_CHECKING:
    from bot.community.jobs import ProcessLease
    from bot.community.members import Community

logger = logging.getLogger(__name__)


class ProgressScreen:
    """An editor of one message, which shows the newest state at most every 1.5 seconds.

    The edits run in their own task, so that the writing never waits for Discord. An edit in
    progress is never cancelled: it would keep its lock for ever.
    """

    def __init__(
        self,
        question: Question,
        show: Send,
        *,
        repeat: bool,
        key: str,
        interval: float = PACE.answer_edit_seconds,
    ) -> None:
        self.watch = Watch(self._phase, self._claims)
        self._question = question
        self._show = show
        self._repeat = repeat
        self._key = key
        self._interval = interval
        self._step = ""
        self._claims_so_far: Sequence[Claim] = ()
        self._news = asyncio.Event()
        self._done = asyncio.Event()
        self._editor: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the editing task."""
        self._editor = asyncio.create_task(self._edit())
        self._end = asyncio.get_running_loop().call_later(
            DISCORD.writing_seconds, self.watch.stop.set
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for an edit in progress; the answer is shown next."""
        self._end.cancel()
        self._done.set()
        self._news.set()
        if self._editor is not None:
            await asyncio.shield(self._editor)

    def view(self) -> ui.LayoutView:
        """Return the view of the current state."""
        words = Wording.of(self._question.language)
        step = words("stopping") if self.watch.stop.is_set() else self._step
        button = None if self.watch.stop.is_set() else StopButton(self._key, words("stop"))
        return progress_view(
            self._question, step, self._claims_so_far, ask=self._repeat, stop=button
        )

    def _phase(self, phase: Phase, count: int) -> None:
        """Store the current step, and wake the editing task."""
        self._step = Wording.of(self._question.language).phase(phase, count)
        self._news.set()

    def _claims(self, claims: Sequence[Claim]) -> None:
        """Store the claims verified so far, and wake the editing task."""
        self._claims_so_far = tuple(claims)
        self._news.set()

    async def _edit(self) -> None:
        """Edit the message at each change until the answer is there."""
        await self._pause(PACE.defer_seconds)
        while not self._done.is_set():
            self._news.clear()
            try:
                await self._show(self.view())
            except discord.HTTPException as error:
                logger.warning("Discord refused a progress update: %s", error)
            await self._pause(self._interval)
            await self._news.wait()

    async def _pause(self, seconds: float) -> None:
        """Wait *seconds*, or until the answer is there."""
        try:
            await asyncio.wait_for(self._done.wait(), seconds)
        except TimeoutError:
            return


@dataclass(frozen=True, slots=True)
class RunningAnswer:
    """An answer that is being written, and the id of its asker."""

    asker: int
    watch: Watch


@dataclass(slots=True)
class RunningAnswers:
    """The answers that are being written, by the key of their stop button.

    After :meth:`end` each is stopped, also one that begins later.
    """

    running: dict[str, RunningAnswer] = field(default_factory=dict)
    _is_ending: bool = False

    def begin(self, key: str, answer: RunningAnswer) -> None:
        """Add an answer."""
        self.running[key] = answer
        if self._is_ending:
            answer.watch.stop.set()

    def end(self) -> None:
        """Stop all answers."""
        self._is_ending = True
        for answer in self.running.values():
            answer.watch.stop.set()

    def stop(self, key: str, member: int, *, moderates: bool) -> str | None:
        """Stop an answer for its asker or a moderator; return the key of a refusal or ``None``."""
        answer = self.running.get(key)
        if answer is None:
            return "stop_too_late"
        if member != answer.asker and not moderates:
            return "stop_not_yours"
        answer.watch.stop.set()
        return None


class StopButton(KeyButton, template=r"desk:stop:(?P<key>[0-9a-f]{12})"):
    """A button that stops the writing; after a restart it says that nothing is running."""

    kind = "stop"

    async def on_press(self, interaction: Interaction) -> None:
        """Stop the answer if the user may; its message shows the result."""
        answers = _running_in(interaction)
        moderates = interaction.permissions.manage_messages
        refusal = answers.stop(self.key, interaction.user.id, moderates=moderates)
        if refusal is None:
            await interaction.response.defer()
            return
        view = notice_view(words_of(interaction)(refusal))
        await interaction.response.send_message(view=view, ephemeral=True)


def _running_in(interaction: Interaction) -> RunningAnswers:
    """Return the running answers of the client that received *interaction*."""
    answers = interaction.client.asking.runs
    assert isinstance(answers, RunningAnswers)
    return answers


class ReplyPlace(Protocol):
    """The place of a reply: below a message, or in place of an interaction's reply."""

    sent: discord.Message | None
    """The message that shows the reply, as far as Discord returned it."""
    withdrawn: bool
    """True if the question was deleted meanwhile, so that nothing more is shown."""

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
    community: Community
    lease: ProcessLease
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
                await if_possible(self.community.note_progress(stored.id, sent.id))

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
                await if_possible(self.community.finish(stored.id))
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
            await self.lease.mark_notified(stored)

    async def _reply(self, view: ui.LayoutView, stored: PendingQuestion | None) -> None:
        await self.place.reply(view, stored.nonce if stored is not None else None)
