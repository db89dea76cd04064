"""Make the tables of release 0.1.0 those of 0.3.0."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add servers, follows, leases, and the past moment that a question is about."""
    add_follows()
    add_leases()
    add_columns()


def add_columns() -> None:
    """Add columns: earlier feedback is the home server's, earlier questions are of the present."""
    op.add_column("feedback", sa.Column("place", sa.String(40), nullable=False, server_default=""))
    for table in ("answers", "pending"):
        op.add_column(table, sa.Column("as_of", sa.String(40)))
    op.add_column("shown", sa.Column("place", sa.String(40), nullable=False, server_default=""))


def add_follows() -> None:
    """Create the tables of follows, their news and posted digests."""
    op.create_table(
        "follows",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("member", sa.String(64), nullable=False, index=True),
        sa.Column("channel", sa.String(40), nullable=False, index=True),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
    )
    op.create_table(
        "follow_news",
        sa.Column(
            "follow_id",
            sa.Integer,
            sa.ForeignKey("follows.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("story", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("start_at", sa.Integer, nullable=False),
        sa.Column("end_at", sa.Integer, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.String(40), index=True),
    )
    op.create_table(
        "news_seen",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    op.create_table(
        "digests",
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("due_at", sa.String(40), primary_key=True),
        sa.Column("sent_at", sa.String(40)),
    )


def add_leases() -> None:
    """Create the table and columns; earlier questions and jobs have no owner."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("until", sa.String(40), nullable=False),
    )
    for table in ("pending", "jobs"):
        owner = sa.Column("owner", sa.String(40), nullable=False, server_default="")
        op.add_column(table, owner)
