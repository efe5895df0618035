"""
The outbox at work: take heads, carry them out, record the result, publish what changed.

One command of a conversation at a time, several conversations at once. Trouble on the way (no answer, 429, 5xx) puts
a command off and keeps the order; a refusal (4xx) ends it and lets the others go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog
from prometheus_client import Counter, Gauge

from bridge.chat import conversations, event_index, members, message_changes, revision
from bridge.chat.changes import Change
from bridge.chat.shapes import Viewing
from bridge.config import OutboxConfig
from bridge.db.engine import Conn, Database
from bridge.errors import HomeserverRefused, HomeserverUnavailable, Unavailable
from bridge.outbox import store
from bridge.outbox.commands import Command, Kind
from bridge.outbox.execute import Executor, Outcome

log = structlog.get_logger(__name__)

LEASE_MS = 15_000  # after so long the others take over what a dead process held
RENEW_S = 4
IDLE_S = 5  # how often a process looks although nobody woke it: another one may have died
STOP_S = 3  # how long a stop waits for commands under way
MOST_FAULTS = 8  # attempts after which a command that our own code cannot carry out is given up

SENT = Counter("classbridge_outbox_done_total", "Commands that the homeserver has carried out", ["kind"])
REFUSED = Counter("classbridge_outbox_refused_total", "Commands that the homeserver refused", ["kind", "errcode"])
PUT_OFF = Counter("classbridge_outbox_put_off_total", "Commands that will be tried again", ["kind"])
WAITING = Gauge("classbridge_outbox_waiting", "Commands that wait for the homeserver")
OLDEST = Gauge("classbridge_outbox_oldest_seconds", "Age of the oldest command that waits")

Publish = Callable[[Sequence[Change]], Awaitable[None]]


class Sender:
    """
    One for each process. ``wake`` after every commit that wrote a command.

    ``is_alone``: no other process works on this database, so leases that are found at the start are dead.
    """

    def __init__(
        self,
        db: Database,
        executor: Executor,
        viewing: Callable[[], Viewing],
        publish: Publish,
        clock: Callable[[], int],
        config: OutboxConfig,
        *,
        is_alone: bool,
    ) -> None:
        self._db, self._executor, self._publish, self._clock = db, executor, publish, clock
        self._viewing, self._config, self._is_alone = viewing, config, is_alone
        self._holder = secrets.token_hex(8)
        self._woken = asyncio.Event()
        self._running: dict[asyncio.Task[None], int] = {}
        self._handed: deque[Command] = deque()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        async with self._db.writing() as conn:
            await store.mend(conn, self._clock())
            if self._is_alone:
                await store.release(conn, self._clock())
        self._loops = [
            asyncio.create_task(self._loop(), name="outbox"),
            asyncio.create_task(self._renew_loop(), name="outbox-leases"),
        ]

    async def stop(self) -> None:
        """Finish the commands under way (their answers would be asked for again otherwise), take no more."""
        self._stopping = True
        self._woken.set()
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_S)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        with contextlib.suppress(Unavailable):  # then the lease runs out
            for command in self._handed:
                await self._put_off(command, 0)

    def wake(self, command: Command | None = None) -> None:
        """After a commit: there is something to do; *command* was taken for us by ``store.append_taken``."""
        if command is None:
            self._woken.set()
        elif len(self._running) < self._config.parallel and not self._stopping:
            self._run(command)
        else:
            self._handed.append(command)

    def lease(self) -> store.Lease:
        """What this process takes now is its own for so long; it is renewed while the command runs."""
        return store.Lease(self._holder, self._clock() + LEASE_MS)

    async def hurry(self) -> None:
        """The homeserver is back: do not wait for the back-off."""
        async with self._db.writing() as conn:
            await store.hurry(conn, self._clock())
        self.wake()

    async def _loop(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                wait_s = await self._take()
            except Unavailable:
                log.warning("outbox_database_unavailable")
                wait_s = 1.0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wait_s)

    async def _renew_loop(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            held = [*self._running.values(), *(command.id for command in self._handed)]
            try:
                async with self._db.writing() as conn:
                    await store.renew(conn, self.lease(), held, self._clock())
            except Unavailable:
                log.warning("outbox_database_unavailable")

    async def _take(self) -> float:
        """Start what is ready, up to the number that may run; seconds until it is worth looking again."""
        free = self._config.parallel - len(self._running)
        if free <= 0:
            return IDLE_S  # whoever ends wakes the loop
        now_ms = self._clock()
        async with self._db.writing() as conn:
            commands = await store.take(conn, now_ms, self.lease(), free)
        for command in commands:
            self._run(command)
        return IDLE_S if len(commands) == free else await self._until_next(now_ms)

    async def _until_next(self, now_ms: int) -> float:
        async with self._db.reading() as conn:
            waiting, oldest_ms = await store.count(conn)
            next_ms = await store.next_ready_ms(conn)
        WAITING.set(waiting)
        OLDEST.set((now_ms - oldest_ms) / 1000 if oldest_ms else 0)
        return IDLE_S if next_ms is None else min(IDLE_S, max(0.01, (next_ms - now_ms) / 1000))

    def _run(self, command: Command) -> None:
        task = asyncio.create_task(self._drain(command), name=f"outbox-{command.conversation_id}")
        self._running[task] = command.id
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Go on with what was handed over; look into the table only when this process was full."""
        was_full = len(self._running) >= self._config.parallel
        self._running.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("outbox_lane_died", exc_info=error)
        if self._handed and not self._stopping:
            self._run(self._handed.popleft())
        elif was_full:
            self._woken.set()

    async def _drain(self, first: Command) -> None:
        """Carry out a conversation's commands one after the other until there is none or one is put off."""
        command: Command | None = first
        try:
            while command and not self._stopping:
                command = await self._one(command)
            if command:
                await self._put_off(command, 0)
        except Unavailable:
            log.warning("outbox_database_unavailable")  # `renew` gives the command back

    async def _one(self, command: Command) -> Command | None:
        try:
            outcome = await self._executor.execute(command)
        except HomeserverUnavailable as error:
            await self._put_off(command, error.retry_after_s if error.code == "rate_limited" else None)
            return None
        except HomeserverRefused as error:
            return await self._refused(command, error)
        except Unavailable:
            raise  # our database
        except Exception:
            log.exception("outbox_command_fault", command_id=command.id, kind=command.kind, attempts=command.attempts)
            if command.attempts >= MOST_FAULTS:
                return await self._end(command, Outcome(), failure="internal")
            await self._put_off(command, None)
            return None
        SENT.labels(command.kind).inc()
        return await self._end(command, outcome)

    async def _refused(self, command: Command, error: HomeserverRefused) -> Command | None:
        log.warning(
            "outbox_refused",
            command_id=command.id,
            kind=command.kind,
            conversation_id=command.conversation_id,
            message_id=command.message_id,
            errcode=error.errcode,
            status=error.http_status,
        )
        REFUSED.labels(command.kind, error.errcode).inc()
        if command.kind == Kind.ROOM:  # without its room nothing behind it can go either
            await self._put_off(command, None)
            return None
        return await self._end(command, Outcome(), failure=error.errcode)

    async def _end(self, command: Command, outcome: Outcome, failure: str | None = None) -> Command | None:
        now_ms = self._clock()
        async with self._db.writing() as conn:
            changes = await self._record(conn, command, outcome, failure, now_ms)
            following = await store.finish(conn, command, self.lease())
            if following and (task := asyncio.current_task()):
                self._running[task] = following.id  # before the commit: what is taken and not running is given back
        await self._publish(changes)
        return following

    async def _record(
        self, conn: Conn, command: Command, outcome: Outcome, failure: str | None, now_ms: int
    ) -> list[Change]:
        if command.kind == Kind.MESSAGE and command.message_id:
            room, viewing = await revision.lock(conn, command.conversation_id, now_ms), self._viewing()
            if failure:
                return await message_changes.mark_failed(conn, viewing, room, command.message_id, failure)
            if outcome.event_id:
                return await message_changes.mark_sent(conn, viewing, room, command.message_id, outcome.event_id)
        await revision.hold(conn, command.conversation_id)  # as everybody does who appends a command
        if outcome.room_id:
            await conversations.set_room_id(conn, command.conversation_id, outcome.room_id)
        if command.kind in (Kind.ADMIT, Kind.DISMISS) and not failure:
            await members.settle(conn, command.conversation_id, command.people, now_ms)
        if outcome.event_id and command.message_id:
            await self._remember(conn, command, outcome.event_id)
        return []

    async def _remember(self, conn: Conn, command: Command, event_id: str) -> None:
        """An edit or a redaction stands behind the newest message: a client's receipt may name it."""
        newest = await event_index.newest_in_matrix(conn, command.conversation_id)
        edited_id = command.message_id if command.kind == Kind.EDIT else None
        await event_index.remember_event(conn, event_id, command.conversation_id, newest, edited_id)

    async def _put_off(self, command: Command, after_s: float | None) -> None:
        """Back off: doubled with each attempt, a little random, never longer than the config says."""
        if after_s is None:
            longest = self._config.last_retry_s
            doubled = min(longest, self._config.first_retry_s * 2 ** min(command.attempts - 1, 10))
            after_s = doubled * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, keeps no secret
        PUT_OFF.labels(command.kind).inc()
        async with self._db.writing() as conn:
            await store.put_off(conn, command, self._holder, self._clock() + int(after_s * 1000))
        self.wake()
