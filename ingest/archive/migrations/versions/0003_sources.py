"""Add watched sources, fetched pages, stories, and the reason of a removal."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = "id, article_id, version, position, start_at, end_at, text"


def upgrade() -> None:
    """Rename the table of outlets; add the tables of sources, pages and fingerprints."""
    op.rename_table("sources", "outlets")
    op.alter_column("outlets", "outlet", new_column_name="name")
    op.add_column("outlets", sa.Column("country", sa.String(2)))
    op.add_column("outlets", sa.Column("ownership", sa.String(20)))
    op.alter_column("articles", "source_id", new_column_name="outlet_id")
    op.add_column("articles", sa.Column("removal", sa.String(20)))
    op.add_column("articles", sa.Column("note", sa.Text))
    op.add_column("articles", sa.Column("story", sa.Integer))
    op.create_index("articles_of_story", "articles", ["story"])
    op.execute("UPDATE articles SET removal = 'removed' WHERE removed_at IS NOT NULL")
    op.add_column("versions", sa.Column("modified", sa.String(40)))
    op.add_column("versions", sa.Column("section", sa.Text))
    op.add_column("versions", sa.Column("preview", sa.Boolean))
    op.add_column("versions", sa.Column("original", sa.Text))
    op.add_column("versions", sa.Column("body", sa.String(64)))
    op.create_index("versions_of_body", "versions", ["body"])
    op.add_column("generations", sa.Column("retired_at", sa.String(40)))
    make_sources()
    add_splitter_to_passages()


def make_sources() -> None:
    """Create the tables that a refresh reads and writes."""
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", sa.Text, nullable=False, unique=True),
        sa.Column("outlet_id", sa.Integer, sa.ForeignKey("outlets.id"), nullable=False),
        sa.Column("permission", sa.String(20), nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.Column("checked_at", sa.String(40)),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("listed", sa.Integer),
        sa.Column("failed_at", sa.String(40)),
        sa.Column("failure", sa.Text),
    )
    op.create_table(
        "pages",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("sources.id"), index=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), index=True),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("listing", sa.Boolean, nullable=False),
        sa.Column("first_at", sa.String(40), nullable=False),
        sa.Column("checked_at", sa.String(40)),
        sa.Column("modified", sa.String(40)),
        sa.Column("failure", sa.Text),
    )
    op.create_table(
        "fingerprints",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id"),
            primary_key=True,
            autoincrement=False,
            index=True,
        ),
    )


def add_splitter_to_passages() -> None:
    """Add the splitter to the key of passages, so that two can cut one version."""
    op.create_table(
        "passages_anew",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("splitter", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("start_at", sa.Integer, nullable=False),
        sa.Column("end_at", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.execute(
        f"INSERT INTO passages_anew ({COLUMNS}, splitter) SELECT {COLUMNS}, 2 FROM passages"  # noqa: S608
    )
    op.drop_table("passages")
    op.rename_table("passages_anew", "passages")
    op.create_index("passages_of_version", "passages", ["article_id", "version", "position"])
