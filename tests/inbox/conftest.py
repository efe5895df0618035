"""A bridge to push transactions at, one for each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from faults.offline import OfflineBridge, offline_bridge
from testbed.databases import Databases, PostgresDatabases, SqliteDatabases


async def _bridge(databases: Databases) -> AsyncIterator[OfflineBridge]:
    async with databases.fresh() as url, offline_bridge(url) as bridge:
        yield bridge


@pytest.fixture(scope="session")
async def sqlite_inbox(sqlite_databases: SqliteDatabases) -> AsyncIterator[OfflineBridge]:
    async for bridge in _bridge(sqlite_databases):
        yield bridge


@pytest.fixture(scope="session")
async def postgresql_inbox(postgres_databases: PostgresDatabases) -> AsyncIterator[OfflineBridge]:
    async for bridge in _bridge(postgres_databases):
        yield bridge


@pytest.fixture
def bridge(request: pytest.FixtureRequest, database_kind: str) -> OfflineBridge:
    return request.getfixturevalue(f"{database_kind}_inbox")  # by name, so that SQLite alone starts no PostgreSQL


@pytest.fixture
async def inbox(bridge: OfflineBridge) -> OfflineBridge:
    """A bridge to push transactions at; what the tests before have said does not count."""
    await bridge.forget()
    return bridge
