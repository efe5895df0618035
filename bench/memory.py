"""What an open, idle socket costs the bridge: growth of its resident memory, in a freshly started process."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median

from bench.machine import rss_kb
from bench.school import STUDENTS, TEACHER_OF_500
from bench.stage import Stage
from bench.web import WebSocket
from bridge.provisioning.parallel import in_parallel

SOCKETS = 500
AT_ONCE = 20
SETTLE_S = 2.0
WARM_UP = 30  # sockets opened and closed, so that what is loaded at the first use is not counted


@dataclass(frozen=True)
class Memory:
    sockets: int
    before_mb: float
    after_mb: float
    kb_each: float
    open_ms: float


async def measure(stage: Stage) -> Memory:
    """Everybody's own socket, which carries all conversations; each person has one."""
    bridge = stage.servers.bridge
    await bridge.stop()
    await bridge.start()
    people = STUDENTS[: stage.options.times(SOCKETS, least=50) if stage.options.scale < 1 else SOCKETS]
    opened = await in_parallel(people[:WARM_UP], lambda each: _open(stage, each), at_once=AT_ONCE)
    await stage.person(TEACHER_OF_500).get("conversations/")
    await _close([socket for socket, _ in opened])
    await asyncio.sleep(SETTLE_S)
    before = rss_kb(bridge.pid)
    opened = await in_parallel(people, lambda each: _open(stage, each), at_once=AT_ONCE)
    await asyncio.sleep(SETTLE_S)
    after = rss_kb(bridge.pid)
    await _close([socket for socket, _ in opened])
    return Memory(
        len(opened),
        round(before / 1024, 1),
        round(after / 1024, 1),
        round((after - before) / len(opened), 1),
        round(median(ms for _, ms in opened), 1),
    )


async def _open(stage: Stage, person_id: int) -> tuple[WebSocket, float]:
    began = time.perf_counter()
    socket = await stage.person(person_id).socket()
    return socket, (time.perf_counter() - began) * 1000


async def _close(sockets: list[WebSocket]) -> None:
    await in_parallel(sockets, lambda socket: socket.close(), at_once=AT_ONCE)
