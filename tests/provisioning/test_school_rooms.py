"""The school's space, its staff room and announcements, archived rooms: on a real homeserver."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from testbed.databases import Databases, PostgresDatabases, SqliteDatabases
from testbed.file_samples import png
from testbed.homeserver import TestedSynapse

from bridge.config import DatabaseConfig, RoomsConfig
from bridge.db.engine import Database
from bridge.errors import HomeserverRefused
from bridge.matrix.content import message
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.school import Group, School
from bridge.provisioning import record
from bridge.provisioning.layout import Layout, layout_of
from provisioning.apply_world import CountingHomeserver, World

WHOLE = Layout(space="Школа № 5", staff_room="Учительская", announcements="Объявления")
EVERYBODY = {0, 1, 2, 3, 4, 5}


@asynccontextmanager
async def _made(databases: Databases, synapse: TestedSynapse) -> AsyncIterator[World]:
    homeserver = Homeserver(synapse.homeserver, synapse.appservice)
    await homeserver.start()
    async with databases.fresh() as url:
        database = Database(DatabaseConfig(url=url))
        world = World(database, homeserver)
        world.layout = WHOLE
        assert (await world.apply(world.school())).is_complete
        yield world
        await database.close()
    await homeserver.close()


@pytest.fixture(scope="module")
async def sqlite_made(sqlite_databases: SqliteDatabases, synapse: TestedSynapse) -> AsyncIterator[World]:
    async with _made(sqlite_databases, synapse) as world:
        yield world


@pytest.fixture(scope="module")
async def postgresql_made(postgres_databases: PostgresDatabases, synapse: TestedSynapse) -> AsyncIterator[World]:
    async with _made(postgres_databases, synapse) as world:
        yield world


@pytest.fixture
def made(request: pytest.FixtureRequest, database_kind: str) -> World:
    """A whole school whose rooms are there; for those who change nothing of them, though they try."""
    return request.getfixturevalue(f"{database_kind}_made")  # by name, so that SQLite alone starts no PostgreSQL


async def state_of(world: World, room_id: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(e["type"], e["state_key"]): e["content"] for e in await world.homeserver.get_state(room_id)}


async def space_id(world: World) -> str:
    async with world.db.reading() as conn:
        room_id = (await record.list_rooms(conn))["space"].room_id
    assert room_id is not None
    return room_id


async def say(world: World, number: int, key: str | None = None) -> None:
    """Person *number* writes in a Matrix client."""
    content = message("Привет", message_id=1)
    await world.homeserver.send_event(
        world.first + number, await world.room_id(key), "m.room.message", content, txn_id=secrets.token_hex(8)
    )


async def test_a_school_has_its_rooms_in_a_space(world: World):
    world.layout = WHOLE
    school = world.school(groups=[Group(world.first, "7Б", "2026/27", "Алгебра")])
    assert (await world.apply(school)).is_complete
    space, ids = await space_id(world), world.homeserver.ids
    rooms = {key: await world.room_id(key) for key in ("staff", "announcements", f"group:{world.first}")}
    state = await state_of(world, space)
    assert state["m.room.create", ""] == {"room_version": "12", "m.federate": False, "type": "m.space"}
    assert state["m.room.name", ""] == {"name": "Школа № 5"}
    assert state["m.room.join_rules", ""] == {"join_rule": "invite"}
    assert {room for kind, room in state if kind == "m.space.child"} == set(rooms.values())
    assert await world.joined_in(space) == await world.joined("announcements") == EVERYBODY
    assert await world.joined("staff") == {0, 1}
    for key, room_id in rooms.items():
        of_room = await state_of(world, room_id)
        assert of_room["m.space.parent", space] == {"via": [ids.server_name], "canonical": True}
        assert of_room["org.classbridge.conversation", ""]["roster_key"] == key
        assert of_room["m.room.create", ""]["m.federate"] is False
        assert of_room["m.room.history_visibility", ""] == {"history_visibility": "shared"}
    group = await state_of(world, rooms[f"group:{world.first}"])
    assert group["m.room.topic", ""]["topic"] == "Алгебра · 2026/27 · Имя0, Имя1"
    assert group["org.classbridge.conversation", ""]["group_id"] == world.first
    assert await world.participants("announcements") == dict.fromkeys(EVERYBODY, False)
    assert await world.kinds(school) == []


async def test_staff_write_announcements_and_all_others_read(made: World):
    await say(made, 0, "announcements")
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await say(made, 2, "announcements")
    page = await made.homeserver.messages(await made.room_id("announcements"), None, "b", 1, as_user=made.first + 2)
    assert page["chunk"][0]["content"]["body"] == "Привет"


@pytest.mark.parametrize("key", ["announcements", "staff"])
async def test_the_standing_rooms_are_the_bots(made: World, key: str):
    """No teacher can rename them, send somebody away or give power."""
    room_id, hs = await made.room_id(key), made.homeserver
    for kind, content in (("m.room.name", {"name": "ха"}), ("m.room.power_levels", {"users": {}})):
        with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
            await hs.set_state(room_id, kind, "", content, as_user=made.first)


@pytest.mark.parametrize("key", [None, "staff", "announcements"])
async def test_nobody_can_switch_encryption_on(made: World, key: str | None):
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await made.homeserver.set_state(
            await made.room_id(key),
            "m.room.encryption",
            "",
            {"algorithm": "m.megolm.v1.aes-sha2"},
            as_user=made.first,
        )


async def test_a_second_apply_asks_the_homeserver_nothing(world: World):
    world.layout = WHOLE
    school = world.school()
    await world.apply(school)
    counting = CountingHomeserver(world.homeserver)
    world.count_with(counting)
    report = await world.carry_out(school, await world.plan(school, look=False))
    assert (report.done, counting.calls) == (0, [])


async def test_an_ended_group_can_be_read_and_nobody_writes(world: World):
    world.layout = WHOLE
    await world.apply(world.school())
    await say(world, 2)
    room_id = await world.room_id()
    await world.apply(world.school(groups=[], without=range(6)))
    for number in (0, 2):
        with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
            await say(world, number)
        page = await world.homeserver.messages(room_id, None, "b", 20, as_user=world.first + number)
        assert "Привет" in [event["content"].get("body") for event in page["chunk"]]
    assert await world.joined() == EVERYBODY
    assert (await world.conversation()).is_archived
    assert (await state_of(world, await space_id(world)))["m.space.child", room_id] == {}
    assert await world.kinds(world.school(groups=[], without=range(6))) == []


async def test_next_year_s_group_of_the_same_name_is_another_room_with_the_year(world: World):
    await world.apply(world.school(groups=[Group(world.first, "7Б", "2025/26")]))
    old = await world.room_id()
    people = world.school().people.values()
    next_year = School.of(people, [Group(world.first + 1, "7Б", "2026/27")], _enrolled(world, world.first + 1))
    await world.apply(next_year)
    new = await world.conversation(f"group:{world.first + 1}")
    assert new.name == "7Б (2026/27)"
    assert new.room_id != old
    assert (await world.conversation(f"group:{world.first}")).is_archived
    assert await world.kinds(next_year) == []


def _enrolled(world: World, group_id: int) -> list[Any]:
    return [replace(each, group_id=group_id) for each in world.enrolments()]


async def test_a_lost_database_finds_every_room_again(world: World, sqlite_databases: SqliteDatabases):
    """The aliases are made of the keys, and nobody can guess them: no second room."""
    world.layout = WHOLE
    school = world.school()
    await world.apply(school)
    before = [await space_id(world), *[await world.room_id(key) for key in ("staff", "announcements", None)]]
    async with sqlite_databases.fresh() as url:
        world.db = Database(DatabaseConfig(url=url))
        world.parts = replace(world.parts, db=world.db)
        assert (await world.apply(school)).is_complete
        assert [await space_id(world), *[await world.room_id(k) for k in ("staff", "announcements", None)]] == before
        marker = await world.homeserver.find_state(before[3], "org.classbridge.conversation")
        assert marker is not None
        assert marker["conversation_id"] == (await world.conversation()).id
        assert set(await world.participants()) == EVERYBODY
        assert await world.kinds(school) == []
        await world.db.close()


async def test_the_school_s_picture_is_uploaded_once(world: World, tmp_path: Path):
    path = tmp_path / "school.png"
    path.write_bytes(png())
    world.layout = layout_of(RoomsConfig(space="Школа", staff_room="Учительская", avatar_file=path))
    counting = CountingHomeserver(world.homeserver)
    world.count_with(counting)
    school = world.school()
    await world.apply(school)
    avatars = [
        (await state_of(world, room_id))["m.room.avatar", ""]["url"]
        for room_id in (await space_id(world), await world.room_id("staff"))
    ]
    assert avatars[0] == avatars[1]
    assert avatars[0].startswith("mxc://")
    assert counting.calls.count("upload") == 1
    assert await world.kinds(school) == []
