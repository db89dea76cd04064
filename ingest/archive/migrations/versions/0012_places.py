"""Add articles of one server, hidden articles, and a mark for pasted ones.

Existing articles stay everybody's; their mark for pasted text is unknown (NULL).
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
    of_one_server = sa.text("place <> ''")
    op.create_index(
        "articles_apart",
        "articles",
        ["place"],
        sqlite_where=of_one_server,
        postgresql_where=of_one_server,
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
