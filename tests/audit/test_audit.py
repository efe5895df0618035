"""The audit is append-only, whoever asks, and is read a page at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bridge.audit.log import Entry, list_entries, record
from bridge.db.engine import Database

NOW = 1_795_000_000_000


async def recorded(database: Database, *entries: Entry) -> None:
    async with database.writing() as conn:
        await record(conn, entries)


async def listed(database: Database, **wanted: int) -> list[Entry]:
    async with database.reading() as conn:
        return [found.entry for found in await list_entries(conn, **wanted)]


ONE = Entry(NOW, "panel", "person.added", "panel-event", 7, person_id=11, details={"name": "Пётр Орлов"})
TWO = Entry(NOW + 1, "bridge", "member.joined", "panel-event", 7, person_id=11, group_id=70, conversation_id=3)
THREE = Entry(NOW + 2, "cli:anna", "room.archived", group_id=71, conversation_id=4)


async def test_what_was_recorded_is_listed_newest_first(database: Database):
    await recorded(database, ONE, TWO, THREE)
    assert await listed(database) == [THREE, TWO, ONE]


async def test_entries_are_found_by_time_person_group_and_conversation(database: Database):
    await recorded(database, ONE, TWO, THREE)
    assert await listed(database, since_ms=NOW + 1) == [THREE, TWO]
    assert await listed(database, person_id=11) == [TWO, ONE]
    assert await listed(database, group_id=70) == [TWO]
    assert await listed(database, conversation_id=4) == [THREE]
    assert await listed(database, person_id=11, since_ms=NOW + 1) == [TWO]


async def test_pages_follow_each_other_without_gap_or_repeat(database: Database):
    entries = [Entry(NOW + number // 3, "bridge", "drift.repaired", group_id=number) for number in range(10)]
    await recorded(database, *entries)
    seen: list[Entry] = []
    before_id = None
    async with database.reading() as conn:
        while page := await list_entries(conn, limit=4, before_id=before_id):
            seen += [found.entry for found in page]
            before_id = page[-1].id
    assert seen == entries[::-1]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'nobody'",
        "UPDATE audit_log SET details = '{}' WHERE person_id = 11",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE person_id = 11",
    ],
)
async def test_an_entry_is_never_changed_or_deleted(database: Database, statement: str):
    await recorded(database, ONE)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as conn:
            await conn.execute(text(statement))
    assert await listed(database) == [ONE]


async def test_the_audit_cannot_be_emptied_or_replaced_at_once(database: Database):
    await recorded(database, ONE)
    statement = "REPLACE INTO audit_log SELECT * FROM audit_log" if database.is_sqlite else "TRUNCATE audit_log"
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as conn:
            await conn.execute(text(statement))
    assert await listed(database) == [ONE]


async def test_an_entry_goes_with_the_change_that_it_tells_of(database: Database):
    with pytest.raises(RuntimeError):
        async with database.writing() as conn:
            await record(conn, [ONE])
            raise RuntimeError
    assert await listed(database) == []


async def test_a_thousand_entries_are_few_statements(database: Database):
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    await recorded(database, *(Entry(NOW, "bridge", "member.joined", person_id=number) for number in range(1, 1001)))
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    assert sum(statement.startswith("INSERT INTO audit_log") for statement in statements) == 2
    assert len(await listed(database, limit=5000)) == 1000


async def test_nothing_to_record_is_no_statement(database: Database):
    await recorded(database)
    assert await listed(database) == []
