"""Rebuilding of the index: build a new generation, check it, then switch to it."""

from __future__ import annotations

from datetime import datetime

from ingest.archive import Archive
from ingest.embedding.vectors import Embedder
from ingest.errors import GenerationFaultyError, NoGenerationError
from ingest.index.checking import faults, sample_recall
from ingest.index.index import Index, add_generation
from ingest.index.passages import SPLITTER, cut
from ingest.index.stores import ROLLBACK_PERIOD, Stores
from ingest.model import Generation, Progress
from ingest.settings import Settings

_BATCH_ARTICLES = 100
"""Articles split again in one transaction."""
_FOUND_SHARE = 0.95
"""Minimum share of passages that must be found by their own first sentence."""


def rebuild(
    archive: Archive,
    embedder: Embedder,
    settings: Settings,
    *,
    holder: str,
    now: datetime,
    progress: Progress | None = None,
) -> Generation:
    """Build a generation with *embedder*, check it, and switch to it in one transaction.

    Cached vectors of the same model are reused. If the process dies before the switch, the old
    generation continues to serve, and the next call resumes the build.

    Raises:
        IndexOwnedError: another process owns the embedded index.
        GenerationFaultyError: the new generation failed its checks; the old one still serves.
    """
    with Stores.open(archive, settings, holder=holder, now=now) as stores:
        return build(archive, embedder, stores, now=now, progress=progress)


def build(
    archive: Archive,
    embedder: Embedder,
    stores: Stores,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Generation:
    """Rebuild as :func:`rebuild` does, in open *stores* that may be searched meanwhile."""
    stores.drop_retired(archive, now)
    new = _unfinished(archive, embedder, stores) or add_generation(archive, embedder, now)
    _split_again(archive)
    index = Index(archive, embedder, new, stores)
    index.catch_up(progress)
    _approve(archive, index)
    archive.generations.activate(new.id, now=now)
    index.catch_up()
    return archive.generations.get(new.id)


def roll_back(archive: Archive, *, now: datetime) -> Generation:
    """Serve the previous generation again; running processes follow at once.

    Raises:
        NoGenerationError: no previous generation is left.
    """
    stored = ((generation, generation.retired_at) for generation in archive.generations.stored())
    retired = {
        generation: at for generation, at in stored if at is not None and now - at < ROLLBACK_PERIOD
    }
    if not retired:
        raise NoGenerationError(
            "No earlier generation is kept. One is for a day after `python -m ingest rebuild`."
        )
    previous = max(retired, key=lambda generation: retired[generation])
    archive.generations.activate(previous.id, now=now)
    return archive.generations.get(previous.id)


def _unfinished(archive: Archive, embedder: Embedder, stores: Stores) -> Generation | None:
    """Return an unfinished generation of the same model and splitter; drop all others."""
    unfinished = None
    for generation in archive.generations.stored():
        if generation.active or generation.retired_at is not None:
            continue
        same_rules = (generation.model, generation.splitter) == (embedder.model, SPLITTER)
        if same_rules and generation.dimensions == embedder.dimensions:
            unfinished = generation
        else:
            stores.drop(generation)
            archive.generations.drop(generation.id)
    return unfinished


def _split_again(archive: Archive) -> None:
    """Split every citable version that only older rules have split."""
    while versions := archive.passages.uncut(SPLITTER, _BATCH_ARTICLES):
        extracts = [version.extract for version in versions]
        cuts = [cut(extract.text, extract.header.language) for extract in extracts]
        archive.passages.cut_anew(list(zip(versions, cuts, strict=True)))


def _approve(archive: Archive, index: Index) -> None:
    """Check a new generation: completeness, and search by a sample.

    Raises:
        GenerationFaultyError: it lacks passages, or does not find enough of the sample.
    """
    if problems := faults(index):
        raise GenerationFaultyError(
            f"The new generation {index.generation.id} disagrees with the archive: {problems}. The "
            "old one serves on. Run it again; if it stays so, report it."
        )
    share, tried = sample_recall(archive, index)
    if share < _FOUND_SHARE:
        raise GenerationFaultyError(
            f"The new generation {index.generation.id} finds only {share:.0%} of {tried} passages "
            "by their own words. The old one serves on."
        )
