"""Add the reason why an article is held, and the error detail of an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column to articles and one to answers."""
    op.add_column("articles", sa.Column("held", sa.Text))
    op.add_column("answers", sa.Column("detail", sa.Text))
