"""Which events are drift, and how often it is put right: pure rules, and the follower on a real database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bridge.matrix.ids import Ids
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.provisioning import drift, record
from bridge.provisioning.drift import find_wrong_name, is_drift
from bridge.provisioning.follow import Follower
from bridge.roster.store import SchoolCache
from provisioning.apply_world import CountingHomeserver, World

IDS = Ids("school.test")
TEACHER, STUDENT, OTHER, LEFT, ADMIN = 1, 2, 3, 4, 9
KEY = "group:70"
SCHOOL = School.of(
    [
        Person(TEACHER, "t", "Анна", "Петрова", Role.TEACHER),
        Person(STUDENT, "s", "Пётр", "Орлов", Role.STUDENT),
        Person(OTHER, "o", "Вера", "Белова", Role.STUDENT),
        Person(LEFT, "l", "Олег", "Волков", Role.STUDENT, is_active=False),
        Person(ADMIN, "a", "Ольга", "Соколова", Role.ADMIN),
    ],
    [Group(70, "7Б")],
    [Enrolment(70, TEACHER, Role.TEACHER), Enrolment(70, STUDENT, Role.STUDENT), Enrolment(70, LEFT, Role.STUDENT)],
)


def event(kind: str, sender: int | None, content: dict[str, Any], state_key: str = "") -> dict[str, Any]:
    return {"type": kind, "sender": IDS.mxid(sender), "state_key": state_key, "content": content, "event_id": "$e"}


def member(person_id: int, membership: str, *, by: int | None, **content: Any) -> dict[str, Any]:
    return event("m.room.member", by, {"membership": membership, **content}, IDS.ghost(person_id))


STRANGER = event("m.room.member", TEACHER, {"membership": "invite"}, "@eve:school.test")
DRIFT = {
    "a teacher kicks a member": (member(STUDENT, "leave", by=TEACHER), True),
    "a member leaves": (member(STUDENT, "leave", by=STUDENT), True),
    "a teacher bans a member": (member(STUDENT, "ban", by=TEACHER), True),
    "the bot removes a member": (member(STUDENT, "leave", by=None), False),
    "a member comes in": (member(STUDENT, "join", by=STUDENT), False),
    "somebody whom a teacher added comes in": (member(OTHER, "join", by=OTHER), False),
    "somebody who does not belong there leaves": (member(OTHER, "leave", by=OTHER), False),
    "an admin looks in": (member(ADMIN, "join", by=ADMIN), False),
    "who has left the school comes in": (member(LEFT, "join", by=LEFT), True),
    "who has left the school is invited": (member(LEFT, "invite", by=TEACHER), True),
    "a stranger is invited": (STRANGER, True),
    "a teacher renames the room": (event("m.room.name", TEACHER, {"name": "ха"}), True),
    "the bot renames the room": (event("m.room.name", None, {"name": "7Б"}), False),
    "a teacher gives power": (event("m.room.power_levels", TEACHER, {"users": {}}), True),
    "a teacher sets the topic": (event("m.room.topic", TEACHER, {"topic": "ха"}), True),
    "a teacher pins": (event("m.room.pinned_events", TEACHER, {"pinned": []}), False),
    "somebody writes": (event("m.room.message", STUDENT, {"body": "ха"}), False),
}


@pytest.mark.parametrize("name", DRIFT)
def test_what_is_drift(name: str):
    happened, expected = DRIFT[name]
    assert is_drift(happened, KEY, SCHOOL, IDS) is expected


NAMES = {
    "as the roster says": (member(STUDENT, "join", by=STUDENT, displayname="Пётр Орлов"), None),
    "otherwise": (member(STUDENT, "join", by=STUDENT, displayname="Учитель"), (STUDENT, "Учитель")),
    "not at all": (member(STUDENT, "join", by=STUDENT), (STUDENT, "")),
    "on the way out": (member(STUDENT, "leave", by=STUDENT, displayname="ха"), None),
    "who has left the school": (member(LEFT, "join", by=LEFT, displayname="ха"), None),
}


@pytest.mark.parametrize("name", NAMES)
def test_who_is_called_otherwise_than_in_the_roster(name: str):
    happened, expected = NAMES[name]
    assert find_wrong_name(happened, SCHOOL, IDS) == expected


async def test_a_room_is_put_right_so_often_in_an_hour_and_then_left_alone(world: World):
    cache = SchoolCache(world.db)
    await world.store(cache, world.school())
    now_ms = world.parts.clock()
    world.parts = replace(world.parts, clock=lambda: now_ms)
    follower = Follower(world.parts, cache, world.layout, repairs_per_hour=2)
    await follower.turn()

    async def is_renamed_back() -> bool:
        """A teacher renames the room, the inbox hears of it, the follower has its turn."""
        room_id = await world.room_id()
        await world.homeserver.set_state(room_id, "m.room.name", "", {"name": "ха"}, as_user=world.first)
        async with world.db.writing() as conn:
            await record.suspect(conn, [f"group:{world.first}"], now_ms)
        await follower.turn()
        return await world.homeserver.find_state(room_id, "m.room.name") == {"name": "7Б"}

    assert [await is_renamed_back() for _ in range(3)] == [True, True, False]
    now_ms += drift.HOUR_MS + 1
    await follower.turn()
    assert await world.homeserver.find_state(await world.room_id(), "m.room.name") == {"name": "7Б"}


async def test_one_power_event_puts_all_levels_right(world: World):
    await world.apply(world.school())
    room_id, ghost = await world.room_id(), world.homeserver.ids.ghost
    levels = await world.homeserver.find_state(room_id, "m.room.power_levels")
    assert levels is not None
    changed = {**levels, "users": {**levels["users"], ghost(world.first + 2): 50, ghost(world.first + 3): 25}}
    await world.homeserver.set_state(room_id, "m.room.power_levels", "", changed, as_user=world.first)
    async with world.db.writing() as conn:
        await record.suspect(conn, [f"group:{world.first}"], world.parts.clock())
    counting = CountingHomeserver(world.homeserver)
    world.count_with(counting)
    plan = await world.plan(world.school(), look=False)
    assert [type(step).__name__ for step in plan.steps] == ["SetPower"]
    await world.carry_out(world.school(), plan)
    assert counting.calls == ["get_state", "set_state"]
    assert await world.power() == {0: 50, 1: 50}


async def test_a_room_on_which_there_is_nothing_to_do_is_suspect_no_more(world: World):
    await world.apply(world.school())
    async with world.db.writing() as conn:
        await record.suspect(conn, [f"group:{world.first}"], world.parts.clock())
    plan = await world.plan(world.school(), look=False)
    assert plan.steps == ()
    assert len(plan.found.looked) == 1
    await world.carry_out(world.school(), plan)
    async with world.db.reading() as conn:
        assert await drift.list_due(conn, 6, world.parts.clock()) == (set(), set())


async def test_what_happens_during_the_work_is_looked_at_afterwards(world: World):
    """An event that comes in between the look and the end of the work is not forgotten by that end."""
    await world.apply(world.school())
    key = f"group:{world.first}"
    plan = await world.plan(world.school(name="8Б"))
    async with world.db.writing() as conn:
        await record.suspect(conn, [key], world.parts.clock())
    await world.carry_out(world.school(name="8Б"), plan)
    async with world.db.reading() as conn:
        assert await drift.list_due(conn, 6, world.parts.clock()) == ({key}, set())
