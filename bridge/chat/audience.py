"""Who is in a conversation right now, and how far each has read."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from sqlalchemy import BigInteger, bindparam, select

from bridge.chat.tables import participants
from bridge.db.engine import Conn
from bridge.db.lists import one_of

ReadFromTo = tuple[int, int, int]
"""
Ids of messages: after the first (a newcomer has not read what was before), up to the second (0: none); others are told
that it was up to the third, which is behind where the person has read privately.
"""

_read = (participants.c.start_id, participants.c.read_id, participants.c.shown_id)
READERS = select(participants.c.person_id, *_read).where(
    participants.c.conversation_id == bindparam("conversation", type_=BigInteger),
    participants.c.left_ms.is_(None),
)
READERS_OF_ALL = select(participants.c.conversation_id, participants.c.person_id, *_read).where(
    participants.c.left_ms.is_(None)
)
_mine = select(participants.c.conversation_id).where(
    participants.c.person_id == bindparam("person", type_=BigInteger), participants.c.left_ms.is_(None)
)
SHARED = select(participants.c.person_id, participants.c.conversation_id).where(
    participants.c.conversation_id.in_(_mine),
    participants.c.left_ms.is_(None),
)


async def readers_of(conn: Conn, conversation_id: int) -> dict[int, ReadFromTo]:
    """Every participant's id with what that person has read."""
    rows = await conn.execute(READERS, {"conversation": conversation_id})
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


async def readers_of_all(conn: Conn, ids: list[int]) -> dict[int, dict[int, ReadFromTo]]:
    """``readers_of`` for several conversations, in one statement."""
    found: dict[int, dict[int, ReadFromTo]] = {conversation_id: {} for conversation_id in ids}
    if ids:
        query = READERS_OF_ALL.where(one_of(conn, participants.c.conversation_id, ids))
        for row in await conn.execute(query):
            found[row[0]][row[1]] = (row[2], row[3], row[4])
    return found


async def contacts_by_conversation(conn: Conn, person_id: int, among: Container[int]) -> dict[int, set[int]]:
    """Those of *among* who share conversations with *person_id*, that person too, with the ids of these."""
    shared: dict[int, set[int]] = {}
    for row in await conn.execute(SHARED, {"person": person_id}):
        if row[0] in among:
            shared.setdefault(row[0], set()).add(row[1])
    return shared


def is_read_for(readers: Mapping[int, ReadFromTo], message: Any) -> dict[int, bool]:
    """For each participant: does the message count as read (its sender: by somebody else; another: by that one)?"""
    return {
        person_id: count_readers(readers, message.id, message.sender_id) > 0
        if person_id == message.sender_id
        else read_id >= message.id
        for person_id, (_, read_id, _) in readers.items()
    }


def count_readers(readers: Mapping[int, ReadFromTo], message_id: int, sender_id: int | None) -> int:
    """How many others than its sender have read a message, as far as they let it be known."""
    return sum(
        start_id < message_id <= shown_id and person_id != sender_id
        for person_id, (start_id, _, shown_id) in readers.items()
    )
