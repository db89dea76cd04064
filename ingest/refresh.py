"""The spine: what was read → split → save; then the index catches up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ingest.archive import Archive
from ingest.index.passages import cut, sentences
from ingest.model import Decision, Extract, Progress, Saved
from ingest.reading import Found
from ingest.reading.instructions import speaks_to_a_model

BATCH = 32
"""Articles saved in one transaction; a crash repeats at most these."""


@dataclass(slots=True)
class Outcome:
    """What became of everything that was read."""

    saved: list[Saved] = field(default_factory=list)
    problems: list[Found] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many articles are new, changed, unchanged, restored, and how many failed."""
        kinds = Counter(each.decision for each in self.saved)
        return {**{str(kind): kinds[kind] for kind in Decision}, "failed": len(self.problems)}


def add(
    found: Iterable[Found], archive: Archive, *, now: datetime, progress: Progress | None = None
) -> Outcome:
    """Save everything that was *found*, a batch a transaction; problems stop nothing.

    *progress* is told ``(done, done)``: how many things there will be is the caller's to know.
    """
    outcome = Outcome()
    batch: list[Extract] = []
    for done, each in enumerate(found, start=1):
        if each.extract is None:
            outcome.problems.append(each)
        else:
            batch.append(each.extract)
        if len(batch) == BATCH:
            keep(batch, archive, now, outcome)
            batch = []
        if progress:
            progress(done, done)
    keep(batch, archive, now, outcome)
    return outcome


def keep(batch: list[Extract], archive: Archive, now: datetime, outcome: Outcome) -> None:
    """Save one batch, and note which articles speak to a language model."""
    for saved, extract in zip(save(batch, archive, now), batch, strict=True):
        outcome.saved.append(saved)
        if told := instruction_in(extract):
            outcome.warnings.append(
                f"Article {saved.article_id} ({extract.header.title}) speaks to a language model: "
                f"“{told[:120]}” Nothing in that sentence is followed or cited."
            )


def instruction_in(extract: Extract) -> str | None:
    """Return the first sentence of an article that instructs whoever writes answers."""
    spans = sentences(extract.text, extract.header.language)
    said = (extract.text[span.start : span.end] for span in spans)
    return next((each for each in (extract.header.title, *said) if speaks_to_a_model(each)), None)


def save(batch: list[Extract], archive: Archive, now: datetime) -> list[Saved]:
    """Split and save one batch."""
    items = [(each, cut(each.text, each.header.language)) for each in batch]
    return archive.save_many(items, now=now) if items else []
