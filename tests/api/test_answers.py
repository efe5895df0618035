"""Every answer has the same manners, whatever went wrong behind it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientPayloadError, web
from conftest import Caller, MakeCaller
from structlog.testing import capture_logs

from bridge.api.answers import json_answer
from bridge.api.auth.person import actor
from bridge.api.routes import Route, access_of, chat
from bridge.errors import (
    Conflict,
    Forbidden,
    HomeserverRefused,
    HomeserverUnavailable,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    TypeRefused,
    Unavailable,
)


def _raising(error: BaseException) -> Any:
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise error

    return handler


async def _ok(request: web.Request) -> web.Response:
    return json_answer({"name": actor(request).name})


ERRORS = [
    (Invalid({"text": ["Too short."]}), 400, {"text": ["Too short."]}),
    (Invalid("Odd."), 400, {"non_field_errors": ["Odd."]}),
    (Forbidden("No.", code="blocked"), 403, {"detail": "No.", "code": "blocked"}),
    (NotFound(), 404, {"detail": "Not found.", "code": "not_found"}),
    (Conflict("Later.", code="roster_managed"), 409, {"detail": "Later.", "code": "roster_managed"}),
    (TooLarge("Big."), 413, {"detail": "Big.", "code": "too_large"}),
    (TypeRefused("Odd."), 415, {"detail": "Odd.", "code": "type_refused"}),
    (TooMany("Slow.", retry_after_s=0.2), 429, {"detail": "Slow.", "code": "too_many_requests"}),
    (Unavailable("Wait."), 503, {"detail": "Wait.", "code": "unavailable"}),
    (HomeserverUnavailable("Wait."), 503, {"detail": "Wait.", "code": "homeserver_unavailable"}),
    (
        HomeserverRefused("No.", errcode="M_FORBIDDEN", http_status=403),
        502,
        {"detail": "No.", "code": "homeserver_refused"},
    ),
]


@pytest.mark.parametrize(("error", "status", "body"), ERRORS, ids=lambda value: type(value).__name__)
async def test_an_error_of_ours_has_drfs_shape(make_caller: MakeCaller, error: Any, status: int, body: Any):
    call = await make_caller(chat("GET", "broken/", _raising(error)))
    response = await call("GET", "/api/chat/broken/")
    assert (response.status, await response.json()) == (status, body)
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    if error.retry_after_s is not None:
        assert int(response.headers["Retry-After"]) == max(1, error.retry_after_s)


async def test_a_fault_of_ours_tells_nothing_but_its_request_id(make_caller: MakeCaller):
    call = await make_caller(chat("GET", "broken/{id}/", _raising(ValueError("text of a child"))))
    with capture_logs() as logs:
        response = await call("GET", "/api/chat/broken/5/?search=child")
    assert response.status == 500
    body = await response.json()
    assert body["code"] == "internal"
    assert body["request_id"] == response.headers["X-Request-Id"]
    assert "child" not in str(body)
    (entry,) = logs
    assert entry["request_id"] == body["request_id"]
    assert entry["error"] == "ValueError"
    assert "_raising" not in entry["stack"]
    assert "handler" in entry["stack"]
    assert "child" not in str(entry)
    assert entry["route"] == "/api/chat/broken/{id}/"


async def test_half_an_answer_is_never_finished_as_a_whole_one(make_caller: MakeCaller):
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        raise RuntimeError("the other half")

    call = await make_caller(Route("GET", "/half", half, "public"))
    with pytest.raises(ClientPayloadError):
        await (await call("GET", "/half", None)).read()


async def test_every_answer_carries_the_same_headers(make_caller: MakeCaller):
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write_eof()
        return response

    call = await make_caller(Route("GET", "/stream", stream, "public"))
    for path in ("/stream", "/", "/healthz", "/nowhere", "/api/chat/nowhere/", "/api/chat/me/"):
        headers = (await call("GET", path, None)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert len(headers["X-Request-Id"]) == 16
        assert "Python" not in headers["Server"]


async def test_a_proxys_request_id_is_kept_only_when_it_is_trusted(make_caller: MakeCaller):
    asked = {"X-Request-Id": "from-proxy"}
    call = await make_caller(server={"public_url": "https://chat.school.test", "trusted_proxy": True})
    assert (await call("GET", "/healthz", None, headers=asked)).headers["X-Request-Id"] == "from-proxy"
    odd = {"X-Request-Id": "a b<script>"}
    assert len((await call("GET", "/healthz", None, headers=odd)).headers["X-Request-Id"]) == 16


async def test_a_stranger_cannot_choose_the_request_id(call: Caller):
    response = await call("GET", "/healthz", None, headers={"X-Request-Id": "mine"})
    assert response.headers["X-Request-Id"] != "mine"


async def test_aiohttps_own_refusals_have_the_same_shape(call: Caller):
    nowhere = await call("GET", "/api/chat/nowhere/")
    assert (nowhere.status, await nowhere.json()) == (404, {"detail": "Not found.", "code": "not_found"})
    wrong = await call("PUT", "/api/chat/me/")
    assert wrong.status == 405
    assert (await wrong.json())["code"] == "method_not_allowed"
    assert set(wrong.headers["Allow"].split(",")) == {"GET", "HEAD", "PATCH"}


async def test_both_spellings_answer_without_a_redirect(make_caller: MakeCaller):
    call = await make_caller(chat("POST", "echo/", _ok))
    for path in ("/api/chat/echo/", "/api/chat/echo"):
        response = await call("POST", path, allow_redirects=False)
        assert (response.status, await response.json()) == (200, {"name": "Анна Иванова"})


SPELLINGS = (
    "/api/chat/me/",
    "/api/chat/me",
    "/api/%63hat/me/",
    "/api/chat/%6de/",
    "/api/chat/./me/",
    "/api/x/../chat/me/",
    "//api/chat/me/",
    "/api//chat/me/",
    "/api/chat//me/",
    "/API/chat/me/",
    "/api/chat/me/?x=/api/chat/schema/",
    "/api/chat/me/;/schema/",
    "/api/chat%2Fme/",
)


@pytest.mark.parametrize("path", SPELLINGS)
async def test_no_spelling_of_a_path_goes_round_the_guard(call: Caller, path: str):
    """Sent by hand: a client library would tidy the address up."""
    host, port = call.client.host, call.client.port
    reader, writer = await asyncio.open_connection(host, port)
    for method in ("GET", "HEAD"):
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        status = int((await reader.readline()).split()[1])
        assert status in {401, 404}
        headers = await reader.readuntil(b"\r\n\r\n")
        length = int(headers.lower().partition(b"content-length:")[2].split()[0])
        if method == "GET":
            assert b"mxid" not in await reader.readexactly(length)
    writer.close()


async def test_a_route_below_api_chat_that_says_nothing_is_guarded(make_caller: MakeCaller):
    async def bare(_request: web.Request) -> web.Response:
        return web.Response(text=access_of(_request))

    call = await make_caller(Route("GET", "/api/chat/bare", bare), Route("GET", "/bare", bare, "public"))
    assert (await call("GET", "/api/chat/bare", None)).status == 401
    assert (await call("HEAD", "/api/chat/bare", None)).status == 401
    assert await (await call("GET", "/api/chat/bare")).text() == "other"
    assert await (await call("GET", "/bare", None)).text() == "public"


EMBEDDED = {"public_url": "https://chat.school.test", "allowed_origins": ["https://panel.school.test/"]}


async def test_a_page_of_an_allowed_origin_may_call(make_caller: MakeCaller):
    call = await make_caller(server=EMBEDDED)
    asked = {"Origin": "https://panel.school.test", "Access-Control-Request-Method": "PATCH"}
    response = await call("OPTIONS", "/api/chat/me/", None, headers=asked)
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "https://panel.school.test"
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    for person_id, status in ((1, 200), (None, 401)):
        answer = await call("GET", "/api/chat/me/", person_id, headers={"Origin": "https://panel.school.test"})
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == "https://panel.school.test"
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.test", "null", "https://panel.school.test.evil.test", "http://panel.school.test", "*", ""],
)
async def test_a_page_of_another_origin_may_not(make_caller: MakeCaller, origin: str):
    call = await make_caller(server=EMBEDDED)
    asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    for method in ("OPTIONS", "GET"):
        response = await call(method, "/api/chat/me/", headers=asked)
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_numbers_are_kept_for_each_route_and_status(make_caller: MakeCaller):
    call = await make_caller(chat("GET", "counted/{id}/", _ok))
    for spelling in ("5/", "6"):
        await call("GET", f"/api/chat/counted/{spelling}")
    text = await (await call("GET", "/metrics", None)).text()
    assert 'classbridge_request_seconds_count{method="GET",route="/api/chat/counted/{id}"} 2.0' in text
    assert 'classbridge_answers_total{status="200"}' in text
