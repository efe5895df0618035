"""
What the school's rules cost in Synapse: two of it, one with the module and one without, written to by turns.

A direct conversation of a teacher and a student on each side: the module asks about the relation, the block, the type
of event. Its snapshot is that of a large school. The bridge is a stand-in: the module never asks it about an event, and
what Synapse pushes to it costs both sides the same.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from testbed.homeserver import SERVER_NAME, TestedSynapse

from bench import ROOT
from bench.machine import CpuMeter
from bench.marks import Mark, new_stream
from bench.matrix import MatrixClient, MatrixUsers
from bench.options import Options
from bench.stats import Series
from bridge.demo.synapse import SynapseAdmin
from bridge.matrix import rooms
from bridge.matrix.homeserver import Homeserver
from bridge.matrix.ids import ALIAS_PREFIX
from bridge.permissions.policy import Rules
from bridge.permissions.power import STUDENT_LEVEL, TEACHER_LEVEL
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.permissions.snapshot import Identity, Snapshot, write_snapshot

PEOPLE, GROUPS, STUDENTS_EACH = 20_000, 2_000, 25
TEACHER, STUDENT = 1, GROUPS + 1
IDENTITY = Identity(SERVER_NAME, "school_", f"@school_bot:{SERVER_NAME}")
ROUNDS, MESSAGES, WARM_UP = 12, 50, 60
LOADS = 5
SEEN_LIMIT_S = 30
PROGRAM = Path(__file__).with_name("snapshot_load.py")


@dataclass(frozen=True)
class Loaded:
    """What a process pays for the snapshot; medians, and the worst."""

    kb: float
    load_s: float
    worst_s: float
    growth_mb: float
    peak_mb: float


def large_school() -> School:
    """20,000 people and 2,000 groups: a teacher each, and 25 students, who are in two or three."""
    people = [Person(n, f"user{n}", "Имя", f"Фамилия-{n}", Role.TEACHER) for n in range(1, GROUPS + 1)]
    students = range(GROUPS + 1, PEOPLE + 1)
    people += [Person(n, f"user{n}", "Имя", f"Фамилия-{n}", Role.STUDENT) for n in students]
    enrolments = [Enrolment(n, n, Role.TEACHER) for n in range(1, GROUPS + 1)]
    enrolments += [
        Enrolment(place // STUDENTS_EACH + 1, students[place % len(students)], Role.STUDENT)
        for place in range(GROUPS * STUDENTS_EACH)
    ]
    return School.of(people, [Group(n, f"Группа {n}") for n in range(1, GROUPS + 1)], enrolments, 1)


def snapshot_body() -> bytes:
    return orjson.dumps(write_snapshot(Snapshot(IDENTITY, large_school(), Rules())))


@asynccontextmanager
async def stand_in(port: int, snapshot: bytes) -> AsyncIterator[None]:
    """A bridge that has the snapshot, believes every password, and takes every transaction."""

    async def answer(request: web.Request) -> web.Response:
        if "/snapshot" in request.path:
            if request.headers.get("If-None-Match") == '"1"':
                return web.Response(status=304, headers={"ETag": '"1"'})
            return web.Response(body=snapshot, content_type="application/json", headers={"ETag": '"1"'})
        if "/sign-in" in request.path:
            return web.json_response({"person_id": int((await request.json())["username"].removeprefix("user"))})
        return web.json_response({})

    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


class Side:
    """One Synapse, and the two who write on it."""

    def __init__(self, name: str, pid: int, teacher: MatrixClient, student: MatrixClient, room_id: str) -> None:
        self.pid = pid
        self._teacher, self._student, self._room_id = teacher, student, room_id
        self._stream, self._number = new_stream(), 0
        self.answered, self.seen = Series(f"{name}: answered"), Series(f"{name}: seen by the other")

    def begin_round(self) -> None:
        self.answered.rounds.append([])
        self.seen.rounds.append([])

    async def send(self, *, counts: bool = True) -> None:
        """One message, until it is answered and until the other's ``/sync`` shows it."""
        mark: Mark = (self._stream, self._number)
        self._number += 1
        arrival = self._student.arrivals.expect(mark)
        began = time.perf_counter()
        await self._teacher.send(self._room_id, mark)
        answered = time.perf_counter()
        seen = await asyncio.wait_for(arrival, SEEN_LIMIT_S)
        if counts:
            self.answered.add((answered - began) * 1000)
            self.seen.add((seen - began) * 1000)


@asynccontextmanager
async def side(name: str, rules: dict[str, Any] | None, snapshot: bytes) -> AsyncIterator[Side]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="classbridge-bench-")))
        synapse = TestedSynapse(folder, rules=rules)
        await stack.enter_async_context(stand_in(synapse.bridge_port, snapshot))
        stack.push_async_callback(synapse.stop)
        await synapse.start()
        homeserver = Homeserver(synapse.homeserver, synapse.appservice)
        stack.push_async_callback(homeserver.close)
        await homeserver.start()
        await homeserver.register_bot()
        for person_id in (TEACHER, STUDENT):
            await homeserver.register_ghost(person_id, f"Имя Фамилия-{person_id}")
        spec = rooms.RoomSpec(
            conversation_id=1,
            alias=f"{ALIAS_PREFIX}1",
            name="",
            is_direct=True,
            roster_key=None,
            members={TEACHER: TEACHER_LEVEL, STUDENT: STUDENT_LEVEL},
        )
        room_id = await rooms.ensure_room(homeserver, spec, None, marks_direct=False)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        admin = await stack.enter_async_context(SynapseAdmin(synapse.config))
        users = MatrixUsers(session, synapse.config)
        teacher = await users.sign_in(admin, f"school_{TEACHER}")
        student = await users.sign_in(admin, f"school_{STUDENT}")
        stack.push_async_callback(student.close)
        await student.sync_for_ever()
        yield Side(name, synapse.pid, teacher, student, room_id)


async def measure(options: Options) -> tuple[list[Series], dict[str, float]]:
    """
    Send by turns, message by message; each side is first as often as the other.

    Besides the latencies: the processor time of each Synapse for a message, in ms, which a busy machine disturbs less.
    """
    snapshot = snapshot_body()
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(side("without", None, snapshot))
        ruled = await stack.enter_async_context(side("with the module", {"poll_s": 1}, snapshot))
        for _ in range(WARM_UP):
            await bare.send(counts=False)
            await ruled.send(counts=False)
        meter, rounds = CpuMeter({"without": bare.pid, "with the module": ruled.pid}), options.times(ROUNDS)
        for _ in range(rounds):
            bare.begin_round()
            ruled.begin_round()
            for number in range(MESSAGES):
                for each in (bare, ruled) if number % 2 else (ruled, bare):
                    await each.send()
        spent = meter.lap()
        cpu_ms = {name: round(spent[name] * 1000 / (rounds * MESSAGES), 2) for name in ("without", "with the module")}
        return [bare.answered, ruled.answered, bare.seen, ruled.seen], cpu_ms


async def measure_snapshot() -> Loaded:
    """Each time in a process of its own, as Synapse reads it from the disk when it starts."""
    body = snapshot_body()
    with tempfile.TemporaryDirectory(prefix="classbridge-bench-") as folder:
        path = Path(folder) / "snapshot.json"
        path.write_bytes(body)
        found = [await _load(path) for _ in range(LOADS)]
    return Loaded(
        kb=round(len(body) / 1024),
        load_s=round(median(each["load_s"] for each in found), 3),
        worst_s=round(max(each["load_s"] for each in found), 3),
        growth_mb=round(median(each["growth_mb"] for each in found), 1),
        peak_mb=round(max(each["peak_mb"] for each in found), 1),
    )


async def _load(path: Path) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{PROGRAM.name} ended with {process.returncode}")
    found: dict[str, float] = orjson.loads(told)
    return found
