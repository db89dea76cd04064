"""As of which moment a question was asked, where that was not the present."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; what was asked before was asked of its present."""
    for table in ("answers", "pending"):
        op.add_column(table, sa.Column("as_of", sa.String(40)))
