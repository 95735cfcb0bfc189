"""Run by Alembic, on the connection and in the transaction that `upgrade` hands it."""

from alembic import context

from engine.store.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # else Alembic commits after every revision on SQLite: half an upgrade, and no lock
)
context.run_migrations()
