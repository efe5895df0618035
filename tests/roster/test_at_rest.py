"""The rows follow the pure rules, and only what differs is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from roster.rosters import NOTHING, active, delta, enrolment, person, removals, rosters, sorted_roster
from sqlalchemy import event

from bridge.db.engine import Conn, Database
from bridge.errors import Conflict
from bridge.permissions.school import Group
from bridge.roster.at_rest import count_sizes, load_at_rest, load_near, load_roster
from bridge.roster.brake import sizes_of
from bridge.roster.foresight import Taking, foresee
from bridge.roster.intake import conclude, take
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.settle import BadRead, settle
from bridge.roster.sourced_ids import FIRST_GIVEN_ID, load_sourced_ids, save_sourced_ids
from bridge.roster.store import find_password_hash, get_version, load_school, save_roster

NOW = 1_795_000_000_000
QUICK = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
LARGE = Roster(
    tuple(person(number) for number in range(1, 3001)),
    tuple(Group(number, "7Б", "2026/27") for number in range(1, 101)),
    tuple(enrolment(number % 100 + 1, number) for number in range(1, 3001)),
)


async def saved(database: Database, roster: Roster, hashes: dict[int, str] | None = None) -> bool:
    async with database.writing() as conn:
        return await save_roster(conn, roster, hashes or {})


@contextmanager
def rows_written(database: Database) -> Iterator[list[int]]:
    """How many rows the statements in the block insert, update or delete in the roster's own tables."""
    found: list[int] = []
    tables = ("people", "groups", "enrolments")
    starts = tuple(f"{verb} {table} " for verb in ("INSERT INTO", "UPDATE", "DELETE FROM") for table in tables)

    def note(_conn: object, _cursor: object, statement: str, parameters: object, _context: object, many: bool) -> None:
        if statement.startswith(starts):
            found.append(len(parameters) if many else 1)  # type: ignore[arg-type]

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def same_as_pure(conn: Conn, before: Roster, reads: list[Read]) -> None:
    """Take *reads* one after the other, and by the pure rule alone; they must agree."""
    missing = NOTHING
    for number, read in enumerate(reads):
        try:
            settled = settle(before, missing, read, is_confirmed=False, year="2026/27")
        except BadRead:
            continue
        await take(conn, read, actor="panel", now_ms=NOW + number, percent=None)
        before, missing = settled.after, settled.missing
        found = await load_at_rest(conn)
        assert sorted_roster(found.roster) == before
        assert found.missing == missing
        assert await count_sizes(conn) == sizes_of(before)


@settings(max_examples=50, **QUICK)
@given(
    st.lists(st.builds(lambda roster, gone, whole: Read("x", roster, whole, gone), rosters(), removals, st.booleans()))
)
async def test_the_rows_follow_the_rule(sqlite_database: Database, reads: list[Read]):
    async with sqlite_database.engine.connect() as conn, conn.begin() as transaction:
        await same_as_pure(conn, Roster((), (), ()), reads)
        await transaction.rollback()


@settings(max_examples=60, **QUICK)
@given(rosters(), rosters(), removals)
async def test_a_small_change_is_settled_by_the_part_that_it_touches(
    sqlite_database: Database, before: Roster, named: Roster, gone: Removals
):
    """With a part of the school loaded, the whole school comes to the same."""
    read = Read("x", named, is_complete=False, removals=gone)
    wanted = settle(before, NOTHING, read, is_confirmed=False)
    async with sqlite_database.engine.connect() as conn, conn.begin() as transaction:
        await save_roster(conn, before, {})
        near = await load_near(conn, read)
        taking = Taking(read, near.roster, near.missing, near.missing)
        found = await foresee(taking, now_ms=NOW, percent=None)
        await conclude(conn, taking, found, actor="panel", now_ms=NOW)
        after = sorted_roster(await load_roster(conn))
        await transaction.rollback()
    assert after == wanted.after
    assert found.settled.removed == wanted.removed


async def test_saving_makes_the_rows_equal_and_who_is_not_named_inactive(database: Database):
    assert await saved(database, LARGE)
    assert not await saved(database, LARGE)
    smaller = Roster(
        LARGE.people[1:], LARGE.groups[1:], tuple(e for e in LARGE.enrolments if e.group_id > 1 and e.person_id > 1)
    )
    assert await saved(database, smaller)
    async with database.reading() as conn:
        found, school = await load_roster(conn), await load_school(conn)
    assert active(found) == set(range(2, 3001))
    assert sorted_roster(found).groups == smaller.groups
    assert sorted_roster(found).enrolments == sorted_roster(smaller).enrolments
    assert (school.version, school.people[1].username) == (2, "u1")
    assert school.students_of[2] == frozenset(e.person_id for e in smaller.enrolments if e.group_id == 2)


async def test_saving_nobody_leaves_nobody_active(database: Database):
    await saved(database, LARGE)
    assert await saved(database, Roster((), (), ()))
    async with database.reading() as conn:
        school = await load_school(conn)
    assert not any(one.is_active for one in school.people.values())
    assert not school.groups


async def test_only_what_differs_is_written(database: Database):
    await saved(database, LARGE)
    changed = (person(7, last_name="Орлов"), *LARGE.people[1:6], *LARGE.people[7:], person(1), person(3001))
    with rows_written(database) as rows:
        await saved(database, Roster(changed, LARGE.groups, (*LARGE.enrolments, enrolment(5, 3001))))
    assert sum(rows) == 3
    with rows_written(database) as rows:
        async with database.writing() as conn:
            await take(conn, delta((person(9, "teacher"),), (), (enrolment(3, 9),)), actor="panel", now_ms=NOW)
    assert sum(rows) == 2


async def test_usernames_rotate_in_one_save(database: Database):
    await saved(database, Roster((person(1), person(2), person(3)), (), ()))
    rotated = tuple(person(number, username=f"u{number % 3 + 1}") for number in (1, 2, 3))
    await saved(database, Roster((*rotated, person(4, username="new")), (), ()))
    async with database.reading() as conn:
        assert sorted_roster(await load_roster(conn)).people[:3] == rotated


async def test_a_password_hash_changes_the_version_only_when_it_is_another(database: Database):
    roster = Roster((person(1), person(2)), (), ())
    assert await saved(database, roster, {1: "one"})
    assert not await saved(database, roster, {1: "one"})
    assert not await saved(database, roster)
    assert await saved(database, roster, {1: "two", 99: "of nobody"})
    async with database.reading() as conn:
        assert await find_password_hash(conn, "u1") == (1, "two")
        assert await get_version(conn) == 2


async def test_ids_for_a_sources_own_ids_are_given_once(database: Database):
    given_ids = {("person", "a-b"): FIRST_GIVEN_ID, ("group", "a-b"): FIRST_GIVEN_ID}
    async with database.writing() as conn:
        await save_sourced_ids(conn, given_ids)
        await save_sourced_ids(conn, given_ids)
        await save_sourced_ids(conn, {})
    async with database.reading() as conn:
        assert await load_sourced_ids(conn) == given_ids
    for clash in ({("person", "a-b"): FIRST_GIVEN_ID + 1}, {("person", "c"): FIRST_GIVEN_ID}):
        with pytest.raises(Conflict):
            async with database.writing() as conn:
                await save_sourced_ids(conn, clash)


async def test_two_processes_do_not_give_one_id_twice(database: Database):
    other = Database(database.config)

    async def give(door: Database, name: str) -> None:
        async with door.writing() as conn:
            await save_sourced_ids(conn, {("person", name): FIRST_GIVEN_ID})

    found = await asyncio.gather(give(database, "a"), give(other, "b"), return_exceptions=True)
    await other.close()
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "NoneType"]
