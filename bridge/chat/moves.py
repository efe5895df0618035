"""A conversation goes on in another room: Client-Server API, "Room upgrades"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from bridge.chat import members, revision
from bridge.chat.changes import Change, ConversationUpdated
from bridge.chat.event_index import newest_in_matrix
from bridge.chat.tables import conversations, former_rooms
from bridge.db.engine import Conn, upsert


async def move(conn: Conn, conversation_id: int, room_id: str, now_ms: int) -> list[Change]:
    """What is said from now on is in *room_id*; what was said stays where it is."""
    room = await revision.lock(conn, conversation_id, now_ms)
    former = {
        "room_id": room.room_id,
        "conversation_id": conversation_id,
        "last_message_id": await newest_in_matrix(conn, conversation_id),
    }
    await conn.execute(upsert(former_rooms, conn).values(former).on_conflict_do_nothing())
    here = update(conversations).where(conversations.c.id == conversation_id)
    await conn.execute(here.values(room_id=room_id))
    audience = tuple(await members.list_ids(conn, conversation_id))
    return [ConversationUpdated(conversation_id, room.rev, audience)]


async def find_former(conn: Conn, room_id: str) -> int | None:
    """The conversation that was in that room once."""
    query = select(former_rooms.c.conversation_id).where(former_rooms.c.room_id == room_id)
    found: int | None = (await conn.execute(query)).scalar_one_or_none()
    return found


async def room_of(conn: Conn, message: Row[Any]) -> str:
    """The room that has a message, given with its conversation's ``room_id``."""
    query = (
        select(former_rooms.c.room_id)
        .where(
            former_rooms.c.conversation_id == message.conversation_id,
            former_rooms.c.last_message_id >= message.id,
        )
        .order_by(former_rooms.c.last_message_id)
        .limit(1)
    )
    return (await conn.execute(query)).scalar_one_or_none() or str(message.room_id)
