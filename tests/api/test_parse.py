"""What comes in is checked whole, and every fault is named in plain words."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from aiohttp import web
from conftest import Caller, MakeCaller

from bridge.api import parse
from bridge.api.answers import json_answer
from bridge.api.bodies import SendMessage
from bridge.api.routes import chat

JSON = {"Content-Type": "application/json"}


async def _echo(request: web.Request) -> web.Response:
    body = await parse.read_body(request, SendMessage)
    return json_answer(body.model_dump())


async def _query(request: web.Request) -> web.Response:
    return json_answer(
        {
            "id": parse.path_id(request),
            "size": parse.query_int(request, "size", 5, 1, 10),
            "since": parse.query_id(request, "since"),
            "flag": parse.query_flag(request, "flag"),
            "filter": parse.query_choice(request, "filter", ("all", "unread"), "all"),
            "text": parse.query_text(request, "text", longest=5),
        }
    )


@pytest.fixture
async def echo(make_caller: MakeCaller) -> Caller:
    unlimited = {"enabled": False, "body_bytes": 100_000}
    return await make_caller(chat("POST", "echo/", _echo), chat("GET", "query/{id}/", _query), limits=unlimited)


async def _send(echo: Caller, body: bytes, **headers: str) -> tuple[int, Any]:
    response = await echo("POST", "/api/chat/echo/", data=body, headers={**JSON, **headers})
    return response.status, await response.json()


def _message(**changes: Any) -> bytes:
    return json.dumps({"conversation_id": 1, "text": "Привет", **changes}).encode()


BROKEN = {
    "not JSON": b"{",
    "a word": b"hello",
    "not UTF-8": b'{"conversation_id": 1, "text": "\xff"}',
    "UTF-16": '{"conversation_id": 1, "text": "a"}'.encode("utf-16"),
    "lone surrogate": b'{"conversation_id": 1, "text": "\\ud800"}',
    "raw NUL": b'{"conversation_id": 1, "text": "a\x00b"}',
    "NaN": b'{"conversation_id": NaN, "text": "a"}',
    "too deep": b'{"text": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "a list": b"[]",
    "null": b"null",
    "a number": b"5",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_a_body_that_is_not_an_object_in_json_is_400(echo: Caller, body: bytes):
    status, answer = await _send(echo, body)
    assert status == 400
    assert list(answer) == ["non_field_errors"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "a\0b"}, "text"),
        ({"client_id": "\0"}, "client_id"),
        ({"mentions": ["\0"]}, "mentions"),
        ({"unknown": {"deep": [{"\0": 1}]}}, "unknown"),
        ({"te\0xt": "a"}, "text"),
    ],
)
async def test_nul_characters_are_refused_wherever_they_are(echo: Caller, changes: Any, field: str):
    status, answer = await _send(echo, _message(**changes))
    assert (status, answer) == (400, {field: ["Null characters are not allowed."]})


async def test_a_backslash_before_u0000_is_only_text(echo: Caller):
    status, answer = await _send(echo, _message(text="\\u0000"))
    assert (status, answer["text"]) == (200, "\\u0000")


async def test_a_body_over_the_limit_is_413_however_it_is_sent(echo: Caller):
    big = _message(text="a" * 200_000)
    assert (await _send(echo, big))[0] == 413
    assert (await _send(echo, gzip.compress(big), **{"Content-Encoding": "gzip"}))[0] == 413

    async def chunks() -> Any:
        for start in range(0, len(big), 10_000):
            yield big[start : start + 10_000]

    response = await echo("POST", "/api/chat/echo/", data=chunks(), headers=JSON)
    assert (response.status, (await response.json())["code"]) == (413, "too_large")


async def test_a_body_in_pieces_is_read_whole(echo: Caller):
    async def pieces() -> Any:
        for byte in _message():
            yield bytes([byte])

    response = await echo("POST", "/api/chat/echo/", data=pieces(), headers=JSON)
    assert (response.status, (await response.json())["text"]) == (200, "Привет")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_only_json_is_taken(echo: Caller, kind: str):
    status, answer = await _send(echo, b"conversation_id=1&text=a", **{"Content-Type": kind})
    assert (status, answer["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
async def test_no_body_counts_as_an_empty_object(echo: Caller, kind: str | None):
    response = await echo("POST", "/api/chat/echo/", headers={"Content-Type": kind} if kind else {})
    assert response.status == 400
    assert (await response.json())["conversation_id"] == ["This field is required."]


async def test_a_charset_and_unknown_keys_do_no_harm(echo: Caller):
    status, answer = await _send(echo, _message(extra=1), **{"Content-Type": "application/json; charset=utf-8"})
    assert status == 200
    assert "extra" not in answer


async def test_all_faults_are_told_at_once_and_not_too_many(echo: Caller):
    status, answer = await _send(echo, _message(conversation_id="x", text=5, mentions=["a"] * 50))
    assert status == 400
    assert answer["conversation_id"] == ["A valid integer is required."]
    assert answer["text"] == ["Not a valid string."]
    assert answer["mentions"][0] == "0: A valid integer is required."
    assert len(answer["mentions"]) == parse.FAULTS_A_FIELD


async def test_the_longest_text_is_the_configs(make_caller: MakeCaller):
    call = await make_caller(chat("POST", "echo/", _echo), limits={"text_characters": 20})
    assert (await _send(call, _message(text="ё" * 20)))[0] == 200
    status, answer = await _send(call, _message(text="ё" * 21))
    assert (status, answer) == (400, {"text": ["Ensure this field has no more than 20 characters."]})


@pytest.mark.parametrize("text", ["0", "-1", "abc", "1e3", "١", "9007199254740992", "9" * 30, "1.0", "0x1", "%00"])
async def test_what_cannot_be_an_id_is_not_found(echo: Caller, text: str):
    response = await echo("GET", f"/api/chat/query/{text}/")
    assert (response.status, (await response.json())["code"]) == (404, "not_found")


async def test_a_query_is_read(echo: Caller):
    path = "/api/chat/query/9007199254740991/?size=10&since=7&flag=true&filter=unread&text=%20ab%20"
    answer = await (await echo("GET", path)).json()
    assert answer == {
        "id": 9007199254740991,
        "size": 10,
        "since": 7,
        "flag": True,
        "filter": "unread",
        "text": "ab",
    }
    empty = await (await echo("GET", "/api/chat/query/1/?size=&since=&flag=&filter=&text=")).json()
    assert empty == {"id": 1, "size": 5, "since": None, "flag": False, "filter": "all", "text": ""}


@pytest.mark.parametrize(
    "query",
    [
        "size=0",
        "size=11",
        "size=x",
        "size=1e1",
        "size=" + "9" * 5000,
        "since=-5",
        "since=x",
        "flag=maybe",
        "filter=other",
        "text=abcdef",
        "text=%00",
    ],
)
async def test_a_wrong_query_names_its_key(echo: Caller, query: str):
    response = await echo("GET", f"/api/chat/query/1/?{query}")
    assert response.status == 400
    assert list(await response.json()) == [query.partition("=")[0]]
