"""Add the server to feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier feedback belongs to the home server."""
    op.add_column("feedback", sa.Column("place", sa.String(40), nullable=False, server_default=""))
