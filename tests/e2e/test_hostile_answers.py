"""What leaves the server: nothing of its inside in an answer, nothing of its people in logs and metrics."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import FormData
from structlog.testing import capture_logs
from testbed.door import Caller, Door, open_lone_door
from testbed.world import ANNA, PASSWORD, TEACHER, school_roster

CHAT = "/api/chat"
UNREADABLE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "a long path": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer topsecret" + b"a" * 20_000 + b"\r\n\r\n",
    "a negative length": b"POST /api/auth/token/ HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "length and pieces": b"PUT / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a header that goes on": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b: c\r\nNo colon\r\n\r\n",
}


@pytest.fixture
def door(one_door: Door) -> Door:
    return one_door


async def _raw(door: Door, data: bytes) -> bytes:
    """What the port answers to bytes, until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.config.server.port)
    writer.write(data)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_no_http_is_answered_in_our_form(
    door: Door, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    head, _, body = (await _raw(door, data)).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"400"
    assert b"Server: classbridge" in head
    assert b"aiohttp" not in head
    assert set(json.loads(body)) == {"non_field_errors"}
    assert caplog.text == ""  # a stack for each, with a piece of a token, would be anybody's to write


async def test_who_goes_away_in_the_middle_leaves_no_trace(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Anybody can begin and not end; the log is not theirs to fill."""
    anna = await door.caller(ANNA)
    head = f"POST {CHAT}/messages/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {anna.token}\r\nContent-Length: 99\r\n"
    for begun in (head[:40], f"{head}\r\n", f'{head}\r\n{{"text": "'):
        _, writer = await asyncio.open_connection("127.0.0.1", door.config.server.port)
        writer.write(begun.encode())
        await writer.drain()
        assert (await anna.ask("GET", f"{CHAT}/me/")).status == 200  # by now the beginning was read
        writer.transport.abort()
    for _ in range(3):
        assert (await anna.ask("GET", f"{CHAT}/me/")).status == 200
    assert caplog.text == ""


async def test_an_address_of_a_socket_says_so_to_a_plain_request(door: Door) -> None:
    anna = await door.caller(ANNA)
    for path in ("/ws/chat", "/ws/chat/", "/ws/chat/1", "/ws/chat/1/"):
        answer = await anna.ask("GET", path)
        assert answer.status == 400, path


async def test_paths_and_methods_that_are_not_there(door: Door) -> None:
    """In DRF's shape, whatever is asked; ``Door`` looks at each answer."""
    anna = await door.caller(ANNA)
    for path in (
        "/favicon.ico",
        "/api",
        "/api/chat",
        "/api/chat//me/",
        "/.env",
        "/admin/",
        "/%2e%2e/etc/passwd",
        "/%ff",
    ):
        assert (await anna.ask("GET", path)).status == 404, path
    for method, path in (("PUT", f"{CHAT}/me/"), ("DELETE", f"{CHAT}/me/"), ("POST", "/"), ("TRACE", f"{CHAT}/me/")):
        answer = await anna.ask(method, path)
        assert (answer.status, answer.json["code"]) == (405, "method_not_allowed"), (method, path)
        assert answer.headers["Allow"]


async def test_only_our_own_pages_may_read_answers(door: Door) -> None:
    anna, own = await door.caller(ANNA), door.config.server.public_url
    for origin in ("https://evil.example", "null", own.replace("https", "http"), f"{own}.evil.example"):
        answer = await anna.ask("GET", f"{CHAT}/me/", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers, origin
    allowed = await anna.ask("GET", f"{CHAT}/me/", headers={"Origin": own})
    assert allowed.headers["Access-Control-Allow-Origin"] == own
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert allowed.headers["Vary"] == "Origin"


async def test_the_pages_for_everybody_give_nothing_away(door: Door) -> None:
    for path in ("/", "/about"):
        page = await (await door.caller()).ask("GET", path)
        assert page.status == 200
        assert [word for word in (PASSWORD, "ivanov", "Иванов") if word in page.text] == []
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]


JSON = {"Content-Type": "application/json"}
MARK = "приметное-слово-7391"


async def _make_noise(door: Door, caller: Caller) -> list[str]:
    """Words, names and tokens at every door, right and wrong; what must be found nowhere."""
    direct = (await caller.ask("POST", f"{CHAT}/conversations/", json={"participant": ANNA})).json["id"]
    said = (await caller.send(direct, MARK, client_id=MARK)).json
    await caller.ask("PATCH", f"{CHAT}/messages/{said['id']}/", json={"text": f"{MARK} ещё"})
    form = FormData()
    form.add_field("file", MARK.encode(), filename=f"{MARK}.txt")
    uploaded = (await caller.ask("POST", f"{CHAT}/upload/", data=form)).json
    await caller.send(direct, MARK, file_id=uploaded["file_id"])
    await caller.send(direct, MARK, reply_to=987_654_321)
    await caller.ask(
        "POST", f"{CHAT}/messages/", data=f'{{"text": "{MARK}'.encode(), headers={"Content-Type": "application/json"}
    )
    await caller.ask("GET", f"{CHAT}/contacts/?search={MARK}")
    await caller.ask("POST", "/api/auth/token/", json={"username": MARK, "password": MARK})
    ticket = (await caller.ask("POST", f"{CHAT}/ws-ticket/")).json["ticket"]
    socket = await caller.socket(direct, params={"ticket": ticket})
    await socket.send({"type": MARK, "text": MARK})
    await socket.send({"type": "chat_message", "text": MARK})
    await socket.expect("ack")
    await socket.close()
    await (await door.caller(token=f"{MARK.encode().hex()}.x.y")).ask("GET", f"{CHAT}/me/")
    await door.world.quiet()
    names = [person.last_name for person in school_roster().people]
    config = door.config
    secrets = [config.appservice.as_token, config.appservice.hs_token, config.files.secret, config.auth.secret or "-"]
    return [MARK, MARK.encode().hex(), ticket, caller.token or "-", uploaded["file_url"], *names, *secrets]


async def test_logs_and_metrics_hold_ids_and_never_words(
    door: Door, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caller = await door.caller(TEACHER)
    with capture_logs() as logged:
        words = await _make_noise(door, caller)
    everything = f"{logged} {caplog.text} {''.join(capfd.readouterr())}"
    assert "file_uploaded" in everything
    assert [word for word in words if word in everything] == []
    metrics = await caller.ask("GET", "/metrics")
    assert [word for word in words if word in metrics.text] == []
    assert "/api/chat/messages/{id}" in metrics.text  # by route, so that there are as many series as routes
    assert f"/messages/{987_654_321}" not in metrics.text


async def test_without_a_homeserver_the_answers_say_when_and_not_where(tmp_path: Path, database_url: str) -> None:
    async with open_lone_door(tmp_path, database_url) as door:
        teacher = await door.caller(TEACHER)
        direct = await teacher.ask("POST", f"{CHAT}/conversations/", json={"participant": ANNA})
        assert direct.status == 201
        assert (await teacher.send(direct.json["id"], "пока в пути")).json["status"] == "pending"
        form = FormData()
        form.add_field("file", b"text", filename="notes.txt")
        upload = await teacher.ask("POST", f"{CHAT}/upload/", data=form)
        assert (upload.status, upload.json["code"]) == (503, "homeserver_unavailable")
        ready = await teacher.ask("GET", "/readyz")
        assert (ready.status, ready.json["homeserver"]) == (200, False)
