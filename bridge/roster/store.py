"""The roster at rest: save what a source delivered, load it as the ``School`` that the rules ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import func, select

from bridge.db.engine import Conn, Database
from bridge.permissions.school import School
from bridge.roster.aside import aside
from bridge.roster.at_rest import grow_version, load_roster, lock_roster, save_password_hashes, write_differences
from bridge.roster.differences import find_differences
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.settle import settle
from bridge.roster.tables import people, roster_state


async def save_roster(conn: Conn, roster: Roster, password_hashes: Mapping[int, str]) -> bool:
    """
    Make the stored roster equal to *roster*, at once; who is not in it any more is kept as inactive.

    Sources go through ``roster.intake``, which brakes and keeps a run; this is for the demo, tests and benchmarks.

    Returns:
        Whether anything was different (then the version has grown).
    """
    await lock_roster(conn)
    before = await load_roster(conn)
    whole = Read("yaml", roster, is_complete=True)
    if roster.people:
        after = settle(before, Removals(), whole, is_confirmed=True).after
    else:  # which no source may say
        after = Roster(tuple(replace(person, is_active=False) for person in before.people), roster.groups, ())
    differences = find_differences(before, after)
    await write_differences(conn, differences)
    has_new_hashes = await save_password_hashes(conn, password_hashes)
    if not differences and not has_new_hashes:
        return False
    await grow_version(conn)
    return True


async def get_version(conn: Conn) -> int:
    return (await conn.execute(select(roster_state.c.version))).scalar_one_or_none() or 0


async def load_school(conn: Conn) -> School:
    """Read the whole roster: four statements, whatever its size."""
    version = await get_version(conn)
    found = await load_roster(conn)
    entries = len(found.people) + len(found.enrolments)
    return await aside(entries, lambda: School.of(found.people, found.groups, found.enrolments, version))


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
