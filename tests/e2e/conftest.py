"""One school for each kind of database, shared by the stories; a story that breaks things makes its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from testbed.databases import Databases, PostgresDatabases, SqliteDatabases
from testbed.door import Door, open_door
from testbed.world import World, open_world

from e2e.story import Cast, Story

# Presence and typing end soon, so that nobody waits for their end.
LIVE = {"typing_s": 1.0, "offline_after_s": 0.3}


async def _world(databases: Databases, folders: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with databases.fresh() as url, open_world(folders.mktemp("world"), url, live=LIVE) as world:
        yield world


@pytest.fixture(scope="session")
async def sqlite_world(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async for world in _world(sqlite_databases, tmp_path_factory):
        yield world


@pytest.fixture(scope="session")
async def postgresql_world(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async for world in _world(postgres_databases, tmp_path_factory):
        yield world


@pytest.fixture
def world(request: pytest.FixtureRequest, database_kind: str) -> World:
    return request.getfixturevalue(f"{database_kind}_world")  # by name, so that SQLite alone starts no PostgreSQL


@pytest.fixture(scope="session")
def casts() -> dict[str, Cast]:
    return {}


@pytest.fixture
async def story(world: World, casts: dict[str, Cast], database_kind: str) -> AsyncIterator[Story]:
    story = Story(world, casts.setdefault(database_kind, Cast(world)))
    yield story
    await story.end()


@pytest.fixture(scope="session")
async def sqlite_door(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    async with sqlite_databases.fresh() as url, open_door(tmp_path_factory.mktemp("door"), url) as door:
        yield door


@pytest.fixture(scope="session")
async def postgresql_door(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    async with postgres_databases.fresh() as url, open_door(tmp_path_factory.mktemp("door"), url) as door:
        yield door


@pytest.fixture
def door(request: pytest.FixtureRequest, database_kind: str) -> Door:
    """A school of their own for those who mean it no good."""
    return request.getfixturevalue(f"{database_kind}_door")


@pytest.fixture
def one_door(request: pytest.FixtureRequest) -> Door:
    """The same on one kind of database, for laws to which the database is nothing."""
    kind = request.config.getoption("--databases").split(",")[0]
    return request.getfixturevalue(f"{kind}_door")
