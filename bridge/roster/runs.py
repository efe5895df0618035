"""
Runs: one row for each read that was taken in, and what became of it.

``unchanged``: it brought nothing new. ``stored``: the roster has a new version. ``waiting``: it would remove too much;
somebody must confirm it. ``superseded``: it waited, and a newer read took its place. ``applying``, ``done``,
``failed``: what provisioning made of a stored one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from bridge.db.engine import Conn
from bridge.db.lists import one_of
from bridge.roster.brake import Brake, Sizes
from bridge.roster.tables import roster_runs

KEPT_RUNS = 1000
KEPT_UNCHANGED = 200
KEPT_FAILURES = 100
LISTED = 50


class RunState(StrEnum):
    UNCHANGED = "unchanged"
    STORED = "stored"
    WAITING = "waiting"
    SUPERSEDED = "superseded"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Tally:
    """``missing``: kept for now; the next complete read decides."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    missing: int = 0


@dataclass(frozen=True)
class Counts:
    """What a run changed in the roster; of a waiting run, what it would change."""

    people: Tally = Tally()
    groups: Tally = Tally()
    enrolments: Tally = Tally()


@dataclass(frozen=True)
class Failure:
    """A step of provisioning that was refused; ``step`` is its name for people."""

    step: str
    reason: str


@dataclass(frozen=True)
class Run:
    """
    Attributes:
        version: The roster's version that the run made or found; None while it waits, and when it was superseded.
        brake: Why it waits; stays when it was confirmed.
        applying_ms: When provisioning began with it.
    """

    id: int
    source: str
    actor: str
    started_ms: int
    finished_ms: int | None
    state: RunState
    version: int | None
    counts: Counts
    brake: Brake | None = None
    applying_ms: int | None = None
    steps_total: int = 0
    steps_done: int = 0
    failures: tuple[Failure, ...] = ()


async def find_run(conn: Conn, run_id: int) -> Run | None:
    row = (await conn.execute(select(*_SHOWN).where(roster_runs.c.id == run_id))).one_or_none()
    return _as_run(row) if row else None


async def list_runs(
    conn: Conn, *, state: RunState | None = None, before_id: int | None = None, limit: int = LISTED
) -> list[Run]:
    """The newest first; *before_id* goes on after a page."""
    query = select(*_SHOWN).order_by(roster_runs.c.id.desc()).limit(max(1, limit))
    if state is not None:
        query = query.where(roster_runs.c.state == state.value)
    if before_id is not None:
        query = query.where(roster_runs.c.id < before_id)
    return [_as_run(row) for row in await conn.execute(query)]


# A waiting run's read is large and nobody's business but the intake's.
_SHOWN = [column for column in roster_runs.c if column.name != "waiting"]


def _as_run(row: Any) -> Run:
    counts = {kind: Tally(**tally) for kind, tally in row.counts.items()}
    return Run(
        id=row.id,
        source=row.source,
        actor=row.actor,
        started_ms=row.started_ms,
        finished_ms=row.finished_ms,
        state=RunState(row.state),
        version=row.version,
        counts=Counts(**counts),
        brake=Brake.of_json(row.brake) if row.brake else None,
        applying_ms=row.applying_ms,
        steps_total=row.steps_total,
        steps_done=row.steps_done,
        failures=tuple(Failure(**failure) for failure in row.failures),
    )


async def add_run(conn: Conn, run: Run, *, removed: Sizes, waiting: dict[str, Any] | None) -> Run:
    """
    Write the row of a new run (its ``id`` is given here), and drop what is older than is kept.

    Args:
        removed: What it removes in so many words, not what goes with that; the brake of events adds them up.
        waiting: What the intake needs to store it after all.
    """
    row = {"source": run.source, "actor": run.actor, "started_ms": run.started_ms}
    row["failures"] = [asdict(failure) for failure in run.failures]
    values = {**row, **_values(run, removed, waiting)}
    added = _as_run((await conn.execute(insert(roster_runs).values(values).returning(*_SHOWN))).one())
    await _drop_old(conn, added.id)
    return added


async def rewrite_run(conn: Conn, run: Run, *, removed: Sizes, waiting: dict[str, Any] | None) -> None:
    """Write what has become of a run that waited."""
    await conn.execute(update(roster_runs).where(roster_runs.c.id == run.id).values(_values(run, removed, waiting)))


def _values(run: Run, removed: Sizes, waiting: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "finished_ms": run.finished_ms,
        "state": run.state.value,
        "version": run.version,
        "counts": asdict(run.counts),
        "brake": run.brake.as_json() if run.brake else None,
        "removed_people": removed.people,
        "removed_groups": removed.groups,
        "removed_enrolments": removed.enrolments,
        "waiting": waiting,
    }


async def list_waiting_runs(conn: Conn) -> list[tuple[Run, dict[str, Any]]]:
    """The runs that wait, oldest first, each with what the intake needs of it."""
    query = select(roster_runs).where(roster_runs.c.state == RunState.WAITING.value).order_by(roster_runs.c.id)
    return [(_as_run(row), row.waiting) for row in await conn.execute(query)]


async def supersede(conn: Conn, run_ids: Sequence[int], now_ms: int) -> None:
    """They need not be confirmed any more: something newer took their place."""
    ended = {"state": RunState.SUPERSEDED.value, "finished_ms": now_ms, "waiting": None}
    await conn.execute(update(roster_runs).where(one_of(conn, roster_runs.c.id, run_ids)).values(ended))


async def sum_removed(conn: Conn, source: str, since_ms: int) -> Sizes:
    """What the runs of *source* since then have removed, since somebody last confirmed one."""
    columns = roster_runs.c
    counted = (columns.removed_people, columns.removed_groups, columns.removed_enrolments)
    query = select(*(func.coalesce(func.sum(column), 0) for column in counted)).where(
        columns.source == source, columns.started_ms > since_ms, columns.state.in_(_STORED)
    )
    row = (await conn.execute(query)).one()
    return Sizes(*map(int, row))


async def forget_removed(conn: Conn, source: str) -> None:
    """Somebody has confirmed what *source* removes: the sum begins anew."""
    nothing = {"removed_people": 0, "removed_groups": 0, "removed_enrolments": 0}
    await conn.execute(update(roster_runs).where(roster_runs.c.source == source).values(nothing))


async def _drop_old(conn: Conn, newest_id: int) -> None:
    """Keep the last thousand runs and, of those that brought nothing, the last two hundred; what waits is kept."""
    too_old = roster_runs.c.id <= newest_id - KEPT_RUNS
    await conn.execute(delete(roster_runs).where(too_old, roster_runs.c.state != RunState.WAITING.value))
    unchanged = roster_runs.c.state == RunState.UNCHANGED.value
    last = select(roster_runs.c.id).where(unchanged).order_by(roster_runs.c.id.desc()).offset(KEPT_UNCHANGED).limit(1)
    await conn.execute(delete(roster_runs).where(unchanged, roster_runs.c.id <= last.scalar_subquery()))


# The progress of provisioning. A run that failed is taken up again: the newer version holds its changes as well.
_OPEN = (RunState.STORED.value, RunState.APPLYING.value, RunState.FAILED.value)
_STORED = (*_OPEN, RunState.DONE.value)


async def begin_applying(conn: Conn, version: int, steps_total: int, now_ms: int) -> None:
    """Provisioning begins with *version*: with every run that is stored up to there and not done."""
    begun = {
        "state": RunState.APPLYING.value,
        "steps_total": steps_total,
        "steps_done": 0,
        "failures": [],
        "applying_ms": now_ms,
        "finished_ms": None,
    }
    open_runs = (roster_runs.c.state.in_(_OPEN), roster_runs.c.version <= version)
    await conn.execute(update(roster_runs).where(*open_runs).values(begun))


async def progress(conn: Conn, version: int, done: int) -> None:
    await conn.execute(update(roster_runs).where(*_applying(version)).values(steps_done=done))


async def finish(conn: Conn, version: int, failures: Sequence[Failure], now_ms: int) -> None:
    """Provisioning came to the end of *version*; with *failures* its runs are ``failed``."""
    ended = {
        "state": (RunState.FAILED if failures else RunState.DONE).value,
        "finished_ms": now_ms,
        "failures": [asdict(failure) for failure in failures[:KEPT_FAILURES]],
    }
    await conn.execute(update(roster_runs).where(*_applying(version)).values(ended))


def _applying(version: int) -> tuple[Any, Any]:
    return (roster_runs.c.state == RunState.APPLYING.value, roster_runs.c.version <= version)
