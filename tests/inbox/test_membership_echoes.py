"""An event that tells of the past does not undo what the web has decided since."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.chat import conversations, members
from bridge.chat.shapes import Viewing
from bridge.db.engine import Database
from bridge.inbox.events import EventTaker
from bridge.matrix.ids import Ids
from bridge.permissions.policy import Rules
from bridge.permissions.school import Person, Role, School

VERA, TEACHER = 13, 1
IDS = Ids("school.test")
ROOM = "!room:school.test"
PEOPLE = [Person(VERA, "vera", "Вера", "Ученик", Role.STUDENT), Person(TEACHER, "t", "Иван", "Иванов", Role.TEACHER)]
SCHOOL = School.of(PEOPLE, [], [])


@pytest.fixture
def taker() -> EventTaker:
    return EventTaker(IDS, lambda: Viewing(SCHOOL, Rules(), lambda _: (False, None), lambda *_: ""))


async def _room(database: Database) -> int:
    async with database.writing() as conn:
        made = await conversations.create_group_conversation(conn, name="Кружок", created_by=TEACHER, now_ms=100)
        await conversations.set_room_id(conn, made, ROOM)
        await members.add(conn, made, {TEACHER: True, VERA: False}, 100)
        return made


async def _happens(database: Database, taker: EventTaker, membership: str, at_ms: int, now_ms: int) -> bool:
    """Take in that Vera joined or left *at_ms*; whether she is a participant then."""
    event: dict[str, Any] = {
        "type": "m.room.member",
        "event_id": f"${membership}{at_ms}",
        "room_id": ROOM,
        "sender": IDS.ghost(VERA),
        "state_key": IDS.ghost(VERA),
        "origin_server_ts": at_ms,
        "content": {"membership": membership},
    }
    async with database.writing() as conn:
        await taker.take_in(conn, event, now_ms)
        found = await conversations.find_by_room(conn, ROOM)
        assert found is not None
        return await members.is_participant(conn, found.id, VERA)


async def test_a_late_join_does_not_bring_back_who_was_removed(database: Database, taker: EventTaker) -> None:
    room = await _room(database)
    async with database.writing() as conn:
        await members.remove(conn, room, VERA, 200)
        await members.settle(conn, room, [VERA], 300)  # the kick has been carried out
    assert not await _happens(database, taker, "join", 250, 400)
    assert not await _happens(database, taker, "leave", 290, 400)
    assert await _happens(database, taker, "join", 350, 400)


async def test_a_late_leave_does_not_take_out_who_was_added_again(database: Database, taker: EventTaker) -> None:
    room = await _room(database)
    async with database.writing() as conn:
        await members.remove(conn, room, VERA, 200)
        await members.add(conn, room, {VERA: False}, 210)
        await members.settle(conn, room, [VERA], 300)
    assert await _happens(database, taker, "leave", 250, 400)
    assert await _happens(database, taker, "join", 290, 400)
    assert not await _happens(database, taker, "leave", 350, 400)


async def test_after_an_outage_the_past_is_taken_in_in_its_own_time(database: Database, taker: EventTaker) -> None:
    """Events that were hours under way are compared with each other by when they happened, not by when they came."""
    await _room(database)
    assert not await _happens(database, taker, "leave", 1_000, 90_000)
    assert await _happens(database, taker, "join", 2_000, 90_000)
    assert not await _happens(database, taker, "leave", 3_000, 90_000)
