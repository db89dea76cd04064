"""What one server keeps for itself, what it hides for itself, and what somebody pasted.

All that is there is everybody's, as it was; nobody knows any more what of it was pasted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    for table in ("articles", "sources"):
        op.add_column(table, sa.Column("place", sa.String(40), nullable=False, server_default=""))
    apart = sa.text("place <> ''")
    op.create_index(
        "articles_apart", "articles", ["place"], sqlite_where=apart, postgresql_where=apart
    )
    op.add_column("versions", sa.Column("pasted", sa.Boolean))
    op.create_table(
        "hidden",
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("at", sa.String(40), nullable=False),
    )
