"""What holds when the school changes, the bridge is away, or the module has lost what it knew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import web
from testbed.waiting import until
from testbed.world import ANNA, BORIS, PASSWORD, TEACHER, TEACHER_2, World, school_roster

from bridge.permissions.policy import Reason
from bridge.permissions.school import Enrolment, Role
from bridge.roster.roster import Roster
from bridge.roster.store import save_roster
from rules.client import RawClient, log_in, reason_of
from rules.conftest import POLL_S, sign_in_to

STALE_S = 2
CHESS_AND_7B = (101, 103)


class School:
    """A world that the test may turn upside down, and the clients that it signed in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._clients: list[RawClient] = []

    async def sign_in(self, person_id: int) -> RawClient:
        self._clients.append(await sign_in_to(self.world, person_id))
        return self._clients[-1]

    async def direct(self, one: RawClient, other_id: int) -> str:
        status, body = await one.create(is_direct=True, invite=[self.world.synapse.ghost(other_id)])
        assert status == 200, body
        return body["room_id"]

    @property
    def snapshot_file(self) -> Path:
        return self.world.synapse.config.data_dir / "school_rules.json"

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("away")
    rules = {"poll_s": POLL_S, "stale_after_s": STALE_S}
    world = World(folder, f"sqlite:///{folder / 'bridge.db'}", rules=rules)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def school(world: World) -> AsyncIterator[School]:
    """The school as it was at first, whatever a test made of it."""
    school = School(world)
    yield school
    await school.close()
    if world._bridge is None:
        await world.start_bridge()
    await world.provision(school_roster())


def without(person_id: int, group_ids: tuple[int, ...]) -> Roster:
    """The school after somebody has left these groups."""
    roster = school_roster()
    kept = [e for e in roster.enrolments if not (e.person_id == person_id and e.group_id in group_ids)]
    return replace(roster, enrolments=tuple(kept))


def deactivated(person_id: int) -> Roster:
    roster = school_roster()
    return replace(roster, people=tuple(replace(p, is_active=p.id != person_id) for p in roster.people))


async def eventually(ask: Callable[[], Awaitable[bool]]) -> None:
    await until(ask, limit_s=15)


async def test_a_relation_that_ends_ends_writing_in_the_room_that_is_there(school: School):
    anna, teacher = await school.sign_in(ANNA), await school.sign_in(TEACHER)
    room_id = await school.direct(anna, TEACHER)
    assert (await anna.say(room_id, "Ещё можно"))[0] == 200

    await school.world.provision(without(ANNA, CHESS_AND_7B))

    for client in (anna, teacher):

        async def is_refused(client: RawClient = client) -> bool:
            answer = await client.say(room_id, "Уже нельзя")
            return answer[0] != 200 and reason_of(answer) == Reason.NO_SHARED_GROUP

        await eventually(is_refused)
    assert (await anna.state(room_id))["m.room.member", anna.mxid]["content"]["membership"] == "join"

    await school.world.provision(school_roster())
    assert (await anna.say(room_id, "Снова можно"))[0] == 200  # before it refuses, the module asks for news


async def test_what_the_web_accepted_is_carried_out_though_the_relation_has_ended(school: School):
    """Others have read it already, and its sender knows it as kept; what is written after the end is refused."""
    world = school.world
    anna, api = await school.sign_in(ANNA), await world.api(ANNA)
    room_id, chat = await school.direct(anna, TEACHER), await api.direct(TEACHER)
    first = await api.say(chat, "Сначала так")
    await world.quiet()

    await world.synapse.stop()
    accepted = await api.say(chat, "Принято, пока было можно")
    assert (await api.call("PATCH", f"messages/{first['id']}/", json={"text": "Потом иначе"}))[0] == 200
    async with world.bridge.db.writing() as conn:
        await save_roster(conn, without(ANNA, CHESS_AND_7B), {})
    await world.bridge.school.refresh()
    await world.synapse.start()

    async def is_refused() -> bool:
        answer = await anna.say(room_id, "Уже нельзя")
        return answer[0] != 200 and reason_of(answer) == Reason.NO_SHARED_GROUP

    await eventually(is_refused)
    await world.quiet()
    shown = {message["id"]: message for message in await (await world.api(TEACHER)).history(chat)}
    assert shown[accepted["id"]]["event_id"]
    page = (await anna.call("GET", f"rooms/{quote(room_id)}/messages?dir=b&limit=10"))[1]["chunk"]
    said = [event["content"].get("m.new_content", event["content"]).get("body") for event in page]
    assert {"Принято, пока было можно", "Потом иначе"} <= set(said)
    assert (await api.call("POST", "messages/", json={"conversation_id": chat, "text": "Уже нельзя"}))[0] == 403


async def test_a_new_relation_counts_at_once(school: School):
    boris = await school.sign_in(BORIS)
    before = await boris.create(is_direct=True, invite=[school.world.synapse.ghost(3)])
    assert reason_of(before) == Reason.NO_SHARED_GROUP
    roster = school_roster()
    more = (*roster.enrolments, Enrolment(102, BORIS, Role.STUDENT))
    await school.world.provision(replace(roster, enrolments=more))
    assert await school.direct(boris, 3)


async def test_who_is_deactivated_is_out_on_every_device_and_comes_back(school: School):
    first, second = await school.sign_in(ANNA), await school.sign_in(ANNA)
    room_id = await school.direct(first, TEACHER)

    await school.world.provision(deactivated(ANNA))

    for device in (first, second):

        async def is_out(device: RawClient = device) -> bool:
            return (await device.call("GET", "joined_rooms"))[0] in (401, 403)

        await eventually(is_out)
        assert (await device.say(room_id, "Я ещё здесь"))[0] in (401, 403)
    with pytest.raises(AssertionError, match=r"M_FORBIDDEN|M_USER_DEACTIVATED"):
        await school.sign_in(ANNA)

    await school.world.provision(school_roster())
    again = await school.sign_in(ANNA)

    async def is_back() -> bool:
        return room_id in await again.joined()

    await eventually(is_back)
    assert (await again.say(room_id, "Снова здесь"))[0] == 200


async def test_while_the_bridge_is_away_rooms_go_on_and_new_contacts_wait(school: School):
    anna, teacher = await school.sign_in(ANNA), await school.sign_in(TEACHER)
    room_id = await school.direct(anna, TEACHER)
    chess = (await (await school.world.api(TEACHER)).group("Шахматы"))["room_id"]
    await school.world.stop_bridge()

    begun = await anna.create(is_direct=True, invite=[school.world.synapse.ghost(TEACHER_2)])
    assert reason_of(begun) == Reason.RULES_UNKNOWN  # the bridge makes the rooms

    async def is_stale() -> bool:
        return reason_of(await teacher.set_state(chess, "m.room.topic", {"topic": "Е2–Е4"})) == Reason.RULES_UNKNOWN

    await eventually(is_stale)
    assert (await anna.say(room_id, "Мост далеко"))[0] == 200
    assert reason_of(await anna.send(room_id, {}, "org.example.note")) == Reason.NOT_OFFERED
    invite = await teacher.call("POST", f"rooms/{chess}/invite", {"user_id": school.world.synapse.ghost(BORIS)})
    assert reason_of(invite) == Reason.RULES_UNKNOWN

    await school.world.start_bridge()

    async def is_there() -> bool:
        return (await anna.create(is_direct=True, invite=[school.world.synapse.ghost(TEACHER_2)]))[0] == 200

    await eventually(is_there)


async def test_a_restart_of_the_homeserver_alone_knows_the_school_from_its_disk(school: School):
    anna = await school.sign_in(ANNA)
    room_id = await school.direct(anna, TEACHER)
    await school.world.stop_bridge()
    assert school.snapshot_file.stat().st_mode & 0o077 == 0

    await school.world.synapse.restart()

    assert (await anna.say(room_id, "После перезапуска"))[0] == 200
    refused = await anna.create(is_direct=True, invite=[school.world.synapse.ghost(BORIS)])
    assert reason_of(refused) == Reason.RULES_UNKNOWN  # what is on disk may be old: no new contacts by it
    await school.world.start_bridge()


async def test_a_disk_that_takes_nothing_ends_no_rule_and_is_tried_again(school: School):
    anna = await school.sign_in(ANNA)
    await school.world.stop_bridge()
    school.snapshot_file.unlink()
    school.snapshot_file.mkdir()  # a file cannot take its place
    await school.world.synapse.restart()
    await school.world.start_bridge()

    async def is_there() -> bool:
        return (await anna.create(is_direct=True, invite=[school.world.synapse.ghost(TEACHER)]))[0] == 200

    await eventually(is_there)
    begun = await anna.create(is_direct=True, invite=[school.world.synapse.ghost(BORIS)])
    assert reason_of(begun) == Reason.STUDENTS_ONLY_TO_TEACHERS
    school.snapshot_file.rmdir()

    async def is_kept() -> bool:
        return school.snapshot_file.is_file()

    await eventually(is_kept)


NONSENSE = {
    "an error": web.Response(status=500, text="Traceback"),
    "no JSON": web.Response(body=b"\xff<html>"),
    "another thing": web.json_response({"format": 1, "people": 5}),
    "a newer format": web.json_response({"format": 99}),
    "half of it": None,
}


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_a_bridge_that_talks_nonsense_is_a_bridge_that_is_away(school: School, nonsense: str):
    anna = await school.sign_in(ANNA)
    room_id = await school.direct(anna, TEACHER)
    await school.world.stop_bridge()
    async with stand_in(school.world.synapse.bridge_port, NONSENSE[nonsense]):
        assert (await anna.say(room_id, "Комнаты живут"))[0] == 200
        assert reason_of(await anna.send(room_id, {}, "org.example.note")) == Reason.NOT_OFFERED
        begun = await anna.create(is_direct=True, invite=[school.world.synapse.ghost(TEACHER_2)])
        assert reason_of(begun) == Reason.RULES_UNKNOWN
        assert (await log_in(school.world.synapse.url, "school_12", PASSWORD))[0] == 403
    await school.world.start_bridge()


async def test_a_slow_bridge_slows_nobody_who_does_what_is_allowed(school: School):
    anna = await school.sign_in(ANNA)
    room_id = await school.direct(anna, TEACHER)
    await school.world.stop_bridge()
    async with stand_in(school.world.synapse.bridge_port, None, answers=False):
        async with asyncio.timeout(5):
            assert (await anna.say(room_id, "Мост думает"))[0] == 200
            assert (await anna.call("GET", "joined_rooms"))[0] == 200
    await school.world.start_bridge()


@asynccontextmanager
async def stand_in(port: int, answer: web.Response | None, *, answers: bool = True) -> AsyncIterator[None]:
    """A bridge that gives one answer to everything; None: it ends in the middle. Or it takes for ever."""
    may_answer = asyncio.Event()
    if answers:
        may_answer.set()

    async def handle(request: web.Request) -> web.StreamResponse:
        await may_answer.wait()
        if answer is not None:
            return web.Response(status=answer.status, body=answer.body, content_type=answer.content_type)
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"format": 1, "peo')
        assert request.transport
        request.transport.close()
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        may_answer.set()
        await runner.cleanup()


@pytest.mark.parametrize("damage", [None, b"", b"{", b"[]", b'{"format": 99}', b'{"format": 1, "people": 5}'], ids=repr)
async def test_without_what_it_knew_the_module_stays_closed_and_starts(school: School, damage: bytes | None):
    anna = await school.sign_in(ANNA)
    room_id = await school.direct(anna, TEACHER)
    await school.world.stop_bridge()
    if damage is None:
        school.snapshot_file.unlink()
    else:
        school.snapshot_file.write_bytes(damage)

    await school.world.synapse.restart()

    assert (await anna.say(room_id, "Комнаты живут"))[0] == 200
    assert reason_of(await anna.send(room_id, {}, "m.room.encrypted")) == Reason.NO_ENCRYPTION
    begun = await anna.create(is_direct=True, invite=[school.world.synapse.ghost(TEACHER_2)])
    assert reason_of(begun) == Reason.RULES_UNKNOWN
    assert reason_of(await anna.set_state(room_id, "m.room.name", {"name": "x"})) == Reason.RULES_UNKNOWN

    await school.world.start_bridge()

    async def is_there() -> bool:
        return (await anna.create(is_direct=True, invite=[school.world.synapse.ghost(TEACHER_2)]))[0] == 200

    await eventually(is_there)
