"""The tables of what the bot writes down are handed over to it; erasing reaches them by a trigger.

Whichever process erases an article, in the same transaction the answers that cite it lose the words
that they kept: the question, and what was dropped.
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
    """Let erasing an article blank the answers that cite it."""
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
