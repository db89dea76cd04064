"""Start the ledger's migrations; its tables were created by the archive's own migrations."""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing."""
