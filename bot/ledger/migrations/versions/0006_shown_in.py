"""Add the server to shown answers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the server of earlier answers is unknown."""
    op.add_column("shown", sa.Column("place", sa.String(40), nullable=False, server_default=""))
