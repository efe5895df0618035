"""
How often somebody may call: token buckets in memory, for each person and kind, for sign-in, and for wrong tokens.

A bucket is one number, the moment at which it will be full again (the generic cell rate algorithm). A full
one says nothing and is dropped, so memory follows those who called lately. Each process counts on its own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from typing import Literal

from bridge.config import LimitsConfig, RateConfig
from bridge.errors import TooMany

Kind = Literal["send", "upload", "other", "sign_in", "sign_in_wide", "panel_token"]

# A school is often behind one address, and anybody can name anybody's username: these two alone get more.
WIDE = 20
SWEEP_FROM = 10_000  # buckets of one kind


class _Buckets:
    """All buckets of one rate."""

    def __init__(self, rate: RateConfig) -> None:
        self.interval_s = 1 / rate.per_second
        self.slack_s = (rate.burst - 1) * self.interval_s
        self.full_at: dict[Hashable, float] = {}
        self.sweep_from = SWEEP_FROM

    def take(self, key: Hashable, now_s: float) -> float:
        """Take one token; 0, or the seconds until there is one (then nothing was taken)."""
        full_at = self.full_at.get(key, 0.0)
        if wait_s := self.wait_s(key, now_s):
            return wait_s
        self.full_at[key] = max(full_at, now_s) + self.interval_s
        if len(self.full_at) > self.sweep_from:
            self._sweep(now_s)
        return 0.0

    def wait_s(self, key: Hashable, now_s: float) -> float:
        """0: there is a token; else the seconds until there is one."""
        wait_s = self.full_at.get(key, 0.0) - now_s - self.slack_s
        return wait_s if wait_s > 1e-9 else 0.0  # a sum of intervals is rounded

    def _sweep(self, now_s: float) -> None:
        """Drop full buckets; twice as many must gather before the next sweep, so its cost stays constant."""
        self.full_at = {key: full_at for key, full_at in self.full_at.items() if full_at > now_s}
        self.sweep_from = max(SWEEP_FROM, 2 * len(self.full_at))


class Limits:
    """``now_s`` is a clock that never goes back."""

    def __init__(self, config: LimitsConfig, now_s: Callable[[], float] = time.monotonic) -> None:
        self._enabled = config.enabled
        self._now_s = now_s
        a_minute = config.sign_in_per_minute
        wide = RateConfig(per_second=WIDE * a_minute / 60, burst=WIDE * a_minute)
        self._buckets: dict[Kind, _Buckets] = {
            "send": _Buckets(config.send),
            "upload": _Buckets(config.upload),
            "other": _Buckets(config.other),
            "sign_in": _Buckets(RateConfig(per_second=a_minute / 60, burst=a_minute)),
            "sign_in_wide": _Buckets(wide),
            "panel_token": _Buckets(RateConfig(per_second=a_minute / 60, burst=a_minute)),
        }

    def take(self, kind: Kind, key: Hashable) -> None:
        """
        Count one call of *key*: a person's id, a pair of the sign-in, or an address.

        Raises:
            TooMany: With the seconds after which the next one is allowed.
        """
        if self._enabled:
            _refuse(kind, self._buckets[kind].take(key, self._now_s()))

    def require(self, kind: Kind, key: Hashable) -> None:
        """
        As ``take``, counting nothing: for what counts only when it goes wrong.

        Raises:
            TooMany: As ``take``.
        """
        if self._enabled:
            _refuse(kind, self._buckets[kind].wait_s(key, self._now_s()))


def _refuse(kind: Kind, wait_s: float) -> None:
    if wait_s:
        what = "wrong tokens from this address" if kind == "panel_token" else "requests"
        raise TooMany(f"Too many {what}; try again in {math.ceil(wait_s)} s.", retry_after_s=wait_s)
