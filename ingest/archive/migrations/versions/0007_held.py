"""Why an article's page is not believed at the moment, and what a model's server said."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason to the articles, and the sentence to the answers."""
    op.add_column("articles", sa.Column("held", sa.Text))
    op.add_column("answers", sa.Column("detail", sa.Text))
