"""The panel's events: taken once, newest version wins, whatever the order; a panel gone mad is stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count

import pytest
from roster.rosters import active, complete, enrolment, pairs, person
from sqlalchemy import event as hooks
from sqlalchemy import func, select

from bridge.db.engine import Database
from bridge.permissions.school import Enrolment, Group, Person
from bridge.roster.at_rest import load_roster
from bridge.roster.events import Gone, Outcome, PanelEvent, TakenEvent, take_event
from bridge.roster.intake import confirm, take
from bridge.roster.reads import Read
from bridge.roster.roster import Roster
from bridge.roster.runs import RunState, Tally, list_runs
from bridge.roster.store import get_version, save_roster
from bridge.roster.tables import roster_events, roster_versions, roster_waiting
from bridge.roster.versions import KEPT_MS

NOW = 1_795_000_000_000
SMALL = Roster(
    (person(1, "teacher"), *(person(number) for number in range(2, 6))),
    (Group(70, "7Б", "2026/27"),),
    (enrolment(70, 1, "teacher"), enrolment(70, 2), enrolment(70, 3)),
)
BIG = Roster(
    tuple(person(number) for number in range(1, 101)),
    tuple(Group(number, "7Б", "2026/27") for number in range(200, 230)),
    tuple(enrolment(200 + number % 30, number) for number in range(1, 101)),
)
NUMBERS = count(1)
Value = Person | Group | Enrolment | Gone


def event(version: int, value: Value) -> PanelEvent:
    return PanelEvent(f"event-{next(NUMBERS)}", version, value)


async def sent(database: Database, one: PanelEvent, now_ms: int = NOW) -> TakenEvent:
    async with database.writing() as conn:
        return await take_event(conn, one, actor="panel", now_ms=now_ms)


async def send_all(database: Database, *events: PanelEvent, now_ms: int = NOW) -> list[str]:
    return [(await sent(database, one, now_ms)).outcome.value for one in events]


async def stored(database: Database, roster: Roster) -> None:
    async with database.writing() as conn:
        await save_roster(conn, roster, {})


async def listed(database: Database, **more: object) -> None:
    """A complete read of ``SMALL``."""
    async with database.writing() as conn:
        await take(conn, replace(complete(SMALL), **more), actor="panel", now_ms=NOW)


async def roster(database: Database) -> Roster:
    async with database.reading() as conn:
        return await load_roster(conn)


async def sizes(database: Database) -> list[int]:
    async with database.reading() as conn:
        tables = (roster_events, roster_versions, roster_waiting)
        return [(await conn.execute(select(func.count()).select_from(table))).scalar_one() for table in tables]


async def test_each_kind_of_event_changes_its_object(database: Database):
    await stored(database, SMALL)
    outcomes = await send_all(
        database,
        event(1, person(6, last_name="Орлов")),
        event(1, Group(71, "8А", course="Физика")),
        event(1, enrolment(71, 6)),
        event(1, Gone(group_id=70, person_id=2)),
        event(1, Gone(person_id=3)),
        event(2, Gone(group_id=71)),
        event(1, person(4, is_active=False)),
    )
    assert outcomes == ["taken"] * 7
    after = await roster(database)
    assert active(after) == {1, 2, 5, 6}
    assert [group.id for group in after.groups] == [70]
    assert pairs(after) == {(70, 1)}
    async with database.reading() as conn:
        found = await list_runs(conn)
        assert await get_version(conn) == 8
    assert {run.source for run in found} == {"panel-event"}
    assert found[2].counts.people == Tally(removed=1)
    assert found[2].counts.enrolments == Tally(removed=1)


async def test_an_event_that_comes_again_changes_nothing(database: Database):
    await stored(database, SMALL)
    rename = event(5, person(2, last_name="Орлова"))
    assert (await sent(database, rename)).outcome == Outcome.TAKEN
    await send_all(database, event(6, person(2, last_name="Белова")))
    again = await sent(database, replace(rename, version=9))
    assert (again.outcome, again.run) == (Outcome.REPEATED, None)
    assert {one.id: one.last_name for one in (await roster(database)).people}[2] == "Белова"


async def test_an_event_that_says_what_is_known_is_a_run_that_changed_nothing(database: Database):
    await stored(database, SMALL)
    assert (await sent(database, event(1, person(2)))).run.state == RunState.UNCHANGED
    assert (await sent(database, event(1, Gone(group_id=99)))).run.state == RunState.UNCHANGED


async def test_an_older_version_of_an_object_is_ignored_and_other_objects_are_not(database: Database):
    await stored(database, SMALL)
    outcomes = await send_all(
        database,
        event(7, person(2, last_name="Белова")),
        event(6, person(2, last_name="Орлова")),
        event(6, Gone(person_id=2)),
        event(6, person(3, last_name="Котова")),
        event(7, person(2, last_name="Белова")),
    )
    assert outcomes == ["taken", "older", "older", "taken", "taken"]
    names = {one.id: one.last_name for one in (await roster(database)).people}
    assert (names[2], names[3]) == ("Белова", "Котова")


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2)], ids=["last", "second", "group-first"])
async def test_an_enrolment_waits_for_its_person_and_its_group(database: Database, order: tuple[int, ...]):
    events = [event(3, enrolment(71, 6)), event(1, Group(71, "8А")), event(2, person(6))]
    outcomes = await send_all(database, *(events[index] for index in order))
    assert outcomes[order.index(0)] == "waits"
    assert outcomes.count("taken") == 2
    assert pairs(await roster(database)) == {(71, 6)}
    assert (await sizes(database))[2] == 0


async def test_an_enrolment_that_is_removed_while_it_waits_does_not_come(database: Database):
    outcomes = await send_all(
        database,
        event(3, enrolment(71, 6)),
        event(4, Gone(group_id=71, person_id=6)),
        event(1, Group(71, "8А")),
        event(2, person(6)),
    )
    assert outcomes == ["waits", "taken", "taken", "taken"]
    assert pairs(await roster(database)) == set()


async def test_a_complete_list_settles_what_waits(database: Database):
    await send_all(database, event(3, enrolment(70, 4)), event(3, enrolment(71, 5)))
    await listed(database)
    assert pairs(await roster(database)) == pairs(SMALL) | {(70, 4)}
    assert (await sizes(database))[2] == 1  # its group is not there yet
    await listed(database, version=9)
    assert (await sizes(database))[2] == 0  # the list is newer than what was told


async def test_a_list_with_a_version_leaves_what_events_told_of_later(database: Database):
    await stored(database, SMALL)
    newer = (
        event(20, person(2, is_active=False)),
        event(20, person(6)),
        event(21, enrolment(70, 6)),
        event(20, Gone(group_id=70, person_id=3)),
        event(5, person(4, last_name="Старова")),
    )
    await send_all(database, *newer)
    await listed(database, version=10)
    after = await roster(database)
    assert active(after) == {1, 3, 4, 5, 6}
    assert (70, 6) in pairs(after)
    assert (70, 3) not in pairs(after)
    assert {one.id: one.last_name for one in after.people}[4] == ""
    assert await send_all(database, event(9, person(5, is_active=False))) == ["older"]


async def test_a_list_that_took_long_to_read_leaves_what_events_told_meanwhile(database: Database):
    await stored(database, SMALL)
    await send_all(database, event(1, person(3, is_active=False)), now_ms=NOW - 60_000)
    await send_all(database, event(1, person(2, is_active=False)), now_ms=NOW + 5)
    await listed(database, began_ms=NOW)
    assert active(await roster(database)) == {1, 3, 4, 5}


async def test_the_last_removals_of_a_small_school_need_no_confirmation(database: Database):
    await stored(database, SMALL)
    found = [await sent(database, event(1, Gone(person_id=number))) for number in range(1, 6)]
    assert [one.run.state for one in found] == [RunState.STORED] * 5


async def test_a_panel_gone_mad_is_stopped_and_one_run_waits_for_all_of_it(database: Database):
    await stored(database, BIG)
    gone = [(await sent(database, event(1, Gone(person_id=number)))).run for number in range(1, 31)]
    assert [run.state for run in gone] == [RunState.STORED] * 10 + [RunState.WAITING] * 20
    assert len({run.id for run in gone[10:]}) == 1
    assert gone[-1].counts.people == Tally(removed=20)
    assert gone[10].brake.sentence == "It would remove 11 of 100 people: more than 10 %."
    assert len(active(await roster(database))) == 90
    assert (await sent(database, event(2, person(30, last_name="Орлов")))).run.state == RunState.STORED
    async with database.writing() as conn:
        run = await confirm(conn, gone[-1].id, actor="person:1", now_ms=NOW)
    assert (run.state, run.counts.people) == (RunState.STORED, Tally(removed=19))
    assert active(await roster(database)) == set(range(30, 101))
    # Confirmed: it may go on, as far again.
    assert (await sent(database, event(1, Gone(person_id=31)))).run.state == RunState.STORED


async def test_the_brake_forgets_after_an_hour(database: Database):
    await stored(database, BIG)
    for number in range(1, 11):
        await sent(database, event(1, Gone(person_id=number)))
    assert (await sent(database, event(1, Gone(person_id=11)))).run.state == RunState.WAITING
    later = await sent(database, event(1, Gone(person_id=12)), NOW + 3_600_001)
    assert later.run.state == RunState.STORED


async def test_enrolments_that_go_with_a_group_do_not_brake(database: Database):
    group = Roster(BIG.people, BIG.groups, tuple(enrolment(200, number) for number in range(1, 101)))
    await stored(database, group)
    found = await sent(database, event(1, Gone(group_id=200)))
    assert (found.run.state, found.run.counts.enrolments) == (RunState.STORED, Tally(removed=100))


async def test_what_was_remembered_of_events_is_dropped_after_ninety_days(database: Database):
    await stored(database, SMALL)
    await send_all(database, event(1, person(2)), event(1, enrolment(99, 2)))
    assert await sizes(database) == [2, 2, 1]
    await send_all(database, event(1, person(3)), now_ms=NOW + KEPT_MS + 1)
    assert await sizes(database) == [1, 1, 0]


async def test_the_same_event_at_two_doors_at_once_is_taken_once(database: Database):
    await stored(database, SMALL)
    other = Database(database.config)
    one = event(1, person(6))
    found = await asyncio.gather(*(sent(door, one) for door in [database, other] * 4))
    await other.close()
    assert sorted(taken.outcome.value for taken in found) == ["repeated"] * 7 + ["taken"]


async def test_an_event_writes_only_the_row_that_it_changes(database: Database):
    await stored(database, BIG)
    rows = 0
    one = event(1, person(5, last_name="Орлов"))

    def count_rows(_conn: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        nonlocal rows
        writes = statement.startswith(("INSERT INTO people", "INSERT INTO groups", "INSERT INTO enrolments", "UPDATE"))
        rows += writes and (len(parameters) if isinstance(parameters, list) else 1)

    hooks.listen(database.engine.sync_engine, "before_cursor_execute", count_rows)
    await sent(database, one)
    hooks.remove(database.engine.sync_engine, "before_cursor_execute", count_rows)
    assert rows == 1


def test_a_read_of_an_event_is_no_complete_one():
    assert event(1, Gone(group_id=7)).key == ("group", 7, 0)
    assert event(1, Gone(person_id=7)).key == ("person", 0, 7)
    assert event(1, Gone(7, 8)).key == event(1, enrolment(7, 8)).key == ("enrolment", 7, 8)
    assert Read("panel-event", SMALL, is_complete=False).version is None
