"""
With several processes: look into the database for what the bus did not bring.

A process may die between its commit and its publish, and Redis may lose a message or be away. The database has it
all, so every process looks at what changed lately and shows what it has not shown; faster while Redis is down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from prometheus_client import Counter

from bridge.chat import recent, revision
from bridge.chat.shapes import Viewing
from bridge.db.engine import Database
from bridge.errors import Unavailable
from bridge.live.bus import Bus
from bridge.live.publisher import Publisher
from bridge.tasks import end_tasks

log = structlog.get_logger(__name__)

EVERY_S = 2.0
EVERY_WITHOUT_REDIS_S = 0.25

CAUGHT_UP = Counter("classbridge_caught_up_total", "Changes that were found in the database, not on the bus")


class CatchUp:
    """Does nothing where there is one process."""

    def __init__(
        self,
        db: Database,
        bus: Bus,
        publisher: Publisher,
        viewing: Callable[[], Viewing],
        clock: Callable[[], int],
    ) -> None:
        self._db, self._bus, self._publisher = db, bus, publisher
        self._viewing, self._clock = viewing, clock
        self._task: asyncio.Task[None] | None = None
        self._rev = clock() * 1000

    async def start(self) -> None:
        if self._bus.is_on:
            async with self._db.reading() as conn:
                self._publisher.forget_up_to(await recent.newest_message_id(conn))
            self._task = asyncio.create_task(self._loop(), name="catch-up")

    async def stop(self) -> None:
        await end_tasks(self._task)

    async def _loop(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S if self._bus.is_up else EVERY_WITHOUT_REDIS_S)
            try:
                await self.look()
            except Unavailable:
                log.warning("catch_up_database_unavailable")

    async def look(self) -> None:
        """Show what changed since the last look and was not shown here."""
        began_us = self._clock() * 1000
        async with self._db.reading() as conn:
            changes = await recent.list_changes(
                conn,
                self._viewing(),
                self._rev - revision.OVERLAP_US,
                is_known=self._publisher.has_shown,
                is_shown=self._publisher.has_shown_rev,
            )
        for change in changes:
            if await self._publisher.deliver(change):
                CAUGHT_UP.inc()
        self._rev = began_us
