"""
``rev``: the number that grows with every change of an object.

It is a hybrid clock: microseconds since 1970, or one more than before where the clock stands still. Every change of a
conversation, its messages or its readers takes the conversation's row lock first, so revs are in commit order within a
conversation. Across conversations two transactions may commit in the other order; whoever asks for "all after rev"
therefore looks back by ``OVERLAP_US``, longer than a transaction may last: some changes come twice, none is missed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, case, exists, func, literal_column, select, update
from sqlalchemy.sql.expression import ColumnElement

from bridge.chat.tables import conversations, messages, participants
from bridge.db.engine import Conn
from bridge.errors import NotFound
from bridge.roster.store import CURRENT_VERSION

OVERLAP_US = 15_000_000

_now = bindparam("now_ms", type_=BigInteger)
_grown = case((conversations.c.rev >= _now * 1000, conversations.c.rev + 1), else_=_now * 1000)

LOCK = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(rev=_grown)
    .returning(conversations)
)

# One statement does what a send needs of its conversation: is the caller in it, lock, rev, number and id of the
# message. The id is taken under the lock, so within a conversation ids are in commit order.
_next_id_postgresql: ColumnElement[int] = func.nextval("messages_id_seq")
_next_id_sqlite: ColumnElement[int] = literal_column(
    "COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0) + 1", BigInteger
)


def _lock_for_message(next_id: ColumnElement[int]) -> Any:
    return (
        update(conversations)
        .where(conversations.c.id == bindparam("conversation"))
        .values(
            rev=_grown,
            last_message_id=next_id,
            messages_count=conversations.c.messages_count + 1,
            updated_ms=case((conversations.c.updated_ms > _now, conversations.c.updated_ms), else_=_now),
        )
        .returning(conversations, CURRENT_VERSION.label("roster_version"))
    )


_is_in = exists().where(
    participants.c.conversation_id == conversations.c.id,
    participants.c.person_id == bindparam("person"),
    participants.c.left_ms.is_(None),
)
LOCK_FOR_MESSAGE = {
    "postgresql": _lock_for_message(_next_id_postgresql),
    "sqlite": _lock_for_message(_next_id_sqlite),
}
LOCK_FOR_SENDER = {name: statement.where(_is_in) for name, statement in LOCK_FOR_MESSAGE.items()}


async def lock(conn: Conn, conversation_id: int, now_ms: int) -> Row[Any]:
    """Lock the conversation and give it a new ``rev``; every change of it begins with this."""
    values = {"conversation": conversation_id, "now_ms": now_ms}
    found: Row[Any] | None = (await conn.execute(LOCK, values)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def hold(conn: Conn, conversation_id: int) -> None:
    """Lock the conversation without changing it."""
    row = select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update()
    await conn.execute(row)


async def lock_for_message(conn: Conn, conversation_id: int, now_ms: int, sender_id: int | None = None) -> Row[Any]:
    """
    Lock the conversation for one more message.

    Args:
        sender_id: Who must be a participant; None: whoever it is, it has happened (an event from Matrix).

    Returns:
        The conversation's row; its ``last_message_id``, ``messages_count`` and ``rev`` are the new message's
        id, number and rev.

    Raises:
        NotFound: No such conversation, or the sender is not in it.
    """
    statements = LOCK_FOR_MESSAGE if sender_id is None else LOCK_FOR_SENDER
    values = {"conversation": conversation_id, "now_ms": now_ms}
    if sender_id is not None:
        values["person"] = sender_id
    found = (await conn.execute(statements[conn.dialect.name], values)).one_or_none()
    if found is None:
        raise NotFound
    return found


REPAIR_LAST = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(
        last_message_id=select(func.max(messages.c.id))
        .where(messages.c.conversation_id == conversations.c.id)
        .where(messages.c.deleted_ms.is_(None), messages.c.status != "failed")
        .scalar_subquery()
    )
)
