"""Several processes: who is there, who does what one has to do, whose question is on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the leases; what waited before is nobody's, so that whoever comes tells of it."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("until", sa.String(40), nullable=False),
    )
    for table in ("pending", "jobs"):
        owner = sa.Column("owner", sa.String(40), nullable=False, server_default="")
        op.add_column(table, owner)
