"""When the roster changes, who may write to whom changes with it: the direct conversations that this concerns."""

from __future__ import annotations

from sqlalchemy import select

from bridge.chat import members, revision
from bridge.chat.changes import Change, ConversationUpdated
from bridge.chat.tables import conversations
from bridge.db.engine import Conn
from bridge.permissions.policy import Reason, Rules, refuse_direct
from bridge.permissions.school import Person, School

Relation = tuple[Person | None, Person | None, Reason | None, Reason | None]


async def list_changed(conn: Conn, before: School, after: School, rules: Rules) -> list[int]:
    """The direct conversations that look different with the roster *after*: a name, or who may write."""
    query = select(conversations.c.id, conversations.c.direct_key).where(conversations.c.direct_key.is_not(None))
    changed = []
    for row in await conn.execute(query.order_by(conversations.c.id)):
        one, other = map(int, row.direct_key.split(":"))
        if _relation(before, rules, one, other) != _relation(after, rules, one, other):
            changed.append(row.id)
    return changed


async def list_closed(conn: Conn, before: School, after: School, rules: Rules) -> list[int]:
    """The direct conversations in which somebody could write with the roster *before*, and nobody can with *after*."""
    query = select(conversations.c.id, conversations.c.direct_key).where(conversations.c.direct_key.is_not(None))
    closed = []
    for row in await conn.execute(query.order_by(conversations.c.id)):
        one, other = map(int, row.direct_key.split(":"))
        if _is_open(before, rules, one, other) and not _is_open(after, rules, one, other):
            closed.append(row.id)
    return closed


def _is_open(school: School, rules: Rules, one_id: int, other_id: int) -> bool:
    one, other = school.find_active(one_id), school.find_active(other_id)
    return one is not None and other is not None and refuse_direct(school, rules, one, other) is None


def _relation(school: School, rules: Rules, one_id: int, other_id: int) -> Relation:
    one, other = school.find(one_id), school.find(other_id)
    there = refuse_direct(school, rules, one, other) if one else None
    back = refuse_direct(school, rules, other, one) if other else None
    return one, other, there, back


async def touch(conn: Conn, conversation_id: int, now_ms: int) -> list[Change]:
    """Give a conversation a new ``rev`` and show it to its participants, though no row of it is different."""
    room = await revision.lock(conn, conversation_id, now_ms)
    audience = tuple(await members.list_ids(conn, conversation_id))
    return [ConversationUpdated(conversation_id, room.rev, audience)]
