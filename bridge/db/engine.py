"""
The engine for both databases, and the doors to it: ``reading`` and ``writing``.

Functions of the domain take the connection first and never commit; whoever opens the door does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any

import aiosqlite
from sqlalchemy import BigInteger, Integer, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.schema import Table

from bridge.config import DatabaseConfig
from bridge.errors import Unavailable

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

Conn = AsyncConnection

# SQLite makes only INTEGER primary keys grow by themselves.
GrowingId = BigInteger().with_variant(Integer, "sqlite")


class Database:
    """
    One engine. ``reading()`` and ``writing()`` give a connection; ``writing()`` commits at its end.

    SQLite has one writer: its ``writing()`` begins with BEGIN IMMEDIATE, so that savepoints roll back and a
    second writer waits instead of failing. WAL lets readers go on; ``synchronous=FULL`` makes a commit durable.
    """

    def __init__(self, config: DatabaseConfig) -> None:
        self.config = config
        self.is_sqlite = config.url.startswith("sqlite")
        self.engine = _sqlite_engine(config) if self.is_sqlite else _postgresql_engine(config)
        each_alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reader = self.engine.execution_options(reading=True, **each_alone)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Conn]:
        """Open a connection for reads only; one snapshot on SQLite, each statement its own on PostgreSQL."""
        with _as_unavailable_context():
            async with self._reader.connect() as conn:
                yield conn

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Conn]:
        """Open a transaction; committed when the block ends, rolled back when it raises."""
        with _as_unavailable_context():
            async with self.engine.begin() as conn:
                yield conn

    def calling(self) -> AbstractAsyncContextManager[Conn]:
        """Open a connection whose every statement is a transaction of its own, durable when it returns: PostgreSQL."""
        assert not self.is_sqlite
        return self.reading()  # which is the same there: nothing makes it refuse a write

    async def close(self) -> None:
        await self.engine.dispose()


class _as_unavailable_context:  # noqa: N801 - reads as the statement that it is
    """Turn "the database does not answer" into ``Unavailable``; a fault in a statement stays what it is."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and does_not_answer(error):
            raise Unavailable("The database does not answer; try again in a few seconds.") from error


# Primary result codes: busy, locked, read-only, I/O error, full, cannot open. Others are faults of a statement.
SQLITE_GONE = {5, 6, 8, 10, 13, 14}
# SQLSTATE: connection exception, rolled back (a deadlock), insufficient resources, lock not available, operator
# intervention.
POSTGRESQL_GONE = ("08", "40", "53", "55P03", "57")


def does_not_answer(error: BaseException) -> bool:
    """Whether it says that the database is away or at its limits, not that a statement is wrong."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, (PoolTimeout, OSError, TimeoutError))
    code = getattr(error.orig, "sqlite_errorcode", None)
    state = str(getattr(error.orig, "sqlstate", None) or "")
    is_gone = code is not None and code & 0xFF in SQLITE_GONE
    return error.connection_invalidated or is_gone or state.startswith(POSTGRESQL_GONE)


def _sqlite_engine(config: DatabaseConfig) -> AsyncEngine:
    url = make_url(config.url).set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(
        url,
        hide_parameters=True,  # an error's text goes into the log; the values of a statement must not
        pool_size=config.pool_size,
        max_overflow=0,
        pool_timeout=config.timeout_s,
        connect_args={"timeout": config.timeout_s, "async_creator_fn": _connect_sqlite},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # the driver shall not begin transactions of its own
        cursor = dbapi.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(conn: Any) -> None:
        reading = conn.get_execution_options().get("reading")
        conn.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


async def _connect_sqlite(*args: Any, **options: Any) -> aiosqlite.Connection:
    """
    Connect; when that fails, wait until the driver's thread has ended.

    It reports its end to the event loop, and writes a traceback when that is closed by then.
    """
    connection = aiosqlite.connect(*args, **options)
    thread = connection._thread  # noqa: SLF001 - SQLAlchemy reaches for it as well
    thread.daemon = True
    try:
        return await connection
    except BaseException:
        await asyncio.shield(asyncio.to_thread(thread.join))
        raise


def _postgresql_engine(config: DatabaseConfig) -> AsyncEngine:
    url = make_url(config.url).set(drivername="postgresql+asyncpg")
    return create_async_engine(
        url,
        hide_parameters=True,  # an error's text goes into the log; the values of a statement must not
        pool_size=config.pool_size,
        max_overflow=0,
        pool_timeout=config.timeout_s,
        connect_args={
            "timeout": config.timeout_s,
            "command_timeout": config.timeout_s,
            "server_settings": {"application_name": "classbridge", "jit": "off"},
        },
    )


def upsert(table: Table, conn: Conn) -> Any:
    """An INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing`` in the dialect of *conn*."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)
