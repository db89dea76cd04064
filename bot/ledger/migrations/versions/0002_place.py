"""What readers say is for the moderators of the server in which they say it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note the server; what was said before is for those who look after everything."""
    op.add_column("feedback", sa.Column("place", sa.String(40), nullable=False, server_default=""))
