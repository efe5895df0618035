"""
Typing and presence on their way to Matrix: hints, not commands.

They are never stored and never repeated: what cannot be sent now is worth nothing later. One bounded queue, few at a
time and paced, so that a school coming online at eight does not slow its messages down.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import Counter

from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix.homeserver import Homeserver
from bridge.tasks import end_tasks

log = structlog.get_logger(__name__)

DROPPED = Counter("classbridge_hints_dropped_total", "Typing and presence that did not reach the homeserver", ["kind"])
PACE_S = 0.05
REMINDER_PACE_S = 0.01  # "still online" is told to nobody else and costs the homeserver a millisecond
MOST_WAITING = 1000

Key = tuple[str, int, str]
StillOnline = Callable[[int], Awaitable[None]]


class MatrixHints:
    """The newest hint of each kind, person and room waits for its turn."""

    def __init__(self, homeserver: Homeserver, typing_ms: int) -> None:
        self._homeserver, self._typing_ms = homeserver, typing_ms
        self._told_online: set[int] = set()
        self.on_still_online: StillOnline | None = None
        self._waiting: OrderedDict[Key, Callable[[], Awaitable[None]]] = OrderedDict()
        self._there = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._loop(), name="matrix-hints")

    async def stop(self) -> None:
        await end_tasks(self._task)

    def typing(self, person_id: int, room_id: str, is_typing: bool) -> None:
        async def send() -> None:
            await self._homeserver.set_typing(person_id, room_id, is_typing, timeout_ms=self._typing_ms)

        self._put(("typing", person_id, room_id), send)

    def presence(self, person_id: int, is_online: bool) -> None:
        async def send() -> None:
            await self._homeserver.set_presence(person_id, is_online)
            if is_online:
                self._told_online.add(person_id)
                return
            self._told_online.discard(person_id)
            # A Matrix client may have come online meanwhile: the homeserver saw no change, so it said nothing.
            if self.on_still_online and await self._homeserver.is_online(person_id):
                await self.on_still_online(person_id)

        self._put(("presence", person_id, ""), send)

    def _put(self, key: Key, send: Callable[[], Awaitable[None]]) -> None:
        self._waiting.pop(key, None)
        if len(self._waiting) >= MOST_WAITING:
            DROPPED.labels(key[0]).inc()
            return
        self._waiting[key] = send
        if key[0] == "typing":
            self._waiting.move_to_end(key, last=False)  # it is over in seconds; presence can wait
        self._there.set()

    async def _loop(self) -> None:
        while True:
            await self._there.wait()
            self._there.clear()
            while self._waiting:
                key, send = self._waiting.popitem(last=False)
                was_online = key[1] in self._told_online
                try:
                    await send()
                except (HomeserverUnavailable, HomeserverRefused) as error:
                    DROPPED.labels(key[0]).inc()
                    log.debug("hint_dropped", kind=key[0], code=error.code)
                is_reminder = was_online and key[0] == "presence"
                await asyncio.sleep(REMINDER_PACE_S if is_reminder else PACE_S)
