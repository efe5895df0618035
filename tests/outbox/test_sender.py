"""Senders at work on one database: a lane is never in two hands, nothing is lost, the dead are replaced."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest
from testbed.outbox import until_sent
from testbed.waiting import until

from bridge.chat import conversations, revision
from bridge.chat.shapes import Viewing
from bridge.clock import now_ms
from bridge.config import OutboxConfig
from bridge.db.engine import Database
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.outbox import sender, store
from bridge.outbox.commands import Command, Kind
from bridge.outbox.execute import Outcome
from bridge.outbox.sender import Sender

CONFIG = OutboxConfig(parallel=4, first_retry_s=0.01, last_retry_s=0.05)


class Homeserver:
    """Stands in for the executor: yields, fails now and then, and writes down who did what."""

    def __init__(self, faults: float = 0.3) -> None:
        self.done: dict[int, list[int]] = defaultdict(list)
        self.at_work: set[int] = set()
        self.overlaps: list[int] = []
        self.hangs: set[int] = set()
        self._faults, self._random = faults, random.Random(7)

    async def execute(self, command: Command) -> Outcome:
        lane, number = command.conversation_id, command.message_id or 0
        if lane in self.at_work:
            self.overlaps.append(lane)
        self.at_work.add(lane)
        try:
            if number in self.hangs:
                await asyncio.Event().wait()
            await asyncio.sleep(0)
            if self._random.random() < self._faults:
                raise HomeserverUnavailable("It does not answer.")
        finally:
            self.at_work.discard(lane)
        if number not in self.done[lane]:  # with a `txnId` the homeserver knows a repeat
            self.done[lane].append(number)
        return Outcome()


async def _nothing(_changes: object) -> None:
    return None


def _no_view() -> Viewing:
    raise AssertionError("receipts show nothing")


@pytest.fixture
async def hire(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator:
    """``await hire(homeserver)``: one more process's sender; all are stopped at the end."""
    monkeypatch.setattr(sender, "LEASE_MS", 1500)
    monkeypatch.setattr(sender, "RENEW_S", 0.2)
    monkeypatch.setattr(sender, "IDLE_S", 0.2)
    monkeypatch.setattr(sender, "STOP_S", 0.2)
    hired: list[Sender] = []

    async def hire_one(homeserver: Homeserver) -> Sender:
        one = Sender(database, homeserver, _no_view, _nothing, now_ms, CONFIG, is_alone=False)  # type: ignore[arg-type]
        await one.start()
        hired.append(one)
        return one

    yield hire_one
    for one in hired:
        await one.stop()


async def _open_lanes(database: Database, size: int) -> list[int]:
    """Conversations, whose row locks keep the lanes' order."""
    async with database.writing() as conn:
        values = {"created_by": None, "now_ms": now_ms()}
        return [await conversations.create_group_conversation(conn, name="", **values) for _ in range(size)]


async def _append(database: Database, lane: int, number: int) -> None:
    async with database.writing() as conn:
        await revision.hold(conn, lane)
        await store.append(conn, Command(lane, Kind.RECEIPT, 1, number), now_ms())


async def test_three_senders_share_lanes_and_never_meet_in_one(database: Database, hire):
    homeserver = Homeserver()
    senders = [await hire(homeserver) for _ in range(3)]
    expected: dict[int, list[int]] = defaultdict(list)
    lanes = await _open_lanes(database, 9)
    for number in range(1, 91):
        lane = lanes[number % 9]
        expected[lane].append(number)
        await _append(database, lane, number)
        senders[number % 3].wake()

    await until_sent(database)

    assert homeserver.done == expected
    assert homeserver.overlaps == []


async def test_what_a_dead_process_held_is_taken_over_and_the_rest_follows(database: Database, hire):
    dead_ones, others = Homeserver(faults=0), Homeserver(faults=0)
    dead_ones.hangs = {1}
    dead = await hire(dead_ones)
    for number in (1, 2, 3):
        await _append(database, 5, number)
    dead.wake()
    await until(lambda: dead_ones.at_work == {5})
    for task in (*dead._running, *dead._loops):
        task.cancel()
    dead._running.clear()

    await hire(others)
    await until_sent(database)

    assert others.done == {5: [1, 2, 3]}


async def test_a_lease_is_renewed_while_the_homeserver_takes_its_time(database: Database, hire):
    slow, idle = Homeserver(faults=0), Homeserver(faults=0)
    slow.hangs = {1}
    first = await hire(slow)
    await _append(database, 5, 1)
    first.wake()
    await until(lambda: slow.at_work == {5})
    async with database.reading() as conn:
        until_ms = await store.next_ready_ms(conn)
    await hire(idle)

    async def is_renewed_past() -> bool:
        async with database.reading() as conn:
            return (await store.next_ready_ms(conn) or 0) > (until_ms or 0) + 1000

    await until(is_renewed_past)

    assert idle.done == {}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(RuntimeError("a fault of ours"), id="only our own code refuses: given up after some attempts"),
        pytest.param(HomeserverRefused("No.", errcode="M_FORBIDDEN", http_status=403), id="the homeserver refuses"),
    ],
)
async def test_a_command_that_cannot_be_carried_out_ends_and_the_lane_goes_on(
    database: Database, hire, fault: Exception
):
    class Refusing(Homeserver):
        async def execute(self, command: Command) -> Outcome:
            if command.message_id == 1:
                raise fault
            return await super().execute(command)

    homeserver = Refusing(faults=0)
    one = await hire(homeserver)
    for number in (1, 2):
        await _append(database, 5, number)
    one.wake()

    await until_sent(database)

    assert homeserver.done == {5: [2]}


async def test_a_stop_ends_soon_and_gives_back_what_was_handed_over(database: Database, hire):
    homeserver = Homeserver(faults=0)
    homeserver.hangs = set(range(1, 9))
    one = await hire(homeserver)
    for number in range(1, 9):
        async with database.writing() as conn:
            command = Command(number, Kind.RECEIPT, 1, number)
            taken = await store.append_taken(conn, command, now_ms(), one.lease())
        one.wake(taken)

    await asyncio.wait_for(one.stop(), 2)

    async with database.writing() as conn:
        left = await store.take(conn, now_ms(), store.Lease("next", now_ms() + 1000), 9)
    assert [command.message_id for command in left] == [5, 6, 7, 8]
