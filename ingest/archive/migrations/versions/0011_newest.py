"""Add indexes for the newest articles, of all outlets and of one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both indexes with undated versions first, which is SQLite's default order."""
    postgresql = op.get_context().dialect.name == "postgresql"
    day = sa.text("day NULLS FIRST") if postgresql else "day"
    op.create_index("versions_newest", "versions", [day, "article_id"])
    op.create_index("versions_of_outlet", "versions", ["outlet", day, "article_id"])
