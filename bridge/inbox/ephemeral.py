"""
Receipts, typing and presence from Matrix clients: Application Service API, "Pushing ephemeral data".

They are hints: what was sent while the bridge was down is not repeated. Receipts are therefore also asked for after a
gap (``inbox.resync``); one fault here never stops the feed of events.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from bridge.chat import conversations, event_index, thread_receipts
from bridge.chat.changes import Change
from bridge.db.engine import Conn, Database
from bridge.errors import HomeserverRefused, HomeserverUnavailable, NotFound
from bridge.live.presence import Presence
from bridge.live.typing import Typing
from bridge.matrix.homeserver import Homeserver

log = structlog.get_logger(__name__)

DROPPED = Counter("classbridge_inbox_ephemeral_dropped_total", "Receipts, typing and presence that made no sense")

Publish = Callable[[Sequence[Change]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Mark:
    """
    One receipt. ``thread``: a thread's first event; None or ``main``: all up to the event is read.

    A private one tells the bridge what the person has read, and nobody else.
    """

    event_id: str
    person_id: int
    thread: object
    is_private: bool


class EphemeralTaker:
    """Takes in what ``ephemeral`` of a transaction carries."""

    def __init__(
        self,
        db: Database,
        homeserver: Homeserver,
        presence: Presence,
        typing: Typing,
        publish: Publish,
        clock: Callable[[], int],
    ) -> None:
        self._db, self._homeserver, self._presence, self._typing = db, homeserver, presence, typing
        self._ids, self._publish, self._clock = homeserver.ids, publish, clock
        self._by_type = {
            "m.receipt": self._receipts,
            "m.typing": self._typing_in,
            "m.presence": self._presence_of,
        }

    async def take_in(self, events: list[Any]) -> None:
        for event in events:
            try:
                taker = self._by_type.get(event["type"])
                if taker:
                    await taker(event)
            except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, DBAPIError) as error:
                DROPPED.inc()
                log.warning("ephemeral_dropped", error=type(error).__name__)

    async def _receipts(self, event: dict[str, Any]) -> None:
        """``content``: event id → receipt type → mxid → {ts, thread_id}: Client-Server API, "Receipts"."""
        room_id = event["room_id"]
        marks = [await self._with_thread(room_id, mark) for mark in self._marks(event["content"])]
        await self._take(room_id, [mark for mark in marks if mark is not None])

    async def take_receipts(self, room_id: str, content: dict[str, Any]) -> None:
        """Move read pointers as the receipts of one room say, with their threads."""
        await self._take(room_id, list(self._marks(content)))

    async def _with_thread(self, room_id: str, mark: Mark) -> Mark | None:
        """
        Find out of which thread a pushed receipt is, where that matters: Synapse (1.163) pushes it without that word.

        None: a newer receipt has taken its place and comes by itself, or the homeserver is away and is asked later.
        """
        if mark.thread is not None:
            return mark
        async with self._db.reading() as conn:
            if not await thread_receipts.may_be_of_thread(conn, mark.person_id, mark.event_id):
                return mark
        try:
            stands = await self._homeserver.sync_receipts(mark.person_id, {room_id})
        except (HomeserverUnavailable, HomeserverRefused) as error:
            log.warning("receipt_put_off", room_id=room_id, error=type(error).__name__)
            return None
        by_type = stands.get(room_id, {}).get(mark.event_id, {})
        same = [each for each in self._marks({mark.event_id: by_type}) if replace(each, thread=None) == mark]
        return same[0] if same else None

    async def _take(self, room_id: str, marks: list[Mark]) -> None:
        if not marks:
            return
        changes: list[Change] = []
        async with self._db.writing() as conn:
            for mark in marks:
                changes += await self._read(conn, room_id, mark)
        await self._publish(changes)

    def _marks(self, content: dict[str, Any]) -> Iterator[Mark]:
        for event_id, by_type in content.items():
            for receipt_type in ("m.read", "m.read.private"):
                for mxid, receipt in by_type.get(receipt_type, {}).items():
                    person_id = self._ids.person_id(mxid)
                    if person_id is not None:
                        yield Mark(event_id, person_id, receipt.get("thread_id"), receipt_type == "m.read.private")

    async def _read(self, conn: Conn, room_id: str, mark: Mark) -> list[Change]:
        found = await event_index.find_by_event(conn, mark.event_id)
        if not found or not found[1]:
            return []
        conversation = await conversations.get_conversation(conn, found[0])
        if conversation.room_id != room_id:
            return []
        now_ms, how = self._clock(), {"is_private": mark.is_private}
        if mark.thread not in (None, "main"):
            thread_id = await event_index.find_message(conn, mark.thread, conversation.id)
            if thread_id is None:  # a thread that is not known here
                return []
            return await thread_receipts.mark_thread_read(conn, mark.person_id, found[1], thread_id, now_ms, **how)
        try:
            return await thread_receipts.mark_main_read(conn, mark.person_id, found[1], now_ms, **how)
        except NotFound:
            return []  # not a participant any more

    async def _typing_in(self, event: dict[str, Any]) -> None:
        """``content.user_ids``: everybody who types in the room now, ours of the web included."""
        async with self._db.reading() as conn:
            conversation = await conversations.find_by_room(conn, event["room_id"])
        if conversation is None:
            return
        people = {self._ids.person_id(mxid) for mxid in event["content"]["user_ids"]}
        await self._typing.from_matrix(conversation.id, {person_id for person_id in people if person_id is not None})

    async def _presence_of(self, event: dict[str, Any]) -> None:
        person_id = self._ids.person_id(event["sender"])
        if person_id is not None:
            await self._presence.from_matrix(person_id, is_online=event["content"]["presence"] == "online")
