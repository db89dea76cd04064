"""Make the index anew beside the one in service, check it, and only then let it serve."""

from __future__ import annotations

from datetime import datetime

from ingest.archive import Archive
from ingest.embedding.vectors import Embedder
from ingest.errors import GenerationFaultyError, NoGenerationError
from ingest.index.checking import faults, found_again
from ingest.index.index import Index, add_generation
from ingest.index.passages import SPLITTER, cut
from ingest.index.stores import ROLLBACK_FOR, Stores
from ingest.model import Generation, Progress
from ingest.settings import Settings

_AT_ONCE = 100
"""Articles cut anew in one transaction."""
_FOUND = 0.95
"""Share of passages that must be found again by their own first sentence."""


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

    Cached vectors of the same model are used again. Stopped or killed before the switch, the old
    generation serves on, and the next call goes on from there.

    Raises:
        IndexOwnedError: another process owns the embedded index.
        GenerationFaultyError: the new generation failed its checks; the old one serves on.
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
    """Do what :func:`rebuild` does in *stores* that are open, beside whoever searches them."""
    stores.drop_the_retired(archive, now)
    new = _unfinished(archive, embedder, stores) or add_generation(archive, embedder, now)
    _cut_anew(archive)
    index = Index(archive, embedder, new, stores)
    index.catch_up(progress)
    _approve(archive, index)
    archive.generations.activate(new.id, now=now)
    index.catch_up()
    return archive.generations.get(new.id)


def roll_back(archive: Archive, *, now: datetime) -> Generation:
    """Let the generation serve again that served before; whoever answers follows at once.

    Raises:
        NoGenerationError: there is none any more.
    """
    every = ((each, each.retired_at) for each in archive.generations.kept())
    retired = {each: at for each, at in every if at is not None and now - at < ROLLBACK_FOR}
    if not retired:
        raise NoGenerationError(
            "No earlier generation is kept. One is for a day after `python -m ingest rebuild`."
        )
    before = max(retired, key=lambda each: retired[each])
    archive.generations.activate(before.id, now=now)
    return archive.generations.get(before.id)


def _unfinished(archive: Archive, embedder: Embedder, stores: Stores) -> Generation | None:
    """Return a generation that was begun with the same model and splitter; drop other ones."""
    wanted = None
    for each in archive.generations.kept():
        if each.active or each.retired_at is not None:
            continue
        same = (each.model, each.splitter) == (embedder.model, SPLITTER)
        if same and each.dimensions == embedder.dimensions:
            wanted = each
        else:
            stores.drop(each)
            archive.generations.drop(each.id)
    return wanted


def _cut_anew(archive: Archive) -> None:
    """Cut every standing version by the rules of today that was only cut by older ones."""
    while versions := archive.passages.uncut(SPLITTER, _AT_ONCE):
        extracts = [each.extract for each in versions]
        cuts = [cut(each.text, each.header.language) for each in extracts]
        archive.passages.cut_anew(list(zip(versions, cuts, strict=True)))


def _approve(archive: Archive, index: Index) -> None:
    """Refuse a generation that lacks passages, or does not find them.

    Raises:
        GenerationFaultyError: it does.
    """
    if found := faults(index):
        raise GenerationFaultyError(
            f"The new generation {index.generation.id} disagrees with the archive: {found}. The "
            "old one serves on. Run it again; if it stays so, report it."
        )
    share, tried = found_again(archive, index)
    if share < _FOUND:
        raise GenerationFaultyError(
            f"The new generation {index.generation.id} finds only {share:.0%} of {tried} passages "
            "by their own words. The old one serves on."
        )
