"""Which archive this is, however its address is spelt: what is derived from it is named by it."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name the archive for good."""
    table = op.create_table(
        "identity",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mark", sa.String(32), nullable=False),
    )
    op.bulk_insert(table, [{"id": 1, "mark": uuid4().hex}])
