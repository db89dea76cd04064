"""Add paused hosts, and snapshots of fetched pages."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables, and the column for a snapshot's digest."""
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
