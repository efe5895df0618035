"""What changed lately, for everybody: the changes as a write would have returned them, read from the tables."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Row, func, select

from bridge.chat import views
from bridge.chat.audience import is_read_for, readers_of_all
from bridge.chat.changes import (
    Change,
    ConversationRemoved,
    ConversationUpdated,
    MessageAdded,
    MessageRead,
    MessageUpdated,
)
from bridge.chat.shapes import Viewing, iso
from bridge.chat.tables import messages, participants, reads
from bridge.db.engine import Conn
from bridge.db.lists import one_of

MOST = 2000


async def list_changes(
    conn: Conn,
    viewing: Viewing,
    after_rev: int,
    *,
    is_known: Callable[[int], bool],
    is_shown: Callable[[int, int], bool],
) -> list[Change]:
    """
    What has a ``rev`` after *after_rev*, in the order of ``rev``: messages, reads, and who came or went.

    Args:
        is_known: Whether a message was shown as new already; then its change is an update.
        is_shown: Whether a message was shown with that rev, or a newer one; then it is left out.
    """
    changes = await _messages(conn, viewing, after_rev, is_known, is_shown)
    read = await _reads(conn, after_rev)
    changes += read
    changes += await _entries(conn, after_rev, {(change.conversation_id, change.rev) for change in read})
    return sorted(changes, key=lambda change: change.rev)


async def _messages(
    conn: Conn,
    viewing: Viewing,
    after_rev: int,
    is_known: Callable[[int], bool],
    is_shown: Callable[[int, int], bool],
) -> list[Change]:
    changed = select(messages.c.id, messages.c.rev).where(messages.c.rev > after_rev)
    ids = [row.id for row in await conn.execute(changed) if not is_shown(row.id, row.rev)][:MOST]
    if not ids:
        return []
    rows = (await conn.execute(select(messages).where(one_of(conn, messages.c.id, ids)))).all()
    by_conversation: dict[int, list[Row[tuple[object, ...]]]] = {}
    for row in rows:
        by_conversation.setdefault(row.conversation_id, []).append(row)
    readers = await readers_of_all(conn, list(by_conversation))
    unread = await _unread(conn, list(by_conversation))
    shapes = await views.shape_messages(conn, viewing, 0, by_conversation)
    found: list[Change] = []
    for row, shape in zip((row for some in by_conversation.values() for row in some), shapes, strict=True):
        if row.status == "failed":
            continue  # between its sender and the process that knows; sync tells the rest
        if is_known(row.id) or row.deleted_ms is not None:
            reads_of = is_read_for(readers[row.conversation_id], row)
            found.append(MessageUpdated(row.conversation_id, row.rev, shape, reads_of))
        else:
            found.append(MessageAdded(row.conversation_id, row.rev, shape, unread[row.conversation_id]))
    return found


async def _unread(conn: Conn, ids: list[int]) -> dict[int, dict[int, int]]:
    counts: dict[int, dict[int, int]] = {conversation_id: {} for conversation_id in ids}
    if ids:
        query = select(participants.c.conversation_id, participants.c.person_id, participants.c.unread_count).where(
            one_of(conn, participants.c.conversation_id, ids), participants.c.left_ms.is_(None)
        )
        for row in await conn.execute(query):
            counts[row.conversation_id][row.person_id] = row.unread_count
    return counts


async def _reads(conn: Conn, after_rev: int) -> list[Change]:
    rows = (await conn.execute(select(reads).where(reads.c.rev > after_rev).limit(MOST))).all()
    readers = await readers_of_all(conn, list({row.conversation_id for row in rows}))
    return [
        MessageRead(
            row.conversation_id,
            row.rev,
            row.person_id,
            row.read_id,
            iso(row.read_ms) or "",
            tuple(readers[row.conversation_id]),
        )
        for row in rows
    ]


async def _entries(conn: Conn, after_rev: int, of_reads: set[tuple[int, int]]) -> list[Change]:
    """Participants who came, went, or changed what is theirs alone; not those who have only read on."""
    rows = (await conn.execute(select(participants).where(participants.c.rev > after_rev).limit(MOST))).all()
    return [
        ConversationUpdated(row.conversation_id, row.rev, (row.person_id,))
        if row.left_ms is None and not row.is_hidden
        else ConversationRemoved(row.conversation_id, row.rev, (row.person_id,), still_participant=row.left_ms is None)
        for row in rows
        if (row.conversation_id, row.rev) not in of_reads
    ]


async def newest_message_id(conn: Conn) -> int:
    return (await conn.execute(select(func.max(messages.c.id)))).scalar_one() or 0
