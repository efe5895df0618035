"""Rooms in which somebody may not write for another reason than the roster: blocked or archived."""

from __future__ import annotations

from sqlalchemy import or_, select

from bridge.chat.tables import conversations
from bridge.db.engine import Conn


async def list_locked(conn: Conn) -> dict[str, int | None]:
    """Room id to the person who has blocked the direct conversation, or None where it is archived."""
    query = (
        select(conversations.c.room_id, conversations.c.blocked_by, conversations.c.is_archived)
        .where(or_(conversations.c.is_archived, conversations.c.blocked_by.is_not(None)))
        .where(conversations.c.room_id.is_not(None))
        .order_by(conversations.c.room_id)
    )
    return {row.room_id: None if row.is_archived else row.blocked_by for row in await conn.execute(query)}


async def find_room_id(conn: Conn, conversation_id: int) -> str | None:
    """The room of a conversation; None: it has none yet."""
    query = select(conversations.c.room_id).where(conversations.c.id == conversation_id)
    room_id: str | None = (await conn.execute(query)).scalar_one_or_none()
    return room_id
