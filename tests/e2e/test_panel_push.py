"""The panel pushes, and within seconds rooms, members and browsers have followed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from testbed.databases import SqliteDatabases
from testbed.panel import rows_of
from testbed.school_in_matrix import differences, read_rooms
from testbed.waiting import until
from testbed.world import ANNA, CHESS, CLASS_7B, CLASS_8A, TEACHER, TEACHER_3, World, open_world, school_roster

from bridge.clock import now_ms
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.roster import Roster

TOKEN = "the panel's token, quite long enough"
EVA = Person(20, "eva", "Ева", "Новая", Role.STUDENT)
SECONDS = 15  # "within seconds", on a build machine with two cores that does other things too


class PanelCaller:
    """The panel, calling."""

    def __init__(self, world: World) -> None:
        self.session = aiohttp.ClientSession(world.base, headers={"Authorization": f"Bearer {TOKEN}"})
        self.count = 0

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self.session.request(method, f"/api/panel/{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def tell(self, kind: str, **data: Any) -> int:
        """One event; the run that took it."""
        self.count += 1
        version = time.time_ns() // 1_000_000
        event = {"event_id": f"event-{self.count}", "kind": kind, "version": version, "data": data}
        status, body = await self.call("POST", "events/", event)
        assert (status, body["results"][0]["outcome"]) == (202, "taken"), body
        return int(body["run_id"])

    async def done(self, run_id: int) -> dict[str, Any]:
        async def ended() -> Any:
            _, run = await self.call("GET", f"runs/{run_id}/")
            return run if run["state"] in {"done", "failed"} else None

        return await until(ended, limit_s=SECONDS)


@pytest.fixture(scope="module")
async def world(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder, roster = tmp_path_factory.mktemp("panel"), {"follow": True, "brake_percent": 30}
    async with sqlite_databases.fresh() as url, open_world(folder, url, roster=roster, panel={"token": TOKEN}) as world:
        yield world


@pytest.fixture
async def panel(world: World) -> AsyncIterator[PanelCaller]:
    caller = PanelCaller(world)
    caller.count = time.monotonic_ns()  # events of another test are others
    yield caller
    await caller.session.close()


def row(person: Person) -> dict[str, Any]:
    return rows_of(Roster((person,), (), ()))["users"][0]


async def members(world: World, group_id: int) -> frozenset[int]:
    return (await read_rooms(world.synapse))[f"group:{group_id}"].joined


async def test_a_new_student_is_in_the_room_within_seconds(world: World, panel: PanelCaller) -> None:
    await panel.tell("user.saved", **row(EVA))
    run = await panel.done(await panel.tell("enrolment.saved", group_id=CLASS_7B, user_id=EVA.id, role="student"))
    assert (run["state"], run["failures"], run["steps_done"]) == ("done", [], run["steps_total"])
    assert EVA.id in await members(world, CLASS_7B)
    eva = await world.api(EVA.id)
    assert (await eva.group("7Б класс"))["is_managed"]


async def test_a_group_made_renamed_and_removed_is_followed_and_archived_at_the_end(
    world: World, panel: PanelCaller
) -> None:
    await panel.tell("group.saved", id=104, name="Театр", course="Кружок", year="2026/27")
    await panel.tell("enrolment.saved", group_id=104, user_id=TEACHER_3, role="teacher")
    await panel.done(await panel.tell("enrolment.saved", group_id=104, user_id=ANNA, role="student"))
    anna = await world.api(ANNA)
    assert (await anna.group("Театр"))["can_write"]

    await panel.done(await panel.tell("group.saved", id=104, name="Театральная студия"))
    room = (await read_rooms(world.synapse))["group:104"]
    assert (room.name, room.managers) == ("Театральная студия", {TEACHER_3})

    await panel.done(await panel.tell("group.removed", id=104))
    room = (await read_rooms(world.synapse))["group:104"]
    assert room.is_archived
    shown = await anna.group("Театральная студия")
    assert (shown["is_archived"], shown["can_write"]) == (True, False)


async def test_a_leavers_sockets_are_closed_and_rooms_left_and_all_of_it_comes_back(
    world: World, panel: PanelCaller
) -> None:
    leaver = Person(21, "lev", "Лев", "Уходящий", Role.STUDENT)
    await panel.tell("user.saved", **row(leaver))
    await panel.done(await panel.tell("enrolment.saved", group_id=CHESS, user_id=leaver.id, role="student"))
    lev, teacher = await world.api(leaver.id), await world.api(TEACHER)
    direct = await lev.direct(TEACHER)
    await lev.say(direct, "до свидания")
    await world.quiet()
    socket = await lev.socket()

    run = await panel.done(await panel.tell("user.saved", **{**row(leaver), "is_active": False}))
    assert run["counts"]["people"]["removed"] == 1
    assert await socket.closed(SECONDS) == 4401
    assert (await lev.call("GET", "me/"))[0] == 401
    assert leaver.id not in await members(world, CHESS)
    shown = await teacher.get(f"conversations/{direct}/")
    assert (shown["can_write"], shown["cannot_write_reason"]) == (False, "person_inactive")
    assert shown["participant"]["name"] == leaver.name
    assert [m["text"] for m in await teacher.history(direct)] == ["до свидания"]

    await panel.done(await panel.tell("user.saved", **row(leaver)))
    assert leaver.id in await members(world, CHESS)
    await lev.say(direct, "я вернулся")
    assert (await teacher.history(direct))[-1]["text"] == "я вернулся"


async def test_the_school_speaks_in_a_group_once_on_the_web_and_in_matrix(world: World, panel: PanelCaller) -> None:
    anna = await world.api(ANNA)
    socket = await anna.socket()
    client = await world.matrix(ANNA)
    body = {"group_id": CLASS_7B, "text": "Преподаватель **начал** урок", "client_id": "lesson-17"}
    for status in (201, 200, 200):
        assert (await panel.call("POST", "system-messages/", body))[0] == status
    frame = await socket.expect("message.new", message__text=body["text"])
    assert (frame["message"]["message_type"], frame["message"]["sender"]) == ("SYSTEM", None)
    await world.quiet()

    room_id = (await read_rooms(world.synapse))[f"group:{CLASS_7B}"].room_id
    events = (await client.room_messages(room_id, limit=50)).chunk
    said = [event.source for event in events if event.source["content"].get("body") == body["text"]]
    assert len(said) == 1
    assert (said[0]["sender"], said[0]["content"]["msgtype"]) == ("@school_bot:school.test", "m.notice")

    conversation = frame["conversation_id"]
    found = [m for m in await anna.history(conversation) if m["text"] == body["text"]]
    assert [(m["status"], m["event_id"]) for m in found] == [("sent", said[0]["event_id"])]
    await socket.close()


async def test_nobody_can_pass_for_the_school(world: World, panel: PanelCaller) -> None:
    """The id of a system message in somebody's own event does not make it one."""
    _, message = await panel.call("POST", "system-messages/", {"group_id": CHESS, "text": "Занятие отменено"})
    await world.quiet()
    room_id = (await read_rooms(world.synapse))[f"group:{CHESS}"].room_id
    client = await world.matrix(ANNA)
    content = {"msgtype": "m.notice", "body": "Все свободны!", "org.classbridge.message_id": message["id"]}
    await client.room_send(room_id, "m.room.message", content)
    anna = await world.api(ANNA)

    async def arrived() -> Any:
        return [m for m in await anna.history(message["conversation_id"]) if m["text"] == "Все свободны!"]

    (forged,) = await until(arrived, limit_s=SECONDS)
    assert (forged["message_type"], forged["sender"]["id"]) == ("TEXT", ANNA)
    (true,) = [m for m in await anna.history(message["conversation_id"]) if m["id"] == message["id"]]
    assert true["text"] == "Занятие отменено"


async def test_the_whole_school_put_anew_is_what_matrix_shows(world: World, panel: PanelCaller) -> None:
    before = school_roster()
    groups = (*before.groups, Group(105, "9В", "2026/27"))
    more = (
        Enrolment(105, TEACHER, Role.TEACHER),
        Enrolment(105, ANNA, Role.STUDENT),
        Enrolment(CHESS, 20, Role.STUDENT),
    )
    moved = [e for e in before.enrolments if (e.group_id, e.person_id) != (CHESS, ANNA)]
    lev = Person(21, "lev", "Лев", "Уходящий", Role.STUDENT)
    wanted = Roster((*before.people, EVA, lev), groups, (*moved, *more))
    for _ in range(2):  # what the first list lacks, the second must lack too
        status, body = await panel.call("PUT", "roster/", {**rows_of(wanted), "version": now_ms()})
        assert status == 202, body
        assert body["state"] == "stored", body
        run = await panel.done(body["run_id"])
        assert run["state"] == "done", run
    assert differences(wanted, await read_rooms(world.synapse)) == []
    status, body = await panel.call("PUT", "roster/", rows_of(wanted))
    assert (status, body["state"]) == (200, "unchanged")


async def test_a_list_that_removes_too_much_changes_no_room_until_it_is_confirmed(
    world: World, panel: PanelCaller
) -> None:
    rooms = await read_rooms(world.synapse)
    _, listed = await panel.call("GET", "runs/?page_size=1")
    roster = school_roster()
    less = Roster(roster.people, roster.groups[:1], tuple(e for e in roster.enrolments if e.group_id == CLASS_7B))
    for _ in range(2):
        _, body = await panel.call("PUT", "roster/", {**rows_of(less), "version": now_ms()})
    assert body["state"] == "waiting"
    assert "%" in body["brake"]
    assert await read_rooms(world.synapse) == rooms
    assert (await panel.call("POST", f"runs/{listed['results'][0]['id']}/confirm/"))[0] == 409
    status, _ = await panel.call("POST", body["confirm"].removeprefix("/api/panel/"))
    assert status == 202
    assert (await panel.done(body["run_id"]))["state"] == "done"
    archived = {room.key for room in (await read_rooms(world.synapse)).values() if room.is_archived}
    assert archived >= {f"group:{CLASS_8A}", f"group:{CHESS}"}
    assert f"group:{CLASS_7B}" not in archived
