"""
From process to process: what one has committed, the others show to their sockets.

Redis publish/subscribe. It may lose a message (a lost connection); ``live.catch_up`` finds by the database what did
not come. Without Redis there is one process and no bus.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import structlog
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bridge.tasks import end_tasks

log = structlog.get_logger(__name__)

CHANNEL = "classbridge:live"
STOP_S = 1  # how long a stop waits for what is still to be published
CHECK_S = 5
LOST = Counter("classbridge_bus_lost_total", "Messages that could not be published to the other processes")

Receive = Callable[[dict[str, Any]], Awaitable[None]]


class Bus:
    """Publishes dicts to the other processes and hands theirs to ``receive``; does nothing without a Redis address."""

    def __init__(self, url: str | None) -> None:
        self.process_id = secrets.token_hex(6)
        self.is_up = False
        self._redis: Redis | None = _connect(url) if url else None
        self._task: asyncio.Task[None] | None = None
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(maxsize=10_000)
        self._writer: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        return self._redis is not None

    async def is_there(self) -> bool:
        return self.is_up

    async def start(self, receive: Receive) -> None:
        if self._redis:
            self._task = asyncio.create_task(self._listen(receive), name="bus-listen")
            self._writer = asyncio.create_task(self._write(), name="bus-write")

    async def stop(self) -> None:
        if self.is_up:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._waiting.join(), STOP_S)
        await end_tasks(self._task, self._writer)
        if self._redis:
            await self._redis.aclose()

    def publish(self, kind: str, body: Any) -> None:
        """Send to the other processes; never waits. What cannot be sent is counted, and caught up by the database."""
        if not self._redis:
            return
        if not self.is_up:  # nothing is kept for later: the database tells, and signals are worth nothing then
            LOST.inc()
            return
        envelope = {"from": self.process_id, "kind": kind, "body": body}
        try:
            self._waiting.put_nowait(orjson.dumps(envelope, option=orjson.OPT_NON_STR_KEYS))
        except asyncio.QueueFull:
            LOST.inc()

    async def _write(self) -> None:
        assert self._redis
        while True:
            message = await self._waiting.get()
            try:
                await self._redis.publish(CHANNEL, message)
            except (RedisError, OSError) as error:
                LOST.inc()
                log.warning("bus_publish_failed", error=type(error).__name__)
                await asyncio.sleep(0.5)  # the listener notices too; do not spin
            finally:
                self._waiting.task_done()

    async def _listen(self, receive: Receive) -> None:
        while True:
            try:
                await self._listen_once(receive)
            except (RedisError, OSError) as error:
                log.warning("bus_down", error=type(error).__name__)
            finally:
                self.is_up = False
            await asyncio.sleep(1)

    async def _listen_once(self, receive: Receive) -> None:
        assert self._redis
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            self.is_up = True
            log.info("bus_up")
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=CHECK_S)
                if message is None:
                    continue
                envelope = orjson.loads(message["data"])
                if envelope["from"] != self.process_id:
                    await receive(envelope)


def _connect(url: str) -> Redis:
    """One repeat, for a connection from before a restart; then the fault is known, and the database asked oftener."""
    return Redis.from_url(url, socket_connect_timeout=3, health_check_interval=CHECK_S, retry=Retry(NoBackoff(), 1))
