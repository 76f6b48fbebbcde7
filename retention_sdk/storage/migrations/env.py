"""Alembic's entry: migrates the connection that ``migrate.upgrade`` hands over, nothing else."""

from __future__ import annotations

from alembic import context

from retention_sdk.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    # Autogenerate writes our column types by the name that migrations import.
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
