"""Add a random identifier of the archive, used in the names of files derived from it."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the identity table with a new random mark."""
    table = op.create_table(
        "identity",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mark", sa.String(32), nullable=False),
    )
    op.bulk_insert(table, [{"id": 1, "mark": uuid4().hex}])
