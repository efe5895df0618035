"""
``python -m bench.roster``: a roster applied, beside bare joins on the same Synapse; and applied again.

First apply: rooms of the same size with the same number of people, by turns provisioned by the bridge and made by
hand: a room, then its members join, as many at once. The people are registered before, on both sides.

Second apply: a school of 500 groups and 10,000 enrolments that was applied before is read, settled, planned and
applied again, with every call to the homeserver counted. Its rooms were made on a stand-in that says yes to everything:
what it would say otherwise is never asked.
"""

from __future__ import annotations

import gc
import json
import shutil
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from mautrix.api import Method, PathBuilder
from rich.console import Console
from testbed.homeserver import TestedSynapse

from bench.machine import facts
from bench.report import new_table
from bench.stats import Ratio, ratio_of
from bridge.clock import now_ms
from bridge.config import DatabaseConfig, LogConfig
from bridge.db.migrate import opened
from bridge.logs import set_up_logs
from bridge.matrix.homeserver import Homeserver
from bridge.matrix.rooms import JOINS_AT_ONCE
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.provisioning.apply import ROOMS_AT_ONCE
from bridge.provisioning.layout import Layout
from bridge.provisioning.parallel import in_parallel
from bridge.provisioning.parts import Parts
from bridge.provisioning.provision import make_plan, provision
from bridge.roster.intake import take
from bridge.roster.reads import Read
from bridge.roster.roster import Roster
from bridge.roster.store import load_school

AIM_FIRST, AIM_SECOND_S = 0.9, 5.0
FIRST_BARE_ID = 10_000_000
GROUPS, ENROLMENTS, PEOPLE = 500, 10_000, 5_000


class CountedHomeserver(Homeserver):
    """Counts the calls, reading and writing apart."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.calls: Counter[str] = Counter()

    async def _request(self, method: Method, path: PathBuilder, *args: Any, **more: Any) -> dict[str, Any]:
        self.calls["reads" if method == Method.GET else "writes"] += 1
        return await super()._request(method, path, *args, **more)

    async def _get_events(self, path: PathBuilder) -> list[dict[str, Any]]:
        self.calls["reads"] += 1
        return await super()._get_events(path)


class StandIn(Homeserver):
    """Says yes to everything, at once."""

    _ids = count(1)

    async def _request(self, _method: Method, path: PathBuilder, *_: Any, **__: Any) -> dict[str, Any]:
        if str(path).endswith("createRoom"):
            return {"room_id": f"!room{next(self._ids)}:{self.ids.server_name}"}
        return {"event_id": f"$event{next(self._ids)}", "joined": {}, "chunk": []}

    async def _get_events(self, _path: PathBuilder) -> list[dict[str, Any]]:
        return []


@dataclass
class Found:
    """Joins a second of each round, and what the second apply took."""

    apply: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    again_s: list[float] = field(default_factory=list)
    calls: Mapping[str, int] = field(default_factory=dict)
    peak_mb: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> Ratio | None:
        return ratio_of(self.apply, self.bare)


def school_of(groups: int, people_each: int, first_id: int) -> Roster:
    """Groups that share nobody."""
    people, enrolments = [], []
    for group in range(groups):
        for place in range(people_each):
            person_id = first_id + group * people_each + place
            role = Role.STUDENT if place else Role.TEACHER
            people.append(Person(person_id, f"user{person_id}", "Имя", f"Фамилия-{person_id}", role))
            enrolments.append(Enrolment(first_id + group, person_id, role))
    return Roster(
        tuple(people), tuple(Group(first_id + n, f"Группа {first_id + n}") for n in range(groups)), tuple(enrolments)
    )


@asynccontextmanager
async def parts_of(homeserver: Homeserver, url: str) -> AsyncIterator[Parts]:
    async with opened(DatabaseConfig(url=url)) as db:
        try:
            await homeserver.start()
            yield Parts(db, homeserver, _tell_nobody, now_ms)
        finally:
            await homeserver.close()


async def _tell_nobody(_changes: Sequence[Any]) -> None:
    """No socket is open."""


async def apply(parts: Parts, roster: Roster) -> int:
    """Read, settle, store, plan and apply, as ``roster apply`` does; the steps that it took."""
    async with parts.db.writing() as conn:
        await take(conn, Read("bench", roster, is_complete=True), actor="bench", now_ms=parts.clock())
    async with parts.db.reading() as conn:
        school = await load_school(conn)
    plan = await make_plan(parts, school, Layout())
    report = await provision(parts, school, plan, lambda _: None)
    if not report.is_complete:
        raise RuntimeError(f"the homeserver refused {len(report.failures)} steps: {report.failures[0].reason}")
    return report.done


async def bare(homeserver: Homeserver, roster: Roster) -> None:
    """The same rooms and members, and nothing else."""
    members: dict[int, list[int]] = {}
    for enrolment in roster.enrolments:
        members.setdefault(enrolment.group_id, []).append(FIRST_BARE_ID + enrolment.person_id)

    async def make(group: Group) -> None:
        body = {
            "preset": "public_chat",
            "visibility": "private",
            "room_version": "12",
            "name": group.name,
            "creation_content": {"m.federate": False},
        }
        room_id = await homeserver.create_room(body)
        await in_parallel(members[group.id], lambda each: homeserver.join(each, room_id), at_once=JOINS_AT_ONCE)

    await in_parallel(roster.groups, make, at_once=ROOMS_AT_ONCE)


async def measure_first(found: Found, folder: Path, rounds: int, groups: int, people_each: int) -> None:
    async with AsyncExitStack() as stack:
        synapse = TestedSynapse(folder)
        await synapse.start()
        stack.push_async_callback(synapse.stop)
        homeserver = Homeserver(synapse.homeserver, synapse.appservice)
        parts = await stack.enter_async_context(parts_of(homeserver, f"sqlite:///{folder / 'first.db'}"))
        await homeserver.register_bot()
        whole = Roster((), (), ())
        for number in range(rounds + 1):  # the first one warms up and does not count
            new = school_of(groups, people_each, 1 + number * 10_000)
            people = Roster((*whole.people, *new.people), whole.groups, whole.enrolments)
            await apply(parts, people)
            for person in new.people:
                await homeserver.register_ghost(FIRST_BARE_ID + person.id, person.name)
            whole = Roster(people.people, (*whole.groups, *new.groups), (*whole.enrolments, *new.enrolments))
            sides = [(found.apply, apply(parts, whole)), (found.bare, bare(homeserver, new))]
            for rates, side in sides if number % 2 else reversed(sides):
                began = time.monotonic()
                await side
                if number:
                    rates.append(groups * people_each / (time.monotonic() - began))


async def measure_second(found: Found, folder: Path, times: int) -> None:
    roster = _large()
    synapse = TestedSynapse(folder)  # its config alone: nobody may ask it anything
    url = f"sqlite:///{folder / 'second.db'}"
    async with parts_of(StandIn(synapse.homeserver, synapse.appservice), url) as parts:
        await apply(parts, roster)
    counted = CountedHomeserver(synapse.homeserver, synapse.appservice)
    async with parts_of(counted, url) as parts:
        for number in range(times + 1):
            gc.collect()
            is_traced = number == times  # memory apart from time: watching it takes time
            if is_traced:
                tracemalloc.start()
            began = time.monotonic()
            steps = await apply(parts, roster)
            if is_traced:
                found.peak_mb.append(tracemalloc.get_traced_memory()[1] / 2**20)
                tracemalloc.stop()
            else:
                found.again_s.append(time.monotonic() - began)
            if steps:
                raise RuntimeError(f"the second apply had {steps} steps to do")
    found.calls = counted.calls


def _large() -> Roster:
    """500 groups of 20: a teacher each, and 19 of 4,500 students, who are in two groups or three."""
    students = range(GROUPS + 1, PEOPLE + 1)
    people = [Person(n, f"user{n}", "Имя", f"Фамилия-{n}", Role.TEACHER) for n in range(1, GROUPS + 1)]
    people += [Person(n, f"user{n}", "Имя", f"Фамилия-{n}", Role.STUDENT) for n in students]
    enrolments = [Enrolment(n, n, Role.TEACHER) for n in range(1, GROUPS + 1)]
    places = ENROLMENTS - GROUPS
    enrolments += [
        Enrolment(place * GROUPS // places + 1, students[place % len(students)], Role.STUDENT)
        for place in range(places)
    ]
    return Roster(tuple(people), tuple(Group(n, f"Группа {n}") for n in range(1, GROUPS + 1)), tuple(enrolments))


def show(console: Console, found: Found, machine: Mapping[str, Any]) -> None:
    console.print(f"\n[bold]A roster applied[/bold]: {machine['cores']} cores, Python {machine['python']}\n")
    first = new_table("First apply: joins a second, by rounds", "", "rounds", "", "aim")
    first.add_row("classbridge roster apply", ", ".join(f"{rate:.1f}" for rate in found.apply), "", "")
    first.add_row("bare joins", ", ".join(f"{rate:.1f}" for rate in found.bare), "", "")
    first.add_row("ratio", "", str(found.ratio), f"≥ {AIM_FIRST}")
    console.print(first)
    second = new_table(f"Second apply: {GROUPS} groups, {ENROLMENTS} enrolments", "", "found", "aim")
    second.add_row("seconds", ", ".join(f"{each:.2f}" for each in found.again_s), f"< {AIM_SECOND_S:g}")
    second.add_row("writes to the homeserver", str(found.calls.get("writes", 0)), "0")
    second.add_row("reads from it", str(found.calls.get("reads", 0)), "0")
    second.add_row("memory at its highest, MB", ", ".join(f"{each:.0f}" for each in found.peak_mb), "")
    console.print(second)


def measure(
    rounds: Annotated[int, typer.Option(min=1, help="Of the first apply; one more warms up.")] = 4,
    groups: Annotated[int, typer.Option(min=1, help="Rooms of each round.")] = 12,
    people: Annotated[int, typer.Option(min=2, help="Members of each room.")] = 20,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all numbers here.")] = None,
) -> None:
    """Measure a first and a second apply."""
    folder = Path(tempfile.mkdtemp(prefix="classbridge-bench-"))
    found, console = Found(), Console(width=120)
    set_up_logs(LogConfig(level="WARNING"))

    async def run() -> None:
        await measure_second(found, folder, 3)
        await measure_first(found, folder, rounds, groups, people)

    try:
        uvloop.run(run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    machine = facts()
    show(console, found, machine)
    if json_file:
        ratio = found.ratio.as_json() if found.ratio else None
        document = {"machine": machine, "ratio": ratio, **found.__dict__, "calls": dict(found.calls)}
        json_file.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    typer.run(measure)
