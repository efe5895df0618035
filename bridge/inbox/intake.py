"""
From a transaction of the homeserver to rows: once, in order, all of it or nothing.

An event that our code cannot take in is parked with its traceback and the rest goes on: otherwise it would block every
room behind it.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import DBAPIError

from bridge.chat import event_index
from bridge.chat.changes import Change
from bridge.db.engine import Conn, Database, does_not_answer, upsert
from bridge.db.lists import one_of
from bridge.errors import BridgeError
from bridge.inbox import positions
from bridge.inbox.events import EventTaker
from bridge.inbox.tables import parked_events, push_transactions
from bridge.matrix.text import sanitize_text

log = structlog.get_logger(__name__)

KEEP_MS = 7 * 86_400_000
SWEEP_EVERY = 1000
FEED_LOCK_KEY = 0x0C1A56  # any number that no other program uses in this database

TAKEN = Counter("classbridge_inbox_events_total", "Events taken in from the homeserver", ["type"])
PARKED = Counter("classbridge_inbox_parked_total", "Events that could not be taken in and were parked")
REPEATED = Counter("classbridge_inbox_repeated_total", "Transactions that the homeserver sent again")
KNOWN_TYPES = {
    "m.room.message",
    "m.room.member",
    "m.room.redaction",
    "m.room.name",
    "m.reaction",
    "m.sticker",
}

# What an event can do to our code, a refusal of the database included. That it is away is not the event's fault.
POISON = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    DBAPIError,
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one push carries, checked for its outer form."""

    push_txn_id: str
    events: list[Any]
    ephemeral: list[Any]

    @property
    def key(self) -> str:
        """
        The homeserver's id, and which events it carries.

        The id alone is not enough: Synapse on SQLite begins at 1 again after each restart.
        """
        ids = "\n".join(str(event.get("event_id") if isinstance(event, dict) else event) for event in self.events)
        return f"{self.push_txn_id[:200]}:{hashlib.sha256(ids.encode('utf-8', 'replace')).hexdigest()[:32]}"


class Intake:
    """The only way from the homeserver's events to rows."""

    def __init__(
        self, db: Database, events: EventTaker, clock: Callable[[], int], wake_outbox: Callable[[], None]
    ) -> None:
        self._db, self._events, self._clock, self._wake_outbox = db, events, clock, wake_outbox
        self._count = 0

    async def take_in(self, transaction: Transaction) -> list[Change]:
        """Turn a transaction into rows, once; the changes to publish, none for a repeat."""
        if not transaction.events:
            return []
        now_ms, changes, newest = self._clock(), list[Change](), dict[str, str]()
        async with self._db.writing() as conn:
            await _wait_for_turn(conn)
            if not await _is_new(conn, transaction.key, now_ms):
                REPEATED.inc()
                return []
            known = await event_index.list_known_events(conn, _ids_of(transaction.events))
            for event in transaction.events:
                # Most events are our own coming back, noted already by the outbox: one look for all of them.
                is_known = not known.isdisjoint(_ids_of([event]))
                found = [] if is_known else await self._one(conn, transaction.push_txn_id, event, now_ms)
                if found is not None:
                    changes += found
                    newest[event["room_id"]] = event["event_id"]
            await positions.save(conn, newest)
            await self._sweep(conn, now_ms)
        if any(isinstance(event, dict) and event.get("type") == "m.room.member" for event in transaction.events):
            self._wake_outbox()  # an invite or a leave may have asked for a command
        return changes

    async def say_again(self, message_id: int, event: dict[str, Any]) -> list[Change]:
        """The message says what *event* says, because a newer edit was deleted; the changes to publish."""
        now_ms = self._clock()
        async with self._db.writing() as conn:
            try:
                async with conn.begin_nested():
                    return await self._events.say_again(conn, message_id, event, now_ms)
            except POISON as error:
                if does_not_answer(error):
                    raise
                await _park(conn, "say_again", event, error, now_ms)
                return []

    async def _one(self, conn: Conn, push_txn_id: str, event: Any, now_ms: int) -> list[Change] | None:
        """None: it is of a room that is not ours, or was parked."""
        try:
            async with conn.begin_nested():
                changes = await self._events.take_in(conn, event, now_ms)
        except BridgeError as error:
            if error.status >= 500:
                raise  # the infrastructure's fault: the homeserver shall repeat
            await _park(conn, push_txn_id, event, error, now_ms)
            return None
        except POISON as error:
            if does_not_answer(error):
                raise
            await _park(conn, push_txn_id, event, error, now_ms)
            return None
        kind = event.get("type")
        TAKEN.labels(kind if kind in KNOWN_TYPES else "other").inc()
        return changes

    async def _sweep(self, conn: Conn, now_ms: int) -> None:
        self._count += 1
        if self._count % SWEEP_EVERY == 0:
            await conn.execute(delete(push_transactions).where(push_transactions.c.received_ms < now_ms - KEEP_MS))


def _ids_of(events: list[Any]) -> list[str]:
    """The ids that a database can be asked for; an event without such an id is left to ``_one``."""
    ids = [event.get("event_id") for event in events if isinstance(event, dict)]
    return [event_id for event_id in ids if isinstance(event_id, str) and event_id.isprintable()]


async def _wait_for_turn(conn: Conn) -> None:
    """One transaction after the other, whichever process takes it in; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        await conn.execute(select(func.pg_advisory_xact_lock(FEED_LOCK_KEY)))


async def _is_new(conn: Conn, key: str, now_ms: int) -> bool:
    row = {"push_txn_id": key, "received_ms": now_ms}
    statement = upsert(push_transactions, conn).values(row).on_conflict_do_nothing()
    return (await conn.execute(statement)).rowcount == 1


async def _park(conn: Conn, push_txn_id: str, event: Any, error: Exception, now_ms: int) -> None:
    """Keep the event for a person to look at; it is seen in the log and on /metrics."""
    fields = event if isinstance(event, dict) else {}
    event_id, room_id, kind = (sanitize_text(str(fields.get(key)))[:255] for key in ("event_id", "room_id", "type"))
    PARKED.inc()
    log.error("event_parked", event_id=event_id, room_id=room_id, type=kind, error=type(error).__name__)
    row = {
        "push_txn_id": push_txn_id,
        "event_id": event_id,
        "room_id": room_id,
        "type": kind,
        "event": event if isinstance(event, (dict, list)) else {"not_an_object": str(event)},
        "traceback": sanitize_text("".join(traceback.format_exception(error))),
        "parked_ms": now_ms,
    }
    await conn.execute(insert(parked_events), row)


async def list_parked(conn: Conn, event_ids: list[str]) -> set[str]:
    """Those of *event_ids* that were parked."""
    query = select(parked_events.c.event_id).where(one_of(conn, parked_events.c.event_id, event_ids))
    return set((await conn.execute(query)).scalars())
