"""
How long from the send until the other one has it, one message at a time, all ways by turns.

Between two messages it is quiet: the homeserver has the last one, and its own work for it is done. So a way is never
slowed by what another one left behind.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from bench.marks import Arrivals, Mark, new_stream
from bench.matrix import MatrixClient, make_room
from bench.stage import Stage
from bench.stats import Series
from bench.web import WebPerson, WebSocket

DIRECT = "Matrix to Matrix, direct"
ROUNDS = 5
SAMPLES_A_ROUND = 20
PATIENCE_S = 5.0
QUIET_S = 0.05
WARM_UP = 5
MOST_ERRORS = 5


@dataclass
class Way:
    """
    One way a message can take.

    Attributes:
        receiver: Where it arrives.
        carried: Of a message from the web: where its sender sees that the homeserver has it.
        answered: How long the sender waited for an answer; None where there is none (a socket).
    """

    series: Series
    send: Callable[[Mark], Awaitable[None]]
    receiver: Arrivals
    carried: Arrivals | None = None
    answered: Series | None = None
    numbers: count[int] = field(default_factory=count)
    stream: int = field(default_factory=new_stream)


async def measure(stage: Stage) -> list[Series]:
    async with _ways(stage) as ways:
        found = [series for way in ways for series in (way.series, way.answered) if series]
        for _ in range(WARM_UP):
            await _turn(ways, record=False)
        for _ in range(ROUNDS):
            for series in found:
                series.rounds.append([])
            for turn in range(stage.options.times(SAMPLES_A_ROUND)):
                first = turn % len(ways)
                await _turn(ways[first:] + ways[:first], record=True)
    return found


async def _turn(ways: list[Way], *, record: bool) -> None:
    for way in ways:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await _one(way, record=record)
        except (TimeoutError, RuntimeError) as error:
            way.series.errors.append(str(error) or f"nothing came in {PATIENCE_S:g} s")
            if len(way.series.errors) > MOST_ERRORS:
                raise RuntimeError(f"{way.series.name}: {way.series.errors[-1]}") from error
        await asyncio.sleep(QUIET_S)


async def _one(way: Way, *, record: bool) -> None:
    mark = (way.stream, next(way.numbers))
    arrived = way.receiver.expect(mark)
    carried = way.carried.expect(mark, "sent") if way.carried else None
    began = time.perf_counter()
    await way.send(mark)
    answered = time.perf_counter()
    came = await arrived
    if record:
        way.series.add((came - began) * 1000)
        if way.answered:
            way.answered.add((answered - began) * 1000)
    if carried:
        await carried


@asynccontextmanager
async def _ways(stage: Stage) -> AsyncIterator[list[Way]]:
    web, mixed = stage.delivery_pairs
    async with AsyncExitStack() as stack:

        async def socket(person_id: int, conversation_id: int) -> WebSocket:
            opened = await stage.person(person_id).socket(conversation_id)
            stack.push_async_callback(opened.close)
            return opened

        async def client(localpart: str) -> MatrixClient:
            signed_in = await stage.users.sign_in(stage.admin, localpart)
            stack.push_async_callback(signed_in.close)
            return signed_in

        student, teacher = [await socket(each, web.conversation_id) for each in (web.student_id, web.teacher_id)]
        mixed_teacher = await socket(mixed.teacher_id, mixed.conversation_id)
        mixed_student = await client(f"{stage.servers.config.appservice.user_prefix}{mixed.student_id}")
        writer, reader = await client("delivery_writer"), await client("delivery_reader")
        room_id = await make_room(writer, reader)
        for each in (mixed_student, reader):
            await each.sync_for_ever()
        mixed_room = stage.room_of[mixed.conversation_id]
        writing, mixed_writing = stage.person(web.student_id), stage.person(mixed.teacher_id)
        yield [
            _posting("web to socket", writing, web.conversation_id, teacher.arrivals, student.arrivals),
            Way(Series("socket to socket"), student.send, teacher.arrivals, student.arrivals),
            _putting(DIRECT, writer, room_id, reader.arrivals),
            _putting("Matrix to socket", mixed_student, mixed_room, mixed_teacher.arrivals),
            _posting(
                "web to Matrix",
                mixed_writing,
                mixed.conversation_id,
                mixed_student.arrivals,
                mixed_teacher.arrivals,
            ),
        ]


def _posting(name: str, person: WebPerson, conversation_id: int, receiver: Arrivals, carried: Arrivals) -> Way:
    async def send(mark: Mark) -> None:
        await person.post(conversation_id, mark)

    return Way(Series(name), send, receiver, carried, Series(f"{name}, answered"))


def _putting(name: str, client: MatrixClient, room_id: str, receiver: Arrivals) -> Way:
    async def send(mark: Mark) -> None:
        await client.send(room_id, mark)

    return Way(Series(name), send, receiver, None, Series(f"{name}, answered"))
