"""Run the migrations on the connection that the archive passes."""

from alembic import context

from ingest.archive.schema import archive_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=archive_metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
