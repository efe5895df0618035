"""
How far the homeserver's feed has come in each room.

The outbox notes its own events too, so "the newest event that we know" says nothing about those before it; the newest
one that came by the feed does: everything before it has come.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from bridge.db.engine import Conn, upsert
from bridge.inbox.tables import inbox_positions


async def find(conn: Conn, room_id: str) -> str | None:
    """The newest event of the room that the feed brought; None: none since the room is ours."""
    query = select(inbox_positions.c.event_id).where(inbox_positions.c.room_id == room_id)
    return (await conn.execute(query)).scalar_one_or_none()


async def save(conn: Conn, newest: Mapping[str, str]) -> None:
    """Note the newest event by room id."""
    if not newest:
        return
    rows = [{"room_id": room_id, "event_id": event_id} for room_id, event_id in sorted(newest.items())]
    statement = upsert(inbox_positions, conn).values(rows)
    moved = {"event_id": statement.excluded.event_id}
    await conn.execute(statement.on_conflict_do_update(index_elements=["room_id"], set_=moved))
