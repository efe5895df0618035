"""One sender at a time, on any database: a row that is held for a minute, without a lock or an open transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone

from classbridge_panel.models import Sender

HELD = timedelta(seconds=60)
ROW = 1


class LeaseLost(Exception):
    """Another process has begun to send: this one was asleep for longer than a lease holds."""


class Lease:
    def __init__(self, holder: str) -> None:
        self._rows = Sender.objects.filter(pk=ROW, holder=holder)

    def next_version(self, *, held: timedelta = HELD) -> int:
        """
        A version greater than all before it, for the next request; holds the lease for as long as that may take.

        It follows the clock, so that it goes on growing when the panel's database comes back from a backup.

        Raises:
            LeaseLost: Somebody else sends now.
        """
        version = self._rows.values_list("version", flat=True).first()
        if version is None:
            raise LeaseLost
        grown = max(version + 1, time.time_ns() // 1_000_000)
        if not self._rows.update(version=grown, held_until=timezone.now() + held):
            raise LeaseLost
        return grown

    def succeeded(self) -> None:
        self._rows.update(sent_at=timezone.now(), failures=0, reason="")

    def failed(self, reason: str) -> None:
        failures = (self._rows.values_list("failures", flat=True).first() or 0) + 1
        self._rows.update(failed_at=timezone.now(), failures=failures, reason=reason)

    def release(self) -> None:
        self._rows.update(holder="", held_until=None)


@contextmanager
def hold_lease() -> Iterator[Lease | None]:
    """Gives None when another process sends."""
    holder, now = uuid4().hex, timezone.now()
    Sender.objects.get_or_create(pk=ROW)
    is_free = Q(held_until=None) | Q(held_until__lt=now)
    if not Sender.objects.filter(is_free, pk=ROW).update(holder=holder, held_until=now + HELD):
        yield None
        return
    lease = Lease(holder)
    try:
        yield lease
    finally:
        lease.release()
