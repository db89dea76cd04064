"""The ledger begins with the tables that the archive's own migrations made for it."""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begin to count."""
