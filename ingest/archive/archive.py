"""The archive: everything that is kept, each part with the verbs of the domain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, case, func, select

from ingest.archive.articles import Articles
from ingest.archive.changes import Changes
from ingest.archive.database import Database
from ingest.archive.editions import Editions
from ingest.archive.embeddings import Embeddings
from ingest.archive.generations import Generations
from ingest.archive.hosts import Hosts
from ingest.archive.outlets import Outlets
from ingest.archive.pages import Pages
from ingest.archive.passages import Passages
from ingest.archive.schema import archive_identity, articles, changes, versions
from ingest.archive.selecting import NEWEST, in_edition, number
from ingest.archive.snapshots import Snapshots
from ingest.archive.sources import Sources
from ingest.model import UNVERIFIED_PASTE, Edition, OutletSummary, Summary, parse_moment


class Archive(Database):
    """Everything that is kept. Safe to share between threads; open one a process."""

    def __init__(self, engine: Engine) -> None:
        """Hold the parts of one database."""
        super().__init__(engine)
        self.articles = Articles(self)
        self.passages = Passages(self)
        self.outlets = Outlets(self)
        self.editions = Editions(self)
        self.sources = Sources(self)
        self.pages = Pages(self)
        self.hosts = Hosts(self)
        self.snapshots = Snapshots(self)
        self.changes = Changes(self)
        self.embeddings = Embeddings(self)
        self.generations = Generations(self)

    def mark(self) -> str:
        """Return what tells this archive from every other one, however its address is spelt."""
        with self.reading() as connection:
            return str(connection.execute(select(archive_identity.c.mark)).scalar_one())

    def summary(self, edition: Edition | None = None) -> Summary:
        """Count what is kept, in one edition or in all, by outlet the most articles first."""
        standing = articles.c.removed_at.is_(None)
        pasted = case((versions.c.pasted.is_(True), UNVERIFIED_PASTE), else_=versions.c.outlet)
        named = pasted.label("outlet")
        share = (
            select(
                named,
                func.count(),
                func.max(versions.c.published),
            )
            .join(articles, NEWEST)
            .where(standing, in_edition(edition))
            .group_by(named)
            .order_by(func.count().desc(), named)
        )
        with self.reading() as connection:
            outlets = tuple(
                OutletSummary(outlet, count, parse_moment(newest) if newest else None)
                for outlet, count, newest in connection.execute(share)
            )
            return Summary(
                articles=sum(each.articles for each in outlets),
                removed=number(
                    connection, select(func.count()).select_from(articles).where(~standing)
                ),
                versions=number(connection, select(func.count()).select_from(versions)),
                outlets=outlets,
                last_change=connection.execute(select(func.max(changes.c.seq))).scalar() or 0,
                changed_at=_changed_at(connection),
            )


def _changed_at(connection: Connection) -> datetime | None:
    """Return when the archive last changed."""
    newest = select(changes.c.at).order_by(changes.c.seq.desc()).limit(1)
    at = connection.execute(newest).scalar()
    return datetime.fromisoformat(at) if at else None
