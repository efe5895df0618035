"""The school itself says something in a group: stored with its command, once for each client_id."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from api_school import STUDENT, TEACHER
from conftest import Caller, MakeCaller

from bridge.chat import conversations, members
from bridge.outbox import store as outbox
from bridge.outbox.commands import Kind
from bridge.outbox.store import Lease
from bridge.permissions.roster_rooms import key_of_group

TOKEN = "the panel's token, quite long enough"
PATH = "/api/panel/system-messages/"
LESSON = "**Преподаватель** начал урок"


class Published:
    """Stands for the live part: keeps what would be told to browsers."""

    def __init__(self) -> None:
        self.changes: list[Any] = []

    async def publish(self, changes: Any) -> None:
        self.changes += changes


@pytest.fixture
async def panel(make_caller: MakeCaller) -> Caller:
    call = await make_caller(panel={"token": TOKEN})
    call.services.live = Published()
    call.services.sender = SimpleNamespace(
        lease=lambda: Lease("me", call.services.clock() + 15_000), wake=lambda *_: None
    )
    return call


async def make_room(call: Caller, *, is_archived: bool = False) -> int:
    """The group's conversation, as provisioning leaves it."""
    now_ms = call.services.clock()
    async with call.services.db.writing() as conn:
        found = await conversations.create_group_conversation(
            conn, name="7Б", created_by=None, now_ms=now_ms, roster_key=key_of_group(1)
        )
        await members.add(conn, found, {TEACHER: True, STUDENT: False}, now_ms)
        await conversations.set_room_id(conn, found, "!room:school.test")
        if is_archived:
            await conversations.archive(conn, found, now_ms)
    return found


async def say(call: Caller, **body: Any) -> tuple[int, Any]:
    answer = await call("POST", PATH, None, headers={"Authorization": f"Bearer {TOKEN}"}, json=body)
    return answer.status, orjson.loads(await answer.read())


async def test_a_system_message_is_of_nobody_and_on_its_way(panel: Caller):
    conversation_id = await make_room(panel)
    status, message = await say(panel, group_id=1, text=LESSON, client_id="lesson-1")
    assert status == 201
    assert (message["message_type"], message["sender"], message["text"]) == ("SYSTEM", None, LESSON)
    assert (message["status"], message["conversation_id"]) == ("pending", conversation_id)
    async with panel.services.db.reading() as conn:
        (command,) = await outbox.find_pending(conn, conversation_id, (Kind.MESSAGE,))
    assert (command.person_id, command.message_id) == (None, message["id"])
    (change,) = panel.services.live.changes
    assert change.audience == {TEACHER: 1, STUDENT: 1}  # unread for both


async def test_the_same_client_id_says_it_once(panel: Caller):
    conversation_id = await make_room(panel)
    _, first = await say(panel, group_id=1, text=LESSON, client_id="lesson-1")
    status, again = await say(panel, group_id=1, text="another text", client_id="lesson-1")
    assert (status, again["id"], again["text"]) == (200, first["id"], LESSON)
    status, other = await say(panel, group_id=1, text=LESSON)
    assert (status, other["id"] > first["id"]) == (201, True)
    async with panel.services.db.reading() as conn:
        assert len(await outbox.find_pending(conn, conversation_id, (Kind.MESSAGE,))) == 2


async def test_a_persons_client_id_is_another(panel: Caller):
    """The school's messages have no sender; nobody's own may be taken for one of them."""
    conversation_id = await make_room(panel)
    body = {"conversation_id": conversation_id, "text": "моё", "client_id": "lesson-1"}
    assert (await panel("POST", "/api/chat/messages/", TEACHER, json=body)).status == 201
    status, message = await say(panel, group_id=1, text=LESSON, client_id="lesson-1")
    assert (status, message["text"]) == (201, LESSON)


async def test_where_nothing_can_be_said_the_answer_says_why(panel: Caller):
    status, body = await say(panel, group_id=9, text=LESSON)
    assert (status, body["code"]) == (404, "not_found")
    status, body = await say(panel, group_id=1, text=LESSON)  # the roster has it, its room is not made yet
    assert (status, body["code"]) == (503, "group_not_ready")
    await make_room(panel, is_archived=True)
    status, body = await say(panel, group_id=1, text=LESSON)
    assert (status, body["code"]) == (409, "archived")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["group_id", "text"]),
        ({"group_id": "x", "text": " \n"}, ["group_id", "text"]),
        ({"group_id": 1, "text": "x" * 10_001}, ["text"]),
        ({"group_id": 1, "text": "x", "client_id": "c" * 65}, ["client_id"]),
    ],
)
async def test_a_message_that_cannot_be_is_refused_with_all_its_faults(
    panel: Caller, body: dict[str, Any], fields: list[str]
):
    status, found = await say(panel, **body)
    assert (status, sorted(found)) == (400, fields)
