"""The roster's source as the config names it: what it would change, and the change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bridge.chat.changes import Change
from bridge.clock import now_ms
from bridge.config import Config
from bridge.db.migrate import opened
from bridge.errors import ConfigError
from bridge.matrix.homeserver import Homeserver
from bridge.provisioning.layout import layout_of
from bridge.provisioning.parts import OnStep, Parts, Report
from bridge.provisioning.provision import Plan, make_plan, provision
from bridge.roster import intake, source_state
from bridge.roster.at_rest import load_missing
from bridge.roster.brake import Brake, Sizes
from bridge.roster.choices import rules_of
from bridge.roster.pushes import SOURCE as PUSHED
from bridge.roster.runs import Counts, Run, RunState, Tally, list_runs
from bridge.roster.sources import Found, read_source, source_of, take_found
from bridge.roster.store import load_school

OF_PANEL = frozenset({PUSHED, "panel-event"})


@dataclass(frozen=True)
class Planned:
    """
    What ``apply_source`` would do.

    Attributes:
        source: Where the roster comes from; "panel-push": only what is stored counts.
        is_known: This very file was taken before; what it lacked then is decided by the next one.
        brake: The list would wait for somebody to confirm it, or does so already.
        left_out: What the source has and a roster has not, and how often.
        others: Runs of other sources that wait; the plan is not about them.
    """

    plan: Plan
    source: str
    counts: Counts = field(default_factory=Counts)
    brake: Brake | None = None
    is_known: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)
    others: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Applied:
    """
    What was done.

    Attributes:
        run: None where nothing new was read and nothing waits. What waits is not in the plan.
        plan: The one that was carried out.
        is_by_others: Another process has applied something since the first plan was made.
    """

    run: Run | None
    plan: Plan
    report: Report
    is_by_others: bool = False

    @property
    def is_waiting(self) -> bool:
        return self.run is not None and self.run.state == RunState.WAITING


async def plan_source(config: Config, *, is_confirmed: bool = False, look: bool = False) -> Planned:
    """
    Read the source and plan; nothing is stored and nothing changed, neither here nor in Matrix.

    Raises:
        ConfigError, PanelUnreadable, BadRead: The source cannot be read, or nobody can believe it.
    """
    source = _require_source(config)
    async with _parts(config) as parts:
        waiting, others = await _list_waiting(parts, source)
        if source == PUSHED:
            planned = await _plan_stored_or_waiting(parts, config, source, waiting, look=look)
            return replace(planned, brake=None if is_confirmed else planned.brake)
        found = await read_source(config, parts.db, parts.clock())
        async with parts.db.reading() as conn:
            mark = await source_state.get_mark(conn, source)
        if found.mark and found.mark == mark and not is_confirmed:
            planned = await _plan_stored_or_waiting(parts, config, source, waiting, look=look)
            return replace(planned, is_known=True, left_out=found.left_out, others=others)
        percent = config.roster.brake_percent
        async with parts.db.reading() as conn:
            preview = await intake.preview(
                conn, found.read, now_ms=parts.clock(), percent=percent, is_confirmed=is_confirmed
            )
        plan = await make_plan(parts, preview.school, layout_of(config.roster.rooms), look=look)
        return Planned(plan, source, preview.counts, preview.brake, left_out=found.left_out, others=others)


async def _list_waiting(parts: Parts, source: str) -> tuple[Run | None, tuple[Run, ...]]:
    """The newest run of *source* that waits to be confirmed, and those that another source has told."""
    async with parts.db.reading() as conn:
        waiting = await list_runs(conn, state=RunState.WAITING)
    own = [run for run in waiting if run.source == source or (source == PUSHED and run.source in OF_PANEL)]
    return (own[0] if own else None), tuple(run for run in waiting if run not in own)


async def _plan_stored_or_waiting(
    parts: Parts, config: Config, source: str, waiting: Run | None, *, look: bool
) -> Planned:
    """Where nothing new was read: what a run that waits would do, else what is left to do of what is stored."""
    if waiting is None:
        plan = await _plan_stored(parts, config, look=look)
        async with parts.db.reading() as conn:
            missing = Sizes.of(await load_missing(conn))
        tallies = (Tally(missing=number) for number in (missing.people, missing.groups, missing.enrolments))
        return Planned(plan, source, Counts(*tallies))
    async with parts.db.reading() as conn:
        preview = await intake.preview_waiting(conn, waiting.id, now_ms=parts.clock())
    plan = await make_plan(parts, preview.school, layout_of(config.roster.rooms), look=look)
    return Planned(plan, source, preview.counts, waiting.brake)


async def apply_source(
    config: Config,
    *,
    actor: str,
    on_plan: Callable[[Plan], None],
    on_step: OnStep,
    on_wait: Callable[[], None],
    is_confirmed: bool = False,
    look: bool = False,
) -> Applied:
    """
    Read the source, store its roster and make Matrix follow it; what an earlier run left undone is done too.

    Args:
        on_plan: Told of the plan, and of the one that takes its place when another process was faster.
        on_wait: Another process is applying now, and we wait for it.
        is_confirmed: Somebody has seen what goes: no brake, and what the list lacks goes at once.

    Raises:
        ConfigError, PanelUnreadable, BadRead: As ``plan_source``; nothing is changed then.
        HomeserverUnavailable: Some steps are done; the next run finds and does the others.
    """
    source = _require_source(config)
    async with _parts(config) as parts:
        if source == PUSHED:
            run = await _confirm_last(parts, actor) if is_confirmed else None
        else:
            found = await read_source(config, parts.db, parts.clock())
            run = await _take(parts, config, found, actor, is_confirmed=is_confirmed)
        if run is None:
            run, _ = await _list_waiting(parts, source)
        plans = [await _plan_stored(parts, config, look=look)]
        on_plan(plans[0])

        def begin_anew(plan: Plan) -> None:
            plans.append(plan)
            on_plan(plan)

        async with parts.db.reading() as conn:
            school = await load_school(conn)
        report = await provision(parts, school, plans[0], on_step, on_plan=begin_anew, on_wait=on_wait)
        return Applied(run, plans[-1], report, is_by_others=len(plans) > 1)


async def store_file(config: Config) -> None:
    """
    Before a start: store the roster of the school file, if the config names one and it is another than the last.

    The running bridge follows it. Other sources are read when it runs: they may be away, and the bridge must not be.
    """
    if source_of(config) != "yaml":
        return
    async with _parts(config) as parts:
        found = await read_source(config, parts.db, parts.clock())
        await _take(parts, config, found, "bridge", is_confirmed=False)


async def _take(parts: Parts, config: Config, found: Found, actor: str, *, is_confirmed: bool) -> Run | None:
    percent = config.roster.brake_percent
    return await take_found(
        parts.db, found, actor=actor, now_ms=parts.clock(), percent=percent, is_confirmed=is_confirmed
    )


async def _confirm_last(parts: Parts, actor: str) -> Run | None:
    """What the panel has pushed and the brake has stopped: the newest of it."""
    async with parts.db.writing() as conn:
        waiting = await list_runs(conn, state=RunState.WAITING, limit=1)
        return await intake.confirm(conn, waiting[0].id, actor=actor, now_ms=parts.clock()) if waiting else None


async def _plan_stored(parts: Parts, config: Config, *, look: bool) -> Plan:
    async with parts.db.reading() as conn:
        school = await load_school(conn)
    return await make_plan(parts, school, layout_of(config.roster.rooms), look=look)


def _require_source(config: Config) -> str:
    source = source_of(config)
    if source is None and config.panel.token is None:
        raise ConfigError(
            "the config names no source of the roster; set roster.file, roster.oneroster.path, panel.pull.users "
            "or panel.token"
        )
    return source or PUSHED


@asynccontextmanager
async def _parts(config: Config) -> AsyncIterator[Parts]:
    homeserver = Homeserver(config.homeserver, config.appservice)
    async with opened(config.database) as db:
        try:
            await homeserver.start()
            yield Parts(db, homeserver, _tell_nobody, now_ms, rules_of(config.permissions))
        finally:
            await homeserver.close()


async def _tell_nobody(_changes: Sequence[Change]) -> None:
    """No socket is open in this process."""
