"""Saving of articles that were read; the index catches up afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ingest.index.cutting import cut, sentences
from ingest.language.lines import speaks_to_a_model
from ingest.limits import REFRESHES
from ingest.model import (
    Article,
    Cut,
    Decision,
    Extract,
    Header,
    Kind,
    Progress,
    Saved,
    Source,
    day_of,
)
from ingest.reading.documents import Entry, FoundArticle

if TYPE_CHECKING:
    from ingest.archive import Archive


@dataclass(slots=True)
class AddingOutcome:
    """The result of adding articles: saved ones, problems and warnings."""

    saved: list[Saved] = field(default_factory=list)
    problems: list[FoundArticle] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The number of new, changed, unchanged, restored and failed articles."""
        kinds = Counter(saved.decision for saved in self.saved)
        return {**{str(kind): kinds[kind] for kind in Decision}, "failed": len(self.problems)}

    def note(self, saved: Saved) -> None:
        """Record a saved article, and others that were quarantined with it."""
        quarantined = set(saved.also)
        self.saved = [
            replace(item, decision=Decision.QUARANTINED) if item.article_id in quarantined else item
            for item in self.saved
        ]
        recorded = {item.article_id for item in self.saved}
        self.saved += [
            Saved(other_id, 0, Decision.QUARANTINED) for other_id in quarantined - recorded
        ]
        self.saved.append(saved)


def add(
    items: Iterable[FoundArticle],
    archive: Archive,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> AddingOutcome:
    """Save the articles of *items* in batches, one transaction a batch; problems do not stop it.

    *progress* is called without a total, which is not known here.
    """
    outcome = AddingOutcome()
    batch: list[Extract] = []
    for done, item in enumerate(items, start=1):
        if item.extract is None:
            outcome.problems.append(item)
        else:
            batch.append(item.extract)
        if len(batch) == REFRESHES.added_articles:
            _save_batch(batch, archive, now, outcome)
            batch = []
        if progress:
            progress(done, 0)
    _save_batch(batch, archive, now, outcome)
    return outcome


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """An article with its passages, and a sentence that instructs a language model, if any."""

    extract: Extract
    cut: Cut
    instruction: str | None = None


def prepared_article(extract: Extract) -> PreparedArticle:
    """Split an article into passages, and search it for instructions to a language model."""
    extract = _dated_by_entries(extract)
    return PreparedArticle(
        extract, cut(extract.text, extract.header.language), _instruction_in(extract)
    )


def _dated_by_entries(extract: Extract) -> Extract:
    """Set the date of a live page to that of its newest entry, which comes first."""
    header = extract.header
    if header.kind is not Kind.LIVE:
        return extract
    try:
        newest = date.fromisoformat(extract.text[: len("YYYY-MM-DD")])
    except ValueError:
        return extract
    modified = day_of(header.modified) if header.modified else date.min
    return (
        extract if newest <= modified else replace(extract, header=replace(header, modified=newest))
    )


def _save_batch(
    batch: list[Extract], archive: Archive, now: datetime, outcome: AddingOutcome
) -> None:
    """Prepare and save one batch."""
    keep_prepared(
        [prepared_article(extract) for extract in batch], archive, now, outcome, restore=True
    )


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
    """Save one batch, for everybody or for one *place*, and return the results.

    Warnings are added for articles held back, notes, and instructions to a language model.
    """
    if not batch:
        return []
    items = [(prepared.extract, prepared.cut) for prepared in batch]
    results = archive.articles.save_many(
        items, now=now, restore=restore, believe=believe, place=place
    )
    for saved, prepared in zip(results, batch, strict=True):
        outcome.note(saved)
        if saved.note:
            outcome.warnings.append(_held_message(prepared.extract.header, saved))
        if saved.decision is not Decision.SAME:
            outcome.warnings += [
                f"{prepared.extract.header.title}: {n}" for n in prepared.extract.notes
            ]
        if prepared.instruction and saved.decision is not Decision.SAME:
            outcome.warnings.append(
                f"Article {saved.article_id} ({prepared.extract.header.title}) speaks to a "
                f"language model: “{prepared.instruction[:120]}” "
                "Nothing in that sentence is followed or cited."
            )
    return results


def _held_message(header: Header, saved: Saved) -> str:
    """Return the message about an article that was held back, with the reason and the remedy."""
    return (
        f"{header.url or header.title} {saved.note}. It was held back, and version {saved.version} "
        f"of article {saved.article_id} stays. If the page is right, add its address by hand."
    )


def _instruction_in(extract: Extract) -> str | None:
    """Return the first sentence of an article that instructs a language model, or None."""
    spans = sentences(extract.text, extract.header.language)
    texts = (extract.text[span.start : span.end] for span in spans)
    return next((text for text in (extract.header.title, *texts) if speaks_to_a_model(text)), None)


@dataclass(frozen=True, slots=True)
class PreviewedArticle:
    """An article that was read, with the stored article and its copies, if any.

    ``unchanged`` is true if the stored article has this text, so that there is nothing to keep.
    """

    ready: PreparedArticle
    known: Article | None
    copies: tuple[Article, ...] = ()
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The contents of an address, a file or a paste.

    A feed or a sitemap has ``entries`` and can be watched, unless it is ``watched`` already;
    everything else has ``articles``. ``compared`` is set for a paste with an address: it is true
    if the page there has the same text; then ``articles`` holds that page. ``data`` are the bytes
    of a file or a paste and ``hints`` its description, in case another moderator has to review it.
    """

    name: str
    articles: tuple[PreviewedArticle, ...] = ()
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    outlet: str | None = None
    data: bytes | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    watched: Source | None = None
    compared: bool | None = None
