"""Let a model write, and show of it what is proven, sentence by sentence."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.answering.drafting import Meter, ModelWriter, Unsaid, WritingError
from bot.answering.model import Claim, Dropped, Failing, Question, Sentence, Trouble, Written
from bot.answering.verifying import verify_sentence
from bot.answering.watching import Phase, Watch, until
from ingest.index.analysis import terms
from ingest.model import Evidence

KEY = 5
"""Letters of a passage's key."""


@dataclass(slots=True)
class Sheet:
    """What was drafted so far, in order: claims, and sentences that were dropped."""

    slots: list[Claim | Dropped] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    lost: list[Dropped] = field(default_factory=list)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Return what is proven."""
        return tuple(each for each in self.slots if isinstance(each, Claim))

    @property
    def dropped(self) -> dict[int, Dropped]:
        """Return what is not, by its place."""
        return {i: each for i, each in enumerate(self.slots) if isinstance(each, Dropped)}


async def compose(
    question: Question, evidence: Sequence[Evidence], writer: ModelWriter, watch: Watch
) -> tuple[tuple[Claim, ...], Written]:
    """Return the claims that *writer* could prove, and how they came about.

    A sentence that fails is asked for once more, with the reason, and then dropped. No claims and
    something ``unsaid`` is the writer's way to decline.

    Raises:
        WritingError: the model failed or broke off, or nothing of what it wrote was proven.
    """
    given = keyed(question, evidence)
    sheet, meter = Sheet(), Meter()
    instructions = writer.instructions(question)

    async def proven(sentence: Sentence) -> Claim | Dropped:
        return await asyncio.to_thread(
            verify_sentence, sentence, given, question, instructions=instructions
        )

    watch.phase(Phase.WRITING, len(given))
    async for drafted in until(watch.stop, writer.draft(question, given, meter)):
        if isinstance(drafted, Unsaid):
            sheet.unsaid += [drafted.text] if asked_for(drafted.text, question.text) else []
            continue
        sheet.slots.append(await proven(drafted) if isinstance(drafted, Sentence) else drafted)
        watch.claims(sheet.claims)
    if sheet.dropped and not watch.stop.is_set():
        watch.phase(Phase.CHECKING, len(sheet.dropped))
        await mend(sheet, question, given, writer, meter, watch)
    if not sheet.claims and not sheet.unsaid and not watch.stop.is_set():
        shapeless = all(each.failing is Failing.FORM for each in sheet.dropped.values())
        raise WritingError(Trouble.FORM if shapeless else Trouble.UNPROVEN)
    return sheet.claims, Written(
        writer.name,
        writer.prompt.digest,
        stopped=watch.stop.is_set(),
        unsaid=tuple(sheet.unsaid),
        dropped=(*sheet.lost, *sheet.dropped.values()),
        usage=meter.usage,
    )


async def mend(
    sheet: Sheet,
    question: Question,
    given: Mapping[str, Evidence],
    writer: ModelWriter,
    meter: Meter,
    watch: Watch,
) -> None:
    """Ask once for the dropped sentences anew; a model that fails at that costs nothing more."""
    instructions = writer.instructions(question)
    asked = sheet.dropped
    try:
        async for place, sentence in until(watch.stop, writer.mend(question, given, asked, meter)):
            found = await asyncio.to_thread(
                verify_sentence, sentence, given, question, instructions=instructions
            )
            sheet.lost.append(asked[place])
            sheet.slots[place] = found
            watch.claims(sheet.claims)
    except WritingError:
        return


def keyed(question: Question, evidence: Sequence[Evidence]) -> dict[str, Evidence]:
    """Give each passage a key that no article can guess."""
    return {
        hashlib.sha256(f"{question.asked_at}{each.passage.id}".encode()).hexdigest()[:KEY]: each
        for each in evidence
    }


def asked_for(part: str, question: str) -> bool:
    """Tell whether *part* has no words but the question's own: only those may be shown unproven."""
    found = terms(part)
    return bool(found) and set(found) <= set(terms(question))
