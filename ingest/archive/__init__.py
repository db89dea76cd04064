"""The archive, the source of truth: every SQL read and write as a method of the domain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, case, func, select

from ingest.archive import schema
from ingest.archive.articles import Articles, Editions
from ingest.archive.database import Database
from ingest.archive.generations import Changes, Embeddings, Generations
from ingest.archive.passages import Passages
from ingest.archive.rows import NEWEST, in_edition, number
from ingest.archive.sources import Hosts, Outlets, Pages, Snapshots, Sources
from ingest.model import UNVERIFIED_PASTE, Edition, OutletSummary, Summary, parse_moment


class Archive(Database):
    """Everything that is stored. Safe to share between threads; open one a process."""

    def __init__(self, engine: Engine) -> None:
        """Create the parts that read and write the database of *engine*."""
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
        """Return the random identifier of this archive, independent of how its address is spelt."""
        with self.reading() as connection:
            return str(connection.execute(select(schema.archive_identity.c.mark)).scalar_one())

    def summary(self, edition: Edition | None = None) -> Summary:
        """Count the articles of one edition or of all, by outlet, largest outlet first."""
        citable = schema.articles.c.removed_at.is_(None)
        pasted = case(
            (schema.versions.c.pasted.is_(True), UNVERIFIED_PASTE), else_=schema.versions.c.outlet
        )
        outlet_label = pasted.label("outlet")
        counts = (
            select(
                outlet_label,
                func.count(),
                func.max(schema.versions.c.published),
            )
            .join(schema.articles, NEWEST)
            .where(citable, in_edition(edition))
            .group_by(outlet_label)
            .order_by(func.count().desc(), outlet_label)
        )
        with self.reading() as connection:
            outlets = tuple(
                OutletSummary(outlet, count, parse_moment(newest) if newest else None)
                for outlet, count, newest in connection.execute(counts)
            )
            return Summary(
                articles=sum(outlet.articles for outlet in outlets),
                removed=number(
                    connection, select(func.count()).select_from(schema.articles).where(~citable)
                ),
                versions=number(connection, select(func.count()).select_from(schema.versions)),
                outlets=outlets,
                last_change=connection.execute(select(func.max(schema.changes.c.seq))).scalar()
                or 0,
                changed_at=_changed_at(connection),
            )


def _changed_at(connection: Connection) -> datetime | None:
    """Return the time of the newest change, or None if nothing ever changed."""
    newest = select(schema.changes.c.at).order_by(schema.changes.c.seq.desc()).limit(1)
    at = connection.execute(newest).scalar()
    return datetime.fromisoformat(at) if at else None
