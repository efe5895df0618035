"""Wait for what will be so, by asking again; never by a sleep of a guessed length."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

# Soon at first, then seldom: what is asked takes the processor from what is waited for.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.01, 0.1


async def until(condition: Callable[[], Any | Awaitable[Any]], *, limit_s: float = 40) -> Any:
    """
    Ask *condition* until it gives something true, and return that.

    Raises:
        AssertionError: It was never true within *limit_s*; says what it gave last.
    """
    end = time.monotonic() + limit_s
    pause_s = FIRST_PAUSE_S
    while True:
        found = condition()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not true within {limit_s:g} s; last: {found!r}")
        await asyncio.sleep(pause_s)
        pause_s = min(1.5 * pause_s, LONGEST_PAUSE_S)
