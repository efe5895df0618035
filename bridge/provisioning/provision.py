"""From the roster to the rooms: find, plan, apply, remember. For the command line, the doors, a start and the demo."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

import structlog

from bridge.chat import relations
from bridge.db.engine import Database
from bridge.permissions.school import School
from bridge.provisioning import drift, lease, record
from bridge.provisioning.applied import school_as_applied
from bridge.provisioning.apply import apply_steps
from bridge.provisioning.desired import desired_of
from bridge.provisioning.found import Found, find
from bridge.provisioning.layout import Layout
from bridge.provisioning.parts import OnStep, Parts, Report
from bridge.provisioning.pictures import find_avatar
from bridge.provisioning.plan import plan_rooms
from bridge.provisioning.run import Origin, Run
from bridge.provisioning.spec import EnsureGhost, Step, name_step
from bridge.provisioning.summary import Summary, summarize
from bridge.roster import runs
from bridge.roster.runs import RunState
from bridge.roster.store import load_school

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Plan:
    """
    What is to be done, and what it comes to.

    Attributes:
        found: What was there when it was made.
    """

    steps: tuple[Step, ...]
    summary: Summary
    layout: Layout
    found: Found


async def make_plan(
    parts: Parts, school: School, layout: Layout, *, look: bool = False, spare: Collection[str | int] = ()
) -> Plan:
    """
    What is to be done so that Matrix and the read model follow *school*. Nothing is written.

    Args:
        look: Look at every room in Matrix, instead of believing our own records where nothing speaks against them.
        spare: Rooms by key and people by id that were changed by hand and are left so for now.

    Raises:
        HomeserverUnavailable, HomeserverRefused: A room had to be looked at and could not be.
    """
    found = await find(parts, look=look, spare=spare)
    actual = found.actual()
    async with parts.db.reading() as conn:
        avatar = await find_avatar(conn, layout)
        closed = await relations.list_closed(conn, school_as_applied(found, school), school, parts.rules)
    planned = plan_rooms(desired_of(school, layout, actual.rooms, avatar=avatar), actual)
    steps = [step for step in planned if not (isinstance(step, EnsureGhost) and step.person_id in spare)]
    known = actual.ghosts.keys() | actual.gone
    return Plan(tuple(steps), summarize(steps, known, actual, len(closed)), layout, found)


async def is_applied(db: Database, school: School) -> bool:
    """Whether this version of the roster was applied to its end; what drifted since is not looked for."""
    async with db.reading() as conn:
        return await record.get_applied_version(conn) == school.version


async def provision(
    parts: Parts,
    school: School,
    plan: Plan,
    on_step: OnStep,
    *,
    spare: Collection[str | int] = (),
    on_plan: Callable[[Plan], None] = lambda _: None,
    on_wait: Callable[[], None] = lambda: None,
) -> Report:
    """
    Apply a plan made for *school*, and remember its version when nothing failed.

    One process at a time: who comes second waits, and then plans anew, for the newest roster that is stored.

    Args:
        on_plan: Told of the plan that takes the place of *plan*.
        on_wait: Told when we have to wait.

    Raises:
        HomeserverUnavailable: Some steps are done; the next run finds and does the others.
        Unavailable: The database is away, or another process has taken over.
    """
    async with lease.held(parts.db, parts.clock, on_wait) as mine:
        if plan.found.turn is None or mine.turn != plan.found.turn + 1:
            school = await _newest(parts.db, school)
            plan = await make_plan(parts, school, plan.layout, spare=spare)
            on_plan(plan)
        return await _apply(parts, school, plan, on_step, mine)


async def _newest(db: Database, school: School) -> School:
    async with db.reading() as conn:
        stored = await load_school(conn)
    return stored if stored.version > school.version else school


async def _apply(parts: Parts, school: School, plan: Plan, on_step: OnStep, mine: lease.Lease) -> Report:
    progress = partial(_progress, parts, school.version)
    async with parts.db.writing() as conn:
        is_drift = school.version == await record.get_applied_version(conn) and bool(school.version)
        await runs.begin_applying(conn, school.version, len(plan.steps), parts.clock())
        of_version = await runs.list_runs(conn, state=RunState.APPLYING, limit=1)
    origin = Origin(source="drift") if is_drift else _origin(of_version)
    run = Run(parts, plan.layout, plan.found, mine, on_step, progress, origin)
    await _carry_out(run, plan, is_drift=is_drift)
    if run.has_taken_over:  # once more is enough: now all rooms are known
        plan = await make_plan(parts, school, plan.layout)
        run = Run(parts, plan.layout, plan.found, mine, on_step, progress, origin, report=run.report)
        await _carry_out(run, plan, is_drift=False)
    failures = [runs.Failure(name_step(failure.step), failure.reason) for failure in run.report.failures]
    async with parts.db.writing() as conn:
        await runs.progress(conn, school.version, run.report.done)
        await runs.finish(conn, school.version, failures, parts.clock())
        if run.report.is_complete:
            await record.save_applied_version(conn, school.version)
    log.info("roster_applied", version=school.version, steps_done=run.report.done, steps_failed=len(failures))
    return run.report


async def _carry_out(run: Run, plan: Plan, *, is_drift: bool) -> None:
    if is_drift:
        await drift.begin_repairs(run, plan.steps)
    await apply_steps(run, plan.steps)
    if is_drift:
        await drift.note_repairs(run, plan.steps)


def _origin(of_version: list[runs.Run]) -> Origin:
    """Of several runs whose changes are applied together the newest speaks for all."""
    return Origin(of_version[0].actor, of_version[0].source, of_version[0].id) if of_version else Origin()


async def _progress(parts: Parts, version: int, done: int) -> None:
    async with parts.db.writing() as conn:
        await runs.progress(conn, version, done)
