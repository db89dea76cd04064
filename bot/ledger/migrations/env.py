"""Run the migrations on the connection that the archive hands over."""

from alembic import context

from bot.ledger.ledger_tables import ledger_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ledger_metadata,
    version_table="ledger_version",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
