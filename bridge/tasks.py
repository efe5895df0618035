"""The end of background tasks."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any


async def end_tasks(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel one after the other and wait until it is gone. None: it was never begun."""
    for task in tasks:
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
