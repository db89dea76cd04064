"""Make the index anew beside the one in service, then let it serve."""

from __future__ import annotations

from datetime import datetime

from ingest.archive import Archive
from ingest.index.embedding import Embedder
from ingest.index.index import Index, Stores, add_generation
from ingest.model import Generation, Progress
from ingest.settings import Settings


def rebuild(
    archive: Archive,
    embedder: Embedder,
    settings: Settings,
    *,
    holder: str,
    now: datetime,
    progress: Progress | None = None,
) -> Generation:
    """Build a generation with *embedder*, switch to it in one transaction, drop the old one.

    Cached vectors of the same model are used again. Killed before the switch, the old
    generation serves on.

    Raises:
        IndexOwnedError: another process owns the embedded index.
    """
    old = archive.active_generation()
    with Stores.open(settings, holder=holder, now=now) as stores:
        new = add_generation(archive, embedder, now)
        with stores.of(new):
            Index(archive, embedder, new, stores).catch_up(progress)
        archive.activate(new.id)
        if old is not None:
            with stores.of(old):
                stores.vectors.drop()
                stores.words.drop()
    return archive.generation(new.id)
