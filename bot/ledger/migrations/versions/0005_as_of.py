"""Add the past moment that a question is about."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; earlier questions are about the present."""
    for table in ("answers", "pending"):
        op.add_column(table, sa.Column("as_of", sa.String(40)))
