"""Add leases of processes, and the owners of questions and jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
