"""
Conversations: begin, rename, archive, block, and the list entries of their participants.

Members come and go in ``chat.members``. Each function that changes something locks the conversation first.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select, update

from bridge.chat import members, revision
from bridge.chat.changes import Change, ConversationRemoved, ConversationUpdated
from bridge.chat.tables import conversations, messages, participants
from bridge.db.engine import Conn, upsert
from bridge.errors import NotFound
from bridge.permissions.roster_rooms import find_group_id

ALIAS_PREFIX = "school_c_"


@dataclass(frozen=True, slots=True)
class RosterConversation:
    """A conversation that follows the roster. ``participants``: person id to is_manager, now."""

    id: int
    roster_key: str
    room_id: str | None
    alias: str
    name: str
    is_archived: bool
    participants: dict[int, bool]

    @property
    def group_id(self) -> int | None:
        """The group that it is of; None: of the staff room and the announcements."""
        return find_group_id(self.roster_key)


async def create_group_conversation(
    conn: Conn,
    *,
    name: str,
    created_by: int | None,
    now_ms: int,
    roster_key: str | None = None,
    alias: str | None = None,
) -> int:
    """
    Write a group conversation without participants; with *roster_key* there is one for each.

    Args:
        alias: Of the room that will be made; a random one unless it is given.
    """
    values = _new(now_ms) | {"is_direct": False, "name": name, "roster_key": roster_key, "created_by": created_by}
    if alias is not None:
        values["alias"] = alias
    statement = upsert(conversations, conn).values(values)
    if roster_key is not None:
        statement = statement.on_conflict_do_nothing(index_elements=["roster_key"])
    found = (await conn.execute(statement.returning(conversations.c.id))).scalar_one_or_none()
    if found is None:
        same = select(conversations.c.id).where(conversations.c.roster_key == roster_key)
        found = (await conn.execute(same)).scalar_one()
    return int(found)


def _new(now_ms: int) -> dict[str, Any]:
    # The alias cannot be guessed: while a room is being made, whoever knows it could join.
    alias = ALIAS_PREFIX + secrets.token_hex(12)
    return {"alias": alias, "created_ms": now_ms, "updated_ms": now_ms, "rev": now_ms * 1000}


async def ensure_direct(
    conn: Conn, one: int, other: int, created_by: int, now_ms: int
) -> tuple[int, bool, list[Change]]:
    """
    Find or write the one direct conversation of a pair.

    Returns:
        Its id, whether it is new, and the changes. It comes back into the list of *created_by*, who may have
        removed it.
    """
    key = f"{min(one, other)}:{max(one, other)}"
    values = _new(now_ms) | {"is_direct": True, "direct_key": key, "created_by": created_by}
    statement = upsert(conversations, conn).values(values).on_conflict_do_nothing(index_elements=["direct_key"])
    new_id = (await conn.execute(statement.returning(conversations.c.id))).scalar_one_or_none()
    if new_id is not None:
        changes = await members.add(conn, int(new_id), {one: False, other: False}, now_ms)
        return int(new_id), True, changes
    same = select(conversations.c.id).where(conversations.c.direct_key == key)
    found = int((await conn.execute(same)).scalar_one())
    hidden = select(participants.c.is_hidden).where(
        participants.c.conversation_id == found, participants.c.person_id == created_by
    )
    if not (await conn.execute(hidden)).scalar_one():
        return found, False, []
    return found, False, await set_entry(conn, found, created_by, now_ms, is_hidden=False)


async def get_conversation(conn: Conn, conversation_id: int) -> Row[Any]:
    """The row, whoever asks: for commands to Matrix and events from it."""
    row = (await conn.execute(select(conversations).where(conversations.c.id == conversation_id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def find_by_room(conn: Conn, room_id: str) -> Row[Any] | None:
    return (await conn.execute(select(conversations).where(conversations.c.room_id == room_id))).one_or_none()


async def find_by_roster_key(conn: Conn, roster_key: str) -> Row[Any] | None:
    """The conversation that follows that part of the roster, also an archived one."""
    return (await conn.execute(select(conversations).where(conversations.c.roster_key == roster_key))).one_or_none()


async def list_room_ids(conn: Conn) -> set[str]:
    """Every room that belongs to a conversation."""
    rows = await conn.execute(select(conversations.c.room_id).where(conversations.c.room_id.is_not(None)))
    return set(rows.scalars())


async def set_room_id(conn: Conn, conversation_id: int, room_id: str) -> None:
    """Note the room that was made for a conversation; the first one stays."""
    statement = update(conversations).where(conversations.c.id == conversation_id, conversations.c.room_id.is_(None))
    await conn.execute(statement.values(room_id=room_id))


async def list_roster_conversations(conn: Conn) -> list[RosterConversation]:
    """All conversations that follow the roster, archived ones too; two statements."""
    query = select(conversations).where(conversations.c.roster_key.is_not(None)).order_by(conversations.c.id)
    rows = (await conn.execute(query)).all()
    inside: dict[int, dict[int, bool]] = {row.id: {} for row in rows}
    who = (
        select(participants.c.conversation_id, participants.c.person_id, participants.c.is_manager)
        .join(conversations)
        .where(conversations.c.roster_key.is_not(None), participants.c.left_ms.is_(None))
    )
    for row in await conn.execute(who):
        inside[row.conversation_id][row.person_id] = row.is_manager
    return [
        RosterConversation(row.id, row.roster_key, row.room_id, row.alias, row.name, row.is_archived, inside[row.id])
        for row in rows
    ]


async def list_direct_rooms(conn: Conn, person_id: int) -> list[str]:
    """The rooms of the person's direct conversations."""
    query = (
        select(conversations.c.room_id)
        .join(participants)
        .where(
            participants.c.person_id == person_id,
            participants.c.left_ms.is_(None),
            conversations.c.is_direct,
            conversations.c.room_id.is_not(None),
        )
    )
    return list((await conn.execute(query.order_by(conversations.c.id))).scalars())


async def rename(conn: Conn, conversation_id: int, name: str, now_ms: int) -> list[Change]:
    return await _set(conn, conversation_id, now_ms, name=name)


async def archive(conn: Conn, conversation_id: int, now_ms: int, *, is_archived: bool = True) -> list[Change]:
    """Make it read-only for everybody (or open it again)."""
    return await _set(conn, conversation_id, now_ms, is_archived=is_archived)


async def block(conn: Conn, conversation_id: int, by: int | None, until_ms: int | None, now_ms: int) -> list[Change]:
    """Stop the other person of a direct conversation from writing; *by* None lifts it."""
    return await _set(conn, conversation_id, now_ms, blocked_by=by, blocked_until_ms=until_ms if by else None)


async def list_expired_blocks(conn: Conn, now_ms: int) -> list[int]:
    """Conversations whose block was to end by now."""
    query = select(conversations.c.id).where(
        conversations.c.blocked_by.is_not(None), conversations.c.blocked_until_ms <= now_ms
    )
    return list((await conn.execute(query)).scalars())


async def _set(conn: Conn, conversation_id: int, now_ms: int, **values: Any) -> list[Change]:
    room = await revision.lock(conn, conversation_id, now_ms)
    if all(getattr(room, name) == value for name, value in values.items()):
        return []
    await conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(values))
    audience = tuple(await members.list_ids(conn, conversation_id))
    return [ConversationUpdated(conversation_id, room.rev, audience)]


async def set_entry(conn: Conn, conversation_id: int, person_id: int, now_ms: int, **values: Any) -> list[Change]:
    """Change what is one participant's alone: ``is_muted``, ``is_hidden``."""
    room = await revision.lock(conn, conversation_id, now_ms)
    entry = update(participants).where(
        participants.c.conversation_id == conversation_id, participants.c.person_id == person_id
    )
    await conn.execute(entry.values(rev=room.rev, **values))
    if values.get("is_hidden"):
        return [ConversationRemoved(conversation_id, room.rev, (person_id,), still_participant=True)]
    return [ConversationUpdated(conversation_id, room.rev, (person_id,))]


async def clear(conn: Conn, conversation_id: int, person_id: int, now_ms: int) -> list[Change]:
    """Hide the history so far for one participant alone; what is hidden is not unread."""
    newest = (
        await conn.execute(
            select(messages.c.id)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.id.desc())
            .limit(1)
        )
    ).scalar_one_or_none() or 0
    values = {"cleared_id": newest, "unread_count": 0, "mention_count": 0}
    return await set_entry(conn, conversation_id, person_id, now_ms, **values)


async def forget(conn: Conn, conversation_id: int) -> None:
    """Delete a conversation that never became one (its room could not be made and nothing was said)."""
    await conn.execute(delete(conversations).where(conversations.c.id == conversation_id))
