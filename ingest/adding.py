"""Add what was read: split → save; then the index catches up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ingest.archive import Archive
from ingest.index.passages import cut, sentences
from ingest.language.instructions import speaks_to_a_model
from ingest.model import Cut, Decision, Extract, Header, Kind, Progress, Saved, day_of
from ingest.reading import FoundArticle

_BATCH = 32
"""Articles saved in one transaction; a crash repeats at most these."""


@dataclass(slots=True)
class AddingOutcome:
    """What became of everything that was read."""

    saved: list[Saved] = field(default_factory=list)
    problems: list[FoundArticle] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many articles are new, changed, unchanged, restored, and how many failed."""
        kinds = Counter(each.decision for each in self.saved)
        return {**{str(kind): kinds[kind] for kind in Decision}, "failed": len(self.problems)}

    def note(self, saved: Saved) -> None:
        """Count what was saved, and what was quarantined with it."""
        also = set(saved.also)
        self.saved = [
            replace(each, decision=Decision.QUARANTINED) if each.article_id in also else each
            for each in self.saved
        ]
        known = {each.article_id for each in self.saved}
        self.saved += [Saved(each, 0, Decision.QUARANTINED) for each in also - known]
        self.saved.append(saved)


def add(
    found: Iterable[FoundArticle],
    archive: Archive,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> AddingOutcome:
    """Save everything that was *found*, a batch a transaction; problems stop nothing.

    *progress* is told ``(done, done)``: how many things there will be is the caller's to know.
    """
    outcome = AddingOutcome()
    batch: list[Extract] = []
    for done, each in enumerate(found, start=1):
        if each.extract is None:
            outcome.problems.append(each)
        else:
            batch.append(each.extract)
        if len(batch) == _BATCH:
            _keep(batch, archive, now, outcome)
            batch = []
        if progress:
            progress(done, done)
    _keep(batch, archive, now, outcome)
    return outcome


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """An article cut into passages, and what in it instructs whoever writes answers."""

    extract: Extract
    cut: Cut
    instruction: str | None = None


def prepared_article(extract: Extract) -> PreparedArticle:
    """Split an article, and look for what speaks to a language model."""
    extract = _dated_by_entries(extract)
    return PreparedArticle(
        extract, cut(extract.text, extract.header.language), _instruction_in(extract)
    )


def _dated_by_entries(extract: Extract) -> Extract:
    """Say of a live page when its newest entry was written, which stands first in it."""
    header = extract.header
    if header.kind is not Kind.LIVE:
        return extract
    try:
        newest = date.fromisoformat(extract.text[: len("YYYY-MM-DD")])
    except ValueError:
        return extract
    known = day_of(header.modified) if header.modified else date.min
    return extract if newest <= known else replace(extract, header=replace(header, modified=newest))


def _keep(batch: list[Extract], archive: Archive, now: datetime, outcome: AddingOutcome) -> None:
    """Split and save one batch."""
    keep_prepared([prepared_article(each) for each in batch], archive, now, outcome, restore=True)


def keep_prepared(
    batch: Sequence[PreparedArticle],
    archive: Archive,
    now: datetime,
    outcome: AddingOutcome,
    *,
    restore: bool,
    believe: bool = True,
    place: str = "",
) -> list[Saved]:
    """Save one batch, for everybody or one *place*.

    It notes what was held back, left out, or speaks to a language model.
    """
    if not batch:
        return []
    items = [(each.extract, each.cut) for each in batch]
    kept = archive.articles.save_many(items, now=now, restore=restore, believe=believe, place=place)
    for saved, each in zip(kept, batch, strict=True):
        outcome.note(saved)
        if saved.note:
            outcome.warnings.append(_held(each.extract.header, saved))
        if saved.decision is not Decision.SAME:
            outcome.warnings += [f"{each.extract.header.title}: {n}" for n in each.extract.notes]
        if each.instruction and saved.decision is not Decision.SAME:
            outcome.warnings.append(
                f"Article {saved.article_id} ({each.extract.header.title}) speaks to a language "
                f"model: “{each.instruction[:120]}” Nothing in that sentence is followed or cited."
            )
    return kept


def _held(header: Header, saved: Saved) -> str:
    """Say what was held back, why, and what to do if it is right."""
    return (
        f"{header.url or header.title} {saved.note}. It was held back, and version {saved.version} "
        f"of article {saved.article_id} stays. If the page is right, add its address by hand."
    )


def _instruction_in(extract: Extract) -> str | None:
    """Return the first sentence of an article that instructs whoever writes answers."""
    spans = sentences(extract.text, extract.header.language)
    said = (extract.text[span.start : span.end] for span in spans)
    return next((each for each in (extract.header.title, *said) if speaks_to_a_model(each)), None)
