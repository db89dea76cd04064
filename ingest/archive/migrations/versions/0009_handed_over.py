"""Add a trigger that blanks the bot's stored answers when an article is erased.

In the same transaction, the answers that cite the article lose the question, the dropped
sentences and the error detail.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BLANK = """
    UPDATE answers SET dropped = '[]', question = NULL, detail = NULL
    WHERE id IN (SELECT answer_id FROM citations WHERE article_id = NEW.id);
"""


def upgrade() -> None:
    """Create the trigger."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER erased AFTER UPDATE OF removal ON articles "
            f"WHEN NEW.removal = 'erased' BEGIN {BLANK} END"
        )
        return
    op.execute(
        "CREATE FUNCTION blank_answers() RETURNS trigger AS $$ "
        f"BEGIN {BLANK} RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    op.execute(
        "CREATE TRIGGER erased AFTER UPDATE OF removal ON articles FOR EACH ROW "
        "WHEN (NEW.removal = 'erased') EXECUTE FUNCTION blank_answers()"
    )
