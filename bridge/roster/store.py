"""The roster at rest: save what a source delivered, load it as the ``School`` that the rules ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, delete, func, literal, select, update
from sqlalchemy.sql.schema import Table

from bridge.db.engine import Conn, Database, upsert
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.roster.roster import Roster
from bridge.roster.tables import enrolments, groups, people, roster_state

ROWS_A_STATEMENT = 500


async def save_roster(conn: Conn, roster: Roster, password_hashes: dict[int, str]) -> bool:
    """
    Make the stored roster equal to *roster*; who is not in it any more is kept as inactive.

    Returns:
        Whether anything was different (then the version has grown).
    """
    before, hashes = await load_school(conn), await _password_hashes(conn)
    after = School.of(roster.people, roster.groups, roster.enrolments)
    gone = before.people.keys() - after.people.keys()
    was_active = any(before.people[person_id].is_active for person_id in gone)
    kept = {k: v for k, v in before.people.items() if k not in gone}
    same_people = not was_active and kept == after.people and password_hashes.items() <= hashes.items()
    if same_people and before.groups == after.groups and _enrolled(before) == _enrolled(after):
        return False
    await _save_people(conn, roster, {**hashes, **password_hashes}, gone)
    await _save_groups(conn, roster)
    await _grow_version(conn)
    return True


def _enrolled(school: School) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
    return school.teachers_of, school.students_of


async def _save_people(conn: Conn, roster: Roster, hashes: dict[int, str], gone: set[int]) -> None:
    if gone:
        await conn.execute(update(people).where(people.c.id.in_(gone)).values(is_active=False))
    rows = [
        {
            "id": person.id,
            "username": person.username,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "role": person.role.value,
            "is_active": person.is_active,
            "password_hash": hashes.get(person.id),
        }
        for person in roster.people
    ]
    # A username may pass from one person to another in one roster: free them all first.
    if rows:
        await conn.execute(update(people).values(username=literal("#") + cast(people.c.id, String)))
    await _upsert(conn, people, rows, key=["id"])
    await conn.execute(
        update(people)
        .where(people.c.username.startswith("#"))
        .values(username=literal("gone-") + cast(people.c.id, String))
    )


async def _save_groups(conn: Conn, roster: Roster) -> None:
    kept = [group.id for group in roster.groups]
    await conn.execute(delete(enrolments))
    await conn.execute(delete(groups).where(groups.c.id.not_in(kept)))
    await _upsert(conn, groups, [{"id": g.id, "name": g.name} for g in roster.groups], key=["id"])
    rows = [{"group_id": e.group_id, "person_id": e.person_id, "role": e.role.value} for e in roster.enrolments]
    await _upsert(conn, enrolments, rows, key=["group_id", "person_id"])


async def _upsert(conn: Conn, table: Table, rows: list[dict[str, Any]], key: list[str]) -> None:
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        chunk = rows[start : start + ROWS_A_STATEMENT]
        statement = upsert(table, conn).values(chunk)
        columns = {name: statement.excluded[name] for name in chunk[0] if name not in key}
        await conn.execute(statement.on_conflict_do_update(index_elements=key, set_=columns))


async def _grow_version(conn: Conn) -> None:
    statement = upsert(roster_state, conn).values(id=1, version=1)
    grown = {"version": roster_state.c.version + 1}
    await conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=grown))


async def get_version(conn: Conn) -> int:
    return (await conn.execute(select(roster_state.c.version))).scalar_one_or_none() or 0


async def load_school(conn: Conn) -> School:
    """Read the whole roster: three statements, whatever its size."""
    version = await get_version(conn)
    found_people = [
        Person(row.id, row.username, row.first_name, row.last_name, Role(row.role), row.is_active)
        for row in await conn.execute(select(people))
    ]
    found_groups = [Group(row.id, row.name) for row in await conn.execute(select(groups))]
    found_enrolments = [
        Enrolment(row.group_id, row.person_id, Role(row.role)) for row in await conn.execute(select(enrolments))
    ]
    return School.of(found_people, found_groups, found_enrolments, version)


async def _password_hashes(conn: Conn) -> dict[int, str]:
    rows = await conn.execute(select(people.c.id, people.c.password_hash))
    return {row.id: row.password_hash for row in rows if row.password_hash}


async def find_password_hash(conn: Conn, username: str) -> tuple[int, str] | None:
    """The id and password hash of an active person who has one, or None. Of the demo's sign-in only."""
    query = select(people.c.id, people.c.password_hash).where(
        people.c.username == username, people.c.is_active, people.c.password_hash.is_not(None)
    )
    row = (await conn.execute(query)).one_or_none()
    return (row.id, row.password_hash) if row else None


# For statements of other folders that want to know, in the same breath, whether the School in memory still holds.
CURRENT_VERSION = select(func.coalesce(func.max(roster_state.c.version), 0)).scalar_subquery()


class SchoolChanged(Exception):
    """The roster has a newer version than the School that a decision was to be based on: refresh and repeat."""


class SchoolCache:
    """
    The current ``School``, in memory: a roster is small and asked for at every request.

    ``current`` is what was last loaded; ``refresh`` compares versions and loads again when they differ.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self.current = School()

    async def refresh(self) -> School:
        async with self._db.reading() as conn:
            if await get_version(conn) != self.current.version:
                self.current = await load_school(conn)
        return self.current
