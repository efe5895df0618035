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
from sqlalchemy import ColumnElement, or_, select, update

from bridge.db.engine import Conn, Database, upsert
from bridge.errors import Unavailable
from bridge.provisioning.tables import provisioning_state
from bridge.tasks import end_tasks

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
async def held(
    db: Database, clock: Callable[[], int], on_wait: Callable[[], None] = lambda: None
) -> AsyncIterator[Lease]:
    """Wait until nobody else applies, and keep the others waiting until the block ends; *on_wait*: we do wait."""
    holder = secrets.token_hex(8)
    turn = await _take(db, holder, clock())
    if turn is None:
        on_wait()
    while turn is None:
        await asyncio.sleep(LOOK_S)
        turn = await _take(db, holder, clock())
    lease = Lease(db, clock, turn, holder)
    renewing = asyncio.create_task(lease.renew_for_ever(), name="provisioning-lease")
    try:
        yield lease
    finally:
        await end_tasks(renewing)
        with contextlib.suppress(Unavailable):  # then it runs out
            await _release(db, holder)


async def get_turn(conn: Conn, now_ms: int) -> int | None:
    """How often the lease was held so far; None: somebody holds it now, and what is seen meanwhile is half done."""
    state = select(provisioning_state.c.turn, _is_free(now_ms).label("is_free")).where(_row)
    row = (await conn.execute(state)).one_or_none()
    if row is None:
        return 0
    return row.turn if row.is_free else None


def _is_free(now_ms: int) -> ColumnElement[bool]:
    return or_(provisioning_state.c.holder.is_(None), provisioning_state.c.until_ms <= now_ms)


async def _take(db: Database, holder: str, now_ms: int) -> int | None:
    """The new turn, or None: somebody else holds it."""
    taken: dict[str, Any] = {
        "holder": holder,
        "until_ms": now_ms + LEASE_MS,
        "turn": provisioning_state.c.turn + 1,
    }
    async with db.writing() as conn:
        first = upsert(provisioning_state, conn).values(id=1, roster_version=0)
        await conn.execute(first.on_conflict_do_nothing(index_elements=["id"]))
        taking = (
            update(provisioning_state).where(_row, _is_free(now_ms)).values(taken).returning(provisioning_state.c.turn)
        )
        turn: int | None = (await conn.execute(taking)).scalar_one_or_none()
    return turn


async def _release(db: Database, holder: str) -> None:
    async with db.writing() as conn:
        mine = update(provisioning_state).where(_row, provisioning_state.c.holder == holder)
        await conn.execute(mine.values(holder=None, until_ms=0))
