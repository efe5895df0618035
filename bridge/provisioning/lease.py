"""
One applier at a time: ``roster apply`` and the serving bridges take turns.

Who applies holds a lease and renews it. Who dies leaves it to run out, and the next one finishes.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from sqlalchemy import or_, select, update

from bridge.db.engine import Conn, Database, upsert
from bridge.errors import Unavailable
from bridge.provisioning.tables import provisioning_state

log = structlog.get_logger(__name__)

LEASE_MS = 15_000
RENEW_S = 4.0
LOOK_S = 0.5  # how often who waits looks whether it is free

_row = provisioning_state.c.id == 1


class Lease:
    """
    Held while a plan is applied.

    Attributes:
        turn: How often somebody has held it, this time included: a plan made in another turn is out of date.
    """

    def __init__(self, db: Database, clock: Callable[[], int], turn: int, holder: str) -> None:
        self._db, self._clock, self._holder = db, clock, holder
        self.turn = turn
        self.is_lost = False

    def require(self) -> None:
        """
        Go on only while it is ours.

        Raises:
            Unavailable: We were silent for too long and another process has taken over.
        """
        if self.is_lost:
            raise Unavailable("Another process has taken over the provisioning.", code="lease_lost")

    async def renew_for_ever(self) -> None:
        while not self.is_lost:
            await asyncio.sleep(RENEW_S)
            try:
                async with self._db.writing() as conn:
                    mine = update(provisioning_state).where(_row, provisioning_state.c.holder == self._holder)
                    renewed = await conn.execute(mine.values(until_ms=self._clock() + LEASE_MS))
                self.is_lost = renewed.rowcount != 1
            except Unavailable:
                log.warning("provisioning_lease_not_renewed")  # the steps meet the same database and say so


@asynccontextmanager
async def held(db: Database, clock: Callable[[], int]) -> AsyncIterator[Lease]:
    """Wait until nobody else applies, and keep the others waiting until the block ends."""
    holder = secrets.token_hex(8)
    while (turn := await _take(db, holder, clock())) is None:  # noqa: ASYNC110 - who holds it is another process
        await asyncio.sleep(LOOK_S)
    lease = Lease(db, clock, turn, holder)
    renewing = asyncio.create_task(lease.renew_for_ever(), name="provisioning-lease")
    try:
        yield lease
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing
        with contextlib.suppress(Unavailable):  # then it runs out
            await _release(db, holder)


async def get_turn(conn: Conn) -> int:
    """How often the lease was held so far."""
    return (await conn.execute(select(provisioning_state.c.turn).where(_row))).scalar_one_or_none() or 0


async def _take(db: Database, holder: str, now_ms: int) -> int | None:
    """The new turn, or None: somebody else holds it."""
    free = or_(provisioning_state.c.holder.is_(None), provisioning_state.c.until_ms <= now_ms)
    taken: dict[str, Any] = {
        "holder": holder,
        "until_ms": now_ms + LEASE_MS,
        "turn": provisioning_state.c.turn + 1,
    }
    async with db.writing() as conn:
        first = upsert(provisioning_state, conn).values(id=1, roster_version=0)
        await conn.execute(first.on_conflict_do_nothing(index_elements=["id"]))
        taking = update(provisioning_state).where(_row, free).values(taken).returning(provisioning_state.c.turn)
        turn: int | None = (await conn.execute(taking)).scalar_one_or_none()
    return turn


async def _release(db: Database, holder: str) -> None:
    async with db.writing() as conn:
        mine = update(provisioning_state).where(_row, provisioning_state.c.holder == holder)
        await conn.execute(mine.values(holder=None, until_ms=0))
