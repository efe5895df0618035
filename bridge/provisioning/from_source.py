"""The roster's source as the config names it: what it would change, and the change."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bridge.chat.changes import Change
from bridge.config import Config
from bridge.db.engine import Database
from bridge.db.migrate import upgrade
from bridge.errors import ConfigError
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.policy import Rules
from bridge.provisioning.layout import layout_of
from bridge.provisioning.parts import OnStep, Parts, Report
from bridge.provisioning.provision import Plan, make_plan, provision
from bridge.roster import intake, source_state
from bridge.roster.brake import Brake
from bridge.roster.runs import Counts, Run, RunState, list_runs
from bridge.roster.sources import Found, read_source, source_of, take_found
from bridge.roster.store import load_school

PUSHED = "panel-push"


@dataclass(frozen=True)
class Planned:
    """
    What ``apply_source`` would do.

    Attributes:
        source: Where the roster comes from; "panel-push": only what is stored counts.
        is_known: This very file was taken before; what it lacked then is decided by the next one.
        brake: The list would wait for somebody to confirm it.
        left_out: What the source has and a roster has not, and how often.
    """

    plan: Plan
    source: str
    counts: Counts = field(default_factory=Counts)
    brake: Brake | None = None
    is_known: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Applied:
    """What was done. ``run`` is None where nothing new was read; what waits is not in the plan."""

    run: Run | None
    plan: Plan
    report: Report

    @property
    def is_waiting(self) -> bool:
        return self.run is not None and self.run.state == RunState.WAITING


async def plan_source(config: Config, *, is_confirmed: bool = False, look: bool = False) -> Planned:
    """
    Read the source and plan; nothing is stored and nothing changed, neither here nor in Matrix.

    Raises:
        ConfigError, PanelUnreadable, BadRead: The source cannot be read, or nobody can believe it.
    """
    source, layout = _require_source(config), layout_of(config.roster.rooms)
    async with _parts(config) as parts:
        if source == PUSHED:
            return Planned(await _plan_stored(parts, config, look=look), source)
        found = await read_source(config, parts.db, parts.clock())
        async with parts.db.reading() as conn:
            mark = await source_state.get_mark(conn, source)
        if found.mark and found.mark == mark and not is_confirmed:
            plan = await _plan_stored(parts, config, look=look)
            return Planned(plan, source, is_known=True, left_out=found.left_out)
        percent = config.roster.brake_percent
        async with parts.db.reading() as conn:
            preview = await intake.preview(
                conn, found.read, now_ms=parts.clock(), percent=percent, is_confirmed=is_confirmed
            )
        plan = await make_plan(parts, preview.school, layout, look=look)
        return Planned(plan, source, preview.counts, preview.brake, left_out=found.left_out)


async def apply_source(
    config: Config,
    *,
    actor: str,
    on_plan: Callable[[Plan], None],
    on_step: OnStep,
    is_confirmed: bool = False,
    look: bool = False,
) -> Applied:
    """
    Read the source, store its roster and make Matrix follow it; what an earlier run left undone is done too.

    Args:
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
        plan = await _plan_stored(parts, config, look=look)
        on_plan(plan)
        async with parts.db.reading() as conn:
            school = await load_school(conn)
        return Applied(run, plan, await provision(parts, school, plan, on_step))


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
    db = Database(config.database)
    homeserver = Homeserver(config.homeserver, config.appservice)
    rules = Rules(config.permissions.students_may_message_students, config.permissions.edit_window_s)
    try:
        await upgrade(db)
        await homeserver.start()
        yield Parts(db, homeserver, _tell_nobody, lambda: time.time_ns() // 1_000_000, rules)
    finally:
        await homeserver.close()
        await db.close()


async def _tell_nobody(_changes: Sequence[Change]) -> None:
    """No socket is open in this process."""
