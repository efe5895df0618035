"""The longest and oddest texts that are allowed arrive in Matrix whole; so do their edits."""

from __future__ import annotations

from typing import Any

import pytest
from testbed.door import Caller, Door
from testbed.waiting import until
from testbed.world import ANNA, TEACHER

CHAT = "/api/chat"
LONGEST = 10_000


def _filled(pattern: str) -> str:
    return (pattern * LONGEST)[:LONGEST].strip()


LONG = {
    "Cyrillic with Markdown": _filled("**Важно:** прочитать _параграф_ 5 и `решить` задачи. "),
    "Cyrillic and tags": _filled("*ж* "),
    "emoji": "😀" * LONGEST,
    "emoji with Markdown": _filled("**😀** "),
    "escapes": '"\\' * (LONGEST // 2),
    "entities": "&" * LONGEST,
    "deep quotes": ">" * (LONGEST - 1) + "x",
    "a table": _filled("|ж|\n|-|\n"),
}


async def _event(door: Door, room_id: str, event_id: str) -> dict[str, Any]:
    event = await door.world.synapse.as_bridge("GET", f"rooms/{room_id}/event/{event_id}")
    return dict(event["content"])


async def _message(caller: Caller, said: dict[str, Any]) -> dict[str, Any]:
    query = f"conversation_id={said['conversation_id']}&around={said['id']}&limit=1"
    found = (await caller.ask("GET", f"{CHAT}/messages/?{query}")).json["results"]
    return dict(next(message for message in found if message["id"] == said["id"]))


@pytest.fixture
async def room(door: Door) -> tuple[Caller, int, str]:
    teacher = await door.caller(TEACHER)
    made = (await teacher.ask("POST", f"{CHAT}/conversations/", json={"participant": ANNA})).json["id"]

    async def room_id() -> Any:
        return (await teacher.ask("GET", f"{CHAT}/conversations/{made}/")).json["room_id"]

    return teacher, made, await until(room_id)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
async def test_ten_thousand_characters_arrive_and_so_does_their_edit(
    door: Door, room: tuple[Caller, int, str], text: str
) -> None:
    teacher, conversation_id, room_id = room
    said = await teacher.send(conversation_id, text)
    assert (said.status, said.json["text"]) == (201, text)
    await door.world.quiet()  # what is changed before it has gone out goes out as changed
    changed = f"{text[:-1]}я"
    edited = await teacher.ask("PATCH", f"{CHAT}/messages/{said.json['id']}/", json={"text": changed})
    assert (edited.status, edited.json["text"]) == (200, changed)
    await door.world.quiet()

    message = await _message(teacher, said.json)
    assert (message["status"], message["error"]) == ("sent", None)
    assert (await _event(door, room_id, message["event_id"]))["body"] == text
    newest = await door.world.synapse.as_bridge("GET", f"rooms/{room_id}/messages?dir=b&limit=1")
    content = newest["chunk"][0]["content"]
    assert content["m.relates_to"]["event_id"] == message["event_id"]
    assert content["m.new_content"]["body"] == changed
    assert (await _message(teacher, said.json))["text"] == changed  # our own edit coming back changes nothing


ODD = {
    "controls": ("a\u0001b\u001b[31mc\u007f", "ab[31mc"),
    "line ends": ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
    "right to left": ("\u202eabc\u202c\u2067עברית\u2069", "\u202eabc\u202c\u2067עברית\u2069"),
    "joined emoji": ("👩🏽‍🏫👨‍👩‍👧‍👦🏳️‍🌈", "👩🏽‍🏫👨‍👩‍👧‍👦🏳️‍🌈"),
    "many marks": ("Z" + "\u0301\u0316\u0489" * 500, "Z" + "\u0301\u0316\u0489" * 500),
    "beyond Unicode's assigned": ("x\ufffe\uffff\U0010ffff", "x\ufffe\uffff\U0010ffff"),
    "HTML": ("<script>alert(1)</script><img src=x onerror=alert(1)>", None),
    "statements": ("'; DROP TABLE messages; --", None),
    "a mention of everybody": ("@room @all", None),
    "a template": ("{{7*7}} ${7*7} %s %n {0} \\N{BULLET}", None),
}


async def test_odd_text_stays_text(door: Door, room: tuple[Caller, int, str]) -> None:
    teacher, conversation_id, room_id = room
    said = {name: await teacher.send(conversation_id, text) for name, (text, _) in ODD.items()}
    assert {name: answer.status for name, answer in said.items() if answer.status != 201} == {}
    await door.world.quiet()
    for name, (text, in_matrix) in ODD.items():
        message = await _message(teacher, said[name].json)
        assert message["status"] == "sent", name
        content = await _event(door, room_id, message["event_id"])
        assert content["body"] == message["text"] == (in_matrix or text)
        assert "room" not in content["m.mentions"]
        assert "<script" not in content.get("formatted_body", "")
        assert "<img" not in content.get("formatted_body", "")
    listed = (await (await door.caller(ANNA)).ask("GET", f"{CHAT}/conversations/{conversation_id}/")).json
    assert len(listed["last_message"]["text"]) <= 51
