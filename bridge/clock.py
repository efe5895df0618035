"""Time as everything here counts it."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def steady_ms() -> int:
    """Milliseconds since some moment: for what lasts, whatever is done to the clock on the wall."""
    return time.monotonic_ns() // 1_000_000
