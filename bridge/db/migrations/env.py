"""Alembic's entry: runs in the transaction that ``bridge.db.migrate`` has opened."""

from __future__ import annotations

from alembic import context

from bridge.db.engine import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    transactional_ddl=False,  # the caller's transaction holds it all
)
context.run_migrations()
