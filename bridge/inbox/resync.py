"""
After a gap: find what the homeserver did not tell us.

The homeserver repeats a transaction until it is taken in. But what it has queued and not yet put into a transaction is
lost when it dies, a transaction under way may come hours later, and receipts are never repeated. So after our start,
and after the homeserver was away, each room is compared with its history from where its feed stood: before anything
newer of that room is taken in, for the order, and sooner or later in any case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from prometheus_client import Counter

from bridge.chat import conversations, event_index, members
from bridge.chat.changes import Change
from bridge.db.engine import Database
from bridge.errors import HomeserverRefused
from bridge.inbox import positions
from bridge.inbox.ephemeral import EphemeralTaker
from bridge.inbox.intake import Intake, Transaction, list_parked
from bridge.inbox.taken_back import TakenBackEdits
from bridge.matrix.homeserver import Homeserver

log = structlog.get_logger(__name__)

PAGE = 20  # enough when nothing is missing
NEXT_PAGES = 100
MOST_PAGES = 50
PACE_S = 0.02  # between rooms: people who write now go first

FOUND = Counter("classbridge_gap_events_total", "Messages that the homeserver had not pushed and that were fetched")

Publish = Callable[[Sequence[Change]], Awaitable[None]]


class Resync:
    """Compares rooms with the homeserver. Raises what ``Homeserver`` raises; a later run finds the rest."""

    def __init__(
        self, db: Database, homeserver: Homeserver, intake: Intake, ephemeral: EphemeralTaker, publish: Publish
    ) -> None:
        self._db, self._homeserver, self._intake = db, homeserver, intake
        self._ephemeral, self._publish = ephemeral, publish
        self._edits = TakenBackEdits(db, homeserver, intake)
        self._checked: set[str] = set()
        self._wants_receipts = True

    def suspect(self) -> None:
        """The homeserver was away: every room may have a gap."""
        self._checked = set()
        self._wants_receipts = True

    async def ensure_no_gap(self, events: list[Any]) -> None:
        """Fill the gaps of the rooms that *events* are in, where there may be one."""
        checked = self._checked
        room_ids = [event.get("room_id") for event in events if isinstance(event, dict)]
        for room_id in dict.fromkeys(each for each in room_ids if isinstance(each, str) and each.isprintable()):
            if room_id not in checked and await self._is_ours(room_id):
                await self._check(room_id, checked)

    async def follow_redactions(self, events: list[Any]) -> None:
        """Of deleted edits among *events*, taken in already: ask what their messages say now."""
        await self._publish(await self._edits.follow(events))

    async def _is_ours(self, room_id: str) -> bool:
        async with self._db.reading() as conn:
            return await conversations.find_by_room(conn, room_id) is not None

    async def run(self) -> None:
        """Fill the gaps of all rooms that were not looked at, then ask for receipts if they are wanted."""
        checked = self._checked
        await self.fill_rooms()
        if self._wants_receipts:
            await self._receipts()
            self._wants_receipts = self._checked is not checked  # it was away again meanwhile

    async def fill_rooms(self) -> int:
        """Fill the gaps of all rooms that were not looked at; how many messages were missing."""
        checked, missing = self._checked, 0
        async with self._db.reading() as conn:
            room_ids = sorted(await conversations.list_room_ids(conn) - checked)
        for room_id in room_ids:
            if room_id not in checked:
                missing += await self._check(room_id, checked)
                await asyncio.sleep(PACE_S)
        if room_ids:
            log.info("resynced", rooms=len(room_ids), missing_messages=missing)
        return missing

    async def _check(self, room_id: str, checked: set[str]) -> int:
        """Fill the gap of a room, if there is one, and remember that; how many messages were missing."""
        found: list[dict[str, Any]] = []
        try:
            found = await self._missing_events(room_id)
        except HomeserverRefused as error:
            log.warning("resync_refused", room_id=room_id, errcode=error.errcode)
        if found:
            changes = await self._intake.take_in(Transaction("gap", found, []))
            await self._publish(changes)
            await self.follow_redactions(found)
        checked.add(room_id)
        missing: int = sum(event["type"] == "m.room.message" for event in found)
        FOUND.inc(missing)
        return missing

    async def _missing_events(self, room_id: str) -> list[dict[str, Any]]:
        """The events after the newest one of the feed that were not taken in, oldest first."""
        async with self._db.reading() as conn:
            position = await positions.find(conn, room_id)
        newer = await self._events_after(room_id, position)
        ids = [event["event_id"] for event in newer]
        async with self._db.reading() as conn:
            known = await event_index.list_known_events(conn, ids) | await list_parked(conn, ids)
        return [event for event in newer if event["event_id"] not in known]

    async def _events_after(self, room_id: str, position: str | None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        start = None
        for number in range(MOST_PAGES):
            page = await self._homeserver.messages(room_id, start, "b", PAGE if number == 0 else NEXT_PAGES)
            for event in page["chunk"]:
                if event["event_id"] == position:
                    return found[::-1]
                found.append(event)
            start = page.get("end")
            if not start or not page["chunk"]:
                return found[::-1]
        log.error("gap_is_too_long", room_id=room_id, events=len(found))
        return found[::-1]

    async def _receipts(self) -> None:
        async with self._db.reading() as conn:
            by_person = await members.list_rooms_by_person(conn)
        covered: set[str] = set()
        for person_id, room_ids in sorted(by_person.items(), key=lambda item: -len(item[1])):
            if not (wanted := room_ids - covered):
                continue
            covered |= wanted
            for room_id, content in (await self._homeserver.sync_receipts(person_id, wanted)).items():
                await self._ephemeral.take_receipts(room_id, content)
            await asyncio.sleep(PACE_S)
