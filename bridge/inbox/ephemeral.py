"""
Receipts, typing and presence from Matrix clients: Application Service API, "Pushing ephemeral data".

They are hints: what was sent while the bridge was down is not repeated. Receipts are therefore also asked for after a
gap (``inbox.resync``); one fault here never stops the feed of events.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from bridge.chat import conversations, event_index, receipts
from bridge.chat.changes import Change
from bridge.db.engine import Conn, Database
from bridge.errors import NotFound
from bridge.live.presence import Presence
from bridge.live.typing import Typing
from bridge.matrix.ids import Ids

log = structlog.get_logger(__name__)

DROPPED = Counter("classbridge_inbox_ephemeral_dropped_total", "Receipts, typing and presence that made no sense")

Publish = Callable[[Sequence[Change]], Awaitable[None]]


class EphemeralTaker:
    """Takes in what ``ephemeral`` of a transaction carries."""

    def __init__(
        self,
        db: Database,
        ids: Ids,
        presence: Presence,
        typing: Typing,
        publish: Publish,
        clock: Callable[[], int],
    ) -> None:
        self._db, self._ids, self._presence, self._typing = db, ids, presence, typing
        self._publish, self._clock = publish, clock
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
        """``content``: event id → receipt type → mxid → {ts}: Client-Server API, "Receipts"."""
        await self.take_receipts(event["room_id"], event["content"])

    async def take_receipts(self, room_id: str, content: dict[str, Any]) -> None:
        """Move read pointers as the receipts of one room say."""
        marks = []
        for event_id, by_type in content.items():
            for receipt_type in ("m.read", "m.read.private"):
                marks += [(event_id, self._ids.person_id(mxid)) for mxid in by_type.get(receipt_type, {})]
        wanted = [(event_id, person_id) for event_id, person_id in marks if person_id is not None]
        if not wanted:
            return
        changes: list[Change] = []
        async with self._db.writing() as conn:
            for event_id, person_id in wanted:
                changes += await self._read(conn, room_id, event_id, person_id)
        await self._publish(changes)

    async def _read(self, conn: Conn, room_id: str, event_id: str, person_id: int) -> list[Change]:
        found = await event_index.find_by_event(conn, event_id)
        if not found or not found[1]:
            return []
        conversation = await conversations.get_conversation(conn, found[0])
        if conversation.room_id != room_id:
            return []
        try:
            return (await receipts.mark_read(conn, person_id, found[1], self._clock()))[2]
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
