"""
What the panel told of each object, and when: how an event is known to be a repeat, or older than what is known.

All of it is kept for ninety days after it was last told of, and no longer: who hears of a change later than that
takes it for a new one. The version of the panel's last whole list is kept for ever: one row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select
from sqlalchemy.sql.schema import Table

from bridge.db.engine import Conn, upsert
from bridge.permissions.school import Enrolment, Role
from bridge.roster.merge import Key
from bridge.roster.tables import roster_events, roster_versions, roster_waiting

KEPT_MS = 90 * 24 * 3600 * 1000
WHOLE = Key("roster")


@dataclass(frozen=True)
class Seen:
    """
    Attributes:
        version: The newest that was told of the object; -1: none.
        removed_version: The newest of those that said that it is gone; -1: none.
    """

    version: int = -1
    removed_version: int = -1


async def remember_event(conn: Conn, event_id: str, now_ms: int) -> bool:
    """Whether the event is new; then it is not new any more."""
    statement = upsert(roster_events, conn).values(event_id=event_id, taken_ms=now_ms)
    result = await conn.execute(statement.on_conflict_do_nothing())
    return bool(result.rowcount)


async def forget_old(conn: Conn, now_ms: int) -> None:
    before_ms = now_ms - KEPT_MS
    await conn.execute(delete(roster_events).where(roster_events.c.taken_ms < before_ms))
    await conn.execute(delete(roster_waiting).where(roster_waiting.c.since_ms < before_ms))
    columns = roster_versions.c
    await conn.execute(delete(roster_versions).where(columns.seen_ms < before_ms, columns.kind != WHOLE.kind))


async def find_seen(conn: Conn, key: Key) -> Seen:
    row = (await conn.execute(select(roster_versions).where(_is(roster_versions, key)))).one_or_none()
    if row is None:
        return Seen()
    return Seen(row.version, -1 if row.removed_version is None else row.removed_version)


async def save_seen(conn: Conn, key: Key, seen: Seen, now_ms: int) -> None:
    removed = seen.removed_version if seen.removed_version >= 0 else None
    values = {"version": seen.version, "removed_version": removed, "seen_ms": now_ms}
    statement = upsert(roster_versions, conn).values(**key._asdict(), **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["kind", "group_id", "person_id"], set_=values))


def _is(table: Table, key: Key) -> ColumnElement[bool]:
    return and_(table.c.kind == key.kind, table.c.group_id == key.group_id, table.c.person_id == key.person_id)


async def list_newer(conn: Conn, version: int | None, began_ms: int | None) -> list[Key]:
    """The objects of which events told later versions than *version*, or since *began_ms*."""
    columns = roster_versions.c
    wanted: list[ColumnElement[bool]] = [false()]
    if version is not None:
        wanted.append(columns.version > version)
    if began_ms is not None:
        wanted.append(columns.seen_ms >= began_ms)
    query = select(columns.kind, columns.group_id, columns.person_id).where(columns.kind != WHOLE.kind, or_(*wanted))
    return [Key(*row) for row in await conn.execute(query)]


async def list_enrolment_versions(conn: Conn, owner: Key) -> dict[tuple[int, int], int]:
    """The enrolments of a person or group that events said are there, with their versions."""
    columns = roster_versions.c
    query = select(roster_versions).where(
        columns.kind == "enrolment",
        _of_owner(roster_versions, owner),
        columns.version > func.coalesce(columns.removed_version, -1),
    )
    return {(row.group_id, row.person_id): row.version for row in await conn.execute(query)}


def _of_owner(table: Table, owner: Key) -> ColumnElement[bool]:
    return table.c.person_id == owner.person_id if owner.kind == "person" else table.c.group_id == owner.group_id


@dataclass(frozen=True)
class Waiting:
    """An enrolment that the panel told of before its person or group."""

    enrolment: Enrolment
    version: int


async def add_waiting(conn: Conn, waiting: Iterable[Waiting], now_ms: int) -> None:
    rows = [_waiting_row(one, now_ms) for one in waiting]
    if rows:
        statement = upsert(roster_waiting, conn)
        newer = {name: statement.excluded[name] for name in ("role", "version", "since_ms")}
        statement = statement.on_conflict_do_update(index_elements=["group_id", "person_id"], set_=newer)
        await conn.execute(statement, rows)


def _waiting_row(waiting: Waiting, now_ms: int) -> dict[str, Any]:
    enrolment = waiting.enrolment
    return {
        "group_id": enrolment.group_id,
        "person_id": enrolment.person_id,
        "role": enrolment.role.value,
        "version": waiting.version,
        "since_ms": now_ms,
    }


async def list_waiting(conn: Conn, owner: Key | None = None) -> list[Waiting]:
    """All that wait, or those that wait for a person or a group."""
    query = select(roster_waiting)
    if owner is not None:
        query = query.where(_of_owner(roster_waiting, owner))
    return [
        Waiting(Enrolment(row.group_id, row.person_id, Role(row.role)), row.version)
        for row in await conn.execute(query)
    ]


async def drop_waiting(conn: Conn, pairs: Iterable[tuple[int, int]]) -> None:
    for group_id, person_id in pairs:
        columns = roster_waiting.c
        await conn.execute(delete(roster_waiting).where(columns.group_id == group_id, columns.person_id == person_id))


async def drop_older_waiting(conn: Conn, owner: Key, version: int) -> None:
    """The person or group was removed at *version*, and what was told before with it."""
    older = roster_waiting.c.version < version
    await conn.execute(delete(roster_waiting).where(older, _of_owner(roster_waiting, owner)))
