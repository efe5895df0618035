"""All that changed for one person after a ``rev``: what a client asks for when it comes back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, func, or_, select

from bridge.chat import views
from bridge.chat.revision import OVERLAP_US
from bridge.chat.shapes import Viewing
from bridge.chat.tables import conversations, messages, participants, reads
from bridge.db.engine import Conn
from bridge.permissions.school import Person

MOST = 500  # of conversations, and of messages; more is a reset
OLDEST_US = 7 * 86_400 * 1_000_000

_me = bindparam("me", type_=BigInteger)
_since = bindparam("since", type_=BigInteger)

CHANGED_CONVERSATIONS = (
    select(participants.c.conversation_id, participants.c.left_ms, participants.c.is_hidden)
    .join(conversations, conversations.c.id == participants.c.conversation_id)
    .where(participants.c.person_id == _me, or_(conversations.c.rev > _since, participants.c.rev > _since))
    .limit(MOST + 1)
)
_mine = select(participants.c.conversation_id).where(participants.c.person_id == _me, participants.c.left_ms.is_(None))
CHANGED_MESSAGES = (
    select(messages)
    .join(participants, participants.c.conversation_id == messages.c.conversation_id)
    .where(
        participants.c.person_id == _me,
        participants.c.left_ms.is_(None),
        messages.c.id > participants.c.cleared_id,
        messages.c.rev > _since,
    )
    .order_by(messages.c.id)
    .limit(MOST + 1)
)
# A message whose readers changed has not changed itself; the steps of its readers tell.
_read_ids = (
    select(messages.c.id)
    .join(reads, reads.c.conversation_id == messages.c.conversation_id)
    .where(
        reads.c.conversation_id.in_(_mine),
        reads.c.rev > _since,
        messages.c.id > reads.c.after_id,
        messages.c.id <= reads.c.read_id,
    )
)
READ_MESSAGES = (
    select(messages)
    .join(participants, participants.c.conversation_id == messages.c.conversation_id)
    .where(
        messages.c.id.in_(_read_ids),
        participants.c.person_id == _me,
        messages.c.id > participants.c.cleared_id,  # what was hidden does not come back by being read
    )
    .order_by(messages.c.id)
    .limit(MOST + 1)
)
CURRENT = select(func.max(conversations.c.rev))


async def changes_after(conn: Conn, viewing: Viewing, actor: Person, since: int | None, now_ms: int) -> dict[str, Any]:
    """
    The answer of ``GET sync/``.

    Some changes come twice (see ``chat.revision``); each object carries its own ``rev``, so the newer one wins.
    ``reset`` where *since* is older than a week or more than ``MOST`` objects changed: then fetch lists anew.
    """
    # Read first: what commits while we look has a greater rev, or one within the overlap.
    rev = (await conn.execute(CURRENT)).scalar_one_or_none() or 0
    answer: dict[str, Any] = {
        "rev": rev,
        "conversations": [],
        "messages": [],
        "removed_conversation_ids": [],
        "reset": False,
    }
    if since is None:
        return answer
    if since < now_ms * 1000 - OLDEST_US:
        return {**answer, "reset": True}
    values = {"me": actor.id, "since": since - OVERLAP_US}
    entries = (await conn.execute(CHANGED_CONVERSATIONS, values)).all()
    rows = await _changed_messages(conn, values)
    if len(entries) > MOST or len(rows) > MOST:
        return {**answer, "reset": True}
    there = [row.conversation_id for row in entries if row.left_ms is None and not row.is_hidden]
    gone = [row.conversation_id for row in entries if row.left_ms is not None or row.is_hidden]
    answer["removed_conversation_ids"] = sorted(gone)
    if there:
        answer["conversations"] = await views.get_conversations(conn, viewing, actor, there, now_ms)
    answer["messages"] = await _shapes(conn, viewing, actor, rows)
    return answer


async def _changed_messages(conn: Conn, values: dict[str, int]) -> list[Row[Any]]:
    found = {row.id: row for row in await conn.execute(CHANGED_MESSAGES, values)}
    found |= {row.id: row for row in await conn.execute(READ_MESSAGES, values)}
    return [found[message_id] for message_id in sorted(found)]


async def _shapes(conn: Conn, viewing: Viewing, actor: Person, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    by_conversation: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_conversation.setdefault(row.conversation_id, []).append(row)
    shapes = await views.shape_messages(conn, viewing, actor.id, by_conversation)
    return [_without_failure(shape, actor.id) for shape in shapes]


def _without_failure(shape: dict[str, Any], person_id: int) -> dict[str, Any]:
    """A message that was not delivered exists for its sender only; the others see it disappear."""
    mine = shape["sender"] and shape["sender"]["id"] == person_id
    if mine or shape["status"] != "failed":
        return shape
    return {**shape, "text": "", "file": None, "is_deleted": True, "status": "sent", "error": None}
