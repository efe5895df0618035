"""The outbox at rest, on both databases: whatever happens in whatever order, each lane keeps its order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bridge.db.engine import Database
from bridge.outbox import store
from bridge.outbox.commands import Command, Kind
from bridge.outbox.store import Lease

LEASE_MS = 1000
PROCESSES = ("first", "second")
LANES = (1, 2, 3)

process = st.sampled_from(PROCESSES)
action = st.one_of(
    st.tuples(st.just("append"), st.sampled_from(LANES)),
    st.tuples(st.just("append_taken"), st.sampled_from(LANES), process),
    st.tuples(st.just("take"), process, st.integers(1, 3)),
    st.tuples(st.just("finish"), process),
    st.tuples(st.just("put_off"), process, st.integers(1, 3 * LEASE_MS)),
    st.tuples(st.just("renew"), process),
    st.tuples(st.just("die"), process),
    st.tuples(st.just("hurry")),
    st.tuples(st.just("wait"), st.integers(1, 2 * LEASE_MS)),
)


@dataclass
class Model:
    """What the processes believe, and what has come of each lane."""

    db: Database
    now_ms: int = 1_000_000
    held: dict[str, list[tuple[Command, int]]] = field(default_factory=lambda: defaultdict(list))
    appended: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    done: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0

    def lease(self, holder: str) -> Lease:
        return Lease(holder, self.now_ms + LEASE_MS)

    def hold(self, holder: str, command: Command) -> None:
        """Nobody else works on that lane now, and it is the lane's next."""
        lane = command.conversation_id
        others = [
            held.id
            for some in self.held.values()
            for held, until_ms in some
            if held.conversation_id == lane and until_ms > self.now_ms
        ]
        assert others == []
        assert command.message_id == self.appended[lane][len(self.done[lane])]
        # Who takes again what was its own and expired has it once.
        kept = [(held, until_ms) for held, until_ms in self.held[holder] if held.id != command.id]
        self.held[holder] = [*kept, (command, self.now_ms + LEASE_MS)]

    async def append(self, lane: int) -> None:
        async with self.db.writing() as conn:
            await store.append(conn, self._command(lane), self.now_ms)

    async def append_taken(self, lane: int, holder: str) -> None:
        command = self._command(lane)
        async with self.db.writing() as conn:
            taken = await store.append_taken(conn, command, self.now_ms, self.lease(holder))
        if taken:
            self.hold(holder, taken)

    def _command(self, lane: int) -> Command:
        self.count += 1
        self.appended[lane].append(self.count)
        return Command(lane, Kind.RECEIPT, 1, self.count)

    async def take(self, holder: str, most: int) -> int:
        async with self.db.writing() as conn:
            taken = await store.take(conn, self.now_ms, self.lease(holder), most)
        assert len(taken) <= most
        for command in taken:
            self.hold(holder, command)
        return len(taken)

    async def finish(self, holder: str) -> None:
        if not self.held[holder]:
            return
        command, _ = self.held[holder].pop(0)
        async with self.db.writing() as conn:
            before = (await store.count(conn))[0]
            following = await store.finish(conn, command, self.lease(holder))
            is_done = (await store.count(conn))[0] < before
        if is_done:
            self.done[command.conversation_id].append(command.message_id or 0)
        if following:
            assert is_done
            self.hold(holder, following)

    async def put_off(self, holder: str, by_ms: int) -> None:
        if self.held[holder]:
            command, _ = self.held[holder].pop(0)
            async with self.db.writing() as conn:
                await store.put_off(conn, command, holder, self.now_ms + by_ms)

    async def renew(self, holder: str) -> None:
        async with self.db.writing() as conn:
            running = [command.id for command, _ in self.held[holder]]
            await store.renew(conn, self.lease(holder), running, self.now_ms)
        # What was lost to another process meanwhile stays lost: only the database knows.
        self.held[holder] = [(command, until) for command, until in self.held[holder] if until > self.now_ms]

    async def die(self, holder: str) -> None:
        self.held[holder].clear()

    async def hurry(self) -> None:
        async with self.db.writing() as conn:
            await store.hurry(conn, self.now_ms)

    async def wait(self, for_ms: int) -> None:
        self.now_ms += for_ms

    async def drain(self) -> None:
        """Both processes have died; a third does the rest, later."""
        self.held.clear()
        self.now_ms += 10 * LEASE_MS
        while await self.take("third", 1):
            while self.held["third"]:
                await self.finish("third")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(action, max_size=40))
async def test_every_lane_is_done_once_and_in_order_by_one_at_a_time(database: Database, actions: list):
    async with database.writing() as conn:
        await conn.execute(text("DELETE FROM outbox"))
    model = Model(database)

    for name, *arguments in actions:
        await getattr(model, name)(*arguments)
    await model.drain()

    assert model.done == {lane: numbers for lane, numbers in model.appended.items() if numbers}


async def test_an_expired_lease_is_worth_nothing(database: Database):
    model = Model(database)
    await model.append(1)
    await model.append(1)
    await model.take("first", 1)
    late = model.held["first"][0][0]
    model.now_ms += LEASE_MS + 1
    await model.take("second", 1)

    async with database.writing() as conn:
        assert await store.finish(conn, late, model.lease("first")) is None
        await store.put_off(conn, late, "first", model.now_ms + 10 * LEASE_MS)
        assert (await store.count(conn))[0] == 2
    await model.finish("second")

    assert model.done[1] == [1]


async def test_the_homeservers_return_hurries_what_was_put_off_and_leaves_the_rest(database: Database):
    model = Model(database)
    for lane in (1, 2):
        await model.append(lane)
    await model.take("first", 1)
    await model.put_off("first", 60_000)
    await model.take("second", 1)

    await model.hurry()

    assert await model.take("first", 5) == 1


@pytest.mark.parametrize(
    "before", ["UPDATE outbox SET ready_ms = NULL", "UPDATE outbox SET ready_ms = NULL WHERE id < 3"]
)
async def test_mend_gives_every_lane_its_head_again(database: Database, before: str):
    model = Model(database)
    for lane in (1, 1, 2, 3):
        await model.append(lane)
    async with database.writing() as conn:
        await conn.execute(text(before))
        await store.mend(conn, model.now_ms)

    await model.drain()

    assert model.done == model.appended


async def test_the_start_of_an_only_process_ends_all_leases(database: Database):
    model = Model(database)
    await model.append(1)
    await model.take("first", 1)
    await model.die("first")
    async with database.writing() as conn:
        await store.release(conn, model.now_ms)

    assert await model.take("second", 1) == 1
