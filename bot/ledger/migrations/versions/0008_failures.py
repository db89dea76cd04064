"""Add to follows how many messages in a row reached nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no failures of earlier follows are known."""
    op.add_column("follows", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
