"""Lists that the panel pushes: a repeat after a time-out is no second list, and nobody goes by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from roster.rosters import person

from bridge.db.engine import Database
from bridge.permissions.school import Enrolment, Group, Role
from bridge.roster.at_rest import load_at_rest
from bridge.roster.events import PanelEvent, take_event
from bridge.roster.pushes import REPEAT_MS, SOURCE, preview_push, take_push
from bridge.roster.reads import Read
from bridge.roster.roster import Roster
from bridge.roster.runs import Run, RunState, Tally, list_runs

NOW = 1_790_000_000_000
SCHOOL = Roster(
    tuple(person(n) for n in range(1, 21)),
    (Group(70, "7Б", year="2026/27"),),
    tuple(Enrolment(70, n, Role.STUDENT) for n in range(1, 21)),
)


def without(*gone: int) -> Roster:
    people = tuple(each for each in SCHOOL.people if each.id not in gone)
    return replace(SCHOOL, people=people, enrolments=tuple(e for e in SCHOOL.enrolments if e.person_id not in gone))


async def push(db: Database, roster: Roster, at_ms: int = 0, *, version: int | None = None) -> Run:
    read = Read(SOURCE, roster, is_complete=True, version=version)
    async with db.writing() as conn:
        return await take_push(conn, read, actor="panel", now_ms=NOW + at_ms, percent=10.0)


async def active(db: Database) -> set[int]:
    async with db.reading() as conn:
        return {each.id for each in (await load_at_rest(conn)).roster.people if each.is_active}


async def test_a_repeat_after_a_time_out_is_no_second_list(database: Database):
    await push(database, SCHOOL)
    first = await push(database, without(20))
    assert first.counts.people == Tally(missing=1)
    in_another_order = replace(without(20), people=without(20).people[::-1])
    for repeat in (without(20), in_another_order):
        run = await push(database, repeat, REPEAT_MS - 1)
        assert (run.state, run.counts.people) == (RunState.UNCHANGED, Tally(missing=1))
    assert 20 in await active(database)


async def test_the_same_list_some_time_later_is_the_next_one(database: Database):
    await push(database, SCHOOL)
    await push(database, without(20))
    for minutes in (3, 6, 9):  # a panel that pushes often is heard all the same
        await push(database, without(20), minutes * 60_000)
    assert 20 in await active(database)
    assert (await push(database, without(20), REPEAT_MS)).counts.people == Tally(removed=1)
    assert 20 not in await active(database)


async def test_another_list_is_the_next_one_at_once(database: Database):
    await push(database, SCHOOL)
    await push(database, without(20))
    assert (await push(database, without(20, 19), 1000)).counts.people == Tally(removed=1, missing=1)
    assert await active(database) == set(range(1, 20))


@pytest.mark.parametrize("is_dry_run", [True, False])
async def test_a_repeat_removes_nobody_whatever_was_told_in_between(database: Database, is_dry_run: bool):
    await push(database, SCHOOL)
    await push(database, without(20))
    new = PanelEvent("one", 7, person(30))
    async with database.writing() as conn:
        await take_event(conn, new, actor="panel", now_ms=NOW + 1000)
    if is_dry_run:
        async with database.reading() as conn:
            read = Read(SOURCE, without(20), is_complete=True)
            found = await preview_push(conn, read, now_ms=NOW + 2000, percent=10.0)
        assert found.counts.people == Tally(missing=2)
    else:
        run = await push(database, without(20), 2000)
        assert (run.state, run.counts.people) == (RunState.UNCHANGED, Tally(missing=2))
    assert await active(database) == {*range(1, 21), 30}


async def test_the_repeat_of_a_list_that_waits_leaves_it_waiting(database: Database):
    await push(database, SCHOOL)
    gone = without(*range(10, 21))
    await push(database, gone)
    waiting = await push(database, gone, REPEAT_MS)
    assert waiting.state == RunState.WAITING
    assert await push(database, gone, REPEAT_MS + 1000) == waiting
    async with database.reading() as conn:
        assert [run.id for run in await list_runs(conn, state=RunState.WAITING)] == [waiting.id]


async def test_with_versions_two_lists_of_the_same_words_are_two(database: Database):
    await push(database, SCHOOL, version=1)
    await push(database, without(20), version=2)
    assert (await push(database, without(20), 1000, version=3)).counts.people == Tally(removed=1)
