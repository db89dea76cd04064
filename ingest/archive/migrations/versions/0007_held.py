"""Why the page of an article that stands is not believed at the moment."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason to the articles."""
    op.add_column("articles", sa.Column("held", sa.Text))
