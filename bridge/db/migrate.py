"""Bring the database's schema up to date; at each start, and by ``classbridge migrate``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bridge.config import DatabaseConfig
from bridge.db.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x0C1A55  # any number that no other program uses in this database


@asynccontextmanager
async def opened(config: DatabaseConfig) -> AsyncIterator[Database]:
    """The database with the schema of this version; closed when the block ends."""
    db = Database(config)
    try:
        await upgrade(db)
        yield db
    finally:
        await db.close()


async def upgrade(db: Database) -> None:
    """Run the migrations that are missing, in one transaction. Two processes that start together wait in turn."""
    async with db.writing() as conn:
        if not db.is_sqlite:
            await conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        await conn.run_sync(_upgrade)


async def is_current(db: Database) -> bool:
    """Whether the schema is the one that this version was written for."""
    async with db.reading() as conn:
        return await conn.run_sync(_is_current)


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _is_current(conn: Connection) -> bool:
    heads = ScriptDirectory.from_config(_config()).get_heads()
    return set(MigrationContext.configure(conn).get_current_heads()) == set(heads)


def _upgrade(conn: Connection) -> None:
    if _is_current(conn):
        return
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
