"""From the roster to the rooms: look, plan, apply, remember. For the command line, a start and the demo."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bridge.db.engine import Database
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.school import School
from bridge.provisioning import record
from bridge.provisioning.actual import read_actual
from bridge.provisioning.apply import OnStep, Parts, Report, apply_plan
from bridge.provisioning.desired import desired_of
from bridge.provisioning.plan import plan_rooms
from bridge.provisioning.spec import Step

log = structlog.get_logger(__name__)


async def make_plan(db: Database, homeserver: Homeserver, school: School) -> list[Step]:
    """What is to be done so that Matrix and the read model follow *school*."""
    return plan_rooms(desired_of(school), await read_actual(db, homeserver))


async def is_applied(db: Database, school: School) -> bool:
    """Whether this version of the roster was applied to its end; what drifted since is not looked for."""
    async with db.reading() as conn:
        return await record.get_applied_version(conn) == school.version


async def provision(parts: Parts, school: School, steps: Sequence[Step], on_step: OnStep) -> Report:
    """
    Apply a plan made for *school*, and remember its version when nothing failed.

    Raises:
        HomeserverUnavailable: Some steps are done; the next run finds and does the others.
    """
    report = await apply_plan(parts, steps, on_step)
    if report.is_complete:
        async with parts.db.writing() as conn:
            await record.save_applied_version(conn, school.version)
    log.info("roster_applied", version=school.version, steps_done=report.done, steps_failed=len(report.failures))
    return report
