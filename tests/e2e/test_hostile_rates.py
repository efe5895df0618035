"""Whoever calls too often is told when to come back; nobody else notices."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import FormData
from testbed.door import Answer, Caller, Door
from testbed.waiting import until
from testbed.world import ANNA, BORIS, DASHA, GLEB, PASSWORD, TEACHER, TEACHER_3, VERA

from bridge.config import RateConfig

CHAT = "/api/chat"
FLOOD = 100
PATIENCE_S = 2.0  # far more than an answer takes, far less than a flood would cost if it went through


@pytest.fixture
def door(one_door: Door) -> Door:
    return one_door


@pytest.fixture
async def strict(door: Door) -> AsyncIterator[Door]:
    """The school with limits, but with slow ones: a busy machine must be able to exceed them."""
    before = door.config.limits
    changes = {
        "enabled": True,
        "send": RateConfig(per_second=1, burst=20),
        "upload": RateConfig(per_second=0.2, burst=5),
        "other": RateConfig(per_second=2, burst=150),
    }
    await door.restart(limits=changes)
    yield door
    await door.restart(limits={name: getattr(before, name) for name in changes})


async def _direct(door: Door, one: int, other: int) -> tuple[Caller, int]:
    caller = await door.caller(one)
    answer = await caller.ask("POST", f"{CHAT}/conversations/", json={"participant": other})
    return caller, int(answer.json["id"])


def _most(began_s: float, door: Door) -> int:
    """How many sends may have been let through since *began_s*."""
    rate = door.config.limits.send
    return rate.burst + math.ceil((time.monotonic() - began_s) * rate.per_second)


async def _chat_quietly(caller: Caller, conversation_id: int) -> list[tuple[int, float]]:
    """Five messages at a child's speed: the status of each, and how long it took."""
    took = []
    for number in range(5):
        began_s = time.monotonic()
        answer = await caller.send(conversation_id, f"спокойно {number}")
        took.append((answer.status, time.monotonic() - began_s))
        await asyncio.sleep(0.1)
    return took


async def test_a_hundred_sends_at_once_are_the_senders_own_problem(strict: Door) -> None:
    anna, loud = await _direct(strict, ANNA, TEACHER)
    others = [await _direct(strict, *pair) for pair in ((BORIS, TEACHER), (GLEB, TEACHER_3), (TEACHER_3, DASHA))]
    began_s = time.monotonic()
    flood = asyncio.gather(*(anna.send(loud, f"поток {n}", client_id=f"flood-{n}") for n in range(FLOOD)))
    calm = await asyncio.gather(*(_chat_quietly(*other) for other in others))
    answers = await flood

    accepted = [answer for answer in answers if answer.status == 201]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(accepted) + len(refused) == FLOOD
    assert strict.config.limits.send.burst <= len(accepted) <= _most(began_s, strict)
    _require_retry(refused)
    assert [status for took in calm for status, _ in took] == [201] * 15
    assert max(seconds for took in calm for _, seconds in took) < PATIENCE_S

    await until(_can_send_again(anna, loud), limit_s=5)
    await strict.world.quiet()
    page = await anna.ask("GET", f"{CHAT}/messages/?conversation_id={loud}&limit=200")
    stored = [message["client_id"] for message in page.json["results"] if (message["client_id"] or "")[:5] == "flood"]
    assert sorted(stored) == sorted(answer.json["client_id"] for answer in accepted)  # nothing lost, nothing extra
    assert {message["status"] for message in page.json["results"]} <= {"sent", "read"}


def _can_send_again(caller: Caller, conversation_id: int):
    async def is_let_through() -> bool:
        return (await caller.send(conversation_id, "теперь можно")).status == 201

    return is_let_through


def _require_retry(refused: list[Answer]) -> None:
    assert refused
    for answer in refused:
        assert answer.json["code"] == "too_many_requests"
        assert answer.headers["Retry-After"].isdecimal()
        assert 1 <= int(answer.headers["Retry-After"]) <= 60


async def test_a_socket_is_no_way_around(strict: Door) -> None:
    """One bucket for both doors; each frame gets its answer and the socket stays open."""
    vera, direct = await _direct(strict, VERA, TEACHER)
    socket, began_s = await vera.socket(direct), time.monotonic()
    for number in range(FLOOD):
        await socket.send({"type": "message.send", "text": f"поток {number}", "client_id": f"w{number}"})
    answered = {"ack", "error"}
    await until(lambda: sum(frame["type"] in answered for frame in socket.frames) == FLOOD, limit_s=20)
    acks = [frame["client_id"] for frame in socket.frames if frame["type"] == "ack"]
    errors = [frame for frame in socket.frames if frame["type"] == "error"]
    assert strict.config.limits.send.burst <= len(acks) <= _most(began_s, strict)
    assert {frame["code"] for frame in errors} == {"too_many_requests"}
    assert sorted([*acks, *(frame["client_id"] for frame in errors)]) == sorted(f"w{n}" for n in range(FLOOD))
    assert (await vera.send(direct, "и другой дверью")).status in (201, 429)
    await socket.send({"type": "ping"})
    await socket.expect("pong")
    await socket.close()


async def test_another_token_and_another_spelling_are_no_way_around(strict: Door) -> None:
    gleb, direct = await _direct(strict, GLEB, TEACHER)
    token = strict.world.token(GLEB, 7200)
    assert token != gleb.token
    again, body = await strict.caller(token=token), {"conversation_id": direct, "text": "x", "client_id": "same"}
    calls = [
        caller.ask("POST", path, json=body)
        for _ in range(15)
        for caller in (gleb, again)
        for path in (f"{CHAT}/messages/", f"{CHAT}/messages")
    ]
    statuses = [answer.status for answer in await asyncio.gather(*calls)]
    assert statuses.count(201) == 1  # one message, however often it was sent
    assert set(statuses) == {200, 201, 429}
    assert statuses.count(429) >= 30


async def test_reading_and_uploading_have_their_own_limits(strict: Door) -> None:
    dasha = await strict.caller(DASHA)
    reads = await asyncio.gather(*(dasha.ask("GET", f"{CHAT}/me/") for _ in range(200)))
    _require_retry([answer for answer in reads if answer.status != 200])
    assert sum(answer.status == 200 for answer in reads) >= strict.config.limits.other.burst
    uploads = await asyncio.gather(*(_upload(dasha) for _ in range(8)))
    _require_retry([answer for answer in uploads if answer.status != 201])
    assert sum(answer.status == 201 for answer in uploads) >= strict.config.limits.upload.burst


async def _upload(caller: Caller) -> Answer:
    form = FormData()
    form.add_field("file", b"text", filename="notes.txt")
    return await caller.ask("POST", f"{CHAT}/upload/", data=form)


async def test_passwords_cannot_be_tried_out(strict: Door) -> None:
    """Five in a minute for a name from an address, whether it exists or not; a header does not make it another one."""
    visitor = await strict.caller()
    for username in ("ivanov", "nobody-of-that-name"):
        answers = [await _sign_in(visitor, username, f"wrong {n}", n) for n in range(5)]
        assert {answer.status for answer in answers} == {401}
        assert len({answer.text for answer in answers}) == 1
        refused = [await _sign_in(visitor, username, PASSWORD, n) for n in range(5)]
        assert {answer.status for answer in refused} == {429}
        _require_retry(refused)
    upper = await _sign_in(visitor, "IVANOV", PASSWORD, 1)
    assert upper.status == 429  # the same name
    assert (await _sign_in(visitor, "petrova", "wrong", 1)).status == 401  # another one may go on


async def _sign_in(visitor: Caller, username: str, password: str, number: int) -> Answer:
    spoofed = {
        "X-Forwarded-For": f"10.0.0.{number}",
        "X-Real-IP": f"10.0.0.{number}",
        "Forwarded": f"for=10.0.0.{number}",
    }
    body = {"username": username, "password": password}
    return await visitor.ask("POST", "/api/auth/token/", json=body, headers=spoofed)
