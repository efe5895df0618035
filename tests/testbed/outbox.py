"""When everything has gone to Matrix."""

from __future__ import annotations

from bridge.db.engine import Database
from bridge.errors import Unavailable
from bridge.outbox import store
from testbed.waiting import until


async def until_sent(db: Database) -> None:
    """Wait until the outbox is empty; the database may be just starting again."""

    async def is_empty() -> bool:
        try:
            async with db.reading() as conn:
                return (await store.count(conn))[0] == 0
        except Unavailable:  # a connection from before its restart
            return False

    await until(is_empty, limit_s=30)
