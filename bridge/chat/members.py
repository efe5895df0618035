"""Participants: who is added, who is removed, who manages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select, update

from bridge.chat import revision
from bridge.chat.changes import Change, ConversationRemoved, ConversationUpdated
from bridge.chat.tables import conversations, messages, participants
from bridge.db.engine import Conn, upsert
from bridge.db.lists import one_of


async def list_ids(conn: Conn, conversation_id: int) -> list[int]:
    query = select(participants.c.person_id).where(
        participants.c.conversation_id == conversation_id, participants.c.left_ms.is_(None)
    )
    return list((await conn.execute(query)).scalars())


async def list_managers(conn: Conn, conversation_id: int) -> dict[int, bool]:
    """Every participant's id and whether that person manages."""
    query = select(participants.c.person_id, participants.c.is_manager).where(
        participants.c.conversation_id == conversation_id, participants.c.left_ms.is_(None)
    )
    return {row.person_id: row.is_manager for row in await conn.execute(query)}


async def is_participant(conn: Conn, conversation_id: int, person_id: int) -> bool:
    query = select(participants.c.person_id).where(
        participants.c.conversation_id == conversation_id,
        participants.c.person_id == person_id,
        participants.c.left_ms.is_(None),
    )
    return (await conn.execute(query)).first() is not None


async def add(conn: Conn, conversation_id: int, people: dict[int, bool], now_ms: int) -> list[Change]:
    """
    Make *people* (id to is_manager) participants; who is one already gets the given rights.

    Who comes anew has nothing unread: old messages are history, not news; and is no reader of them either.
    """
    before = await list_managers(conn, conversation_id)
    different = {k: v for k, v in people.items() if before.get(k) != v}
    if not different:
        return []
    room = await revision.lock(conn, conversation_id, now_ms)
    newest = select(func.coalesce(func.max(messages.c.id), 0)).where(messages.c.conversation_id == conversation_id)
    newest_id = (await conn.execute(newest)).scalar_one()
    rows = [
        {
            "conversation_id": conversation_id,
            "person_id": person_id,
            "is_manager": is_manager,
            "joined_ms": now_ms,
            "start_id": newest_id,
            "read_id": newest_id,
            "shown_id": newest_id,
            "rev": room.rev,
        }
        for person_id, is_manager in sorted(different.items())
    ]
    statement = upsert(participants, conn).values(rows)
    new: dict[str, Any] = {name: statement.excluded[name] for name in ("is_manager", "rev")}
    back = {"left_ms": None, "is_hidden": False, "unread_count": 0, "mention_count": 0}
    returned = statement.on_conflict_do_update(
        index_elements=["conversation_id", "person_id"], set_={**new, "left_ms": None, "is_hidden": False}
    )
    await conn.execute(returned)
    again = [person_id for person_id in different if person_id not in before]
    mine = (participants.c.conversation_id == conversation_id, participants.c.person_id.in_(again))
    since = {"start_id": newest_id, "read_id": newest_id, "shown_id": newest_id, "joined_ms": now_ms}
    await conn.execute(update(participants).where(*mine).values({**back, **since}))
    return await _counted(conn, conversation_id, room.rev)


async def remove(conn: Conn, conversation_id: int, person_id: int, now_ms: int) -> list[Change]:
    """End a participation. That person hears of it, and of nothing that comes after."""
    if not await is_participant(conn, conversation_id, person_id):
        return []
    room = await revision.lock(conn, conversation_id, now_ms)
    gone = update(participants).where(
        participants.c.conversation_id == conversation_id,
        participants.c.person_id == person_id,
        participants.c.left_ms.is_(None),
    )
    if not (await conn.execute(gone.values(left_ms=now_ms, is_manager=False, rev=room.rev))).rowcount:
        return []
    changes = await _counted(conn, conversation_id, room.rev)
    return [ConversationRemoved(conversation_id, room.rev, (person_id,)), *changes]


async def remove_many(conn: Conn, conversation_id: int, people: Collection[int], now_ms: int) -> list[Change]:
    """End several participations of a conversation at once; who is none of its participants costs nothing."""
    inside = sorted(set(people) & (await list_managers(conn, conversation_id)).keys())
    if not inside:
        return []
    room = await revision.lock(conn, conversation_id, now_ms)
    gone = update(participants).where(
        participants.c.conversation_id == conversation_id,
        one_of(conn, participants.c.person_id, inside),
        participants.c.left_ms.is_(None),
    )
    await conn.execute(gone.values(left_ms=now_ms, is_manager=False, rev=room.rev))
    changes = await _counted(conn, conversation_id, room.rev)
    return [ConversationRemoved(conversation_id, room.rev, tuple(inside)), *changes]


async def list_group_places(conn: Conn, people: Collection[int]) -> dict[int, tuple[str | None, set[int]]]:
    """The group conversations that *people* are in: conversation id to its roster key and those of them in it."""
    query = (
        select(participants.c.conversation_id, participants.c.person_id, conversations.c.roster_key)
        .join(conversations)
        .where(
            participants.c.left_ms.is_(None),
            conversations.c.is_direct.is_(False),
            one_of(conn, participants.c.person_id, sorted(people)),
        )
        .order_by(participants.c.conversation_id)
    )
    places: dict[int, tuple[str | None, set[int]]] = {}
    for row in await conn.execute(query):
        places.setdefault(row.conversation_id, (row.roster_key, set()))[1].add(row.person_id)
    return places


async def settle(conn: Conn, conversation_id: int, people: Collection[int], at_ms: int) -> None:
    """Note that Matrix has followed at *at_ms*: what it tells of *people* from before is an echo of older days."""
    mine = (participants.c.conversation_id == conversation_id, participants.c.person_id.in_(people))
    out, inside = participants.c.left_ms.is_not(None), participants.c.left_ms.is_(None)
    await conn.execute(update(participants).where(*mine, out).values(left_ms=at_ms))
    await conn.execute(update(participants).where(*mine, inside).values(joined_ms=at_ms))


async def is_settled_since(conn: Conn, conversation_id: int, person_id: int, at_ms: int) -> bool:
    """Whether the person came or went here after *at_ms*."""
    latest = func.coalesce(participants.c.left_ms, participants.c.joined_ms)
    query = select(participants.c.person_id).where(
        participants.c.conversation_id == conversation_id, participants.c.person_id == person_id, latest > at_ms
    )
    return (await conn.execute(query)).first() is not None


async def _counted(conn: Conn, conversation_id: int, rev: int) -> list[Change]:
    """Write how many there are now, and tell them all."""
    everybody = await list_ids(conn, conversation_id)
    counted = update(conversations).where(conversations.c.id == conversation_id)
    await conn.execute(counted.values(participants_count=len(everybody)))
    return [ConversationUpdated(conversation_id, rev, tuple(everybody))]


async def list_rooms_by_person(conn: Conn) -> dict[int, set[str]]:
    """The rooms of everybody's conversations."""
    query = (
        select(participants.c.person_id, conversations.c.room_id)
        .join(conversations)
        .where(participants.c.left_ms.is_(None), conversations.c.room_id.is_not(None))
    )
    rooms: dict[int, set[str]] = {}
    for row in await conn.execute(query):
        rooms.setdefault(row.person_id, set()).add(row.room_id)
    return rooms
