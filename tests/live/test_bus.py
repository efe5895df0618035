"""From process to process over Redis: what is published arrives, what cannot be is dropped and never comes late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from faults.offline import offline_bridge
from testbed.databases import SqliteDatabases
from testbed.ports import free_port
from testbed.redis import RedisServer
from testbed.waiting import until
from testbed.world import ANNA

from bridge.live.bus import Bus


class Listener:
    """One process's end of the bus."""

    def __init__(self, url: str) -> None:
        self.bus = Bus(url)
        self.heard: list[tuple[str, Any]] = []

    async def receive(self, envelope: dict[str, Any]) -> None:
        self.heard.append((envelope["kind"], envelope["body"]))


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    """One to be killed."""
    server = RedisServer(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def pair(server: RedisServer) -> AsyncIterator[tuple[Listener, Listener]]:
    one, other = Listener(server.url), Listener(server.url)
    for each in (one, other):
        await each.bus.start(each.receive)
    await until(lambda: one.bus.is_up and other.bus.is_up)
    yield one, other
    for each in (one, other):
        await each.bus.stop()


async def test_the_others_hear_it_in_order_and_oneself_does_not(pair: tuple[Listener, Listener]):
    one, other = pair
    for number in range(50):
        one.bus.publish("number", {"number": number, "by_person": {7: 1}})

    await until(lambda: len(other.heard) == 50)

    assert other.heard == [("number", {"number": n, "by_person": {"7": 1}}) for n in range(50)]
    assert one.heard == []


async def test_without_redis_nothing_is_kept_and_it_comes_back_by_itself(
    server: RedisServer, pair: tuple[Listener, Listener]
):
    one, other = pair
    await server.kill()
    await until(lambda: not one.bus.is_up and not other.bus.is_up)
    for number in range(100):
        one.bus.publish("old", number)
    await server.start()
    await until(lambda: one.bus.is_up and other.bus.is_up)
    one.bus.publish("new", 1)

    await until(lambda: other.heard)

    assert other.heard == [("new", 1)]


async def test_a_stop_sends_what_was_published_before(pair: tuple[Listener, Listener]):
    one, other = pair
    for number in range(50):
        one.bus.publish("last words", number)
    await one.bus.stop()

    await until(lambda: len(other.heard) == 50)


async def test_one_process_whose_redis_is_away_works(sqlite_databases: SqliteDatabases):
    """Each message is told once, although the database is looked into as well."""
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    async with sqlite_databases.fresh() as url, offline_bridge(url, redis={"url": nowhere}) as bridge:
        anna = await bridge.socket(ANNA, bridge.group_id)
        texts = [f"message {number}" for number in range(20)]
        for text in texts:
            await bridge.api().say(bridge.group_id, text)
        await anna.expect("message.new", message__text=texts[-1])
        await bridge.bridge.services.live.catch_up.look()

        assert anna.texts() == texts
        await anna.close()


async def test_without_an_address_there_is_no_bus():
    alone = Bus(None)
    alone.publish("anything", {})
    await alone.start(Listener("redis://127.0.0.1:1").receive)
    await alone.stop()
    assert not alone.is_on
