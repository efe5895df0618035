"""A bridge with short times and small queues; SQLite, for the sockets do not know the difference."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from faults.offline import OfflineBridge, offline_bridge
from testbed.databases import SqliteDatabases
from testbed.waiting import until

LIVE = {"queue_frames": 64, "queue_bytes": 1 << 17, "offline_after_s": 0.3, "typing_s": 0.4}


@pytest.fixture(scope="session")
async def shared_bridge(sqlite_databases: SqliteDatabases) -> AsyncIterator[OfflineBridge]:
    async with sqlite_databases.fresh() as url, offline_bridge(url, live=LIVE) as bridge:
        yield bridge


@pytest.fixture
async def live_bridge(shared_bridge: OfflineBridge) -> AsyncIterator[OfflineBridge]:
    """Nobody is connected, and nobody was just now; whoever is at the end is sent away."""
    yield shared_bridge
    live = shared_bridge.bridge.services.live
    live.hub.close_all(1001, "the test is over")
    await until(lambda: not live.hub.everybody() and not live.presence._here)
