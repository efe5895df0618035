"""The database is away: every answer says when to come back, none is half of one, and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from testbed.databases import PostgresDatabases
from testbed.nursery import Nursery
from testbed.postgres import PostgresServer

from faults.crash import CrashSchool, texts_of

READS = ("conversations/", "messages/?conversation_id={id}", "sync/?since=1", "contacts/", "conversations/{id}/", "me/")


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[PostgresServer]:
    """One to be killed; the other tests' server lives on."""
    server = PostgresServer()
    await server.start()
    yield server
    await server.remove()


@pytest.fixture(scope="module")
async def victim(
    server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery
) -> AsyncIterator[CrashSchool]:
    async with PostgresDatabases(server).fresh() as url:
        school = CrashSchool(tmp_path_factory.mktemp("victim"), url, nursery)
        try:
            await school.start()
            yield school
        finally:
            await school.stop()


async def test_without_a_database_every_answer_says_when_to_come_back(victim: CrashSchool, server: PostgresServer):
    prefix, texts = texts_of(4)
    await victim.teacher.say(texts[0])
    socket = await victim.teacher.api.socket(victim.teacher.conversation_id)
    await socket.send({"type": "ping"})
    await socket.expect("pong")
    await server.stop()
    try:
        api, conversation = victim.teacher.api, victim.teacher.conversation_id
        for path in READS:
            async with api.session.get(f"/api/chat/{path.format(id=conversation)}") as answer:
                assert (answer.status, (await answer.json())["code"]) == (503, "unavailable"), path
                assert int(answer.headers["Retry-After"]) >= 1
        status, body = await api.call("POST", "messages/", json={"conversation_id": conversation, "text": "x"})
        assert (status, body["code"]) == (503, "unavailable")
        await socket.send({"type": "chat_message", "text": "x", "client_id": "c"})
        await socket.expect("error", client_id="c", code="unavailable")
        await victim.say_in_element(texts[1:3])
        async with api.session.get("/readyz") as answer:
            assert answer.status == 503
        async with api.session.get("/healthz") as answer:
            assert answer.status == 200
    finally:
        await server.start()
    await victim.teacher.say(texts[3])
    await socket.close()

    await victim.expect_each_once(texts, prefix)


@pytest.mark.parametrize("after_s", [0.02, 0.15])
async def test_when_it_is_killed_nothing_acknowledged_is_lost(
    victim: CrashSchool, server: PostgresServer, after_s: float
):
    """While people write from both sides."""
    prefix, texts = texts_of(16)

    async def die() -> None:
        await asyncio.sleep(after_s)
        await server.kill()
        await server.start()

    await asyncio.gather(
        victim.teacher.say_all(texts[:8]), victim.anna.say_all(texts[8:12]), victim.say_in_element(texts[12:]), die()
    )

    await victim.expect_each_once(texts, prefix)
