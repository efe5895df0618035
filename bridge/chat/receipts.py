"""
Who has read how far. A read pointer only moves forward.

Each person has two: up to where they have read, and up to where the others are told so. The second stays behind where
a Matrix client reads privately (``m.read.private``).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, and_, bindparam, case, func, insert, select, update

from bridge.chat import revision
from bridge.chat.audience import readers_of
from bridge.chat.changes import Change, ConversationUpdated, MessageRead
from bridge.chat.shapes import iso
from bridge.chat.tables import messages, participants, reads
from bridge.db.engine import Conn
from bridge.errors import NotFound

WHERE = select(
    participants.c.conversation_id, participants.c.read_id, participants.c.shown_id, participants.c.unread_count
).where(
    participants.c.conversation_id == messages.c.conversation_id,
    messages.c.id == bindparam("message", type_=BigInteger),
    participants.c.person_id == bindparam("person", type_=BigInteger),
    participants.c.left_ms.is_(None),
)
_later = (
    messages.c.conversation_id == participants.c.conversation_id,
    messages.c.id > bindparam("message", type_=BigInteger),
    messages.c.id > participants.c.cleared_id,
    messages.c.sender_id.is_distinct_from(participants.c.person_id),
    messages.c.deleted_ms.is_(None),
    messages.c.status != "failed",
)
_unread = select(func.count()).select_from(messages).where(*_later).scalar_subquery()
_moved = {
    "read_id": bindparam("message", type_=BigInteger),
    "unread_count": _unread,
    "mention_count": case((_unread == 0, 0), else_=participants.c.mention_count),
    "rev": bindparam("new_rev", type_=BigInteger),
}
_mine = (
    participants.c.conversation_id == bindparam("conversation"),
    participants.c.person_id == bindparam("person", type_=BigInteger),
)
MOVE_PRIVATELY = (
    update(participants)
    .where(*_mine, participants.c.left_ms.is_(None), participants.c.read_id < bindparam("message", type_=BigInteger))
    .values(_moved)
    .returning(participants.c.unread_count, participants.c.mention_count)
)
MOVE = MOVE_PRIVATELY.values(shown_id=bindparam("message", type_=BigInteger))
LATER_MENTIONS = (
    select(messages.c.mentions).join(participants, and_(*_mine)).where(*_later, messages.c.mentions.is_not(None))
)
SHOW = (
    update(participants)
    .where(*_mine, participants.c.left_ms.is_(None), participants.c.shown_id < bindparam("message", type_=BigInteger))
    .values(shown_id=bindparam("message", type_=BigInteger), rev=bindparam("new_rev", type_=BigInteger))
    .returning(participants.c.person_id)
)
KEEP_MENTIONS = update(participants).where(*_mine).values(mention_count=bindparam("still"))
RECORD = insert(reads)


async def mark_read(
    conn: Conn, person_id: int, message_id: int, now_ms: int, *, is_private: bool = False
) -> tuple[int, int, list[Change]]:
    """
    Move *person_id*'s read pointer up to a message of one of the own conversations.

    Args:
        is_private: Nobody else is told.

    Returns:
        The conversation's id, what is unread now, and the change (none: it was read already).

    Raises:
        NotFound: No such message in a conversation of that person.
    """
    where = (await conn.execute(WHERE, {"message": message_id, "person": person_id})).one_or_none()
    if where is None:
        raise NotFound
    conversation_id, unread_count = int(where.conversation_id), int(where.unread_count)
    if where.read_id >= message_id and (is_private or where.shown_id >= message_id):
        return conversation_id, unread_count, []
    room = await revision.lock(conn, conversation_id, now_ms)
    values = {
        "conversation": conversation_id,
        "person": person_id,
        "message": message_id,
        "new_rev": room.rev,
    }
    moved = (await conn.execute(MOVE_PRIVATELY if is_private else MOVE, values)).one_or_none()
    if moved is not None:
        unread_count = int(moved.unread_count)
        if moved.mention_count:
            await _count_mentions(conn, conversation_id, person_id, message_id)
    if is_private:
        told = () if moved is None else (ConversationUpdated(conversation_id, room.rev, (person_id,)),)
        return conversation_id, unread_count, [*told]
    if moved is None and (await conn.execute(SHOW, values)).one_or_none() is None:
        return conversation_id, unread_count, []  # another device was quicker
    row = {
        "conversation_id": conversation_id,
        "person_id": person_id,
        "after_id": int(where.shown_id),
        "read_id": message_id,
        "read_ms": now_ms,
        "rev": room.rev,
    }
    await conn.execute(RECORD, row)
    audience = tuple(await readers_of(conn, conversation_id))
    change = MessageRead(conversation_id, room.rev, person_id, message_id, iso(now_ms) or "", audience)
    return conversation_id, unread_count, [change]


async def _count_mentions(conn: Conn, conversation_id: int, person_id: int, message_id: int) -> None:
    """Of the mentions so far those after the message are left; few messages are unread, fewer mention anybody."""
    where = {"conversation": conversation_id, "person": person_id}
    named = (await conn.execute(LATER_MENTIONS, {**where, "message": message_id})).scalars()
    still = sum(person_id in (people or ()) for people in named)
    await conn.execute(KEEP_MENTIONS, {**where, "still": still})
