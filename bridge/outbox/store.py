"""The outbox at rest: append, take heads, finish, put off. In order within a conversation, whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Integer, Row, String, bindparam, case, delete, exists, func, insert, select, update

from bridge.db.engine import Conn
from bridge.db.lists import one_of
from bridge.outbox.commands import Command, Kind
from bridge.outbox.tables import outbox

_lane = outbox.alias("lane")

# Under the conversation's row lock, which every caller holds: so no head is deleted between the look and the insert.
_is_first = ~exists().where(_lane.c.conversation_id == bindparam("lane", type_=BigInteger))
APPEND = (
    insert(outbox)
    .values(
        ready_ms=case((_is_first, bindparam("ready_at", type_=BigInteger)), else_=None),
        taken_by=case((_is_first, bindparam("by", type_=String)), else_=None),
        attempts=case((_is_first, bindparam("attempts_so_far", type_=Integer)), else_=0),
    )
    .returning(outbox.c.id, outbox.c.ready_ms)
)
_taken = {
    "ready_ms": bindparam("until", type_=BigInteger),
    "taken_by": bindparam("by", type_=String),
    "attempts": outbox.c.attempts + 1,
}
TAKE = (
    select(outbox)
    .where(outbox.c.ready_ms <= bindparam("now", type_=BigInteger))
    .order_by(outbox.c.ready_ms, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
LEASE = update(outbox).values(_taken)
_is_mine = (outbox.c.id == bindparam("command"), outbox.c.taken_by == bindparam("holder"))
FINISH = delete(outbox).where(*_is_mine)
_next = (
    select(func.min(_lane.c.id)).where(_lane.c.conversation_id == bindparam("lane", type_=BigInteger)).scalar_subquery()
)
TAKE_NEXT = update(outbox).where(outbox.c.id == _next).values(_taken).returning(outbox)
PUT_OFF = update(outbox).where(*_is_mine).values(ready_ms=bindparam("until", type_=BigInteger), taken_by=None)


@dataclass(frozen=True, slots=True)
class Lease:
    """What *holder*, one process, takes is its own until that moment; then anybody may take it."""

    holder: str
    until_ms: int


async def append(conn: Conn, command: Command, now_ms: int) -> None:
    """
    Write a command behind the others of its conversation, whose row lock the caller's transaction holds.

    The sender is woken after the commit.
    """
    await _append(conn, command, now_ms, {"ready_at": now_ms, "by": None, "attempts_so_far": 0})


async def append_taken(conn: Conn, command: Command, now_ms: int, lease: Lease) -> Command | None:
    """
    Like ``append``; where nothing else waits in the conversation, take the command at once.

    Returns:
        The command, to be handed to this process's sender after the commit (a look into the table is saved), or
        None: others of its conversation go first.
    """
    taken = {"ready_at": lease.until_ms, "by": lease.holder, "attempts_so_far": 1}
    row = await _append(conn, command, now_ms, taken)
    return replace(command, id=row.id, attempts=1, created_ms=now_ms) if row.ready_ms is not None else None


async def _append(conn: Conn, command: Command, now_ms: int, head: dict[str, Any]) -> Row[Any]:
    values = {
        "lane": command.conversation_id,
        "conversation_id": command.conversation_id,
        "person_id": command.person_id,
        "kind": command.kind.value,
        "message_id": command.message_id,
        "payload": command.payload,
        "created_ms": now_ms,
        **head,
    }
    return (await conn.execute(APPEND, values)).one()


async def drop_waiting_receipts(conn: Conn, conversation_id: int, person_id: int) -> None:
    """Delete the reader's receipts that still wait behind other commands: the one that follows says all."""
    older = delete(outbox).where(
        outbox.c.conversation_id == conversation_id,
        outbox.c.person_id == person_id,
        outbox.c.kind == Kind.RECEIPT.value,
        outbox.c.ready_ms.is_(None),
    )
    await conn.execute(older)


async def take(conn: Conn, now_ms: int, lease: Lease, most: int) -> list[Command]:
    """
    Take the heads of lanes that are ready; other processes skip them while the lease lasts.

    A process that dies leaves its lease to run out; the repeat carries the same ``txnId``.
    """
    rows = (await conn.execute(TAKE, {"now": now_ms, "most": most})).all()
    if rows:
        these = one_of(conn, outbox.c.id, [row.id for row in rows])
        await conn.execute(LEASE.where(these), {"until": lease.until_ms, "by": lease.holder})
    return [_command(row) for row in rows]


async def finish(conn: Conn, command: Command, lease: Lease) -> Command | None:
    """
    Delete a command and take the next of its conversation, under the conversation's row lock.

    Returns:
        The next one, taken, or None: the lane is empty, or this one was not the holder's any more.
    """
    if not (await conn.execute(FINISH, {"command": command.id, "holder": lease.holder})).rowcount:
        return None
    values = {"lane": command.conversation_id, "until": lease.until_ms, "by": lease.holder}
    row = (await conn.execute(TAKE_NEXT, values)).one_or_none()
    return _command(row) if row else None


async def put_off(conn: Conn, command: Command, holder: str, until_ms: int) -> None:
    """Give it back and try again at *until_ms*; what waits behind it waits too."""
    await conn.execute(PUT_OFF, {"command": command.id, "holder": holder, "until": until_ms})


async def renew(conn: Conn, lease: Lease, running: Sequence[int], now_ms: int) -> None:
    """
    Keep what the holder is carrying out, and give back what it has lost sight of (the database was away).

    What was taken in the last second is left alone: *running* may not name it yet.
    """
    mine = update(outbox).where(outbox.c.taken_by == lease.holder)
    kept = one_of(conn, outbox.c.id, running)
    await conn.execute(mine.where(kept).values(ready_ms=lease.until_ms))
    lost = mine.where(~kept, outbox.c.ready_ms < lease.until_ms - 1000)
    await conn.execute(lost.values(ready_ms=now_ms, taken_by=None))


async def release(conn: Conn, now_ms: int) -> None:
    """End all leases: at the start of the only process, whose forerunner was killed."""
    taken = update(outbox).where(outbox.c.taken_by.is_not(None))
    await conn.execute(taken.values(ready_ms=now_ms, taken_by=None))


async def hurry(conn: Conn, now_ms: int) -> None:
    """The homeserver is back: let every head that was put off go now. What is being carried out keeps its lease."""
    late = update(outbox).where(outbox.c.ready_ms > now_ms, outbox.c.taken_by.is_(None))
    await conn.execute(late.values(ready_ms=now_ms))


async def mend(conn: Conn, now_ms: int) -> None:
    """Give every lane a head. None lacks one unless somebody changed the table by hand."""
    heads = select(func.min(_lane.c.id)).group_by(_lane.c.conversation_id)
    lost = update(outbox).where(outbox.c.id.in_(heads), outbox.c.ready_ms.is_(None))
    await conn.execute(lost.values(ready_ms=now_ms))


async def find_pending(conn: Conn, conversation_id: int, kinds: tuple[Kind, ...]) -> list[Command]:
    """What still waits in a conversation, of the given kinds, oldest first."""
    query = select(outbox).where(
        outbox.c.conversation_id == conversation_id, outbox.c.kind.in_([kind.value for kind in kinds])
    )
    return [_command(row) for row in await conn.execute(query.order_by(outbox.c.id))]


async def next_ready_ms(conn: Conn) -> int | None:
    """When the next head may be taken; None: the outbox is empty."""
    ready_ms: int | None = (await conn.execute(select(func.min(outbox.c.ready_ms)))).scalar_one_or_none()
    return ready_ms


async def count(conn: Conn) -> tuple[int, int | None]:
    """How many commands wait, and when the oldest was written."""
    row = (await conn.execute(select(func.count(), func.min(outbox.c.created_ms)))).one()
    return int(row[0]), row[1]


def _command(row: Row[Any]) -> Command:
    return Command(
        row.conversation_id,
        Kind(row.kind),
        row.person_id,
        row.message_id,
        row.payload,
        row.id,
        row.attempts,
        row.created_ms,
    )
