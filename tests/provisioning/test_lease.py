"""One applier at a time: the others wait, then find it done; who dies is followed."""

from __future__ import annotations

import asyncio

import pytest
from testbed.waiting import until

from bridge.db.engine import Database
from bridge.errors import Unavailable
from bridge.provisioning import lease
from bridge.provisioning.plan import Step
from bridge.provisioning.provision import Plan, provision
from bridge.provisioning.summary import NOTHING, sentence
from bridge.roster.store import SchoolCache
from provisioning.apply_world import World


class Clock:
    def __init__(self) -> None:
        self.now_ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now_ms


async def test_two_appliers_do_it_once(world: World):
    """Both have planned before either begins; who comes second plans anew and finds nothing to do."""
    school = world.school()
    plans = [await world.plan(school), await world.plan(school)]
    reports = await asyncio.gather(*(world.carry_out(school, plan) for plan in plans))
    assert sorted(report.done for report in reports) == [0, 7]
    assert await world.kinds(school) == []


async def test_who_comes_second_is_told_to_wait_and_of_the_plan_that_it_then_has(world: World):
    school = world.school()
    plans = [await world.plan(school), await world.plan(school)]
    told: list[object] = []

    async def carry_out(plan: Plan) -> None:
        await provision(
            world.parts, school, plan, lambda _: None, on_plan=told.append, on_wait=lambda: told.append("waits")
        )

    await asyncio.gather(*(carry_out(plan) for plan in plans))
    waits, anew = told
    assert waits == "waits"
    assert isinstance(anew, Plan)
    assert sentence(anew.summary) == NOTHING


async def test_a_plan_made_while_somebody_applies_is_made_anew(world: World):
    """What it saw was half done: rooms without their people."""
    school = world.school()
    planning: list[asyncio.Task[Plan]] = []

    def plan_in_the_middle(_: Step) -> None:
        if not planning:
            planning.append(asyncio.create_task(world.plan(school)))

    first = await provision(world.parts, school, await world.plan(school), plan_in_the_middle)
    half = await planning[0]
    assert half.steps
    assert len(half.steps) < first.done
    told: list[Plan] = []
    second = await provision(world.parts, school, half, lambda _: None, on_plan=told.append)
    assert second.done == 0
    assert len(told) == 1


async def test_who_waits_applies_the_newest_roster_not_the_one_that_it_came_with(world: World):
    cache = SchoolCache(world.db)
    await world.store(cache, world.school())
    older = cache.current
    plan = await world.plan(older)
    await world.store(cache, world.school(name="8Б"))
    await world.apply(cache.current)
    await world.carry_out(older, plan)
    assert (await world.conversation()).name == "8Б"


async def test_the_second_waits_for_the_first(database: Database):
    order: list[str] = []

    async def work(name: str) -> None:
        async with lease.held(database, Clock()) as mine:
            order.append(f"{name} begins {mine.turn}")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    await asyncio.gather(work("one"), work("two"))
    first, second = ("one", "two") if order[0].startswith("one") else ("two", "one")
    assert order == [f"{first} begins 1", f"{first} ends", f"{second} begins 2", f"{second} ends"]


async def test_who_died_is_followed_when_the_lease_has_run_out(database: Database):
    clock = Clock()
    dead = lease.held(database, clock)
    await dead.__aenter__()
    clock.now_ms += lease.LEASE_MS
    async with lease.held(database, clock) as mine:
        assert mine.turn == 2


async def test_who_was_silent_too_long_does_not_go_on(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "RENEW_S", 0.01)
    clock = Clock()
    async with lease.held(database, clock) as sleeper:
        clock.now_ms += lease.LEASE_MS * 2
        async with lease.held(database, clock):
            await until(lambda: sleeper.is_lost)
            with pytest.raises(Unavailable):
                sleeper.require()
