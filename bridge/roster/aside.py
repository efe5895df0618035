"""Pure work on large rosters, done in a thread: sockets and requests go on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
LARGE = 2000  # entries; about 20 ms of work


async def aside(entries: int, work: Callable[[], Result]) -> Result:
    """Do *work*, which takes its time by the number of *entries*."""
    return await asyncio.to_thread(work) if entries > LARGE else work()
