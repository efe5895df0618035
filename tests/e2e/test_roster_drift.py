"""What somebody changes in the roster's rooms from a Matrix client is put right by the running bridge, and noted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from testbed.databases import SqliteDatabases
from testbed.element import Element, done
from testbed.waiting import until
from testbed.world import ANNA, BORIS, CLASS_7B, TEACHER, World, open_world, school_roster

from bridge import app
from bridge.audit.log import list_entries
from bridge.roster.store import save_roster


@pytest.fixture(scope="module")
async def school(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    rooms = {"space": "Школа", "staff_room": "Учительская", "announcements": "Объявления"}
    roster = {"follow": True, "rooms": rooms, "drift": {"repairs_per_hour": 100}}
    with pytest.MonkeyPatch.context() as constants:
        constants.setattr(app, "ROSTER_S", 0.2)  # how soon it is put right is no law here
        async with (
            sqlite_databases.fresh() as url,
            open_world(tmp_path_factory.mktemp("drift"), url, roster=roster) as world,
        ):
            yield world


async def class_7b(school: World) -> tuple[str, Element]:
    """The class's room, and its teacher in a Matrix client."""
    api = await school.api(TEACHER)

    async def find() -> list[str]:
        """A test before may have renamed it, and the web hears last that this was put right."""
        page = await api.get("conversations/", search="7Б класс")
        return [each["room_id"] for each in page["results"] if each["name"] == "7Б класс"]

    (room_id,) = await until(find)
    return room_id, Element(await school.matrix(TEACHER), TEACHER)


async def test_who_was_kicked_is_back(school: World) -> None:
    room_id, teacher = await class_7b(school)
    ghost = school.synapse.ghost(ANNA)
    await done(teacher.client.room_kick(room_id, ghost))
    anna = await school.api(ANNA)

    async def is_back_in_both() -> bool:
        members = await school.bridge.homeserver.get_members(room_id)
        names = [c["name"] for c in (await anna.get("conversations/"))["results"]]
        return members[ghost] == "join" and "7Б класс" in names

    await until(is_back_in_both, limit_s=40)


async def test_a_room_is_called_as_the_roster_calls_it(school: World) -> None:
    room_id, teacher = await class_7b(school)
    await done(teacher.client.room_put_state(room_id, "m.room.name", {"name": "Болталка"}))
    await done(teacher.client.room_put_state(room_id, "m.room.topic", {"topic": "Обо всём"}))

    async def is_put_right() -> bool:
        state = await teacher.state(room_id)
        return (state["m.room.name", ""]["name"], "Обо" in state["m.room.topic", ""]["topic"]) == ("7Б класс", False)

    await until(is_put_right, limit_s=40)
    shown = await (await school.api(ANNA)).group("7Б класс")
    assert shown["room_id"] == room_id


async def test_power_that_a_teacher_gave_is_taken_back(school: World) -> None:
    room_id, teacher = await class_7b(school)
    levels = (await teacher.state(room_id))["m.room.power_levels", ""]
    users = {**levels["users"], school.synapse.ghost(BORIS): 50}
    await done(teacher.client.room_put_state(room_id, "m.room.power_levels", {**levels, "users": users}))

    async def is_taken_back() -> bool:
        return (await teacher.state(room_id))["m.room.power_levels", ""]["users"] == levels["users"]

    await until(is_taken_back, limit_s=40)


async def test_people_are_called_as_the_roster_calls_them(school: World) -> None:
    client = await school.matrix(ANNA)
    await done(client.set_displayname("Директор"))

    async def is_herself() -> bool:
        return await school.bridge.homeserver.find_display_name(ANNA) == "Анна Ученик"

    await until(is_herself, limit_s=40)


async def test_a_pupil_who_left_the_space_is_back(school: World) -> None:
    api = await school.api(BORIS)
    room_id = (await api.group("Объявления"))["room_id"]
    state = await school.bridge.homeserver.get_state(room_id)
    space = next(event["state_key"] for event in state if event["type"] == "m.space.parent")
    client = await school.matrix(BORIS)
    await done(client.room_leave(space))

    async def is_back() -> bool:
        return (await school.bridge.homeserver.get_members(space))[school.synapse.ghost(BORIS)] == "join"

    await until(is_back, limit_s=40)


async def test_what_was_put_right_is_in_the_audit(school: World) -> None:
    room_id, teacher = await class_7b(school)
    await done(teacher.client.room_put_state(room_id, "m.room.name", {"name": "Ещё раз"}))

    async def is_written_down() -> bool:
        async with school.bridge.db.reading() as conn:
            found = await list_entries(conn, group_id=CLASS_7B, limit=1000)
        return any(
            each.entry.action == "drift.repaired" and each.entry.details["steps"].get("Rename") for each in found
        )

    await until(is_written_down, limit_s=40)


async def test_a_stored_roster_is_followed_when_it_is_said(school: World) -> None:
    before = school_roster()
    kept = tuple(each for each in before.enrolments if (each.group_id, each.person_id) != (CLASS_7B, BORIS))
    room_id, _ = await class_7b(school)
    async with school.bridge.db.writing() as conn:
        await save_roster(conn, type(before)(before.people, before.groups, kept), {})
    school.bridge.services.kick_roster()

    async def is_out() -> bool:
        return (await school.bridge.homeserver.get_members(room_id))[school.synapse.ghost(BORIS)] == "leave"

    await until(is_out)
