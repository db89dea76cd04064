"""The tables of the archive, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

archive_metadata = MetaData()

_OF_ONE_SERVER = text("place <> ''")
"""The condition of a partial index: the few articles that belong to one server."""

archive_identity = Table(
    "identity",
    archive_metadata,
    Column("id", Integer, primary_key=True),
    Column("mark", String(32), nullable=False),
)

outlets = Table(
    "outlets",
    archive_metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("country", String(2)),
    Column("ownership", String(20)),
)

sources = Table(
    "sources",
    archive_metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Text, nullable=False, unique=True),
    Column("outlet_id", ForeignKey("outlets.id"), nullable=False),
    Column("permission", String(20), nullable=False),
    Column("every", Integer, nullable=False),
    Column("added_at", String(40), nullable=False),
    Column("checked_at", String(40)),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("listed", Integer),
    Column("failed_at", String(40)),
    Column("failure", Text),
    Column("ended_at", String(40)),
    Column("place", String(40), nullable=False, server_default=""),
)

articles = Table(
    "articles",
    archive_metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("held", Text),
    Column("outlet_id", ForeignKey("outlets.id"), nullable=False, index=True),
    Column("latest", Integer, nullable=False),
    Column("added_at", String(40), nullable=False),
    Column("removed_at", String(40)),
    Column("removal", String(20)),
    Column("note", Text),
    Column("story", Integer, index=True),
    Column("place", String(40), nullable=False, server_default=""),
    Index("articles_apart", "place", sqlite_where=_OF_ONE_SERVER, postgresql_where=_OF_ONE_SERVER),
)

hidden = Table(
    "hidden",
    archive_metadata,
    Column("place", String(40), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
)

pages = Table(
    "pages",
    archive_metadata,
    Column("address", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("source_id", ForeignKey("sources.id"), index=True),
    Column("article_id", ForeignKey("articles.id"), index=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("listing", Boolean, nullable=False),
    Column("first_at", String(40), nullable=False),
    Column("checked_at", String(40)),
    Column("modified", String(40)),
    Column("failure", Text),
)

fingerprints = Table(
    "fingerprints",
    archive_metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "article_id",
        ForeignKey("articles.id"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
)

versions = Table(
    "versions",
    archive_metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("url", Text),
    Column("authors", JSON, nullable=False),
    Column("agency", Text),
    Column("dateline", Text),
    Column("published", String(40)),
    Column("modified", String(40)),
    Column("not_before", String(10)),
    Column("day", String(10), index=True),
    Column("kind", String(20), nullable=False),
    Column("language", String(20), nullable=False),
    Column("section", Text),
    Column("preview", Boolean),
    Column("original", Text),
    Column("pasted", Boolean),
    Column("text", Text, nullable=False),
    Column("body", String(64), index=True),
    Column("captions", JSON, nullable=False),
    Column("corrections", JSON, nullable=False),
    Column("read_at", String(40), nullable=False),
    Column("snapshot", String(64)),
    Index("versions_newest", "day", "article_id"),
    Index("versions_of_outlet", "outlet", "day", "article_id"),
)

snapshot_files = Table(
    "snapshots",
    archive_metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("taken_at", String(40), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("warc", LargeBinary, nullable=False),
)

hosts = Table(
    "hosts",
    archive_metadata,
    Column("name", Text, primary_key=True),
    Column("rests_until", String(40), nullable=False),
)

passages = Table(
    "passages",
    archive_metadata,
    Column("id", Text, primary_key=True),
    Column("splitter", Integer, primary_key=True, autoincrement=False),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("start_at", Integer, nullable=False),
    Column("end_at", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Index("passages_of_version", "article_id", "version", "position"),
)

embeddings = Table(
    "embeddings",
    archive_metadata,
    Column("model", Text, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

clock = Table(
    "change_clock",
    archive_metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
)

changes = Table(
    "changes",
    archive_metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("at", String(40), nullable=False),
)

generations = Table(
    "generations",
    archive_metadata,
    Column("id", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("dimensions", Integer, nullable=False),
    Column("splitter", Integer, nullable=False),
    Column("caught_up_to", Integer, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("retired_at", String(40)),
)

serving = Table(
    "serving",
    archive_metadata,
    Column("id", Integer, primary_key=True),
    Column("generation_id", ForeignKey("generations.id"), nullable=False),
)
