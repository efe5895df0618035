"""A running bridge follows the roster that was stored: at its start, and whenever another process stores a new one."""

from __future__ import annotations

import structlog

from bridge.provisioning.apply import Parts, Report
from bridge.provisioning.provision import is_applied, make_plan, provision
from bridge.provisioning.spec import REMOVALS
from bridge.roster.store import SchoolCache

log = structlog.get_logger(__name__)


class Follower:
    """
    Applies each new version of the roster once.

    A plan that removes somebody or closes a room waits for a person: for ``classbridge roster apply``.
    """

    def __init__(self, parts: Parts, school: SchoolCache) -> None:
        self._parts, self._school = parts, school
        self._settled_version = 0

    async def turn(self) -> Report | None:
        """
        Apply the current version if it is new; None: there was nothing to do, or a person must.

        Raises:
            HomeserverUnavailable: The next turn tries again.
        """
        school = self._school.current
        if school.version == self._settled_version:
            return None
        report = None
        if not await is_applied(self._parts.db, school):
            steps = await make_plan(self._parts.db, self._parts.homeserver, school)
            removals = sum(isinstance(step, REMOVALS) for step in steps)
            if removals:
                log.warning("roster_waits_for_a_person", version=school.version, removals=removals)
            else:
                report = await provision(self._parts, school, steps, lambda _: None)
        self._settled_version = school.version
        return report
