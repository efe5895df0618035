"""
Every event of our rooms and where it stands.

A receipt on any event means "read up to the message at or before it", a redaction of an edit means that message, and
an event that is here was taken in already.
"""

from __future__ import annotations

from sqlalchemy import String, bindparam, case, select
from sqlalchemy.dialects import postgresql, sqlite

from bridge.chat.tables import events, messages
from bridge.db.engine import Conn
from bridge.db.lists import one_of

REMEMBER = {
    "sqlite": sqlite.insert(events).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(events).on_conflict_do_nothing(),
}
WHERE = (
    select(events.c.conversation_id, events.c.message_id, messages.c.event_id)
    .outerjoin(messages, messages.c.id == events.c.message_id)
    .where(events.c.event_id == bindparam("event", type_=String))
)
_is_message = messages.c.event_id == events.c.event_id
WHICH = (
    select(events.c.conversation_id, case((_is_message, events.c.message_id), else_=events.c.edited_id))
    .outerjoin(messages, messages.c.id == events.c.message_id)
    .where(events.c.event_id == bindparam("event", type_=String))
)


async def remember_event(
    conn: Conn, event_id: str | None, conversation_id: int, message_id: int, edited_id: int | None = None
) -> None:
    """Note where an event stands, see ``tables.events``."""
    values = {
        "event_id": event_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "edited_id": edited_id,
    }
    await conn.execute(REMEMBER[conn.dialect.name], values)


async def find_by_event(conn: Conn, event_id: str) -> tuple[int, int, bool] | None:
    """
    Where an event stands.

    Returns:
        The conversation's id, the id of the message at or before it, and whether the event is that message itself.
    """
    row = (await conn.execute(WHERE, {"event": event_id})).one_or_none()
    return (row[0], row[1], row[2] == event_id) if row else None


async def find_message(conn: Conn, event_id: object, conversation_id: int) -> int | None:
    """The message of the conversation that the event is, or that it edits."""
    if not isinstance(event_id, str):
        return None
    row = (await conn.execute(WHICH, {"event": event_id})).one_or_none()
    return row[1] if row and row[0] == conversation_id else None


async def newest_in_matrix(conn: Conn, conversation_id: int) -> int:
    """The newest message that the homeserver has; 0: none. What the web has said since comes after it there."""
    query = (
        select(messages.c.id)
        .where(messages.c.conversation_id == conversation_id, messages.c.event_id.is_not(None))
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    return (await conn.execute(query)).scalar_one_or_none() or 0


async def find_event_before(conn: Conn, conversation_id: int, message_id: int) -> str | None:
    """The event of the newest message before this one that the homeserver has."""
    query = (
        select(messages.c.event_id)
        .where(messages.c.conversation_id == conversation_id, messages.c.id < message_id)
        .where(messages.c.event_id.is_not(None))
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    event_id: str | None = (await conn.execute(query)).scalar_one_or_none()
    return event_id


async def list_known_events(conn: Conn, event_ids: list[str]) -> set[str]:
    """Those of *event_ids* that were taken in already."""
    if not event_ids:
        return set()
    return set(
        (await conn.execute(select(events.c.event_id).where(one_of(conn, events.c.event_id, event_ids)))).scalars()
    )
