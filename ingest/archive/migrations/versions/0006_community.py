"""Add members' feedback and suggestions, pending questions, jobs, and the servers' rules."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of feedback, pending questions, jobs, suggestions and rules."""
    op.add_column("audit", sa.Column("detail", sa.Text))
    op.add_column("audit", sa.Column("before", sa.JSON))
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("answer_id", sa.Integer, sa.ForeignKey("answers.id"), nullable=False, index=True),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("member", sa.String(64), nullable=False, index=True),
        sa.Column("question", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("settled_at", sa.String(40)),
    )
    op.create_table(
        "pending",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("token", sa.Text),
        sa.Column("message", sa.String(40)),
        sa.Column("shown", sa.String(40)),
        sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
    )
    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("data", sa.LargeBinary),
        sa.Column("outlet", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("hints", sa.JSON),
        sa.Column("watch", sa.Boolean, nullable=False),
        sa.Column("approved", sa.Boolean),
    )
    op.create_table(
        "rules",
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("values", sa.JSON, nullable=False),
    )
