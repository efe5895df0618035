"""
The roster's rows: load all of it or what a small change touches, write only what differs.

Whoever changes the roster locks it first, so that two changes at once follow each other and neither is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, bindparam, cast, delete, func, insert, literal, or_, select, update
from sqlalchemy.sql.schema import Table

from bridge.db.engine import Conn, upsert
from bridge.db.lists import one_of
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.aside import aside
from bridge.roster.brake import Sizes
from bridge.roster.differences import Differences
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.tables import enrolments, groups, people, roster_missing, roster_state

ROWS_A_STATEMENT = 500


@dataclass(frozen=True)
class AtRest:
    """The roster without passwords, with those who have left; and what the last complete read lacked."""

    roster: Roster
    missing: Removals


async def lock_roster(conn: Conn) -> None:
    """Let nobody else change the roster until the transaction ends: whoever comes second waits here."""
    await conn.execute(upsert(roster_state, conn).values(id=1, version=0).on_conflict_do_nothing())
    await conn.execute(select(roster_state.c.version).where(roster_state.c.id == 1).with_for_update())


async def grow_version(conn: Conn) -> int:
    statement = upsert(roster_state, conn).values(id=1, version=1)
    grown = {"version": roster_state.c.version + 1}
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=grown).returning(roster_state.c.version)
    return int((await conn.execute(statement)).scalar_one())


async def load_at_rest(conn: Conn) -> AtRest:
    """All of it, in four statements."""
    return AtRest(await load_roster(conn), await load_missing(conn))


async def load_roster(conn: Conn) -> Roster:
    found_people = (await conn.execute(_PEOPLE)).all()
    found_groups = (await conn.execute(_GROUPS)).all()
    found_enrolments = (await conn.execute(_ENROLMENTS)).all()
    entries = len(found_people) + len(found_enrolments)
    return await aside(entries, lambda: _roster_of(found_people, found_groups, found_enrolments))


_PEOPLE = select(
    people.c.id, people.c.username, people.c.first_name, people.c.last_name, people.c.role, people.c.is_active
)
_GROUPS = select(groups.c.id, groups.c.name, groups.c.year, groups.c.course)
_ENROLMENTS = select(enrolments.c.group_id, enrolments.c.person_id, enrolments.c.role)
_ROLES = {role.value: role for role in Role}


def _roster_of(people_rows: Iterable[Any], group_rows: Iterable[Any], enrolment_rows: Iterable[Any]) -> Roster:
    """Of rows of the statements above, their columns in the order of the attributes."""
    return Roster(
        tuple([Person(i, user, first, last, _ROLES[role], on) for i, user, first, last, role, on in people_rows]),
        tuple([Group(*row) for row in group_rows]),
        tuple([Enrolment(group_id, person_id, _ROLES[role]) for group_id, person_id, role in enrolment_rows]),
    )


async def load_near(conn: Conn, read: Read) -> AtRest:
    """
    What settling a delta looks at: what it names or removes, and what goes with that.

    In a school of 10,000 enrolments, one event reads a few rows instead of all.
    """
    roster, removals = read.roster, read.removals
    pairs = {(e.group_id, e.person_id) for e in roster.enrolments} | removals.enrolments
    group_ids = {group.id for group in roster.groups} | removals.groups | {group_id for group_id, _ in pairs}
    own = {person.id for person in roster.people} | removals.people
    touching = or_(
        one_of(conn, enrolments.c.person_id, sorted(own)),
        one_of(conn, enrolments.c.group_id, sorted(removals.groups)),
        and_(
            one_of(conn, enrolments.c.group_id, sorted({group_id for group_id, _ in pairs})),
            one_of(conn, enrolments.c.person_id, sorted({person_id for _, person_id in pairs})),
        ),
    )
    found = (await conn.execute(_ENROLMENTS.where(touching))).all()
    person_ids = own | {person_id for _, person_id in pairs} | {row.person_id for row in found}
    usernames = [person.username for person in roster.people]
    wanted = or_(one_of(conn, people.c.id, sorted(person_ids)), one_of(conn, people.c.username, usernames))
    found_people = (await conn.execute(_PEOPLE.where(wanted))).all()
    found_groups = (await conn.execute(_GROUPS.where(one_of(conn, groups.c.id, sorted(group_ids))))).all()
    return AtRest(_roster_of(found_people, found_groups, found), await load_missing(conn))


async def load_missing(conn: Conn) -> Removals:
    rows = (await conn.execute(select(roster_missing))).all()
    return Removals(
        frozenset(row.person_id for row in rows if row.kind == "person"),
        frozenset(row.group_id for row in rows if row.kind == "group"),
        frozenset((row.group_id, row.person_id) for row in rows if row.kind == "enrolment"),
    )


async def count_sizes(conn: Conn) -> Sizes:
    """How many are there: active people, groups, enrolments of active people."""
    active = select(func.count()).select_from(people).where(people.c.is_active)
    in_force = select(func.count()).select_from(enrolments.join(people)).where(people.c.is_active)
    all_groups = select(func.count()).select_from(groups)
    row = (
        await conn.execute(select(active.scalar_subquery(), all_groups.scalar_subquery(), in_force.scalar_subquery()))
    ).one()
    return Sizes(*row)


async def save_missing(conn: Conn, before: Removals, after: Removals) -> None:
    """Make the notes equal to *after*."""
    was, will_be = _note_keys(before), _note_keys(after)
    columns = roster_missing.c
    gone = [{"k": kind, "g": group_id, "p": person_id} for kind, group_id, person_id in sorted(was - will_be)]
    key = and_(columns.kind == bindparam("k"), columns.group_id == bindparam("g"), columns.person_id == bindparam("p"))
    await _execute(conn, delete(roster_missing).where(key), gone)
    new = [{"kind": kind, "group_id": g, "person_id": p} for kind, g, p in sorted(will_be - was)]
    await _execute(conn, insert(roster_missing), new)


def _note_keys(notes: Removals) -> set[tuple[str, int, int]]:
    return (
        {("person", 0, person_id) for person_id in notes.people}
        | {("group", group_id, 0) for group_id in notes.groups}
        | {("enrolment", *pair) for pair in notes.enrolments}
    )


async def write_differences(conn: Conn, differences: Differences) -> None:
    await _write_people(conn, differences)
    await _write_groups(conn, differences)
    await _write_enrolments(conn, differences)


async def _write_people(conn: Conn, differences: Differences) -> None:
    # A username may pass from one person to another: free those that change first.
    renamed = [
        {"b_id": before.id}
        for before, after in differences.people
        if before is not None and after is not None and before.username != after.username
    ]
    free = update(people).where(people.c.id == bindparam("b_id"))
    await _execute(conn, free.values(username=literal("#") + cast(people.c.id, String)), renamed)
    rows = [
        {
            "id": person.id,
            "username": person.username,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "role": person.role.value,
            "is_active": person.is_active,
        }
        for _, person in differences.people
        if person is not None
    ]
    await _upsert(conn, people, rows, ["id"])


async def _write_groups(conn: Conn, differences: Differences) -> None:
    gone = [{"b_id": before.id} for before, after in differences.groups if before is not None and after is None]
    await _execute(conn, delete(groups).where(groups.c.id == bindparam("b_id")), gone)
    rows = [
        {"id": group.id, "name": group.name, "year": group.year, "course": group.course}
        for _, group in differences.groups
        if group is not None
    ]
    await _upsert(conn, groups, rows, ["id"])


async def _write_enrolments(conn: Conn, differences: Differences) -> None:
    gone_groups = {before.id for before, after in differences.groups if before is not None and after is None}
    gone = [
        {"b_group": before.group_id, "b_person": before.person_id}
        for before, after in differences.enrolments
        if before is not None and after is None and before.group_id not in gone_groups  # those went with their group
    ]
    key = and_(enrolments.c.group_id == bindparam("b_group"), enrolments.c.person_id == bindparam("b_person"))
    await _execute(conn, delete(enrolments).where(key), gone)
    rows = [
        {"group_id": enrolment.group_id, "person_id": enrolment.person_id, "role": enrolment.role.value}
        for _, enrolment in differences.enrolments
        if enrolment is not None
    ]
    await _upsert(conn, enrolments, rows, ["group_id", "person_id"])


async def save_password_hashes(conn: Conn, hashes: Mapping[int, str]) -> bool:
    """Store the hashes that differ, of people who are in the roster; whether any did."""
    if not hashes:
        return False
    rows = await conn.execute(select(people.c.id, people.c.password_hash))
    changed = [
        {"b_id": row.id, "b_hash": hashes[row.id]}
        for row in rows
        if hashes.get(row.id, row.password_hash) != row.password_hash
    ]
    statement = update(people).where(people.c.id == bindparam("b_id")).values(password_hash=bindparam("b_hash"))
    await _execute(conn, statement, changed)
    return bool(changed)


async def _upsert(conn: Conn, table: Table, rows: Sequence[dict[str, Any]], key: list[str]) -> None:
    if rows:
        statement = upsert(table, conn)
        columns = {name: statement.excluded[name] for name in rows[0] if name not in key}
        await _execute(conn, statement.on_conflict_do_update(index_elements=key, set_=columns), rows)


async def _execute(conn: Conn, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Run *statement* for all *rows*, some hundreds at a time; one statement, prepared once, whatever their number."""
    rows = list(rows)
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        await conn.execute(statement, rows[start : start + ROWS_A_STATEMENT])
