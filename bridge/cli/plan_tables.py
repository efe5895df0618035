"""A plan, runs and the audit as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from rich.table import Table

from bridge.audit.log import Listed
from bridge.provisioning.from_source import Planned
from bridge.provisioning.spec import (
    Admit,
    Archive,
    CreateRoom,
    Describe,
    Dismiss,
    DismissStranger,
    EnsureGhost,
    Link,
    Mend,
    Rename,
    Reopen,
    Retire,
    Revive,
    SetPower,
    Step,
    Unlink,
)
from bridge.roster.pushes import SOURCE as PUSHED
from bridge.roster.runs import Run
from bridge.roster.words import counted, counts_in_words

SHOWN_ROOMS = 60
PEOPLE = "(people)"
Told = Callable[[int], str]


def plan_table(steps: Sequence[Step]) -> Table | None:
    """A line for each room that something happens to, and one for the people; None: nothing happens."""
    lines: dict[str, dict[Told, int]] = {}
    for step in steps:
        key, what, number = _told(step)
        lines.setdefault(key, {})
        lines[key][what] = lines[key].get(what, 0) + number
    if not lines:
        return None
    names = {step.key: step.name for step in steps if isinstance(step, CreateRoom | Rename)}
    table = Table("room", "what happens", box=None, pad_edge=False)
    for key, told in list(lines.items())[:SHOWN_ROOMS]:
        words = [what(number) for what, number in told.items()]
        table.add_row(f"{key} {names.get(key, '')}".strip(), ", ".join(words))
    if len(lines) > SHOWN_ROOMS:
        table.add_row(f"… and {len(lines) - SHOWN_ROOMS} more", "see --json")
    return table


def _told(step: Step) -> tuple[str, Told, int]:
    """The line that it belongs to, what it says there, and how many it is about."""
    line = PEOPLE if isinstance(step, EnsureGhost | Retire | Revive) else step.key
    number = len(step.members) if isinstance(step, CreateRoom | Admit) else 1
    return line, _WORDS[type(step)], number


def _many(one: str, many: str, before: str = "") -> Told:
    return lambda number: before + counted(number, one, many)


def _just(words: str) -> Told:
    return lambda _: words


_WORDS: dict[type[Step], Told] = {
    EnsureGhost: _many("Matrix user made or renamed", "Matrix users made or renamed"),
    Retire: _many("person leaves the school", "people leave the school"),
    Revive: _many("person comes back", "people come back"),
    CreateRoom: _many("person", "people", before="new, with "),
    Admit: _many("added", "added"),
    Dismiss: _many("removed", "removed"),
    DismissStranger: _many("stranger removed", "strangers removed"),
    Rename: _just("renamed"),
    Archive: _just("archived: read-only"),
    Reopen: _just("reopened"),
    SetPower: _just("powers put right"),
    Describe: _just("topic or picture"),
    Mend: _just("settings put right"),
    Link: _just("into the space"),
    Unlink: _just("out of the space"),
}


def warnings_of(planned: Planned) -> Iterable[str]:
    """What somebody must know beside the plan, a line each."""
    if planned.brake:
        yield f"It waits: {planned.brake.sentence} Look at it, then: classbridge roster apply --confirm"
    people, groups, enrolments = planned.counts.people, planned.counts.groups, planned.counts.enrolments
    missing = (
        (people.missing, counted(people.missing, "person", "people")),
        (groups.missing, counted(groups.missing, "group")),
        (enrolments.missing, counted(enrolments.missing, "enrolment")),
    )
    if lacking := ", ".join(words for number, words in missing if number):
        now = "" if planned.source == PUSHED else ", or removed now with --confirm"
        yield f"The list does not name {lacking}: kept until the next list lacks them too{now}."
    if planned.is_known and not planned.brake:
        yield "This very list was taken in before; what is stored counts."
    if planned.left_out:
        yield "Left out: " + ", ".join(f"{what}: {number}" for what, number in sorted(planned.left_out.items())) + "."
    for run in planned.others:
        yield (
            f"Run {run.id} ({run.source}) waits too: {run.brake.sentence if run.brake else ''} "
            f"The panel confirms it: POST /api/panel/runs/{run.id}/confirm/"
        )


def runs_table(runs: Sequence[Run]) -> Table:
    table = Table("run", "began", "from", "by", "state", "what", "steps", box=None, pad_edge=False)
    for run in runs:
        steps = f"{run.steps_done}/{run.steps_total}" if run.steps_total else ""
        what = run.brake.sentence if run.brake and run.state == "waiting" else counts_in_words(run.counts)
        if run.failures:
            what = f"{run.failures[0].step}: {run.failures[0].reason.splitlines()[0]}"
        table.add_row(str(run.id), _time(run.started_ms), run.source, run.actor, run.state.value, what, steps)
    return table


def audit_table(entries: Sequence[Listed]) -> Table:
    table = Table("at", "who", "did", "person", "group", "chat", "from", "details", box=None, pad_edge=False)
    for listed in entries:
        entry = listed.entry
        ids = (entry.person_id, entry.group_id, entry.conversation_id)
        source = f"{entry.source} {entry.run_id}" if entry.run_id else entry.source
        details = ", ".join(f"{key}: {value}" for key, value in entry.details.items() if value is not None)
        cells = ["" if id_ is None else str(id_) for id_ in ids]
        table.add_row(_time(entry.at_ms), entry.actor, entry.action, *cells, source, details)
    return table


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
