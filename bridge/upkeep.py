"""What a running bridge does by itself, now and then: reach the homeserver, follow the roster, end blocks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from bridge.audit.log import Entry, record
from bridge.chat import conversations, relations
from bridge.chat.changes import Change
from bridge.db.engine import Database
from bridge.errors import BridgeError, HomeserverRefused, Unavailable
from bridge.inbox.resync import Resync
from bridge.live.live import Live
from bridge.matrix.homeserver import Homeserver
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.outbox.sender import Sender
from bridge.permissions.policy import Rules
from bridge.permissions.school import School
from bridge.roster.store import SchoolCache
from bridge.tasks import end_tasks

log = structlog.get_logger(__name__)

HOMESERVER_S = 1  # shorter than any restart of it takes: none goes unnoticed
GAPS_S = 2
ROSTER_S = 5
BLOCKS_S = 10

Turn = Callable[[], Awaitable[object]]


class Upkeep:
    """A few loops. A fault of one turn is logged and the next turn tries again."""

    def __init__(
        self,
        db: Database,
        homeserver: Homeserver,
        school: SchoolCache,
        rules: Rules,
        live: Live,
        sender: Sender,
        resync: Resync,
        clock: Callable[[], int],
    ) -> None:
        self._db, self._homeserver, self._live = db, homeserver, live
        self._school, self._rules = school, rules
        self._followed = School()
        self._sender, self._resync, self._clock = sender, resync, clock
        self._tasks: list[asyncio.Task[None]] = []
        self._was_up = False
        self._turns: list[tuple[Turn, float, asyncio.Event]] = []
        self._of_roster: list[asyncio.Event] = []
        self.add(self.meet_homeserver, HOMESERVER_S)
        self.add(self.fill_gaps, GAPS_S)
        self.add(self.follow_roster, ROSTER_S, is_of_roster=True)
        self.add(self.lift_blocks, BLOCKS_S)

    def add(self, turn: Turn, every_s: float, *, is_of_roster: bool = False) -> None:
        """One more thing to do now and then, and, *is_of_roster*, when the roster has changed; before the start."""
        woken = asyncio.Event()
        self._turns.append((turn, every_s, woken))
        if is_of_roster:
            self._of_roster.append(woken)

    def kick_roster(self) -> None:
        """Another roster was stored in this process: what follows it does so now."""
        for woken in self._of_roster:
            woken.set()

    async def start(self) -> None:
        self._followed = self._school.current
        self._tasks = [asyncio.create_task(self._loop(*each)) for each in self._turns]

    async def stop(self) -> None:
        await end_tasks(*self._tasks)

    async def _loop(self, turn: Turn, every_s: float, woken: asyncio.Event) -> None:
        while True:
            woken.clear()
            try:
                await turn()
            except BridgeError as error:
                log.warning("upkeep_put_off", turn=turn.__qualname__, code=error.code)
                if error.code == Unavailable.code:  # we refused what was pushed: ask for it when the database is back
                    self._was_up = False
            except Exception:
                log.exception("upkeep_fault", turn=turn.__qualname__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), every_s)

    async def meet_homeserver(self) -> None:
        """
        Notice that the homeserver is (back) there: it delivers its backlog, we ours, and gaps are filled.

        The ping makes it call us, so at a start this works as soon as we listen.
        """
        if self._was_up:
            self._was_up = await self._homeserver.is_up()
            if not self._was_up:
                log.warning("homeserver_is_away")
                self._resync.suspect()
            return
        try:
            await self._school.refresh()  # without a database we could take nothing in
            await self._homeserver.ping()
            await self._homeserver.register_bot()
        except Unavailable:
            return
        except HomeserverRefused as error:
            log.warning("homeserver_refuses_us", errcode=error.errcode, status=error.http_status)
            return
        self._was_up = True
        log.info("homeserver_is_there")
        await self._sender.hurry()

    async def fill_gaps(self) -> None:
        """Apart from ``meet_homeserver``, which must not miss a restart while this takes its time."""
        if self._was_up:
            await self._resync.run()

    async def follow_roster(self) -> None:
        """Another process may have changed the roster; who is not active any more is disconnected."""
        school = await self._school.refresh()
        for person_id in self._live.hub.everybody():
            if school.find_active(person_id) is None:
                self._live.hub.close_person(person_id, 4401, "user_inactive")
        if school.version != self._followed.version:
            await self._show_relations(self._followed, school)
            self._followed = school

    async def _show_relations(self, before: School, after: School) -> None:
        """Who may not write any more sees it at once, not at the first refusal."""
        async with self._db.reading() as conn:
            changed = await relations.list_changed(conn, before, after, self._rules)
        for conversation_id in changed:
            # One transaction each: who locks several conversations meets the inbox, which does so in its own order.
            async with self._db.writing() as conn:
                changes = await relations.touch(conn, conversation_id, self._clock())
            await self._live.publish(changes)

    async def lift_blocks(self) -> None:
        now_ms = self._clock()
        async with self._db.reading() as conn:
            expired = await conversations.list_expired_blocks(conn, now_ms)
        changes: list[Change] = []
        for conversation_id in expired:
            async with self._db.writing() as conn:
                changes += await conversations.block(conn, conversation_id, None, None, now_ms)
                lifted = Entry(now_ms, "bridge", "conversation.unblocked", conversation_id=conversation_id)
                await record(conn, [lifted])
                await outbox.append(conn, Command(conversation_id, Kind.POWER), now_ms)
        if changes:
            await self._live.publish(changes)
            self._sender.wake()
