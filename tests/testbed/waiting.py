"""Wait for what will be so, by asking again; never by a sleep of a guessed length."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

POLL_S = 0.02


async def until(condition: Callable[[], Any | Awaitable[Any]], *, limit_s: float = 40) -> Any:
    """
    Ask *condition* until it gives something true, and return that.

    Raises:
        AssertionError: It was never true within *limit_s*; says what it gave last.
    """
    end = time.monotonic() + limit_s
    while True:
        found = condition()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not true within {limit_s:g} s; last: {found!r}")
        await asyncio.sleep(POLL_S)
