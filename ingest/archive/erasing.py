"""Erasing an article: no word of it stays in the archive's files."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, delete, select, text, update

from ingest.archive import rows
from ingest.archive.database import Database
from ingest.archive.rows import lock_archive, record_change
from ingest.archive.schema import (
    articles,
    embeddings,
    fingerprints,
    outlets,
    pages,
    passages,
    snapshot_files,
    versions,
)
from ingest.errors import ArticleNotFoundError
from ingest.fetching.identities import sealed
from ingest.model import Removal


def erase(database: Database, article_id: int, *, now: datetime) -> None:
    """Delete all versions, snapshots and vectors of an article, and its text in stored answers.

    The answers are the bot's: a database trigger erases them (migration 0009).

    Its number and a hash of its address stay, so that a refresh does not fetch it again.

    Raises:
        ArticleNotFoundError: there is no such article.
    """
    with database.writing() as connection:
        lock_archive(connection)
        this_article = articles.c.id == article_id
        identity = connection.execute(select(articles.c.identity).where(this_article)).scalar()
        if identity is None:
            raise ArticleNotFoundError(article_id)
        _delete_vectors(connection, article_id)
        for table in (passages, snapshot_files, versions, fingerprints):
            connection.execute(delete(table).where(table.c.article_id == article_id))
        blank = {
            "identity": sealed(identity),
            "removed_at": rows.iso(now),
            "removal": str(Removal.ERASED),
            "note": None,
            "held": None,
            "story": None,
        }
        connection.execute(update(articles).where(this_article).values(blank))
        addresses = select(pages.c.address).where(pages.c.article_id == article_id)
        for address in connection.execute(addresses).scalars().all():
            sealed_page = {"address": sealed(address), "url": "", "failure": None}
            connection.execute(update(pages).where(pages.c.address == address).values(sealed_page))
        record_change(connection, article_id, now)
    _scrub(database.engine)


def _delete_vectors(connection: Connection, article_id: int) -> None:
    """Delete the cached vectors of an article's passages."""
    query = (
        select(
            passages,
            passages.c.id.label("passage_id"),
            passages.c.text.label("passage_text"),
            versions.c.corrections,
            outlets.c.ownership,
            *(versions.c[name] for name in rows.HEADER),
        )
        .join(
            versions,
            (versions.c.article_id == passages.c.article_id)
            & (versions.c.number == passages.c.version),
        )
        .join(articles, articles.c.id == passages.c.article_id)
        .join(outlets, outlets.c.id == articles.c.outlet_id)
        .where(passages.c.article_id == article_id)
    )
    article_passages = [rows.passage(row) for row in connection.execute(query).mappings()]
    digests = [
        {"gone": hashlib.sha256(passage.context.encode()).hexdigest()}
        for passage in article_passages
    ]
    if digests:
        cached = embeddings.c.digest == bindparam("gone")
        connection.execute(delete(embeddings).where(cached), digests)


def _scrub(engine: Engine) -> None:
    """Rewrite the database's files without the deleted rows.

    SQLite's journal is truncated as well; recycling PostgreSQL's log is the administrator's task.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            for command in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(command)
        finally:
            raw.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL"))
