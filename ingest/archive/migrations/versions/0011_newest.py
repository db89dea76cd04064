"""The newest articles, of all outlets and of one, without reading every article."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DAY = "coalesce(day, '')"


def upgrade() -> None:
    """Index the versions as they are listed."""
    op.create_index("versions_newest", "versions", [sa.text(DAY), "article_id"])
    op.create_index("versions_of_outlet", "versions", ["outlet", sa.text(DAY), "article_id"])
