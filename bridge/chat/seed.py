"""
History written straight into the read model, for the demo's synthetic school; its ``origin`` is "seed".

The homeserver does not have it. Everything else is as if people had talked: counters, read pointers, order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, text, update

from bridge.chat.messages import preview
from bridge.chat.tables import conversations, messages, participants, reads
from bridge.db.engine import Conn

ROWS_A_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class SeedMessage:
    sender_id: int
    text: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class DirectConversation:
    """A direct conversation as it stands; ``people``: the smaller id first."""

    id: int
    people: tuple[int, int]
    alias: str
    room_id: str | None


async def list_silent(conn: Conn) -> set[int]:
    """The conversations in which nothing was ever said."""
    query = select(conversations.c.id).where(conversations.c.messages_count == 0)
    return set((await conn.execute(query)).scalars())


async def list_direct_conversations(conn: Conn) -> list[DirectConversation]:
    query = select(conversations).where(conversations.c.direct_key.is_not(None)).order_by(conversations.c.id)
    found = []
    for row in await conn.execute(query):
        low, high = map(int, row.direct_key.split(":"))
        found.append(DirectConversation(row.id, (low, high), row.alias, row.room_id))
    return found


async def write_history(conn: Conn, conversation_id: int, history: Sequence[SeedMessage], *, unread: int = 3) -> None:
    """
    Write the history of a conversation that has none, oldest first.

    Args:
        unread: So many of the last messages nobody has read, except that everybody knows their own.
    """
    if not history:
        return
    ids = await _take_message_ids(conn, len(history))
    rows = [
        {
            "id": message_id,
            "conversation_id": conversation_id,
            "number": number,
            "sender_id": message.sender_id,
            "type": "TEXT",
            "text": message.text,
            "preview": preview(message.text),
            "created_ms": message.created_ms,
            "status": "sent",
            "origin": "seed",
            "rev": message.created_ms * 1000,
        }
        for number, (message_id, message) in enumerate(zip(ids, history, strict=True), start=1)
    ]
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        await conn.execute(insert(messages), rows[start : start + ROWS_A_STATEMENT])
    last_ms = history[-1].created_ms
    values = {"last_message_id": ids[-1], "messages_count": len(ids), "updated_ms": last_ms}
    await conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(values))
    read = len(history) - unread
    await _write_readers(conn, conversation_id, ids[read - 1] if read > 0 else 0, history, unread)


async def analyze(conn: Conn) -> None:
    """Let the database count what is in its tables: after so many rows at once its plans are those for none."""
    await conn.execute(text("ANALYZE"))


async def _take_message_ids(conn: Conn, count: int) -> list[int]:
    """Reserve growing ids, as ``revision`` takes one for each message."""
    if conn.dialect.name == "sqlite":
        last = (await conn.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'messages'"))).scalar()
        return list(range((last or 0) + 1, (last or 0) + 1 + count))
    taken = select(func.nextval("messages_id_seq")).select_from(func.generate_series(1, count))
    return sorted((await conn.execute(taken)).scalars())


async def _write_readers(
    conn: Conn, conversation_id: int, read_id: int, history: Sequence[SeedMessage], unread: int
) -> None:
    query = select(participants.c.person_id, participants.c.rev).where(
        participants.c.conversation_id == conversation_id
    )
    steps: list[dict[str, Any]] = []
    for row in (await conn.execute(query)).all():
        news = sum(message.sender_id != row.person_id for message in history[-unread:])
        mine = update(participants).where(
            participants.c.conversation_id == conversation_id, participants.c.person_id == row.person_id
        )
        await conn.execute(mine.values(read_id=read_id, shown_id=read_id, unread_count=news))
        steps.append(
            {
                "conversation_id": conversation_id,
                "person_id": row.person_id,
                "after_id": 0,
                "read_id": read_id,
                "read_ms": history[-unread].created_ms if read_id else 0,
                "rev": row.rev,
            }
        )
    if read_id and steps:
        await conn.execute(insert(reads), steps)
