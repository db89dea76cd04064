"""Add who decided on a suggestion, and in which server."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SUGGESTIONS = sa.table(
    "suggestions",
    sa.column("id", sa.Integer),
    sa.column("decided_by", sa.String),
    sa.column("decided_in", sa.String),
)
_AUDIT = sa.table(
    "audit",
    sa.column("who", sa.String),
    sa.column("place", sa.String),
    sa.column("deed", sa.String),
    sa.column("before", sa.JSON),
)


def upgrade() -> None:
    """Add the columns; those of earlier decisions stand in the audit entries."""
    for name in ("decided_by", "decided_in"):
        op.add_column("suggestions", sa.Column(name, sa.String(40)))
    connection = op.get_bind()
    decisions = sa.select(_AUDIT).where(_AUDIT.c.deed.in_(["approved", "rejected"]))
    for entry in connection.execute(decisions).mappings().all():
        decided = _SUGGESTIONS.c.id == (entry["before"] or {}).get("suggestion", 0)
        values = {"decided_by": entry["who"], "decided_in": entry["place"]}
        connection.execute(sa.update(_SUGGESTIONS).where(decided).values(values))
