"""The intake: a read is stored with its run and its audit, or waits; two at once follow each other."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from roster.rosters import active, complete, delta, enrolment, pairs, person
from sqlalchemy import select

from bridge.audit.log import list_entries
from bridge.db.engine import Database
from bridge.errors import Conflict, NotFound
from bridge.permissions.school import Group, Role
from bridge.roster import runs
from bridge.roster.at_rest import AtRest, load_at_rest
from bridge.roster.foresight import OlderRead
from bridge.roster.intake import confirm, preview, preview_waiting, take
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.runs import Run, RunState, Tally, find_run, list_runs
from bridge.roster.settle import BadRead
from bridge.roster.store import find_password_hash, get_version, load_school
from bridge.roster.tables import people as people_table
from bridge.roster.tables import roster_missing, roster_runs

NOW = 1_795_000_000_000  # November 2026
TEN = Roster(
    tuple(person(number, "teacher" if number == 1 else "student") for number in range(1, 11)),
    (Group(70, "7Б", "2026/27"), Group(71, "8А", "2026/27")),
    tuple(enrolment(70, number, "teacher" if number == 1 else "student") for number in range(1, 6)),
)


def without(roster: Roster, *gone: int) -> Roster:
    return Roster(
        tuple(one for one in roster.people if one.id not in gone),
        roster.groups,
        tuple(one for one in roster.enrolments if one.person_id not in gone),
    )


async def taken(database: Database, read: Read, **options: object) -> Run:
    async with database.writing() as conn:
        return await take(conn, read, **{"actor": "panel", "now_ms": NOW, **options})


async def confirmed(database: Database, run_id: int) -> Run:
    async with database.writing() as conn:
        return await confirm(conn, run_id, actor="cli:root", now_ms=NOW + 1)


async def at_rest(database: Database) -> AtRest:
    async with database.reading() as conn:
        return await load_at_rest(conn)


async def state_of(database: Database, run: Run) -> RunState:
    async with database.reading() as conn:
        return (await find_run(conn, run.id)).state


async def braked(database: Database, *gone: int) -> Run:
    """A run that waits: *gone* are missing for the second time."""
    await taken(database, complete(TEN))
    await taken(database, complete(without(TEN, *gone)))
    run = await taken(database, complete(without(TEN, *gone)))
    assert run.state == RunState.WAITING
    return run


async def test_what_is_new_is_stored_and_the_same_again_is_unchanged(database: Database):
    first = await taken(database, complete(TEN))
    assert (first.state, first.version, first.brake) == (RunState.STORED, 1, None)
    assert (first.counts.people, first.counts.groups) == (Tally(added=10), Tally(added=2))
    assert first.counts.enrolments == Tally(added=5)
    second = await taken(database, complete(TEN))
    assert (second.state, second.version, second.finished_ms) == (RunState.UNCHANGED, 1, NOW)
    assert second.counts.people == Tally()
    async with database.reading() as conn:
        assert await list_runs(conn) == [second, first]
        school = await load_school(conn)
    assert school.version == 1
    assert school.students_of[70] == frozenset({2, 3, 4, 5})


async def test_who_is_missing_once_stays_and_the_second_time_goes(database: Database):
    await taken(database, complete(TEN))
    one = await taken(database, complete(without(TEN, 10)))
    assert (one.state, one.counts.people) == (RunState.UNCHANGED, Tally(missing=1))
    two = await taken(database, complete(without(TEN, 10)))
    assert (two.state, two.counts.people) == (RunState.STORED, Tally(removed=1))
    assert active((await at_rest(database)).roster) == set(range(1, 10))


async def test_missing_in_two_reads_that_do_not_follow_each_other_is_not_gone(database: Database):
    for gone in ((), (10,), (), (10,)):
        await taken(database, complete(without(TEN, *gone)))
    found = await at_rest(database)
    assert active(found.roster) == set(range(1, 11))
    assert found.missing.people == {10}


async def test_too_much_at_once_waits_and_changes_nothing(database: Database):
    run = await braked(database, 9, 10)
    assert run.version is None
    assert run.brake.sentence == "It would remove 2 of 10 people: more than 10 %."
    assert run.counts.people == Tally(removed=2)
    async with database.reading() as conn:
        assert await get_version(conn) == 1
        assert (await preview_waiting(conn, run.id, now_ms=NOW)).settled.removed.people == {9, 10}
    assert active((await at_rest(database)).roster) == set(range(1, 11))


async def test_a_waiting_run_is_stored_when_it_is_confirmed_and_only_once(database: Database):
    waiting = await braked(database, 9, 10)
    run = await confirmed(database, waiting.id)
    assert (run.id, run.state, run.version) == (waiting.id, RunState.STORED, 2)
    assert active((await at_rest(database)).roster) == set(range(1, 9))
    with pytest.raises(Conflict) as caught:
        await confirmed(database, waiting.id)
    assert caught.value.code == "not_waiting"
    with pytest.raises(NotFound):
        await confirmed(database, 999)
    async with database.reading() as conn:
        kept = (await conn.execute(select(roster_runs.c.waiting).where(roster_runs.c.id == run.id))).scalar_one()
        entries = [listed.entry for listed in await list_entries(conn)]
    assert kept is None
    assert [entry.action for entry in entries[:3]] == ["person.deactivated", "person.deactivated", "run.confirmed"]
    assert {(entry.actor, entry.run_id) for entry in entries[:3]} == {("cli:root", run.id)}


async def test_who_is_confirmed_away_is_whom_the_brake_told_of(database: Database):
    """Who was missing for the first time then, is missing for the first time still."""
    await taken(database, complete(TEN))
    await taken(database, complete(without(TEN, 9, 10)))
    waiting = await taken(database, complete(without(TEN, 8, 9, 10)))
    assert (waiting.counts.people, waiting.state) == (Tally(removed=2, missing=1), RunState.WAITING)
    await confirmed(database, waiting.id)
    found = await at_rest(database)
    assert active(found.roster) == set(range(1, 9))
    assert found.missing.people == {8}


async def test_confirmed_beforehand_nothing_waits_and_the_missing_go_at_once(database: Database):
    await taken(database, complete(TEN))
    run = await taken(database, complete(without(TEN, 8, 9, 10)), is_confirmed=True)
    assert (run.state, run.counts.people) == (RunState.STORED, Tally(removed=3))


async def test_without_a_percentage_there_is_no_brake(database: Database):
    await taken(database, complete(TEN))
    gone = delta(gone=Removals(people=frozenset({8, 9, 10})))
    assert (await taken(database, gone, percent=None)).state == RunState.STORED


async def test_a_newer_complete_read_supersedes_what_waits(database: Database):
    waiting = await braked(database, 9, 10)
    newer = await taken(database, complete(TEN))
    assert newer.state == RunState.UNCHANGED
    assert await state_of(database, waiting) == RunState.SUPERSEDED
    with pytest.raises(Conflict):
        await confirmed(database, waiting.id)
    other = await braked(database, 9, 10)
    third = await taken(database, complete(without(TEN, 8, 9, 10)))
    assert third.state == RunState.WAITING
    assert await state_of(database, other) == RunState.SUPERSEDED


async def test_the_same_list_again_keeps_the_run_that_waits(database: Database):
    waiting = await braked(database, 9, 10)
    shuffled = replace(without(TEN, 9, 10), people=without(TEN, 9, 10).people[::-1])
    assert (await taken(database, complete(shuffled))).id == waiting.id
    assert (await confirmed(database, waiting.id)).counts.people == Tally(removed=2)


async def test_a_waiting_read_counts_as_a_complete_read(database: Database):
    """It names 10 again, so 10 was not missing twice in a row, although nothing of it was stored."""
    await taken(database, complete(TEN))
    await taken(database, complete(without(TEN, 8, 9, 10)))
    assert (await taken(database, complete(without(TEN, 8, 9)))).state == RunState.WAITING
    run = await taken(database, complete(without(TEN, 10)))
    assert (run.counts.people, active((await at_rest(database)).roster)) == (Tally(missing=1), set(range(1, 11)))


async def test_what_changed_while_a_run_waited_stays_changed(database: Database):
    waiting = await braked(database, 9, 10)
    rejoined, renamed, inactive = person(9), person(2, last_name="Орлова"), person(3, is_active=False)
    await taken(database, delta((rejoined, renamed, inactive, person(11, username="u4"))), percent=None)
    await taken(database, delta(enrolments=(enrolment(71, 10),)))
    await taken(database, delta(gone=Removals(enrolments=frozenset({(70, 5)}))), percent=None)
    await confirmed(database, waiting.id)
    after = (await at_rest(database)).roster
    assert active(after) == {1, 2, 4, 5, 6, 7, 8, 9, 10, 11}  # 10 was enrolled since, 3 has left
    assert {one.id: one.name for one in after.people}[2] == "Имя Орлова"
    assert {one.username: one.id for one in after.people}["u4"] == 11
    assert (71, 10) in pairs(after)
    assert (70, 5) not in pairs(after)


async def test_a_waiting_delta_is_confirmed_without_undoing_what_came_later(database: Database):
    await taken(database, complete(TEN))
    waiting = await taken(database, delta(gone=Removals(people=frozenset({8, 9, 10}), groups=frozenset({71}))))
    assert waiting.state == RunState.WAITING
    await taken(database, delta((person(10),), (Group(71, "8А физмат"),)))
    run = await confirmed(database, waiting.id)
    assert run.counts.people == Tally(removed=2)
    assert {group.name for group in (await at_rest(database)).roster.groups} == {"7Б", "8А физмат"}


async def test_a_bad_read_leaves_no_trace(database: Database):
    await taken(database, complete(TEN))
    for read in (complete(Roster((), (), ())), delta(enrolments=(enrolment(99, 1),))):
        with pytest.raises(BadRead):
            await taken(database, read)
        async with database.reading() as conn:
            with pytest.raises(BadRead):
                await preview(conn, read, now_ms=NOW)
            assert len(await list_runs(conn)) == 1
    assert active((await at_rest(database)).roster) == set(range(1, 11))


async def test_a_preview_tells_what_would_be_and_stores_nothing(database: Database):
    await taken(database, complete(TEN))
    await taken(database, complete(without(TEN, 9, 10)))
    async with database.reading() as conn:
        found = await preview(conn, complete(without(TEN, 9, 10)), now_ms=NOW)
        assert found.brake is not None
        assert found.school.find_active(10) is None
        assert (await preview(conn, delta((person(11),)), now_ms=NOW)).counts.people == Tally(added=1)
        assert len(await list_runs(conn)) == 2
        assert await get_version(conn) == 1


async def test_passwords_are_stored_as_hashes_and_never_in_a_run(database: Database):
    await taken(database, complete(TEN), password_hashes={1: "scrypt$one"})
    again = await taken(database, complete(TEN), password_hashes={1: "scrypt$one"})
    assert again.state == RunState.UNCHANGED
    assert (await taken(database, complete(TEN), password_hashes={1: "scrypt$two"})).version == 2
    secret = replace(without(TEN, 8, 9, 10), passwords={1: "panda"})
    await taken(database, complete(secret))
    assert (await taken(database, complete(secret))).state == RunState.WAITING
    async with database.reading() as conn:
        assert await find_password_hash(conn, "u1") == (1, "scrypt$two")
        rows = [tuple(row) for row in await conn.execute(select(roster_runs))]
        entries = [listed.entry for listed in await list_entries(conn)]
    assert "panda" not in json.dumps(rows)
    assert "panda" not in repr(entries)
    assert "scrypt" not in json.dumps(rows) + repr(entries)


async def test_the_audit_tells_each_change_once_with_its_run(database: Database):
    first = await taken(database, complete(TEN), actor="cli:anna")
    changes = delta(
        (person(2, last_name="Орлова"), person(3, "teacher"), person(4, is_active=False), person(11)),
        (Group(70, "8Б", "2026/27", "Физика"),),
        (enrolment(70, 5, "teacher"), enrolment(71, 11)),
        Removals(groups=frozenset({99}), enrolments=frozenset({(70, 1)})),
    )
    run = await taken(database, changes, percent=None)
    async with database.reading() as conn:
        entries = [listed.entry for listed in reversed(await list_entries(conn))]
        about = [listed.entry.action for listed in await list_entries(conn, person_id=5)]
    assert [entry.action for entry in entries[:12]] == ["person.added"] * 10 + ["group.added"] * 2
    assert {(entry.actor, entry.source, entry.run_id) for entry in entries[:17]} == {("cli:anna", "yaml", first.id)}
    told = [(entry.action, entry.person_id, entry.group_id, dict(entry.details)) for entry in entries[17:]]
    assert told == [
        ("person.renamed", 2, None, {"from": "Имя", "to": "Имя Орлова"}),
        ("person.role_changed", 3, None, {"from": "student", "to": "teacher"}),
        ("person.deactivated", 4, None, {}),
        ("person.added", 11, None, {"name": "Имя", "role": "student", "is_active": True}),
        ("group.renamed", None, 70, {"from": "7Б", "to": "8Б"}),
        ("group.course_changed", None, 70, {"from": "", "to": "Физика"}),
        ("enrolment.removed", 1, 70, {"role": "teacher"}),
        ("enrolment.role_changed", 5, 70, {"from": "student", "to": "teacher"}),
        ("enrolment.added", 11, 71, {"role": "student"}),
    ]
    assert {(entry.source, entry.run_id) for entry in entries[17:]} == {("oneroster", run.id)}
    assert about == ["enrolment.role_changed", "enrolment.added", "person.added"]


async def test_a_group_without_a_year_gets_the_school_year_of_the_day(database: Database):
    await taken(database, delta(groups=(Group(70, "7Б"), Group(71, "8А", "2025", "Физика"))))
    await taken(database, delta(groups=(Group(70, "7Б"),)), now_ms=NOW + 365 * 86_400_000)
    async with database.reading() as conn:
        found = (await load_school(conn)).groups
    assert found == {70: Group(70, "7Б", "2026/27"), 71: Group(71, "8А", "2025", "Физика")}


async def test_two_takes_at_once_are_both_there(database: Database):
    await taken(database, complete(TEN))
    other = Database(database.config)
    reads = [delta((person(number),), (), (enrolment(70, number),)) for number in range(20, 32)]
    doors = [database, other] * 6
    found = await asyncio.gather(*(taken(door, read) for door, read in zip(doors, reads, strict=True)))
    await other.close()
    assert sorted(run.version for run in found) == list(range(2, 14))
    assert active((await at_rest(database)).roster) == {*range(1, 11), *range(20, 32)}


async def test_an_older_list_and_the_same_version_again_are_refused(database: Database):
    versioned = replace(complete(TEN), version=7)
    await taken(database, versioned)
    for version in (6, 7):
        with pytest.raises(OlderRead) as caught:
            await taken(database, replace(versioned, version=version))
        assert caught.value.last == 7
    assert (await taken(database, replace(versioned, version=8))).state == RunState.UNCHANGED


async def test_provisioning_carries_stored_runs_to_their_end(database: Database):
    one, two = await taken(database, complete(TEN)), await taken(database, delta((person(11),)))
    unchanged = await taken(database, delta((person(11),)))
    async with database.writing() as conn:
        await runs.begin_applying(conn, 1, 20, NOW)
        await runs.progress(conn, 1, 5)
        await runs.finish(conn, 1, [runs.Failure("Join 7Б", "M_FORBIDDEN")], NOW + 9)
        first, second = await find_run(conn, one.id), await find_run(conn, two.id)
        assert (first.state, first.steps_total, first.steps_done) == (RunState.FAILED, 20, 5)
        assert first.failures == (runs.Failure("Join 7Б", "M_FORBIDDEN"),)
        assert second.state == RunState.STORED
        await runs.begin_applying(conn, 2, 3, NOW + 10)
        await runs.progress(conn, 2, 3)
        assert (await find_run(conn, one.id)).state == RunState.APPLYING
        await runs.finish(conn, 2, [], NOW + 11)
        done = [await find_run(conn, run.id) for run in (one, two)]
        assert [(run.state, run.finished_ms, run.failures) for run in done] == [(RunState.DONE, NOW + 11, ())] * 2
        assert done[1].applying_ms == NOW + 10
        assert (await find_run(conn, unchanged.id)).steps_total == 0


async def test_old_runs_are_dropped_and_what_waits_is_kept(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runs, "KEPT_RUNS", 6)
    monkeypatch.setattr(runs, "KEPT_UNCHANGED", 2)
    waiting = await braked(database, 9, 10)
    for number in range(20, 30):
        await taken(database, delta((person(number),)))
        await taken(database, delta((person(number),)))
    async with database.reading() as conn:
        found = await list_runs(conn)
        first_page = await list_runs(conn, limit=2)
        assert await list_runs(conn, before_id=first_page[-1].id) == found[2:]
        assert [run.id for run in await list_runs(conn, state=RunState.WAITING)] == [waiting.id]
    assert [run.state.value for run in found] == [*["unchanged", "stored"] * 2, "stored", "waiting"]


async def test_notes_are_kept_by_differences_only(database: Database):
    await taken(database, complete(TEN))
    await taken(database, complete(without(TEN, 5, 10)))
    await taken(database, delta((person(10),)))
    async with database.reading() as conn:
        notes = {tuple(row) for row in await conn.execute(select(roster_missing))}
    assert notes == {("person", 0, 5), ("enrolment", 70, 5)}


async def test_usernames_may_be_swapped_and_passed_on(database: Database):
    await taken(database, complete(TEN))
    await taken(database, delta((person(2, username="u3"), person(3, username="u2"), person(11, username="u4"))))
    async with database.reading() as conn:
        rows = await conn.execute(select(people_table.c.id, people_table.c.username, people_table.c.role))
        found = {row.id: row.username for row in rows if row.role == Role.STUDENT.value}
    assert (found[2], found[3], found[11], found[4]) == ("u3", "u2", "u4", "gone-4")
