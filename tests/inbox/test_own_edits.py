"""Our own edit coming back changes nothing, however close it is to the moment when the outbox notes it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from bridge.chat import conversations, event_index, members, messages, revision
from bridge.chat.shapes import Viewing
from bridge.db.engine import Conn, Database
from bridge.inbox.events import EventTaker
from bridge.matrix import content
from bridge.matrix.ids import Ids
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.permissions.policy import Rules
from bridge.permissions.school import Person, Role, School

TEACHER, ROOM = 1, "!room:school.test"
IDS = Ids("school.test")
SCHOOL = School.of([Person(TEACHER, "t", "Иван", "Иванов", Role.TEACHER)], [], [])
VIEWING = Viewing(SCHOOL, Rules(), lambda _: (False, None), lambda *_: "")
NEW = "новое, **важное** и `длинное` " * 200  # so long that Matrix gets it without formatting


async def _edited_message(database: Database) -> tuple[int, int]:
    """A message whose edit is on its way: the ids of conversation and message."""
    async with database.writing() as conn:
        room = await conversations.create_group_conversation(conn, name="Кружок", created_by=TEACHER, now_ms=100)
        await conversations.set_room_id(conn, room, ROOM)
        await members.add(conn, room, {TEACHER: True}, 100)
        new = messages.NewMessage(TEACHER, "TEXT", NEW, 200, "sent", "web", event_id="$message")
        await messages.take_in(conn, VIEWING, room, new, 200)
        found = await event_index.find_by_event(conn, "$message")
        assert found is not None
        await outbox.append(conn, Command(room, Kind.EDIT, TEACHER, found[1], {"text": NEW}), 300)
    return room, found[1]


async def _comes_back(database: Database, message_id: int) -> None:
    body: dict[str, Any] = content.edit(NEW, message_id=message_id, replaces_event_id="$message")
    body["m.new_content"].pop("formatted_body", None)
    event = {
        "type": "m.room.message",
        "event_id": "$edit",
        "room_id": ROOM,
        "sender": IDS.ghost(TEACHER),
        "origin_server_ts": 400,
        "content": body,
    }
    async with database.writing() as conn:
        assert not await EventTaker(IDS, lambda: VIEWING).take_in(conn, event, 400)


async def _text(database: Database, message_id: int) -> str:
    async with database.reading() as conn:
        row = await messages.get_facts(conn, message_id)
        assert row is not None
        return str(row.text)


async def test_while_the_edit_is_still_in_the_outbox(database: Database) -> None:
    _, message_id = await _edited_message(database)
    await _comes_back(database, message_id)
    assert await _text(database, message_id) == NEW


async def test_at_the_moment_when_the_outbox_notes_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look whether the event is known and the look into the outbox."""
    if database.is_sqlite:
        return  # one writer: there is no such moment
    room, message_id = await _edited_message(database)
    get_facts = messages.get_facts

    async def and_meanwhile(conn: Conn, asked_id: int) -> Any:
        async with database.writing() as other:
            await revision.hold(other, room)
            await event_index.remember_event(other, "$edit", room, message_id)
            await other.execute(text("DELETE FROM outbox"))
        return await get_facts(conn, asked_id)

    with monkeypatch.context() as patch:
        patch.setattr(messages, "get_facts", and_meanwhile)
        await _comes_back(database, message_id)
    assert await _text(database, message_id) == NEW
