"""Let a model write, and show of it what is proven, sentence by sentence."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.answering.chat.meter import ChatError, Meter
from bot.answering.model import Claim, Dropped, Failing, Question, Sentence, Trouble, Written
from bot.answering.proving.proving import decided, propose
from bot.answering.proving.reader import Finding, Proposed, Reader, UnreadClaimsError
from bot.answering.watching import Phase, Watch, until
from bot.answering.writing.drafting import ModelWriter, Unsaid
from ingest.index.analysis import terms
from ingest.model import Evidence

_KEY = 5
"""Letters of a passage's key."""
_HOPELESS = {Failing.FORM, Failing.KEY, Failing.INSTRUCTION, Failing.PROMPT, Failing.UNREAD}
"""What asking again would not mend."""


@dataclass(slots=True)
class _DraftState:
    """What was drafted so far, in order: claims, what waits for its reader, what was dropped."""

    slots: list[Claim | Proposed | Dropped] = field(default_factory=list)
    drafted: dict[int, Sentence] = field(default_factory=dict)
    unsaid: list[str] = field(default_factory=list)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Return what is proven."""
        return tuple(each for each in self.slots if isinstance(each, Claim))

    @property
    def dropped(self) -> dict[int, Dropped]:
        """Return what is not, by its place."""
        return {i: each for i, each in enumerate(self.slots) if isinstance(each, Dropped)}

    @property
    def mendable(self) -> dict[int, tuple[Sentence, Dropped]]:
        """Return the dropped sentences that may be written anew."""
        return {
            i: (self.drafted[i], each)
            for i, each in self.dropped.items()
            if i in self.drafted and each.failing not in _HOPELESS
        }


class _ClaimReading:
    """Where a reader reads what the gates let through, while the writer goes on writing.

    The first sentence is read at once; what comes meanwhile is read together, in one request.
    """

    def __init__(self, sheet: _DraftState, reader: Reader, watch: Watch, meter: Meter) -> None:
        """Read for *sheet*, and tell *watch* of each claim that is proven."""
        self._sheet, self._reader, self._watch, self._meter = sheet, reader, watch, meter
        self._waiting: list[int] = []
        self._reading: asyncio.Task[None] | None = None
        self.trouble: Trouble | None = None

    def put(self, place: int) -> None:
        """Have the sentence at *place* read."""
        self._waiting.append(place)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while self._waiting:
            places, self._waiting = self._waiting, []
            proposed = [each for p in places if isinstance(each := self._sheet.slots[p], Proposed)]
            readings: Sequence[Finding | None]
            try:
                readings = await self._reader.read(proposed, self._meter)
            except UnreadClaimsError as error:
                self.trouble = error.trouble
                readings = [None] * len(proposed)
            for place, each, found in zip(places, proposed, readings, strict=True):
                self._sheet.slots[place] = decided(each, found)
            self._watch.claims(self._sheet.claims)

    async def done(self) -> None:
        """Wait until everything is read; what is not read when somebody stops stays unproven."""
        if self._reading is not None:
            stopping = asyncio.create_task(self._watch.stop.wait())
            await asyncio.wait({self._reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            self._reading.cancel()
            await asyncio.gather(self._reading, stopping, return_exceptions=True)
        for place, each in enumerate(self._sheet.slots):
            if isinstance(each, Proposed):
                self._sheet.slots[place] = decided(each, None)


async def compose(
    question: Question,
    evidence: Sequence[Evidence],
    writer: ModelWriter,
    watch: Watch,
    meter: Meter,
) -> tuple[tuple[Claim, ...], Written]:
    """Return the claims that *writer* could prove, and how they came about.

    A sentence is shown when the gates let it pass and the writer's reader says that it is
    supported. One that fails is asked for once more, with the reason, and then dropped. What was
    proven before the model broke off stays. No claims and something ``unsaid`` is the writer's
    way to decline.

    Raises:
        ChatError: the model failed, or nothing of what it wrote was proven; *meter* has what it
            cost and what was lost.
    """
    given = keyed(question, evidence)
    sheet = _DraftState()
    reading = _ClaimReading(sheet, writer.reader, watch, meter)
    broken = await _draft(sheet, reading, question, given, writer, meter, watch)
    await reading.done()
    if sheet.mendable and broken is None and not watch.stop.is_set():
        watch.phase(Phase.CHECKING, len(sheet.mendable))
        await _mend(sheet, question, given, writer, meter, watch)
    meter.lost += sheet.dropped.values()
    stopped = watch.stop.is_set()
    if not sheet.claims and not stopped and (broken or not sheet.unsaid):
        raise ChatError(broken or _unproven(sheet, reading.trouble))
    return sheet.claims, Written(
        writer.name,
        writer.prompt.digest,
        trouble=None if stopped else broken,
        stopped=stopped,
        unsaid=tuple(sheet.unsaid),
        dropped=tuple(meter.lost),
        usage=meter.usage,
        detail=meter.said if broken else "",
    )


def _unproven(sheet: _DraftState, unread: Trouble | None) -> Trouble:
    """Name why nothing was proven."""
    if all(each.failing is Failing.FORM for each in sheet.dropped.values()):
        return Trouble.FORM
    return Trouble.UNREAD if unread is not None else Trouble.UNPROVEN


async def _draft(
    sheet: _DraftState,
    reading: _ClaimReading,
    question: Question,
    given: Mapping[str, Evidence],
    writer: ModelWriter,
    meter: Meter,
    watch: Watch,
) -> Trouble | None:
    """Let *writer* write, each sentence gated and read as it ends; return why it broke off."""
    watch.phase(Phase.READING, len(given))
    try:
        async for drafted in until(watch.stop, writer.draft(question, given, meter)):
            if not sheet.slots:
                watch.phase(Phase.WRITING, len(given))
            if isinstance(drafted, Unsaid):
                sheet.unsaid += [drafted.text] if _asked_for(drafted.text, question.text) else []
                continue
            place = len(sheet.slots)
            if isinstance(drafted, Dropped):
                sheet.slots.append(drafted)
                continue
            sheet.drafted[place] = drafted
            sheet.slots.append(await _gate(drafted, question, given, writer))
            if isinstance(sheet.slots[place], Proposed):
                reading.put(place)
    except ChatError as error:
        return error.trouble
    return None


async def _gate(
    sentence: Sentence, question: Question, given: Mapping[str, Evidence], writer: ModelWriter
) -> Proposed | Dropped:
    """Hold *sentence* against the gates, in a thread."""
    instructions = writer.instructions(question)
    return await asyncio.to_thread(propose, sentence, given, question, instructions=instructions)


async def _mend(
    sheet: _DraftState,
    question: Question,
    given: Mapping[str, Evidence],
    writer: ModelWriter,
    meter: Meter,
    watch: Watch,
) -> None:
    """Ask once for the dropped sentences anew; a model that fails at that costs nothing more."""
    asked = sheet.mendable
    reading = _ClaimReading(sheet, writer.reader, watch, meter)
    try:
        async for place, sentence in until(watch.stop, writer.mend(question, given, asked, meter)):
            if not isinstance(sheet.slots[place], Dropped):
                continue
            meter.lost.append(asked[place][1])
            sheet.slots[place] = await _gate(sentence, question, given, writer)
            if isinstance(sheet.slots[place], Proposed):
                reading.put(place)
    except ChatError:
        pass
    await reading.done()


def keyed(question: Question, evidence: Sequence[Evidence]) -> dict[str, Evidence]:
    """Give each passage a key that no article can guess."""
    return {
        hashlib.sha256(f"{question.asked_at}{each.passage.id}".encode()).hexdigest()[:_KEY]: each
        for each in evidence
    }


def _asked_for(part: str, question: str) -> bool:
    """Tell whether *part* has no words but the question's own: only those may be shown unproven."""
    found = terms(part)
    return bool(found) and set(found) <= set(terms(question))
