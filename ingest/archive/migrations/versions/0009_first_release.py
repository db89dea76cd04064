"""Create the tables of release 0.1.0, those of the bot's records among them.

A trigger blanks the bot's stored answers when an article is erased. In the same transaction, the
answers that cite the article lose the question, the dropped sentences and the error detail.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = None
branch_labels = None
depends_on = None

BLANK = """
    UPDATE answers SET dropped = '[]', question = NULL, detail = NULL
    WHERE id IN (SELECT answer_id FROM citations WHERE article_id = NEW.id);
"""


def upgrade() -> None:
    """Create every table and the trigger."""
    make_articles()
    make_sources()
    make_passages()
    make_index_state()
    make_answers()
    make_moderation()
    make_reports()
    make_trigger()


def make_articles() -> None:
    """Create the tables of the archive's identity, outlets, articles and their versions."""
    identity = op.create_table(
        "identity",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mark", sa.String(32), nullable=False),
    )
    op.bulk_insert(identity, [{"id": 1, "mark": uuid4().hex}])
    op.create_table(
        "outlets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("country", sa.String(2)),
        sa.Column("ownership", sa.String(20)),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identity", sa.Text, nullable=False, unique=True),
        sa.Column("outlet_id", sa.Integer, sa.ForeignKey("outlets.id"), nullable=False),
        sa.Column("latest", sa.Integer, nullable=False),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.Column("removed_at", sa.String(40)),
        sa.Column("removal", sa.String(20)),
        sa.Column("note", sa.Text),
        sa.Column("story", sa.Integer),
        sa.Column("held", sa.Text),
    )
    op.create_index("ix_articles_source_id", "articles", ["outlet_id"])
    op.create_index("articles_of_story", "articles", ["story"])
    op.create_table(
        "versions",
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("agency", sa.Text),
        sa.Column("dateline", sa.Text),
        sa.Column("published", sa.String(40)),
        sa.Column("not_before", sa.String(10)),
        sa.Column("day", sa.String(10), index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("captions", sa.JSON, nullable=False),
        sa.Column("corrections", sa.JSON, nullable=False),
        sa.Column("read_at", sa.String(40), nullable=False),
        sa.Column("modified", sa.String(40)),
        sa.Column("section", sa.Text),
        sa.Column("preview", sa.Boolean),
        sa.Column("original", sa.Text),
        sa.Column("body", sa.String(64)),
    )
    op.create_index("versions_of_body", "versions", ["body"])


def make_sources() -> None:
    """Create the tables that a refresh reads and writes."""
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", sa.Text, nullable=False, unique=True),
        sa.Column("outlet_id", sa.Integer, sa.ForeignKey("outlets.id"), nullable=False),
        sa.Column("permission", sa.String(20), nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.Column("checked_at", sa.String(40)),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("listed", sa.Integer),
        sa.Column("failed_at", sa.String(40)),
        sa.Column("failure", sa.Text),
    )
    op.create_table(
        "pages",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("sources.id"), index=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), index=True),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("listing", sa.Boolean, nullable=False),
        sa.Column("first_at", sa.String(40), nullable=False),
        sa.Column("checked_at", sa.String(40)),
        sa.Column("modified", sa.String(40)),
        sa.Column("failure", sa.Text),
    )
    op.create_table(
        "fingerprints",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id"),
            primary_key=True,
            autoincrement=False,
            index=True,
        ),
    )


def make_passages() -> None:
    """Create the tables of passages and of their cached vectors."""
    op.create_table(
        "passages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("splitter", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("start_at", sa.Integer, nullable=False),
        sa.Column("end_at", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("passages_of_version", "passages", ["article_id", "version", "position"])
    op.create_table(
        "embeddings",
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )


def make_index_state() -> None:
    """Create the tables that an index follows: changes, generations and the serving one."""
    clock = op.create_table(
        "change_clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    op.bulk_insert(clock, [{"id": 1, "seq": 0}])
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_table(
        "generations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("dimensions", sa.Integer, nullable=False),
        sa.Column("splitter", sa.Integer, nullable=False),
        sa.Column("caught_up_to", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("retired_at", sa.String(40)),
    )
    op.create_table(
        "serving",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("generation_id", sa.Integer, sa.ForeignKey("generations.id"), nullable=False),
    )


def make_answers() -> None:
    """Create the tables of answers, their citations, messages and notices, and of spending."""
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("asked_at", sa.String(40), nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("question", sa.Text),
        sa.Column("writer", sa.Text),
        sa.Column("prompt", sa.String(20)),
        sa.Column("trouble", sa.String(40)),
        sa.Column("dropped", sa.JSON, nullable=False),
        sa.Column("tokens_read", sa.Integer, nullable=False),
        sa.Column("tokens_written", sa.Integer, nullable=False),
        sa.Column("detail", sa.Text),
    )
    op.create_table(
        "citations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("answer_id", sa.Integer, sa.ForeignKey("answers.id"), nullable=False, index=True),
        sa.Column(
            "article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False, index=True
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("start_at", sa.Integer, nullable=False),
        sa.Column("end_at", sa.Integer, nullable=False),
    )
    op.create_table(
        "spending",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("member", sa.String(64), primary_key=True),
        sa.Column("answers", sa.Integer, nullable=False),
        sa.Column("tokens_read", sa.Integer, nullable=False),
        sa.Column("tokens_written", sa.Integer, nullable=False),
    )
    op.create_table(
        "shown",
        sa.Column("answer_id", sa.Integer, sa.ForeignKey("answers.id"), primary_key=True),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("at", sa.String(40), nullable=False, index=True),
    )
    op.create_table(
        "notices",
        sa.Column("answer_id", sa.Integer, sa.ForeignKey("answers.id"), primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("reached", sa.Boolean, nullable=False),
    )


def make_moderation() -> None:
    """Create the tables of the audit log, suggested articles, jobs and the servers' rules."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("deed", sa.String(20), nullable=False),
        sa.Column("article_id", sa.Integer, index=True),
        sa.Column("source_id", sa.Integer),
        sa.Column("undone_by", sa.Integer),
        sa.Column("detail", sa.Text),
        sa.Column("before", sa.JSON),
    )
    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("data", sa.LargeBinary),
        sa.Column("outlet", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("hints", sa.JSON),
        sa.Column("watch", sa.Boolean, nullable=False),
        sa.Column("approved", sa.Boolean),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
    )
    op.create_table(
        "rules",
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("values", sa.JSON, nullable=False),
    )


def make_reports() -> None:
    """Create the tables of members' reports and of their pending questions."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("answer_id", sa.Integer, sa.ForeignKey("answers.id"), nullable=False, index=True),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("member", sa.String(64), nullable=False, index=True),
        sa.Column("question", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("settled_at", sa.String(40)),
    )
    op.create_table(
        "pending",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("token", sa.Text),
        sa.Column("message", sa.String(40)),
        sa.Column("shown", sa.String(40)),
        sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def make_trigger() -> None:
    """Create the trigger of an erasure."""
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
