"""Frames that are wrong or odd: an error frame each, and the socket goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from testbed.door import Caller, Door
from testbed.world import ANNA, TEACHER, Socket

CHAT = "/api/chat"
LONGEST = 10_000

NO_FRAMES: dict[str, str] = {
    "nothing": "",
    "half": '{"type": "ping"',
    "a word": "ping",
    "null": "null",
    "a list": '[{"type": "ping"}]',
    "a number": "1e999",
    "no type": "{}",
    "type is null": '{"type": null}',
    "type is a list": '{"type": ["ping"]}',
    "type is an object": '{"type": {"type": "ping"}}',
    "unknown type": '{"type": "message.delete_all"}',
    "a server's type": '{"type": "message.new", "message": {"id": 1}}',
    "an attribute's name": '{"type": "__class__"}',
    "an empty type": '{"type": ""}',
    "a long type": json.dumps({"type": "x" * 100_000}),
    "a lone surrogate": '{"type": "ping", "x": "\\ud800"}',
    "NUL": '{"type": "ping", "x": "\\u0000"}',
    "deep": "[" * 100_000,
}

BAD_PAYLOADS: list[dict[str, Any]] = [
    {"type": "chat_message"},
    {"type": "chat_message", "text": ""},
    {"type": "chat_message", "text": " \u200b\n"},
    {"type": "chat_message", "text": None},
    {"type": "chat_message", "text": 7},
    {"type": "chat_message", "text": ["x"]},
    {"type": "chat_message", "text": "ж" * (LONGEST + 1)},
    {"type": "chat_message", "text": "x", "reply_to": 1.5},
    {"type": "chat_message", "text": "x", "reply_to": -1},
    {"type": "chat_message", "text": "x", "reply_to": 2**60},
    {"type": "chat_message", "text": "x", "reply_to": 987_654_321},
    {"type": "chat_message", "text": "x", "file_id": "../../etc/passwd"},
    {"type": "chat_message", "text": "x", "file_id": "0" * 32},
    {"type": "chat_message", "text": "x", "mentions": "all"},
    {"type": "chat_message", "text": "x", "mentions": [1.0]},
    {"type": "chat_message", "text": "x", "conversation_id": "x"},
    {"type": "chat_message", "text": "x", "client_id": "x" * 65},
    {"type": "chat_message", "text": "x", "client_id": {"a": 1}},
    {"type": "typing", "is_typing": "perhaps"},
    {"type": "typing", "is_typing": [True]},
    {"type": "mark_read"},
    {"type": "mark_read", "message_id": None},
    {"type": "mark_read", "message_id": "x"},
    {"type": "mark_read", "message_id": 0},
    {"type": "mark_read", "message_id": 2**53},
]


@pytest.fixture
async def teacher(door: Door) -> Caller:
    return await door.caller(TEACHER)


@pytest.fixture
async def direct(teacher: Caller) -> int:
    return int((await teacher.ask("POST", f"{CHAT}/conversations/", json={"participant": ANNA})).json["id"])


@pytest.fixture
async def socket(teacher: Caller, direct: int) -> AsyncIterator[Socket]:
    socket = await teacher.socket(direct)
    yield socket
    await socket.close()


async def _goes_on(socket: Socket) -> list[dict[str, Any]]:
    """The answers that came before that to a ping; what others do may come in between."""
    await socket.send({"type": "ping"})
    await socket.expect("pong")
    came = [frame for frame in socket.frames if frame["type"] in ("ack", "error")]
    socket.frames.clear()
    return came


@pytest.mark.parametrize("data", NO_FRAMES.values(), ids=NO_FRAMES)
async def test_what_is_no_frame_is_answered_and_the_socket_stays(socket: Socket, data: str) -> None:
    await socket.ws.send_str(data)
    [error] = await _goes_on(socket)
    assert (error["type"], error["code"], error["client_id"]) == ("error", "invalid", None)
    assert error["detail"]
    assert len(error["detail"]) < 300


async def test_binary_frames_are_answered_too(socket: Socket) -> None:
    for data in (b"", b'{"type": "ping"}', bytes(range(256)) * 10):
        await socket.ws.send_bytes(data)
        [error] = await _goes_on(socket)
        assert (error["type"], error["code"]) == ("error", "invalid")


async def test_a_bad_payload_is_answered_with_its_client_id_and_changes_nothing(
    teacher: Caller, direct: int, socket: Socket
) -> None:
    before = (await teacher.ask("GET", f"{CHAT}/messages/?conversation_id={direct}")).json["count"]
    for number, payload in enumerate(BAD_PAYLOADS):
        await socket.send({"client_id": f"c{number}", **payload})
        [error] = await _goes_on(socket)
        given = payload.get("client_id", f"c{number}")
        assert (error["type"], error["code"]) == ("error", "invalid"), payload
        assert error["client_id"] == (given if isinstance(given, str) else None)
    assert (await teacher.ask("GET", f"{CHAT}/messages/?conversation_id={direct}")).json["count"] == before


@pytest.mark.parametrize("letter", ["x", "ж", "😀", '"'])
@pytest.mark.parametrize("is_ascii", [True, False], ids=["escaped", "as it is"])
async def test_ten_thousand_characters_fit_into_a_frame(socket: Socket, letter: str, is_ascii: bool) -> None:
    frame = {"type": "chat_message", "text": letter * LONGEST, "client_id": f"long-{letter}-{is_ascii}"}
    await socket.ws.send_str(json.dumps(frame, ensure_ascii=is_ascii))
    ack = await socket.expect("ack", client_id=frame["client_id"])
    assert ack["message"]["text"] == frame["text"]


async def test_a_frame_beyond_all_limits_ends_its_own_socket_only(door: Door, teacher: Caller, direct: int) -> None:
    loud, other = await teacher.socket(direct), await teacher.socket(direct)
    await loud.ws.send_str(" " * (door.config.limits.body_bytes + 1))
    assert await loud.closed() == 1009
    assert await _goes_on(other) == []
    await other.close()


async def test_what_is_asked_of_many_sockets_at_once_is_answered_to_each(teacher: Caller, direct: int) -> None:
    sockets = [await teacher.socket(direct) for _ in range(20)]
    for number, socket in enumerate(sockets):
        await socket.send({"type": "chat_message", "text": "", "client_id": f"s{number}"})
    errors = await asyncio.gather(*(socket.expect("error", client_id=f"s{n}") for n, socket in enumerate(sockets)))
    assert [error["code"] for error in errors] == ["invalid"] * 20
    answers = [frame["client_id"] for socket in sockets for frame in socket.frames if frame["type"] == "error"]
    assert answers == [f"s{number}" for number in range(20)]  # nobody hears of another's mistake
    await asyncio.gather(*(socket.close() for socket in sockets))
