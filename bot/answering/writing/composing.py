"""Let a model write an answer, and return the sentences of it that are proven."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.answering.limits import CHAT
from bot.answering.proving.gates import apply_finding, propose
from bot.answering.proving.verifiers import ClaimVerifier, Finding, ProposedClaim, VerifierError
from bot.answering.values import (
    ChatError,
    Claim,
    Dropped,
    Failing,
    Meter,
    Phase,
    Question,
    Sentence,
    Trouble,
    Watch,
    Written,
)
from bot.answering.writing.drafting import ModelWriter, Unsaid
from ingest.index.cutting import terms
from ingest.model import Evidence

_Item = TypeVar("_Item")
_FINAL_FAILINGS = {Failing.FORM, Failing.KEY, Failing.INSTRUCTION, Failing.PROMPT, Failing.UNREAD}
"""Failings that a second attempt would not correct."""


@dataclass(slots=True)
class _DraftState:
    """The sentences of a draft in order: proven claims, unverified and dropped ones."""

    slots: list[Claim | ProposedClaim | Dropped] = field(default_factory=list)
    drafted: dict[int, Sentence] = field(default_factory=dict)
    unsaid: list[str] = field(default_factory=list)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Return the proven claims."""
        return tuple(slot for slot in self.slots if isinstance(slot, Claim))

    @property
    def dropped(self) -> dict[int, Dropped]:
        """Return the dropped sentences by their place."""
        return {place: slot for place, slot in enumerate(self.slots) if isinstance(slot, Dropped)}

    @property
    def mendable(self) -> dict[int, tuple[Sentence, Dropped]]:
        """Return the dropped sentences that the model may correct."""
        return {
            place: (self.drafted[place], failure)
            for place, failure in self.dropped.items()
            if place in self.drafted and failure.failing not in _FINAL_FAILINGS
        }


class _ClaimVerification:
    """The verification of checked claims, while the model is still writing.

    The first claim is verified at once; those that arrive meanwhile are verified in one request.
    """

    def __init__(
        self, sheet: _DraftState, verifier: ClaimVerifier, watch: Watch, meter: Meter
    ) -> None:
        """Verify the claims of *sheet*, and report the proven ones to *watch*."""
        self._sheet, self._verifier, self._watch, self._meter = sheet, verifier, watch, meter
        self._queue: list[int] = []
        self._task: asyncio.Task[None] | None = None
        self.trouble: Trouble | None = None

    def put(self, place: int) -> None:
        """Queue the claim at *place* for verification."""
        self._queue.append(place)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._verify_queue())

    async def _verify_queue(self) -> None:
        """Verify the queued claims until the queue is empty."""
        while self._queue:
            places, self._queue = self._queue, []
            proposed = [
                slot
                for place in places
                if isinstance(slot := self._sheet.slots[place], ProposedClaim)
            ]
            findings: Sequence[Finding | None]
            try:
                findings = await self._verifier.verify(proposed, self._meter)
            except VerifierError as error:
                self.trouble = error.trouble
                findings = [None] * len(proposed)
            for place, proposal, finding in zip(places, proposed, findings, strict=True):
                self._sheet.slots[place] = apply_finding(proposal, finding)
            self._watch.claims(self._sheet.claims)

    async def finish(self) -> None:
        """Wait until all claims are verified; after a stop the remaining ones stay unproven."""
        if self._task is not None:
            stopping = asyncio.create_task(self._watch.stop.wait())
            await asyncio.wait({self._task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            self._task.cancel()
            await asyncio.gather(self._task, stopping, return_exceptions=True)
        for place, slot in enumerate(self._sheet.slots):
            if isinstance(slot, ProposedClaim):
                self._sheet.slots[place] = apply_finding(slot, None)


async def compose(
    question: Question,
    evidence: Sequence[Evidence],
    writer: ModelWriter,
    watch: Watch,
    meter: Meter,
) -> tuple[tuple[Claim, ...], Written]:
    """Return the claims of *writer* that are proven, and how they were produced.

    A sentence is shown if it passes the checks and the verifier finds it supported. A sentence
    that fails is sent back once with the reason, and then dropped. Claims proven before the model
    failed are kept. No claims and an ``unsaid`` text mean that the writer declines.

    Raises:
        ChatError: the model failed, or none of its sentences was proven; *meter* has the usage
            and the dropped sentences.
    """
    passages = passages_by_key(question, evidence)
    sheet = _DraftState()
    verification = _ClaimVerification(sheet, writer.verifier, watch, meter)
    trouble = await _draft(sheet, verification, question, passages, writer, meter, watch)
    await verification.finish()
    if sheet.mendable and trouble is None and not watch.stop.is_set():
        watch.phase(Phase.CHECKING, len(sheet.mendable))
        await _mend(sheet, question, passages, writer, meter, watch)
    meter.dropped += sheet.dropped.values()
    stopped = watch.stop.is_set()
    if not sheet.claims and not stopped and (trouble or not sheet.unsaid):
        raise ChatError(trouble or _trouble_of(sheet, verification.trouble))
    return sheet.claims, Written(
        writer.name,
        writer.prompt.digest,
        trouble=None if stopped else trouble,
        stopped=stopped,
        unsaid=tuple(sheet.unsaid),
        dropped=tuple(meter.dropped),
        usage=meter.usage,
        detail=meter.server_message if trouble else "",
    )


def _trouble_of(sheet: _DraftState, reading_trouble: Trouble | None) -> Trouble:
    """Return the trouble that explains why no sentence was proven."""
    if all(failure.failing is Failing.FORM for failure in sheet.dropped.values()):
        return Trouble.FORM
    return Trouble.UNREAD if reading_trouble is not None else Trouble.UNPROVEN


async def _draft(
    sheet: _DraftState,
    verification: _ClaimVerification,
    question: Question,
    passages: Mapping[str, Evidence],
    writer: ModelWriter,
    meter: Meter,
    watch: Watch,
) -> Trouble | None:
    """Let *writer* write, checking each sentence as it is complete; return its trouble."""
    watch.phase(Phase.READING, len(passages))
    try:
        async for drafted in _items_until(watch.stop, writer.draft(question, passages, meter)):
            if not sheet.slots:
                watch.phase(Phase.WRITING, len(passages))
            if isinstance(drafted, Unsaid):
                if _repeats_question(drafted.text, question.text):
                    sheet.unsaid.append(drafted.text)
                continue
            place = len(sheet.slots)
            if isinstance(drafted, Dropped):
                sheet.slots.append(drafted)
                continue
            sheet.drafted[place] = drafted
            sheet.slots.append(await _check(drafted, question, passages, writer))
            if isinstance(sheet.slots[place], ProposedClaim):
                verification.put(place)
    except ChatError as error:
        return error.trouble
    return None


async def _check(
    sentence: Sentence, question: Question, passages: Mapping[str, Evidence], writer: ModelWriter
) -> ProposedClaim | Dropped:
    """Run the checks on *sentence* in a thread."""
    instructions = writer.instructions(question)
    return await asyncio.to_thread(propose, sentence, passages, question, instructions=instructions)


async def _mend(
    sheet: _DraftState,
    question: Question,
    passages: Mapping[str, Evidence],
    writer: ModelWriter,
    meter: Meter,
    watch: Watch,
) -> None:
    """Ask once for corrections of the dropped sentences; a failure keeps them dropped."""
    rejected = sheet.mendable
    verification = _ClaimVerification(sheet, writer.verifier, watch, meter)
    try:
        async for place, sentence in _items_until(
            watch.stop, writer.mend(question, passages, rejected, meter)
        ):
            if not isinstance(sheet.slots[place], Dropped):
                continue
            meter.dropped.append(rejected[place][1])
            sheet.slots[place] = await _check(sentence, question, passages, writer)
            if isinstance(sheet.slots[place], ProposedClaim):
                verification.put(place)
    except ChatError:
        pass
    await verification.finish()


def passages_by_key(question: Question, evidence: Sequence[Evidence]) -> dict[str, Evidence]:
    """Return the passages by keys that no article can contain on purpose."""
    passages: dict[str, Evidence] = {}
    for match in evidence:
        digest = hashlib.sha256(f"{question.asked_at}{match.passage.id}".encode()).hexdigest()
        passages[digest[: CHAT.passage_key_characters]] = match
    return passages


def _repeats_question(part: str, question: str) -> bool:
    """Return True if *part* has words of the question only; it may be shown unverified."""
    part_terms = terms(part)
    return bool(part_terms) and set(part_terms) <= set(terms(question))


async def _items_until(
    stop: asyncio.Event, stream: AsyncGenerator[_Item, None]
) -> AsyncIterator[_Item]:
    """Yield the items of *stream* until it ends or *stop* is set; then close it."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while True:
            next_item = asyncio.ensure_future(anext(stream))
            await asyncio.wait({next_item, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not next_item.done():
                next_item.cancel()
                await asyncio.gather(next_item, return_exceptions=True)
                return
            try:
                yield next_item.result()
            except StopAsyncIteration:
                return
    finally:
        stopping.cancel()
        await stream.aclose()
