"""Add the end time of the last check of a source."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to sources."""
    op.add_column("sources", sa.Column("ended_at", sa.String(40)))
