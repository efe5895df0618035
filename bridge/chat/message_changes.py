"""
What becomes of a message: edited, deleted, sent, failed.

Each function returns the changes to publish after the commit. Some have a twin ``take_in_…``: the same for what has
happened in Matrix already, where no rule is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, case, delete, func, literal, select, update

from bridge.chat import members, revision
from bridge.chat.audience import count_readers, is_read_for, readers_of
from bridge.chat.changes import Change, MessageUpdated
from bridge.chat.event_index import remember_event
from bridge.chat.messages import find_attachments, find_message, preview, require, shape_for
from bridge.chat.shapes import Viewing, facts_of, message_shape
from bridge.chat.tables import messages, participants, reactions
from bridge.db.engine import Conn
from bridge.db.lists import one_of
from bridge.errors import Invalid, NotFound
from bridge.permissions.policy import refuse_delete, refuse_edit, refuse_send
from bridge.permissions.school import Person

MARK_SENT = (
    update(messages)
    .where(messages.c.id == bindparam("message", type_=BigInteger), messages.c.event_id.is_(None))
    .values(event_id=bindparam("event"), status="sent", rev=bindparam("new_rev", type_=BigInteger))
    .returning(messages)
)


async def edit(
    conn: Conn, viewing: Viewing, actor: Person, message_id: int, text: str, now_ms: int
) -> tuple[dict[str, Any], list[Change]]:
    """Change the text: its sender, within the window that the config gives, while the conversation is open."""
    room, row, _ = await _lock_message(conn, actor, message_id, now_ms)
    require(refuse_edit(viewing.rules, actor, row.sender_id, (now_ms - row.created_ms) / 1000))
    if row.deleted_ms is not None or row.status == "failed":
        raise Invalid({"text": ["A message that was deleted or not delivered cannot be edited."]})
    facts = facts_of(room, actor.id, is_manager=False, now_ms=now_ms)
    require(refuse_send(viewing.school, viewing.rules, actor, facts))
    return await change(conn, viewing, room, row, actor.id, text=text, preview=preview(text), edited_ms=now_ms)


async def take_in_edit(
    conn: Conn, viewing: Viewing, message_id: int, text: str, now_ms: int, mentions: Collection[int] | None = None
) -> list[Change]:
    """
    An edit that Matrix has already. A deleted message stays deleted.

    Args:
        mentions: Whom the message names now; None: the same as before.
    """
    locked = await lock_undeleted(conn, message_id, now_ms)
    if locked is None:
        return []
    room, row = locked
    values: dict[str, Any] = {"text": text, "preview": preview(text), "edited_ms": now_ms}
    if mentions is not None:
        values["mentions"] = await _mention_anew(conn, row, mentions)
    return (await change(conn, viewing, room, row, row.sender_id or 0, **values))[1]


async def _mention_anew(conn: Conn, row: Row[Any], people: Collection[int]) -> list[int] | None:
    """Count the difference for those who have not read the message; who is not in the conversation is dropped."""
    inside = set(await members.list_ids(conn, row.conversation_id))
    before, now = set(row.mentions or ()), (set(people) & inside) - {row.sender_id}
    unread = (
        participants.c.conversation_id == row.conversation_id,
        participants.c.read_id < row.id,
        participants.c.cleared_id < row.id,
    )
    count = participants.c.mention_count
    for some, counted in ((now - before, count + 1), (before - now, case((count > 0, count - 1), else_=0))):
        named = update(participants).where(*unread, one_of(conn, participants.c.person_id, sorted(some)))
        await conn.execute(named.values(mention_count=counted))
    return sorted(now) or None


async def remove(
    conn: Conn, viewing: Viewing, actor: Person, message_id: int, now_ms: int
) -> tuple[dict[str, Any], list[Change]]:
    """Delete for everybody: the sender, a manager of the group, an admin. Twice changes nothing."""
    room, row, is_manager = await _lock_message(conn, actor, message_id, now_ms)
    facts = facts_of(room, actor.id, is_manager=is_manager, now_ms=now_ms)
    require(refuse_delete(actor, facts, row.sender_id))
    if row.deleted_ms is not None:
        return await shape_for(conn, viewing, row, actor.id), []
    return await _erase(conn, viewing, room, row, actor.id, now_ms)


async def take_in_removal(conn: Conn, viewing: Viewing, message_id: int, now_ms: int) -> list[Change]:
    """A redaction that Matrix has already."""
    locked = await lock_undeleted(conn, message_id, now_ms)
    if locked is None:
        return []
    room, row = locked
    return (await _erase(conn, viewing, room, row, row.sender_id or 0, now_ms))[1]


async def _erase(
    conn: Conn, viewing: Viewing, room: Row[Any], row: Row[Any], viewer_id: int, now_ms: int
) -> tuple[dict[str, Any], list[Change]]:
    await _uncount(conn, row)
    await conn.execute(delete(reactions).where(reactions.c.message_id == row.id))
    values = {"deleted_ms": now_ms, "text": "", "preview": "", "is_pinned": False, "reactions": None}
    result = await change(conn, viewing, room, row, viewer_id, **values)
    await conn.execute(revision.REPAIR_LAST, {"conversation": room.id})
    return result


async def _uncount(conn: Conn, row: Row[Any]) -> None:
    """A message that is gone is not unread any more."""
    if row.status == "failed":
        return
    unread = (
        participants.c.conversation_id == row.conversation_id,
        participants.c.person_id != func.coalesce(literal(row.sender_id, BigInteger), 0),
        participants.c.read_id < row.id,
        participants.c.cleared_id < row.id,
        participants.c.unread_count > 0,
    )
    fewer = {"unread_count": participants.c.unread_count - 1}
    await conn.execute(update(participants).where(*unread).values(fewer))
    if row.mentions:
        named = (one_of(conn, participants.c.person_id, row.mentions), participants.c.mention_count > 0)
        less = {"mention_count": participants.c.mention_count - 1}
        await conn.execute(update(participants).where(*unread[:-1], *named).values(less))


async def mark_sent(conn: Conn, viewing: Viewing, room: Row[Any], message_id: int, event_id: str) -> list[Change]:
    """
    The homeserver has it. Whoever learns of it first, the outbox or the inbox, does this; the other nothing.

    *room* is locked. Only the sender is told: for the others nothing has changed.
    """
    values = {"message": message_id, "new_rev": room.rev, "event": event_id}
    row = (await conn.execute(MARK_SENT, values)).one_or_none()
    if row is None:
        return []
    await remember_event(conn, event_id, room.id, message_id)
    changes = (await _told(conn, viewing, room, row, row.sender_id or 0))[1]
    return [_only_for(each, row.sender_id) for each in changes]


async def mark_failed(conn: Conn, viewing: Viewing, room: Row[Any], message_id: int, error: str) -> list[Change]:
    """The homeserver refused it: the sender sees why, for the others it disappears. *room* is locked."""
    row = await find_message(conn, message_id)
    if row is None or row.status != "pending" or row.event_id is not None:
        return []
    await _uncount(conn, row)
    _, changes = await change(conn, viewing, room, row, row.sender_id or 0, status="failed", error=error[:64])
    await conn.execute(revision.REPAIR_LAST, {"conversation": room.id})
    return _hidden_from_others(changes, row.sender_id)


def _only_for(told: Change, person_id: int | None) -> Change:
    assert isinstance(told, MessageUpdated)
    return replace(told, audience={k: v for k, v in told.audience.items() if k == person_id})


def _hidden_from_others(changes: list[Change], sender_id: int | None) -> list[Change]:
    """Split a change in two: the sender sees the failed message, for the others it is deleted."""
    told: list[Change] = []
    for each in changes:
        assert isinstance(each, MessageUpdated)
        mine = {k: v for k, v in each.audience.items() if k == sender_id}
        others = {k: v for k, v in each.audience.items() if k != sender_id}
        gone = {
            **each.message,
            "text": "",
            "file": None,
            "is_deleted": True,
            "status": "sent",
            "error": None,
        }
        told += [replace(each, audience=mine), replace(each, message=gone, audience=others)]
    return told


async def change(
    conn: Conn, viewing: Viewing, room: Row[Any], row: Row[Any], viewer_id: int, **values: Any
) -> tuple[dict[str, Any], list[Change]]:
    """Write *values* and the new rev; the message as *viewer_id* sees it, and the change for everybody."""
    statement = update(messages).where(messages.c.id == row.id).values(rev=room.rev, **values).returning(messages)
    return await _told(conn, viewing, room, (await conn.execute(statement)).one(), viewer_id)


async def _told(
    conn: Conn, viewing: Viewing, room: Row[Any], row: Row[Any], viewer_id: int
) -> tuple[dict[str, Any], list[Change]]:
    """The message as *viewer_id* sees it, and the change for everybody, from the row as it was just written."""
    readers = await readers_of(conn, room.id)
    reply, file = await find_attachments(conn, row)
    reads = is_read_for(readers, row)
    message = message_shape(
        viewing,
        row,
        viewer_id=viewer_id,
        is_read=reads.get(viewer_id, False),
        read_count=count_readers(readers, row.id, row.sender_id),
        reply=reply,
        file=file,
    )
    return message, [MessageUpdated(room.id, room.rev, message, reads)]


async def lock_undeleted(conn: Conn, message_id: int, now_ms: int) -> tuple[Row[Any], Row[Any]] | None:
    """The conversation, locked, and the message; None: it is deleted, perhaps while we waited for the lock."""
    row = await find_message(conn, message_id)
    if row is None or row.deleted_ms is not None:
        return None
    room = await revision.lock(conn, row.conversation_id, now_ms)
    row = await find_message(conn, message_id)
    return (room, row) if row is not None and row.deleted_ms is None else None


async def _lock_message(conn: Conn, actor: Person, message_id: int, now_ms: int) -> tuple[Row[Any], Row[Any], bool]:
    """The conversation, locked, the message, and whether *actor* manages there; looked up through the actor."""
    query = (
        select(messages.c.conversation_id, participants.c.is_manager)
        .join(participants, participants.c.conversation_id == messages.c.conversation_id)
        .where(
            messages.c.id == message_id,
            participants.c.person_id == actor.id,
            participants.c.left_ms.is_(None),
        )
        .where((messages.c.status != "failed") | (messages.c.sender_id == actor.id))
    )
    mine = (await conn.execute(query)).one_or_none()
    if mine is None:
        raise NotFound
    room = await revision.lock(conn, mine.conversation_id, now_ms)
    row = await find_message(conn, message_id)
    assert row is not None
    return room, row, mine.is_manager
