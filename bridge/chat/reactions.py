"""
Reactions as Matrix clients give and take them back; one for each event, summed up in its message's row.

Each function returns the changes to publish after the commit.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select

from bridge.chat.changes import Change
from bridge.chat.message_changes import change, lock_undeleted
from bridge.chat.shapes import Viewing
from bridge.chat.tables import reactions
from bridge.db.engine import Conn, upsert
from bridge.matrix.text import sanitize_text

LONGEST_KEY = 64
MOST_KEYS = 50  # of a message; what comes beyond them is kept and not shown


async def take_in(
    conn: Conn, viewing: Viewing, message_id: int, person_id: int, key: str, event_id: str, now_ms: int
) -> list[Change]:
    """A reaction that Matrix has. A deleted message has none; a key too long for an emoji is none either."""
    key = sanitize_text(key).strip()
    if not 0 < len(key) <= LONGEST_KEY:
        return []
    row = {
        "event_id": event_id,
        "message_id": message_id,
        "person_id": person_id,
        "key": key,
        "created_ms": now_ms,
    }
    locked = await lock_undeleted(conn, message_id, now_ms)
    if locked is None:
        return []
    await conn.execute(upsert(reactions, conn).values(row).on_conflict_do_nothing())
    return await _sum_up(conn, viewing, *locked)


async def take_back(conn: Conn, viewing: Viewing, event_id: str, now_ms: int) -> list[Change]:
    """The redaction of a reaction; of any other event nothing."""
    gone = delete(reactions).where(reactions.c.event_id == event_id).returning(reactions.c.message_id)
    message_id = (await conn.execute(gone)).scalar_one_or_none()
    locked = None if message_id is None else await lock_undeleted(conn, message_id, now_ms)
    return [] if locked is None else await _sum_up(conn, viewing, *locked)


async def _sum_up(conn: Conn, viewing: Viewing, room: Row[Any], row: Row[Any]) -> list[Change]:
    """Write into the message who has reacted with what, so that a page of messages needs no look here."""
    query = select(reactions.c.key, reactions.c.person_id).where(reactions.c.message_id == row.id)
    people: dict[str, list[int]] = {}
    for each in await conn.execute(query.order_by(reactions.c.created_ms, reactions.c.event_id)):
        if each.key in people or len(people) < MOST_KEYS:
            people.setdefault(each.key, []).append(each.person_id)
    summed = {key: list(dict.fromkeys(ids)) for key, ids in people.items()}
    if summed == (row.reactions or {}):
        return []
    return (await change(conn, viewing, room, row, row.sender_id or 0, reactions=summed or None))[1]
