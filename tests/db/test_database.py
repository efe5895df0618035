"""The schema, and the two doors to it."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

import bridge.app
import bridge.provisioning.tables  # noqa: F401
from bridge.config import DatabaseConfig
from bridge.db.engine import Database, metadata
from bridge.db.lists import one_of
from bridge.db.migrate import is_current, upgrade
from bridge.errors import Unavailable
from bridge.roster.tables import groups


async def test_the_migrations_make_the_tables_that_the_code_has(database: Database):
    def difference(conn: Connection) -> list[object]:
        context = MigrationContext.configure(conn, opts={"compare_type": False, "compare_server_default": False})
        return list(compare_metadata(context, metadata))

    async with database.engine.connect() as conn:
        assert await conn.run_sync(difference) == []


async def test_upgrading_twice_or_from_two_processes_changes_nothing(database: Database):
    other = Database(database.config)
    await asyncio.gather(upgrade(database), upgrade(other))
    assert await is_current(database)
    await other.close()


async def test_a_transaction_is_whole_or_not_at_all_also_with_a_savepoint_first(database: Database):
    with pytest.raises(RuntimeError):
        async with database.writing() as conn:
            async with conn.begin_nested():
                await conn.execute(insert(groups), {"id": 1, "name": "7Б"})
            raise RuntimeError
    async with database.reading() as conn:
        assert (await conn.execute(select(groups))).all() == []


async def test_writers_wait_for_each_other(database: Database):
    async def one(number: int) -> None:
        async with database.writing() as conn:
            await conn.execute(insert(groups), {"id": number, "name": "x"})
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(1, 21)))
    async with database.reading() as conn:
        assert len((await conn.execute(select(groups.c.id))).all()) == 20


async def test_one_of_takes_lists_of_any_length(database: Database):
    async with database.writing() as conn:
        await conn.execute(insert(groups), [{"id": i, "name": "x"} for i in range(1, 11)])
    for wanted in ([], [3], [1, 2, 99]):
        async with database.reading() as conn:
            found = (await conn.execute(select(groups.c.id).where(one_of(conn, groups.c.id, wanted)))).scalars()
            assert sorted(found) == [i for i in wanted if i <= 10]


async def test_a_database_that_does_not_answer_is_unavailable():
    database = Database(DatabaseConfig(url="postgresql://nobody@127.0.0.1:1/none", timeout_s=2))
    with pytest.raises(Unavailable):
        async with database.reading() as conn:
            await conn.execute(text("SELECT 1"))
    await database.close()


async def test_a_fault_of_a_statement_is_no_outage_and_its_error_hides_the_values(database: Database):
    with pytest.raises(Exception, match="no_such_table") as raised:
        async with database.reading() as conn:
            await conn.execute(text("SELECT :secret FROM no_such_table"), {"secret": "a word of somebody"})
    assert not isinstance(raised.value, Unavailable)
    assert "a word of somebody" not in str(raised.value)
