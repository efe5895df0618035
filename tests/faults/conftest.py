"""One school to be killed for each kind of database; it heals, so the tests share it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from testbed.databases import Databases, PostgresDatabases, SqliteDatabases
from testbed.nursery import Nursery

from faults.crash import CrashSchool


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Starts bridges quickly; all of them end with it."""
    nursery = Nursery("faults.nursery")
    yield nursery
    nursery.stop()


async def _school(
    databases: Databases, folders: pytest.TempPathFactory, nursery: Nursery
) -> AsyncIterator[CrashSchool]:
    async with databases.fresh() as url:
        school = CrashSchool(folders.mktemp("crash"), url, nursery)
        try:
            await school.start()
            yield school
        finally:
            await school.stop()


@pytest.fixture(scope="session")
async def sqlite_school(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery
) -> AsyncIterator[CrashSchool]:
    async for school in _school(sqlite_databases, tmp_path_factory, nursery):
        yield school


@pytest.fixture(scope="session")
async def postgresql_school(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery
) -> AsyncIterator[CrashSchool]:
    async for school in _school(postgres_databases, tmp_path_factory, nursery):
        yield school


@pytest.fixture
def school(request: pytest.FixtureRequest, database_kind: str) -> CrashSchool:
    return request.getfixturevalue(f"{database_kind}_school")  # by name, so that SQLite alone starts no PostgreSQL


@pytest.fixture
def any_school(request: pytest.FixtureRequest) -> CrashSchool:
    """For what does not depend on the kind of database: once, on the last of the kinds that are asked for."""
    kind = request.config.getoption("--databases").split(",")[-1]
    return request.getfixturevalue(f"{kind}_school")
