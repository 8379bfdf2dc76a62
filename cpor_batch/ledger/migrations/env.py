"""How alembic runs our migrations: on the caller's connection, in the caller's transaction."""

from alembic import context

from cpor_batch.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
