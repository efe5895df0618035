"""
Messages a second: what the bridge accepts, what it carries to the homeserver, and what Synapse takes from clients.

Closed loops: each sender has a conversation and a connection of their own and writes without pause. The sides by
turns, forwards and backwards. After each window every room and every socket is compared with what was accepted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from testbed.waiting import until

from bench.machine import CpuMeter, loop_ms
from bench.marks import Faults, Mark, compare, new_stream
from bench.matrix import MatrixClient
from bench.options import Options
from bench.rooms import check_room
from bench.sampling import Sampler
from bench.school import Pair
from bench.stage import Stage
from bench.web import WebPerson, WebSocket
from bridge.outbox import store
from bridge.provisioning.parallel import in_parallel

ROUNDS = 2
ACCEPT_S = 2.5
DIRECT_S = 4.0
DRAIN_LIMIT_S = 60.0
LOOK_S = 0.1
LAST_FRAMES_S = 20
SETTLE_S = 4.0  # until the homeserver knows that the receivers are online
READS_AT_ONCE = 2

DIRECT, SCHOOL, BRIDGE = "direct", "school's rooms", "bridge"

Send = Callable[[Mark], Awaitable[None]]
Cpu = dict[str, float]


@dataclass
class Window:
    """
    One round of one side with one number of senders. Rates are messages a second, CPU is ms a message.

    Attributes:
        waiting: What the outbox held when the senders stopped; with the drain of the bridge's side only.
        on_sockets: Of the receivers in the web; not of the direct side.
    """

    side: str
    senders: int
    messages: int
    rate: float
    cpu_ms: Cpu
    errors: list[str]
    loop_ms: float = 0
    waiting: int = 0
    drain_s: float = 0
    drain_rate: float = 0
    drain_cpu_ms: Cpu = field(default_factory=dict)
    on_sockets: Faults = field(default_factory=Faults)
    in_matrix: Faults = field(default_factory=Faults)

    def as_json(self) -> dict[str, Any]:
        return {
            name: vars(value) if isinstance(value, Faults) else round(value, 2) if isinstance(value, float) else value
            for name, value in vars(self).items()
        }


async def measure(stage: Stage, end: float, windows: list[Window]) -> None:
    """Append to *windows*. No second round begins after *end* (``monotonic``)."""
    async with AsyncExitStack() as stack:
        run = _Windows(stage, [await _receiver(stage, pair, stack) for pair in stage.throughput_pairs])
        await asyncio.sleep(SETTLE_S)
        await run.warm_up(max(stage.options.senders))
        await _by_turns(run, stage.options, windows, end)


async def _receiver(stage: Stage, pair: Pair, stack: AsyncExitStack) -> WebSocket:
    """The teacher's socket; open all the time, for coming and going is presence, which the homeserver hears of."""
    socket = await stage.person(pair.teacher_id).socket(pair.conversation_id)
    stack.push_async_callback(socket.close)
    return socket


async def _by_turns(run: _Windows, options: Options, windows: list[Window], end: float) -> None:
    sides = [run.direct, run.school, run.bridge]
    rounds = max(1, round(ROUNDS * min(1.0, options.scale * 2)))
    for turn in range(rounds):
        if windows and time.monotonic() > end:
            break
        for senders in options.senders:
            for side in sides if turn % 2 == 0 else sides[::-1]:
                speed = loop_ms()
                window = await side(senders)
                window.loop_ms = speed
                windows.append(window)


@dataclass
class _Sent:
    """What the senders of a window brought through: by sender the stream and the accepted numbers."""

    streams: list[int]
    accepted: list[list[int]]
    errors: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def total(self) -> int:
        return sum(map(len, self.accepted))

    @property
    def rate(self) -> float:
        return self.total / self.seconds


async def _send(sends: Sequence[Send], seconds: float) -> _Sent:
    """Let all write at once, each one message after the other; the numbers of a stream have no gaps but errors."""
    sent = _Sent([new_stream() for _ in sends], [[] for _ in sends])
    began = time.perf_counter()

    async def write(place: int) -> None:
        for number in count():
            if time.perf_counter() > began + seconds:
                return
            try:
                await sends[place]((sent.streams[place], number))
                sent.accepted[place].append(number)
            except (RuntimeError, OSError, TimeoutError) as error:
                sent.errors.append(str(error) or type(error).__name__)
                await asyncio.sleep(LOOK_S)

    await asyncio.gather(*map(write, range(len(sends))))
    sent.seconds = time.perf_counter() - began
    return sent


class _Windows:
    """Runs one window of a side at a time."""

    def __init__(self, stage: Stage, receivers: list[WebSocket]) -> None:
        self._stage, self._receivers = stage, receivers
        self._meter = CpuMeter(stage.servers.pids())
        self._sampler = Sampler(stage.servers.bridge, stage.options.profile)

    async def direct(self, senders: int) -> Window:
        """Clients write to Synapse, into rooms that the bridge knows nothing of; nobody syncs meanwhile."""
        self._meter.lap()
        sent = await _send(self._to_own_rooms(senders), self._stage.options.seconds(DIRECT_S))
        return Window(DIRECT, senders, sent.total, sent.rate, self._lap(sent.total), sent.errors)

    async def school(self, senders: int) -> Window:
        """
        Ghosts write to Synapse, into the bridge's rooms, as if each were a person in a Matrix client.

        Synapse pushes every event to the bridge, as it does what the outbox has sent: the work that it has with an
        application service is in this rate. So it is what the outbox could reach at best.
        """
        self._meter.lap()
        sent = await _send(self._to_school_rooms(senders), self._stage.options.seconds(DIRECT_S))
        window = Window(SCHOOL, senders, sent.total, sent.rate, self._lap(sent.total), sent.errors)
        window.on_sockets = await self._on_sockets(sent)
        return window

    async def bridge(self, senders: int) -> Window:
        """Students write in the web; then wait until the outbox is empty."""
        pairs = self._stage.throughput_pairs[:senders]
        self._meter.lap()
        async with self._sampler.window("accepting", senders):
            sent = await _send(self._to_web(senders), self._stage.options.seconds(ACCEPT_S))
        window = Window(BRIDGE, senders, sent.total, sent.rate, self._lap(sent.total), sent.errors)
        window.waiting = await self._waiting()
        async with self._sampler.window("draining", senders):
            window.drain_s = await self._drain()
        window.drain_rate = window.waiting / window.drain_s
        window.drain_cpu_ms = self._lap(window.waiting)
        window.on_sockets = await self._on_sockets(sent)
        window.in_matrix = await self._in_matrix(sent, pairs)
        return window

    async def warm_up(self, senders: int) -> None:
        """A message into each room on each way: the first one makes the homeserver load the room."""
        for sends in (self._to_own_rooms(senders), self._to_school_rooms(senders), self._to_web(senders)):
            await in_parallel(sends, lambda send: send((new_stream(), 0)), at_once=READS_AT_ONCE)
        await self._drain()

    def _to_own_rooms(self, senders: int) -> list[Send]:
        direct = self._stage.direct
        assert direct
        return [_putting(direct.writer(place), direct.rooms[place]) for place in range(senders)]

    def _to_school_rooms(self, senders: int) -> list[Send]:
        stage, synapse = self._stage, self._stage.servers.synapse
        token = synapse.appservice.as_token
        return [
            _putting(
                MatrixClient(stage.session, synapse.config, synapse.ghost(pair.student_id), token, is_masked=True),
                stage.room_of[pair.conversation_id],
            )
            for pair in stage.throughput_pairs[:senders]
        ]

    def _to_web(self, senders: int) -> list[Send]:
        pairs = self._stage.throughput_pairs[:senders]
        return [_posting(self._stage.person(pair.student_id), pair.conversation_id) for pair in pairs]

    def _lap(self, messages: int) -> Cpu:
        spent = self._meter.lap()
        return {name: round(seconds * 1000 / max(1, messages), 2) for name, seconds in spent.items()}

    async def _waiting(self) -> int:
        """How many commands the outbox holds; messages only, for nothing else is written."""
        async with self._stage.db.reading() as conn:
            return (await store.count(conn))[0]

    async def _drain(self) -> float:
        """Wait until the outbox is empty; seconds."""
        began = time.perf_counter()
        while await self._waiting():
            if time.perf_counter() > began + DRAIN_LIMIT_S:
                raise RuntimeError(f"the outbox is not empty after {DRAIN_LIMIT_S:g} s")
            await asyncio.sleep(LOOK_S)
        return time.perf_counter() - began

    async def _on_sockets(self, sent: _Sent) -> Faults:
        """Wait for the last frames, then compare; what is missing is lost."""

        def arrived(place: int) -> list[int]:
            marks = self._receivers[place].arrivals.marks
            return [number for stream, number in marks if stream == sent.streams[place]]

        places = range(len(sent.streams))
        with suppress(AssertionError):
            await until(lambda: sum(len(arrived(place)) for place in places) >= sent.total, limit_s=LAST_FRAMES_S)
        return sum((compare(sent.accepted[place], arrived(place)) for place in places), Faults())

    async def _in_matrix(self, sent: _Sent, pairs: Sequence[Pair]) -> Faults:
        async def check(place: int) -> Faults:
            room_id = self._stage.room_of[pairs[place].conversation_id]
            return await check_room(self._stage.homeserver, room_id, sent.streams[place], sent.accepted[place])

        return sum(await in_parallel(range(len(pairs)), check, at_once=READS_AT_ONCE), Faults())


def _posting(person: WebPerson, conversation_id: int) -> Send:
    return lambda mark: person.post(conversation_id, mark)


def _putting(client: MatrixClient, room_id: str) -> Send:
    return lambda mark: client.send(room_id, mark)
