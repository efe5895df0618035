"""
A running bridge keeps the rooms as the roster wants them.

It applies each new version as soon as it is stored, by whomever, finishes what another process had to leave, and puts
right what was changed by hand.
"""

from __future__ import annotations

import structlog

from bridge.permissions.roster_rooms import SPACE
from bridge.permissions.school import School
from bridge.provisioning import drift, record
from bridge.provisioning.layout import Layout
from bridge.provisioning.parts import Parts, Report
from bridge.provisioning.provision import make_plan, provision
from bridge.roster.store import SchoolCache

log = structlog.get_logger(__name__)

RETRY_MS = 300_000  # after which a version whose steps were refused is tried again


class Follower:
    """One for each process; those of several take turns."""

    def __init__(self, parts: Parts, school: SchoolCache, layout: Layout, *, repairs_per_hour: int) -> None:
        self._parts, self._school, self._layout = parts, school, layout
        self._repairs_per_hour = repairs_per_hour
        self._settled_version: int | None = None
        self._again_ms = 0

    async def turn(self) -> Report | None:
        """
        Do what there is to do; None: nothing.

        Raises:
            HomeserverUnavailable: The next turn tries again.
        """
        school = await self._school.refresh()
        if self._settled_version is None:
            await self._begin()
        async with self._parts.db.reading() as conn:
            due, later = await drift.list_due(conn, self._repairs_per_hour, self._parts.clock())
        if not (self._is_new(school) or due):
            return None
        plan = await make_plan(self._parts, school, self._layout, spare=later)
        report = await provision(self._parts, school, plan, lambda _: None, spare=later)
        self._settled_version = school.version
        self._again_ms = 0 if report.is_complete else self._parts.clock() + RETRY_MS
        return report

    async def _begin(self) -> None:
        """At the start: the space is no conversation, so the inbox does not look for what it may have missed there."""
        async with self._parts.db.writing() as conn:
            await record.suspect(conn, [SPACE], self._parts.clock())

    def _is_new(self, school: School) -> bool:
        if not school.version:
            return False  # no roster was ever stored
        is_due = bool(self._again_ms) and self._parts.clock() >= self._again_ms
        return school.version != self._settled_version or is_due
