"""
Receipts of Matrix clients that read thread by thread: Client-Server API, "Threaded read receipts".

The web shows threads in their place in the timeline and has one read pointer. A receipt of the main timeline moves it
as reading on the web does, over threads too. One of a thread moves it over what stands next and is of threads that
were read, and is remembered until the rest is read: it says nothing of the main timeline.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, delete, func, select
from sqlalchemy.sql.expression import ColumnElement

from bridge.chat import receipts
from bridge.chat.changes import Change
from bridge.chat.tables import events, messages, participants, thread_reads
from bridge.db.engine import Conn, upsert


async def may_be_of_thread(conn: Conn, person_id: int, event_id: str) -> bool:
    """Whether it matters of which thread a receipt is: some thread has news for its reader before that event."""
    news = (
        select(messages.c.id)
        .join(events, events.c.conversation_id == messages.c.conversation_id)
        .join(participants, participants.c.conversation_id == messages.c.conversation_id)
        .where(
            events.c.event_id == event_id,
            participants.c.person_id == person_id,
            messages.c.thread_id.is_not(None),
            messages.c.id > participants.c.read_id,
            messages.c.id <= events.c.message_id,
        )
    )
    return (await conn.execute(news.limit(1))).first() is not None


async def mark_main_read(
    conn: Conn, person_id: int, message_id: int, now_ms: int, *, is_private: bool = False
) -> list[Change]:
    """
    Everything up to the message is read, and what stands next of threads that were read before.

    Raises:
        NotFound: The person is not a participant.
    """
    conversation_id, _, changes = await receipts.mark_read(conn, person_id, message_id, now_ms, is_private=is_private)
    return changes + await _advance(conn, conversation_id, person_id, now_ms, is_private=is_private)


async def mark_thread_read(
    conn: Conn, person_id: int, message_id: int, thread_id: int, now_ms: int, *, is_private: bool = False
) -> list[Change]:
    """A participant has read the thread that began with *thread_id* up to a message."""
    entry = await _find_entry(conn, person_id, message_id)
    if entry is None or entry.read_id >= message_id:
        return []
    row = {
        "conversation_id": entry.conversation_id,
        "person_id": person_id,
        "thread_id": thread_id,
        "read_id": message_id,
    }
    statement = upsert(thread_reads, conn).values(row)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["conversation_id", "person_id", "thread_id"],
            set_={"read_id": statement.excluded.read_id},
            where=thread_reads.c.read_id < statement.excluded.read_id,
        )
    )
    return await _advance(conn, entry.conversation_id, person_id, now_ms, is_private=is_private)


async def _advance(conn: Conn, conversation_id: int, person_id: int, now_ms: int, *, is_private: bool) -> list[Change]:
    """Move the read pointer over messages of threads that were read, up to the first unread one."""
    mine = and_(thread_reads.c.conversation_id == conversation_id, thread_reads.c.person_id == person_id)
    last_read = (await conn.execute(select(func.max(thread_reads.c.read_id)).where(mine))).scalar_one_or_none()
    if last_read is None:
        return []
    reached = await _find_reached(conn, conversation_id, person_id, mine, last_read)
    changes: list[Change] = []
    if reached is not None:
        changes = (await receipts.mark_read(conn, person_id, reached, now_ms, is_private=is_private))[2]
    read_id = select(participants.c.read_id).where(
        participants.c.conversation_id == conversation_id, participants.c.person_id == person_id
    )
    await conn.execute(delete(thread_reads).where(mine, thread_reads.c.read_id <= read_id.scalar_subquery()))
    return changes


async def _find_entry(conn: Conn, person_id: int, message_id: int) -> Row[Any] | None:
    query = (
        select(participants.c.conversation_id, participants.c.read_id)
        .join(messages, messages.c.conversation_id == participants.c.conversation_id)
        .where(
            messages.c.id == message_id,
            participants.c.person_id == person_id,
            participants.c.left_ms.is_(None),
        )
    )
    return (await conn.execute(query)).one_or_none()  # type: ignore[return-value]


async def _find_reached(
    conn: Conn, conversation_id: int, person_id: int, mine: ColumnElement[bool], last_read: int
) -> int | None:
    """The last message before the first unread one, not beyond *last_read*; None: nothing stands between."""
    here = and_(
        messages.c.conversation_id == conversation_id,
        participants.c.conversation_id == conversation_id,
        participants.c.person_id == person_id,
        messages.c.id > participants.c.read_id,
    )
    unread = (
        select(func.min(messages.c.id))
        .join_from(messages, participants, here)
        .outerjoin(thread_reads, and_(mine, thread_reads.c.thread_id == messages.c.thread_id))
        .where(
            messages.c.sender_id.is_distinct_from(person_id),
            messages.c.deleted_ms.is_(None),
            messages.c.status != "failed",
            func.coalesce(thread_reads.c.read_id, 0) < messages.c.id,
        )
    )
    first_unread = (await conn.execute(unread)).scalar_one_or_none()
    before = select(func.max(messages.c.id)).join_from(messages, participants, here)
    before = before.where(messages.c.id <= last_read)
    if first_unread is not None:
        before = before.where(messages.c.id < first_unread)
    reached: int | None = (await conn.execute(before)).scalar_one_or_none()
    return reached
