"""Make the tables of release 0.1.0 those of 0.3.0.

Existing articles stay everybody's; their mark for pasted text is unknown (NULL).
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add articles of one server, paused hosts, snapshots, and indexes of the newest."""
    add_newest()
    add_places()
    add_web()


def add_newest() -> None:
    """Create both indexes with undated versions first, which is SQLite's default order."""
    postgresql = op.get_context().dialect.name == "postgresql"
    day = sa.text("day NULLS FIRST") if postgresql else "day"
    op.create_index("versions_newest", "versions", [day, "article_id"])
    op.create_index("versions_of_outlet", "versions", ["outlet", day, "article_id"])


def add_places() -> None:
    """Add articles and sources of one server, hidden articles, and the mark of pasted ones."""
    for table in ("articles", "sources"):
        op.add_column(table, sa.Column("place", sa.String(40), nullable=False, server_default=""))
    of_one_server = sa.text("place <> ''")
    op.create_index(
        "articles_apart",
        "articles",
        ["place"],
        sqlite_where=of_one_server,
        postgresql_where=of_one_server,
    )
    op.add_column("versions", sa.Column("pasted", sa.Boolean))
    op.create_table(
        "hidden",
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("at", sa.String(40), nullable=False),
    )


def add_web() -> None:
    """Add the end of a source's last check, paused hosts, and snapshots of fetched pages."""
    op.add_column("sources", sa.Column("ended_at", sa.String(40)))
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("rests_until", sa.String(40), nullable=False),
    )
    op.create_table(
        "snapshots",
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("taken_at", sa.String(40), nullable=False, index=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("warc", sa.LargeBinary, nullable=False),
    )
    op.add_column("versions", sa.Column("snapshot", sa.String(64)))
