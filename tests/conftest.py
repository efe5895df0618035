"""
What every test may ask for: real servers, started when first asked for and stopped when the session ends.

``--databases sqlite`` or ``--databases sqlite,postgresql`` (both is the default) says where ``database`` and
``database_url`` are; each test that uses them runs once for each kind.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

import pytest
import structlog
from hypothesis import HealthCheck, settings
from nio import AsyncClient
from testbed.databases import KINDS, Databases, PostgresDatabases, SqliteDatabases
from testbed.homeserver import TestedSynapse
from testbed.postgres import PostgresServer
from testbed.redis import RedisServer
from testbed.scratch import write_to_memory

from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from bridge.errors import ConfigError

SignIn = Callable[[int], Awaitable[AsyncClient]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default=",".join(KINDS), help="where the bridge's database is: %(default)s")


def pytest_configure() -> None:
    write_to_memory()
    _log_plainly()
    # End as with Ctrl-C when a build machine gives up: with fixtures closed and servers stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # How fast a machine is that does other work besides is no property of ours.
    settings.register_profile("classbridge", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("classbridge")


def _log_plainly() -> None:
    """Without this structlog draws each stack in colours with all variables, which takes most of a second."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = metafunc.config.getoption("--databases").split(",")
        unknown = set(kinds) - set(KINDS)
        if unknown:
            raise pytest.UsageError(f"--databases knows {', '.join(KINDS)}, not {', '.join(unknown)}")
        metafunc.parametrize("database_kind", kinds, indirect=True)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestedSynapse]:
    """
    A homeserver that is up, for the whole session.

    A test that kills it starts it again; one that wants its own makes a ``TestedSynapse``.
    """
    server = TestedSynapse(tmp_path_factory.mktemp("homeserver"))
    with _one_sentence():
        await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def sign_in(synapse: TestedSynapse) -> AsyncIterator[SignIn]:
    """``client = await sign_in(person_id)``: a matrix-nio client, signed in by password; closed for you."""
    async with AsyncExitStack() as stack:

        async def sign_in_as(person_id: int) -> AsyncClient:
            client = await synapse.sign_in(person_id)
            stack.push_async_callback(client.close)
            return client

        yield sign_in_as


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[PostgresServer]:
    with _one_sentence():
        server = PostgresServer()
    try:
        with _one_sentence():
            await server.start()
        yield server
    finally:
        await server.remove()


@pytest.fixture(scope="session")
async def redis_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RedisServer]:
    with _one_sentence():
        server = RedisServer(tmp_path_factory.mktemp("redis"))
        await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty Redis."""
    await redis_server.flush()
    return redis_server.url


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgres_databases(postgres: PostgresServer) -> PostgresDatabases:
    return PostgresDatabases(postgres)


@pytest.fixture
def databases(request: pytest.FixtureRequest, database_kind: str) -> Databases:
    name = "sqlite_databases" if database_kind == "sqlite" else "postgres_databases"
    return request.getfixturevalue(name)  # by name, so that SQLite alone starts no PostgreSQL


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """The address of a migrated, empty database, for a bridge in its own process."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    database = Database(DatabaseConfig(url=database_url))
    yield database
    await database.close()


@pytest.fixture
async def sqlite_database(sqlite_databases: SqliteDatabases) -> AsyncIterator[Database]:
    """The same on SQLite alone, for laws to which the kind of database is nothing."""
    async with sqlite_databases.fresh() as url:
        database = Database(DatabaseConfig(url=url))
        yield database
        await database.close()


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Let a test fail, not skip, with the sentence that says what to install, and without our stack."""
    try:
        yield
    except ConfigError as error:
        raise pytest.fail.Exception(error.detail, pytrace=False) from None
