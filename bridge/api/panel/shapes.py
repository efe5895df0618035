"""The shapes that the panel is answered with."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from bridge.api.shapes import Page, Shape, Time
from bridge.chat.shapes import iso
from bridge.roster.runs import Run, RunState
from bridge.roster.words import counts_in_words

State = Literal["unchanged", "stored", "waiting", "superseded", "applying", "done", "failed"]


class Tally(Shape):
    """``missing``: kept for now; the next complete list decides."""

    added: int
    changed: int
    removed: int
    missing: int


class RunCounts(Shape):
    people: Tally
    groups: Tally
    enrolments: Tally


class RunFailure(Shape):
    """A step that the homeserver refused."""

    step: str
    reason: str


class RosterRun(Shape):
    """A list or change that was taken in, and what became of it. ``brake``: why it waits for somebody to confirm it."""

    id: int
    source: str
    actor: str
    state: State
    started_at: Time
    finished_at: Time | None
    version: int | None
    counts: RunCounts
    sentence: str
    brake: str | None
    can_confirm: bool
    steps_total: int
    steps_done: int
    failures: list[RunFailure]


class RosterRunPage(Page[RosterRun]):
    """Newest first."""


class PlanSummary(Shape):
    """What a plan would do in Matrix, in numbers."""

    rooms_created: int
    rooms_renamed: int
    rooms_archived: int
    rooms_reopened: int
    people_added: int
    people_removed: int
    people_new: int
    people_renamed: int
    people_leaving: int
    people_returning: int
    other_steps: int
    directs_closed: int
    steps: int


class RosterTaken(Shape):
    """
    What became of a whole roster.

    ``run_id`` is null where nothing was taken in: of a dry run (``planned``) and of a list that is older than the last.
    ``summary`` is that of a dry run. ``confirm`` is the address at which a run that waits can be confirmed.
    """

    run_id: int | None
    state: Literal["planned", "older"] | State
    counts: RunCounts | None
    sentence: str
    summary: PlanSummary | None
    brake: str | None
    confirm: str | None


class EventTaken(Shape):
    """``waits``: for a person or group that is not known yet. ``refused``: it contradicts the roster, see there."""

    event_id: str
    outcome: Literal["taken", "repeated", "older", "waits", "refused"]
    run_id: int | None
    detail: str | None


class EventsTaken(Shape):
    """In the order of the events; ``run_id`` and ``state`` are those of the last one that was taken."""

    results: list[EventTaken]
    run_id: int | None
    state: State | None


class Device(Shape):
    device_id: str
    name: str | None
    last_seen: Time | None
    last_address: str | None


class Devices(Shape):
    results: list[Device]


def run_shape(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "source": run.source,
        "actor": run.actor,
        "state": run.state.value,
        "started_at": iso(run.started_ms),
        "finished_at": iso(run.finished_ms),
        "version": run.version,
        "counts": asdict(run.counts),
        "sentence": counts_in_words(run.counts),
        "brake": run.brake.sentence if run.brake else None,
        "can_confirm": run.state == RunState.WAITING,
        "steps_total": run.steps_total,
        "steps_done": run.steps_done,
        "failures": [asdict(failure) for failure in run.failures],
    }


def taken_shape(run: Run) -> dict[str, Any]:
    is_waiting = run.state == RunState.WAITING
    return {
        "run_id": run.id,
        "state": run.state.value,
        "counts": asdict(run.counts),
        "sentence": counts_in_words(run.counts),
        "summary": None,
        "brake": run.brake.sentence if run.brake and is_waiting else None,
        "confirm": f"/api/panel/runs/{run.id}/confirm/" if is_waiting else None,
    }
