"""
Who is online: whoever has an open socket in any process, or is online in a Matrix client.

A person goes offline some seconds after the last socket closed, so that a reload of the page is not seen. Processes
tell each other whom they hold; one that falls silent is forgotten. ``last_seen`` is kept in the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import select

from bridge.chat.audience import contacts_by_conversation
from bridge.chat.shapes import iso
from bridge.db.engine import Database, upsert
from bridge.errors import BridgeError, Unavailable
from bridge.live import frames
from bridge.live.bus import Bus
from bridge.live.hub import Hub
from bridge.live.tables import last_seen
from bridge.tasks import end_tasks

log = structlog.get_logger(__name__)

TELL_EVERY_S = 5
FORGET_AFTER_MS = 15_000
REMIND_EVERY = 4  # turns: the homeserver takes people for offline half a minute after it last heard of them


class Presence:
    """Knows for each person whether they are online and when they were last seen."""

    def __init__(
        self,
        db: Database,
        hub: Hub,
        bus: Bus,
        clock: Callable[[], int],
        offline_after_s: float,
        tell_matrix: Callable[[int, bool], None],
    ) -> None:
        self._db, self._hub, self._bus, self._clock = db, hub, bus, clock
        self._offline_after_s, self._tell_matrix = offline_after_s, tell_matrix
        self._here: dict[int, int] = {}  # person → open sockets in this process, 0 while the grace lasts
        self._elsewhere: dict[str, tuple[set[int], int]] = {}  # process → its people, when heard of
        self._in_matrix: set[int] = set()
        self._seen_ms: dict[int, int] = {}
        self._unsaved: set[int] = set()
        self._graces: dict[int, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop_task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        async with self._db.reading() as conn:
            self._seen_ms = {row.person_id: row.seen_ms for row in await conn.execute(select(last_seen))}
        self._loop_task = asyncio.create_task(self._loop(), name="presence")

    async def stop(self) -> None:
        for grace in self._graces.values():
            grace.cancel()
        await end_tasks(self._loop_task)
        for task in tuple(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._bus.publish("presence.all", {"people": []})
        self._unsaved |= set(self._here)
        now_ms = self._clock()
        self._seen_ms |= dict.fromkeys(self._here, now_ms)
        await self._save()

    def of(self, person_id: int) -> tuple[bool, int | None]:
        """Whether the person is online, and when last seen (ms; now if online)."""
        if self._is_online(person_id):
            return True, self._clock()
        return False, self._seen_ms.get(person_id)

    def _is_online(self, person_id: int) -> bool:
        return person_id in self._here or person_id in self._in_matrix or self._is_elsewhere(person_id)

    def _is_elsewhere(self, person_id: int) -> bool:
        return any(person_id in people for people, _ in self._elsewhere.values())

    # -- what happens ----------------------------------------------------------------------------------------------

    def opened(self, person_id: int) -> None:
        """A socket of the person was opened here."""
        if grace := self._graces.pop(person_id, None):
            grace.cancel()
        was_online, was_here = self._is_online(person_id), person_id in self._here
        self._here[person_id] = self._here.get(person_id, 0) + 1
        if not was_here:
            self._bus.publish("presence.one", {"person_id": person_id, "is_online": True})
            self._tell_matrix(person_id, True)
        if not was_online:
            self._soon(self._announce(person_id))

    def closed(self, person_id: int) -> None:
        """A socket of the person was closed here."""
        self._here[person_id] = max(0, self._here.get(person_id, 0) - 1)
        if not self._here[person_id] and person_id not in self._graces:
            loop = asyncio.get_running_loop()
            self._graces[person_id] = loop.call_later(self._offline_after_s, self._grace_over, person_id)

    def _grace_over(self, person_id: int) -> None:
        self._graces.pop(person_id, None)
        if self._here.get(person_id, 0) == 0 and self._here.pop(person_id, None) is not None:
            self._bus.publish("presence.one", {"person_id": person_id, "is_online": False})
            if not self._is_elsewhere(person_id):
                self._tell_matrix(person_id, False)
            self._gone(person_id)

    async def from_matrix(self, person_id: int, *, is_online: bool) -> None:
        """A presence event of a Matrix client (or the echo of our own, which changes nothing). It came to us only."""
        self._bus.publish("presence.matrix", {"person_id": person_id, "is_online": is_online})
        await self._in_client(person_id, is_online=is_online)

    async def _in_client(self, person_id: int, *, is_online: bool) -> None:
        was_online = self._is_online(person_id)
        if is_online and person_id not in self._here and not self._is_elsewhere(person_id):
            self._in_matrix.add(person_id)
        if not is_online:
            self._in_matrix.discard(person_id)
        if was_online and not self._is_online(person_id):
            self._gone(person_id)
        elif self._is_online(person_id) and not was_online:
            await self._announce(person_id)

    async def from_process(self, process_id: str, kind: str, body: dict[str, Any]) -> None:
        """What another process tells: one person's change, or all its people."""
        if kind == "presence.matrix":
            await self._in_client(body["person_id"], is_online=body["is_online"])
            return
        before, _ = self._elsewhere.get(process_id, (set(), 0))
        if kind == "presence.all":
            after = set(body["people"])
        else:
            after = before | {body["person_id"]} if body["is_online"] else before - {body["person_id"]}
        await self._replace(process_id, before, after)

    async def _replace(self, process_id: str, before: set[int], after: set[int]) -> None:
        online_before = {person_id for person_id in before | after if self._is_online(person_id)}
        self._elsewhere[process_id] = (after, self._clock())
        for person_id in before ^ after:
            if self._is_online(person_id) and person_id not in online_before:
                await self._announce(person_id)
            elif person_id in online_before and not self._is_online(person_id):
                self._gone(person_id)

    def _gone(self, person_id: int) -> None:
        if not self._is_online(person_id):
            self._seen_ms[person_id] = self._clock()
            self._unsaved.add(person_id)
            self._soon(self._announce(person_id))

    # -- telling ---------------------------------------------------------------------------------------------------

    async def _announce(self, person_id: int) -> None:
        """Tell those who share a conversation with the person and are connected to this process."""
        try:
            async with self._db.reading() as conn:
                shared = await contacts_by_conversation(conn, person_id, self._hub.people())
        except Unavailable:
            return  # presence is a hint; the next change tells
        is_online, seen_ms = self.of(person_id)
        frame = frames.presence(person_id, is_online=is_online, last_seen=iso(seen_ms))
        self._hub.deliver_shared(shared, frame)

    def _soon(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("presence_fault", exc_info=error)

    def remind_matrix(self) -> None:
        """Tell the homeserver again who is here: a socket is open for hours, and it sees nothing of it."""
        for person_id, sockets in self._here.items():
            if sockets:
                self._tell_matrix(person_id, True)

    async def _loop(self) -> None:
        for turn in itertools.count(1):
            await asyncio.sleep(TELL_EVERY_S)
            self._bus.publish("presence.all", {"people": list(self._here)})
            if turn % REMIND_EVERY == 0:
                self.remind_matrix()
            oldest = self._clock() - FORGET_AFTER_MS
            for process_id, (people, heard_ms) in list(self._elsewhere.items()):
                if heard_ms < oldest:
                    await self._replace(process_id, people, set())
                    del self._elsewhere[process_id]
            try:
                await self._save()
            except BridgeError as error:
                log.warning("last_seen_not_saved", code=error.code)

    async def _save(self) -> None:
        """Write who was last seen when, all at once."""
        if not self._unsaved:
            return
        rows = [{"person_id": i, "seen_ms": self._seen_ms[i]} for i in sorted(self._unsaved) if i in self._seen_ms]
        async with self._db.writing() as conn:
            statement = upsert(last_seen, conn).values(rows)
            newer = {"seen_ms": statement.excluded.seen_ms}
            await conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=newer))
        self._unsaved.clear()
