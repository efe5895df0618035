"""Bodies that are wrong, large or odd: each gets a clear answer, loses nothing and changes nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from testbed.door import Caller, Door
from testbed.world import ADMIN, ANNA, TEACHER

from bridge.api.openapi.operations import OPERATIONS, Operation

CHAT = "/api/chat"
JSON = {"Content-Type": "application/json"}
LONGEST = 10_000

NOT_AN_OBJECT = {
    "half": b'{"text": "x"',
    "nothing but space": b"  ",
    "list": b"[]",
    "text": b'"text"',
    "null": b"null",
    "number": b"1",
    "two": b"{}{}",
    "not a number": b'{"text": NaN}',
    "single quotes": b"{'text': 'x'}",
    "UTF-16": '{"text": "x"}'.encode("utf-16"),
    "no UTF-8": b'{"text": "\xff\xfe"}',
    "a surrogate in UTF-8": b'{"text": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"text": "\\ud800"}',
    "a lone low surrogate": b'{"text": "x\\udc00"}',
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
}


def _with_body() -> Iterator[tuple[Operation, str]]:
    """Those that people call; the panel's are in ``api/test_panel_roster.py``."""
    for operation in OPERATIONS:
        if operation.body is not None and not operation.is_panel:
            for path in (operation.path, operation.path.rstrip("/")):
                yield operation, path


@pytest.fixture
async def teacher(door: Door) -> Caller:
    return await door.caller(TEACHER)


@pytest.fixture
async def group(teacher: Caller) -> int:
    groups = (await teacher.ask("GET", f"{CHAT}/conversations/?filter=groups")).json["results"]
    return int(next(c["id"] for c in groups if c["name"] == "7Б класс"))


async def _count(teacher: Caller, group: int) -> int:
    return int((await teacher.ask("GET", f"{CHAT}/messages/?conversation_id={group}&limit=1")).json["count"])


async def test_what_is_no_json_object_is_400_at_every_door(teacher: Caller, group: int) -> None:
    before = await _count(teacher, group)
    message_id = (await teacher.send(group)).json["id"]
    doors = list(_with_body())
    assert len(doors) >= 30
    for operation, path in doors:
        where = path.format(id=message_id if "/messages/" in path else group)
        for name, body in NOT_AN_OBJECT.items():
            if len(body) > 1000 and not where.endswith("/messages/"):
                continue
            answer = await teacher.ask(operation.method, where, data=body, headers=JSON)
            assert answer.status == 400, f"{operation.method} {where} {name} -> {answer.status}"
    assert await _count(teacher, group) == before + 1


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "x"],
)
async def test_another_content_type_is_415(teacher: Caller, group: int, content_type: str) -> None:
    """Also what a foreign page can send without asking: a form."""
    body = json.dumps({"conversation_id": group, "text": "x"}).encode()
    for operation, path in _with_body():
        where = path.format(id=group)
        answer = await teacher.ask(operation.method, where, data=body, headers={"Content-Type": content_type})
        assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type"), where


async def test_too_large_is_413_however_it_comes(teacher: Caller, group: int) -> None:
    whole = json.dumps({"conversation_id": group, "text": "x"}).encode()
    fits = whole.ljust(teacher.door.config.limits.body_bytes)

    async def in_pieces() -> Any:
        for start in range(0, len(fits) + 1, 16_384):
            yield (fits + b" ")[start : start + 16_384]

    assert (await teacher.ask("POST", f"{CHAT}/messages/", data=fits, headers=JSON)).status == 201
    packed = {**JSON, "Content-Encoding": "gzip"}
    for body, headers in (
        (fits + b" ", JSON),
        (in_pieces(), JSON),
        (gzip.compress(fits + b" "), packed),
        (gzip.compress(b" " * (64 << 20)), packed),
    ):
        answer = await teacher.ask("POST", f"{CHAT}/messages/", data=body, headers=headers)
        assert (answer.status, answer.json["code"]) == (413, "too_large")
    broken = await teacher.ask("POST", f"{CHAT}/messages/", data=b"not gzip", headers=packed)
    assert broken.status == 400


BLANK = {
    "nothing": "",
    "space": " \t\n\r ",
    "no-break spaces": "\u00a0\u2007\u202f\u3000",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "soft hyphens": "\u00ad\u00ad",
    "directions": "\u202e\u202d\u2066\u2069\u200f",
    "variation selectors": "\ufe0f\ufe0e\U000e0100",
    "tags": "\U000e0041\U000e007f",
    "fillers": "\u115f\u1160\u3164\uffa0\u2800",
    "marks without a letter": "\u0301\u034f\u20dd",
    "controls": "\u0001\u001b\u007f\u0085",
}


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
async def test_what_nobody_would_see_is_not_sent(teacher: Caller, group: int, text: str) -> None:
    sent = await teacher.send(group, text)
    assert (sent.status, sent.json) == (400, {"text": ["This field may not be blank."]})
    message_id = (await teacher.send(group, "видно")).json["id"]
    edited = await teacher.ask("PATCH", f"{CHAT}/messages/{message_id}/", json={"text": text})
    assert (edited.status, set(edited.json)) == (400, {"text"})
    named = await teacher.ask("POST", f"{CHAT}/conversations/group/", json={"name": text, "participants": [ANNA]})
    assert (named.status, set(named.json)) == (400, {"name"})


async def test_one_character_too_many_is_400_and_names_the_limit(teacher: Caller, group: int) -> None:
    """Characters are counted, not bytes and not UTF-16 units."""
    message_id = (await teacher.send(group)).json["id"]
    for letter in ("x", "ж", "😀"):
        said = await teacher.send(group, letter * (LONGEST + 1))
        assert (said.status, said.json) == (400, {"text": ["Ensure this field has no more than 10000 characters."]})
        edited = await teacher.ask("PATCH", f"{CHAT}/messages/{message_id}/", json={"text": letter * (LONGEST + 1)})
        assert (edited.status, set(edited.json)) == (400, {"text"})


ODD_TEXTS = {
    "NUL": "a\0b",
    "only NUL": "\0",
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_nul_is_refused_wherever_it_stands(teacher: Caller, group: int, text: str) -> None:
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "messages/", {"conversation_id": group, "text": text}),
        ("POST", "messages/", {"conversation_id": group, "text": "x", "client_id": text}),
        ("POST", "messages/", {"conversation_id": group, "text": "x", "unknown": {"deep": [{"er": text}]}}),
        ("POST", "messages/", {"conversation_id": group, "text": "x", text: "x"}),
        ("POST", "conversations/group/", {"name": text, "participants": []}),
        ("PATCH", "me/", {"settings": {"language": text}}),
    ]
    for method, path, body in bodies:
        answer = await teacher.ask(method, f"{CHAT}/{path}", json=body)
        assert answer.status == 400, body
    for query in ("contacts/?search=%00", "conversations/?search=a%00b", "messages/?conversation_id=%00"):
        assert (await teacher.ask("GET", f"{CHAT}/{query}")).status in (200, 400)


NO_IDS: list[Any] = [
    0,
    -1,
    1.0,
    1.5,
    1e300,
    True,
    "",
    "abc",
    "1.0",
    "１",
    "0x1",
    " 1",
    [],
    [1],
    {},
    2**53,
    2**63,
    2**64,
]


async def test_what_is_no_id_is_400_in_a_body(teacher: Caller, group: int) -> None:
    for value in [*NO_IDS, None]:
        for body in (
            {"conversation_id": value, "text": "x"},
            {"conversation_id": group, "text": "x", "reply_to": value},
        ):
            if value is None and "reply_to" in body:
                continue  # not given
            answer = await teacher.ask("POST", f"{CHAT}/messages/", json=body)
            assert (answer.status, len(answer.json)) == (400, 1), (value, answer.text)
        opened = await teacher.ask("POST", f"{CHAT}/conversations/", json={"participant": value})
        assert (opened.status, set(opened.json)) == (400, {"participant"})
        added = await teacher.ask(
            "POST", f"{CHAT}/conversations/group/", json={"name": "x", "participants": [ANNA, value]}
        )
        assert (added.status, set(added.json)) == (400, {"participants"})
    huge = b'{"text": "x", "conversation_id": %s}' % (b"9" * 4000)
    assert (await teacher.ask("POST", f"{CHAT}/messages/", data=huge, headers=JSON)).status == 400


async def test_what_is_no_id_is_404_in_a_path_and_400_in_a_query(teacher: Caller, group: int) -> None:
    for value in ("0", "-1", "1.0", "1e3", "abc", "%00", "%F0%9F%98%80", "９", str(2**53), "9" * 300, "1;2", "%2e%2e"):
        for path in ("conversations/{}/", "messages/{}/", "conversations/{}/participants/", "messages/{}/read/"):
            method = "GET" if "conversations" in path else "PATCH"
            body = None if method == "GET" else {"text": "x"}
            answer = await teacher.ask(method, f"{CHAT}/{path.format(value)}", json=body)
            assert (answer.status, answer.json["code"]) == (404, "not_found"), (path, value)
        for query in (f"conversation_id={value}", f"conversation_id={group}&before={value}"):
            answer = await teacher.ask("GET", f"{CHAT}/messages/?{query}")
            assert answer.status == 400, query
    for page in ("0", "-1", "1.5", "abc", "9" * 30):
        for path in (f"messages/?conversation_id={group}&", "conversations/?", "contacts/?"):
            answer = await teacher.ask("GET", f"{CHAT}/{path}page={page}")
            assert (answer.status, answer.json["detail"]) == (404, "Invalid page.")
    for since in ("-1", "1.5", "abc", "9" * 30, "%00"):
        assert (await teacher.ask("GET", f"{CHAT}/sync/?since={since}")).status == 400


async def test_keys_that_nobody_asked_for_are_ignored(teacher: Caller, group: int) -> None:
    boast = {"sender": ADMIN, "sender_id": ADMIN, "id": 1, "status": "read", "is_deleted": True, "event_id": "$x"}
    boast |= {"created_at": "2001-01-01T00:00:00Z", "message_type": "SYSTEM", "rev": 1, "__proto__": {"x": 1}, "": ""}
    said = await teacher.send(group, "как обычно", **boast)
    assert said.status == 201
    message = said.json
    assert (message["sender"]["id"], message["status"], message["message_type"]) == (TEACHER, "pending", "TEXT")
    assert not message["is_deleted"]
    assert message["id"] > 1
    assert message["event_id"] is None
    assert message["created_at"] > "2020"


async def test_a_client_id_is_a_short_text(teacher: Caller, group: int) -> None:
    for wrong in ("x" * 65, 7, True, [], {}):
        answer = await teacher.send(group, "x", client_id=wrong)
        assert (answer.status, set(answer.json)) == (400, {"client_id"}), wrong
    longest = "ж" * 64
    first, again = [await teacher.send(group, text, client_id=longest) for text in ("раз", "два")]
    assert (first.status, again.status) == (201, 200)
    assert again.json["text"] == "раз"
    assert again.json["id"] == first.json["id"]
