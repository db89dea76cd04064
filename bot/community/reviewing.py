"""What moderators look through: reported answers, questions without one, proposed sources."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.answering.model import Reason
from bot.community.previewing import Preview
from bot.ledger import Ledger
from bot.ledger.model import Feedback, FeedbackVerdict, Suggestion
from ingest.threads import in_thread

_LIKE = 0.75
"""Likeness from which two questions are one; of paraphrases it joined all but the shortest."""
FAULTS = (
    FeedbackVerdict.WRONG,
    FeedbackVerdict.MISQUOTED,
    FeedbackVerdict.OUTDATED,
    FeedbackVerdict.ONE_SIDED,
    FeedbackVerdict.OTHER,
)
"""What a reader may say is wrong with an answer."""
GAP_REASONS = (Reason.NOT_COVERED, Reason.NOTHING_ARCHIVED)
"""Reasons that another source could mend."""

_Alike: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]
"""Tells how like each text is to each, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class FeedbackGroup:
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
    alike: _Alike

    @in_thread
    def reports(
        self, places: Collection[str] | None = None, *, days: int = 0
    ) -> list[FeedbackGroup]:
        """Return what is reported of answers, those most often reported first.

        With *places* what is reported in these servers, with *days* in the last ones.
        """
        since = self._since(days)
        return self._grouped(self.ledger.feedback.open(FAULTS, places=places, since=since))

    @in_thread
    def said(self, number: int) -> FeedbackGroup | None:
        """Return what one reader said, by itself, while nobody has settled it."""
        found = self.ledger.feedback.get(number)
        return FeedbackGroup((found,)) if found else None

    @in_thread
    def gaps(self, places: Collection[str] | None = None, *, days: int = 0) -> list[FeedbackGroup]:
        """Return questions that the coverage does not answer, the most frequent first.

        Members sent them along; where the settings keep questions, every other one is here too.
        With *places* what was sent along in these servers; a kept question has none; with *days*
        what was asked in the last ones.
        """
        since = self._since(days)
        told = self.ledger.feedback.open([FeedbackVerdict.MISSING], places=places, since=since)
        if places is not None and "" not in places:
            return self._grouped(told)
        reasons = [str(each) for each in GAP_REASONS]
        kept = self.ledger.feedback.unanswered(reasons, since=since)
        return self._grouped([*told, *kept])

    @in_thread
    def settle(self, keys: Sequence[str], places: Collection[str] | None = None) -> int:
        """Mark what ``FeedbackGroup.keys`` name as dealt with; return how much was not before.

        With *places* only what was said in these servers.
        """
        nowhere = places is None or "" in places
        said = [int(key[1:]) for key in keys if key.startswith("f")]
        asked = [int(key[1:]) for key in keys if key.startswith("a") and nowhere]
        now = self.clock()
        feedback = self.ledger.feedback
        known = {
            each.answer_id for each in feedback.unanswered([str(reason) for reason in GAP_REASONS])
        }
        open_ = [number for number in asked if number in known]
        return feedback.settle(said, now=now, places=places) + feedback.settle_answers(
            open_, now=now
        )

    @in_thread
    def suggestions(self, places: Collection[str] | None = None) -> list[Suggestion]:
        """Return what nobody decided on yet, in some servers or in all, oldest first."""
        return self.ledger.suggestions.open(places)

    @in_thread
    def suggestion(self, number: int, places: Collection[str] | None = None) -> Suggestion | None:
        """Return a suggestion that is still open, and made in one of *places*, if any are given."""
        found = self.ledger.suggestions.get(number)
        if found is None or found.approved is not None:
            return None
        return found if places is None or found.place in places else None

    @in_thread
    def name(self, suggestion: Suggestion, outlet: str) -> None:
        """Say which outlet a suggestion is of."""
        self.ledger.suggestions.name(suggestion.id, outlet)

    @in_thread
    def propose(self, preview: Preview, member: str, place: str) -> int:
        """Keep a preview for another moderator to decide on, and return its number."""
        suggestion = Suggestion(
            self.clock(),
            place,
            member,
            preview.name,
            address=preview.name if preview.data is None else None,
            data=preview.data,
            outlet=preview.outlet,
            hints=dict(preview.hints),
            watch=bool(preview.entries),
        )
        return self.ledger.suggestions.add(suggestion)

    def _since(self, days: int) -> datetime | None:
        """Return when the last *days* began; with 0 nothing is too old."""
        return self.clock() - timedelta(days=days) if days else None

    def _grouped(self, said: Sequence[Feedback]) -> list[FeedbackGroup]:
        worded = [each for each in said if each.question]
        silent: dict[int, list[Feedback]] = {}
        for each in said:
            if not each.question:
                silent.setdefault(each.answer_id, []).append(each)
        texts = [each.question or "" for each in worded]
        places = _groups_of(self.alike(texts)) if texts else []
        groups = [FeedbackGroup(tuple(worded[i] for i in place)) for place in places]
        groups += map(FeedbackGroup, map(tuple, silent.values()))
        return sorted(groups, key=lambda group: -len(group.said))


def _groups_of(like: NDArray[np.float32]) -> list[list[int]]:
    """Put texts into groups: each joins the first group whose first member it is most like."""
    groups: list[list[int]] = []
    for i, row in enumerate(like):
        found = [float(row[group[0]]) for group in groups]
        best = int(np.argmax(found)) if found else -1
        if best >= 0 and found[best] >= _LIKE:
            groups[best].append(i)
        else:
            groups.append([i])
    return groups
