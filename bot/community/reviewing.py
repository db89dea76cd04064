"""What moderators look through: reported answers, questions without one, proposed sources."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.answering.model import Reason
from bot.ledger import Ledger
from bot.ledger.model import Feedback, Suggestion, Verdict

LIKE = 0.75
"""Likeness from which two questions are one; of paraphrases it joined all but the shortest."""
FAULTS = (
    Verdict.WRONG,
    Verdict.MISQUOTED,
    Verdict.OUTDATED,
    Verdict.ONE_SIDED,
    Verdict.OTHER,
)
"""What a reader may say is wrong with an answer."""
GAPS = (Reason.NOT_COVERED, Reason.NOTHING_ARCHIVED)
"""Reasons that another source could mend."""

Alike: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]
"""Tells how like each text is to each, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Group:
    """What was said of questions that are alike, the newest first."""

    said: tuple[Feedback, ...]

    @property
    def question(self) -> str | None:
        """The newest question, as it was asked."""
        return self.said[0].question

    @property
    def keys(self) -> tuple[str, ...]:
        """What names each in a button: "f" and the number of what was said, "a" of an answer."""
        return tuple(f"f{each.id}" if each.id else f"a{each.answer_id}" for each in self.said)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The verbs of who looks through it; nothing here blocks the event loop."""

    ledger: Ledger
    clock: Callable[[], datetime]
    alike: Alike

    async def reports(self) -> list[Group]:
        """Return what is reported of answers, those most often reported first."""
        return await asyncio.to_thread(lambda: self._grouped(self.ledger.feedback.open(FAULTS)))

    async def gaps(self) -> list[Group]:
        """Return questions that the coverage does not answer, the most frequent first.

        Members sent them along; where the settings keep questions, every other one is here too.
        """

        def read() -> list[Group]:
            told = self.ledger.feedback.open([Verdict.MISSING])
            kept = self.ledger.feedback.unanswered([str(each) for each in GAPS])
            return self._grouped([*told, *kept])

        return await asyncio.to_thread(read)

    async def settle(self, keys: Sequence[str]) -> int:
        """Mark what :attr:`Group.keys` name as dealt with; return how much was not so before."""
        said = [int(key[1:]) for key in keys if key.startswith("f")]
        asked = [int(key[1:]) for key in keys if key.startswith("a")]

        def mark() -> int:
            now = self.clock()
            known = {
                each.answer_id for each in self.ledger.feedback.unanswered([str(r) for r in GAPS])
            }
            open_ = [number for number in asked if number in known]
            done = self.ledger.feedback.settle(said, now=now)
            return done + self.ledger.feedback.settle_answers(open_, now=now)

        return await asyncio.to_thread(mark)

    async def suggestions(self) -> list[Suggestion]:
        """Return what nobody decided on yet, oldest first."""
        return await asyncio.to_thread(self.ledger.suggestions.open)

    def _grouped(self, said: Sequence[Feedback]) -> list[Group]:
        worded = [each for each in said if each.question]
        silent: dict[int, list[Feedback]] = {}
        for each in said:
            if not each.question:
                silent.setdefault(each.answer_id, []).append(each)
        texts = [each.question or "" for each in worded]
        places = together(self.alike(texts)) if texts else []
        groups = [Group(tuple(worded[i] for i in place)) for place in places]
        groups += map(Group, map(tuple, silent.values()))
        return sorted(groups, key=lambda group: -len(group.said))


def together(like: NDArray[np.float32]) -> list[list[int]]:
    """Put texts into groups: each joins the first group whose first member it is most like."""
    groups: list[list[int]] = []
    for i, row in enumerate(like):
        found = [float(row[group[0]]) for group in groups]
        best = int(np.argmax(found)) if found else -1
        if best >= 0 and found[best] >= LIKE:
            groups[best].append(i)
        else:
            groups.append([i])
    return groups
