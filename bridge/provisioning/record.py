"""What provisioning has done so far, at rest: read and write its tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, select, update

from bridge.db.engine import Conn, upsert
from bridge.provisioning import seen as seen_rooms
from bridge.provisioning.seen import Seen
from bridge.provisioning.tables import (
    provisioned_files,
    provisioned_ghosts,
    provisioned_rooms,
    provisioning_state,
)

HERE, LEAVING, GONE = "here", "leaving", "gone"
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Ghost:
    """``left_ids``: the group chats that were left, to come back to."""

    person_id: int
    display_name: str
    state: str
    left_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Room:
    """A row of ``provisioned_rooms``. ``suspect_ms``: since when *seen* may not hold; None: it does."""

    key: str
    alias: str | None = None
    room_id: str | None = None
    given_name: str = ""
    seen: Seen | None = None
    suspect_ms: int | None = None
    repairs: tuple[int, ...] = ()


async def list_ghosts(conn: Conn) -> dict[int, Ghost]:
    rows = await conn.execute(select(provisioned_ghosts))
    return {row.person_id: Ghost(row.person_id, row.display_name, row.state, tuple(row.left_ids or ())) for row in rows}


async def save_ghost(conn: Conn, ghost: Ghost) -> None:
    values = {
        "person_id": ghost.person_id,
        "display_name": ghost.display_name,
        "state": ghost.state,
        "left_ids": list(ghost.left_ids),
        "suspect_ms": None,
    }
    statement = upsert(provisioned_ghosts, conn).values(values)
    changed = {name: statement.excluded[name] for name in ("display_name", "state", "left_ids", "suspect_ms")}
    await conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=changed))


async def note_name(conn: Conn, person_id: int, display_name: str, now_ms: int) -> None:
    """The person is called *display_name* in Matrix now, which is not what we gave."""
    this = update(provisioned_ghosts).where(
        provisioned_ghosts.c.person_id == person_id, provisioned_ghosts.c.state == HERE
    )
    await conn.execute(this.values(display_name=display_name, suspect_ms=now_ms))


async def list_rooms(conn: Conn) -> dict[str, Room]:
    return {row.roster_key: _room(row) for row in await conn.execute(select(provisioned_rooms))}


def _room(row: Row[Any]) -> Room:
    seen = seen_rooms.from_json(row.seen)
    return Room(row.roster_key, row.alias, row.room_id, row.given_name, seen, row.suspect_ms, tuple(row.repairs))


async def reserve_rooms(conn: Conn, rooms: Iterable[Room]) -> None:
    """Write rooms that are to be made, before they are; those that stand there already keep all they have."""
    for room in rooms:
        values: dict[str, Any] = {"roster_key": room.key, "alias": room.alias, "given_name": room.given_name}
        values["repairs"] = []
        statement = upsert(provisioned_rooms, conn).values(values)
        await conn.execute(statement.on_conflict_do_nothing(index_elements=["roster_key"]))


async def begin_work(conn: Conn, key: str, known_ms: int | None, now_ms: int) -> int | None:
    """
    Somebody begins to work on the room: until ``end_work`` it is suspect.

    Args:
        known_ms: Since when it was suspect when it was looked at.

    Returns:
        The mark for ``end_work``; None: something has happened since that look, so it has to stay suspect.
    """
    this = provisioned_rooms.c.roster_key == key
    before = (await conn.execute(select(provisioned_rooms.c.suspect_ms).where(this))).scalar_one()
    marked = update(provisioned_rooms).where(this).values(suspect_ms=_later(now_ms))
    mark = (await conn.execute(marked.returning(provisioned_rooms.c.suspect_ms))).scalar_one()
    return int(mark) if before == known_ms else None


async def end_work(conn: Conn, room: Room, mark: int | None) -> None:
    """
    Keep what became of the room.

    Args:
        mark: What ``begin_work`` gave: with it the room is not suspect any more, unless something has happened since;
            None: it stays suspect.
    """
    this = update(provisioned_rooms).where(provisioned_rooms.c.roster_key == room.key)
    seen = seen_rooms.as_json(room.seen) if room.seen is not None else None
    await conn.execute(this.values(given_name=room.given_name, seen=seen))
    if mark is not None:
        await conn.execute(this.where(provisioned_rooms.c.suspect_ms == mark).values(suspect_ms=None))


async def save_seen(conn: Conn, key: str, seen: Seen) -> None:
    this = update(provisioned_rooms).where(provisioned_rooms.c.roster_key == key)
    await conn.execute(this.values(seen=seen_rooms.as_json(seen)))


async def save_repairs(conn: Conn, what: str | int, repairs: Sequence[int]) -> None:
    """Of a room, by key, or of a person's name, by id."""
    if isinstance(what, str):
        this = update(provisioned_rooms).where(provisioned_rooms.c.roster_key == what)
    else:
        this = update(provisioned_ghosts).where(provisioned_ghosts.c.person_id == what)
    await conn.execute(this.values(repairs=list(repairs)))


async def save_room_id(conn: Conn, key: str, room_id: str) -> None:
    """Note the space's room; the first one stays."""
    this = update(provisioned_rooms).where(provisioned_rooms.c.roster_key == key, provisioned_rooms.c.room_id.is_(None))
    await conn.execute(this.values(room_id=room_id))


async def suspect(conn: Conn, keys: Sequence[str], now_ms: int) -> None:
    """Something has happened to rooms that are known here: look at them when there is time."""
    these = update(provisioned_rooms).where(provisioned_rooms.c.roster_key.in_(keys))
    await conn.execute(these.values(suspect_ms=_later(now_ms)))


def _later(now_ms: int) -> Any:
    """*now_ms*, but never what stands there: who works on the room shall see that something has happened."""
    before = provisioned_rooms.c.suspect_ms
    return case((before >= now_ms, before + 1), else_=now_ms)


async def list_suspects(conn: Conn) -> dict[str | int, tuple[int, ...]]:
    """The rooms to look at, by key, and the people who are called otherwise, by id; each with the times of repairs."""
    rooms = select(provisioned_rooms.c.roster_key, provisioned_rooms.c.repairs)
    rows = await conn.execute(rooms.where(provisioned_rooms.c.suspect_ms.is_not(None)))
    suspects: dict[str | int, tuple[int, ...]] = {row.roster_key: tuple(row.repairs) for row in rows}
    people = select(provisioned_ghosts.c.person_id, provisioned_ghosts.c.repairs)
    rows = await conn.execute(people.where(provisioned_ghosts.c.suspect_ms.is_not(None)))
    return suspects | {row.person_id: tuple(row.repairs or ()) for row in rows}


async def find_key_of_room(conn: Conn, room_id: str) -> str | None:
    """The key of a room that is no conversation: the space's."""
    query = select(provisioned_rooms.c.roster_key).where(provisioned_rooms.c.room_id == room_id)
    return (await conn.execute(query)).scalar_one_or_none()


async def find_file(conn: Conn, digest: str) -> str | None:
    """The ``mxc://`` address of a picture that was uploaded."""
    query = select(provisioned_files.c.mxc).where(provisioned_files.c.digest == digest)
    return (await conn.execute(query)).scalar_one_or_none()


async def save_file(conn: Conn, digest: str, mxc: str) -> None:
    statement = upsert(provisioned_files, conn).values(digest=digest, mxc=mxc)
    await conn.execute(statement.on_conflict_do_nothing(index_elements=["digest"]))


async def get_applied_version(conn: Conn) -> int:
    """The roster version that was last applied to its end; 0 before the first time."""
    return (await conn.execute(select(provisioning_state.c.roster_version))).scalar_one_or_none() or 0


async def save_applied_version(conn: Conn, version: int) -> None:
    statement = upsert(provisioning_state, conn).values(id=1, roster_version=version)
    later = {"roster_version": statement.excluded.roster_version}
    await conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=later))
