"""When the last look at a source came to its end, whichever process looked."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note it from now on."""
    op.add_column("sources", sa.Column("ended_at", sa.String(40)))
