"""
Who is typing where. Typing ends by itself after some seconds; it is never shown to the one who types.

Both directions: what a browser reports goes to Matrix (Client-Server API, "Typing Notifications"), what Matrix reports
goes to the sockets. Each process hears everything, by itself or over the bus, and shows it to its own sockets. Nothing
is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import structlog

from bridge.chat import members
from bridge.db.engine import Database
from bridge.errors import BridgeError
from bridge.live import frames
from bridge.live.bus import Bus
from bridge.live.hub import Hub
from bridge.live.typer import Typer
from bridge.roster.store import SchoolCache
from bridge.tasks import end_tasks

log = structlog.get_logger(__name__)

AGAIN_MS = 4_000  # who types on is told of again: pages forget after five seconds
SPARE_MS = 2_000  # for so much longer the other processes believe what one has told: it may have died

Key = tuple[int, int]  # conversation, person
TellMatrix = Callable[[int, str, bool], None]


@dataclass(slots=True)
class _Known:
    """One who types or just did, and what the sockets of this process were told of it."""

    typer: Typer = field(default_factory=Typer)
    is_here: bool = False  # the browser is connected to this process, which tells Matrix and the others
    room_id: str | None = None
    is_shown: bool = False
    again_ms: int | None = None
    is_being_told: bool = False
    timer: asyncio.TimerHandle | None = None

    def is_to_tell(self, now_ms: int) -> bool:
        return self.typer.is_typing != self.is_shown or (self.again_ms is not None and self.again_ms <= now_ms)

    def next_ms(self) -> int | None:
        return min((time for time in (self.typer.next_ms, self.again_ms) if time is not None), default=None)


class Typing:
    """
    The people who type now, as this process knows them.

    Args:
        lasts_s: Who types in a browser and does not say so again has stopped after so long.
        mark_ms: For so long the homeserver is told to keep the mark of such a person.
    """

    def __init__(
        self,
        db: Database,
        hub: Hub,
        bus: Bus,
        school: SchoolCache,
        clock: Callable[[], int],
        lasts_s: float,
        mark_ms: int,
        tell_matrix: TellMatrix,
    ) -> None:
        self._db, self._hub, self._bus, self._school, self._clock = db, hub, bus, school, clock
        self._lasts_ms, self._mark_ms, self._tell_matrix = int(lasts_s * 1000), mark_ms, tell_matrix
        self._known: dict[Key, _Known] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = False

    async def stop(self) -> None:
        """Nothing is heard or told any more, whatever still comes over the bus."""
        self._is_over = True
        for known in self._known.values():
            if known.timer:
                known.timer.cancel()
        self._known.clear()
        await end_tasks(*self._tasks)

    # -- what happens ----------------------------------------------------------------------------------------------

    async def from_web(self, conversation_id: int, room_id: str | None, person_id: int, *, is_typing: bool) -> None:
        """A browser says that its person types, or has stopped."""
        if self._is_over:
            return
        key = conversation_id, person_id
        self._in_browser_here(key, room_id, is_typing=is_typing)
        await self._tell(key)

    async def from_matrix(self, conversation_id: int, people: set[int]) -> None:
        """All who type in the room now."""
        if self._is_over:
            return
        self._bus.publish("typing", {"conversation_id": conversation_id, "marked": sorted(people)})
        for key in self._marked(conversation_id, people):
            await self._tell(key)

    def receive(self, body: dict[str, Any]) -> None:
        """What another process has heard."""
        if self._is_over:
            return
        conversation_id = body["conversation_id"]
        if "marked" in body:
            for key in self._marked(conversation_id, body["marked"]):
                self._tell_soon(key)
        else:
            key = conversation_id, body["person_id"]
            self._in_browser(key, body["lasts_ms"] + SPARE_MS if body["is_typing"] else None)
            self._tell_soon(key)

    def _in_browser_here(self, key: Key, room_id: str | None, *, is_typing: bool) -> None:
        """The other processes know before Matrix does: one of them may be who hears the echo."""
        lasts_ms = self._lasts_ms if is_typing else None
        body = {"conversation_id": key[0], "person_id": key[1], "is_typing": is_typing, "lasts_ms": lasts_ms}
        self._bus.publish("typing", body)
        known = self._in_browser(key, lasts_ms)
        if known:
            known.is_here, known.room_id = is_typing, room_id
        # A mark that a Matrix client has set is left alone: to clear ours would clear that one.
        if room_id and not (known and known.typer.is_in_client):
            self._tell_matrix(key[1], room_id, is_typing)

    def _in_browser(self, key: Key, lasts_ms: int | None) -> _Known | None:
        """*lasts_ms* None: has stopped."""
        known = self._known.get(key)
        if lasts_ms is not None:
            known = self._known.setdefault(key, _Known())
            known.typer.starts_in_browser(self._clock() + lasts_ms)
        elif known:
            known.typer.stops_in_browser(self._clock() + self._mark_ms)
        if known:
            known.is_here = False
        return known

    def _marked(self, conversation_id: int, people: Collection[int]) -> list[Key]:
        """Take in a whole list of the homeserver; whom it may concern."""
        for person_id in people:
            self._known.setdefault((conversation_id, person_id), _Known()).typer.is_marked(self._clock())
        keys = [key for key in self._known if key[0] == conversation_id]
        for key in keys:
            if key[1] not in people:
                self._known[key].typer.is_not_marked()
        return keys

    def _due(self, key: Key) -> None:
        known, now_ms = self._known[key], self._clock()
        web_until_ms = known.typer.web_until_ms
        if web_until_ms is not None and web_until_ms <= now_ms:
            if known.is_here:
                self._in_browser_here(key, known.room_id, is_typing=False)
            else:
                self._in_browser(key, None)
        known.typer.end_what_is_over(now_ms)
        self._tell_soon(key)

    # -- telling ---------------------------------------------------------------------------------------------------

    def _tell_soon(self, key: Key) -> None:
        """One task for each: whoever is just being told of is told of as they are when the audience is known."""
        known = self._known[key]
        if not known.is_being_told:
            known.is_being_told = True
            task = asyncio.get_running_loop().create_task(self._tell_alone(key, known), name="typing")
            self._tasks.add(task)
            task.add_done_callback(self._done)

    async def _tell_alone(self, key: Key, known: _Known) -> None:
        try:
            await self._tell(key)
        finally:
            known.is_being_told = False

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("typing_fault", exc_info=error)

    async def _tell(self, key: Key) -> None:
        """Show it if the sockets do not know it yet, and wait for what comes next."""
        known = self._known.get(key)
        if known is None:
            return
        try:
            if known.is_to_tell(self._clock()):
                async with self._db.reading() as conn:
                    audience = await members.list_ids(conn, key[0])
                self._show(key, known, audience)
        except BridgeError as error:
            log.warning("typing_not_told", code=error.code, conversation_id=key[0])
            known.again_ms = self._clock() + AGAIN_MS
        finally:
            self._wait(key, known)

    def _show(self, key: Key, known: _Known, audience: list[int]) -> None:
        """Tell the sockets of this process."""
        now_ms = self._clock()
        if not known.is_to_tell(now_ms):  # it was told meanwhile, or is over again
            return
        is_typing = known.typer.is_typing
        known.is_shown, known.again_ms = is_typing, now_ms + AGAIN_MS if is_typing else None
        person = self._school.current.find(key[1])
        frame = frames.typing(*key, person.name if person else "", is_typing=is_typing)
        self._hub.deliver(key[0], {other: frame for other in audience if other != key[1]})

    def _wait(self, key: Key, known: _Known) -> None:
        """Until what comes next; where nothing does, the person is forgotten."""
        if self._known.get(key) is not known:  # forgotten meanwhile
            return
        if known.timer:
            known.timer.cancel()
        next_ms = known.next_ms()
        if next_ms is None:
            del self._known[key]
        else:
            wait_s = max(0, next_ms - self._clock()) / 1000
            known.timer = asyncio.get_running_loop().call_later(wait_s, self._due, key)
