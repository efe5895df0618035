"""Who begins a conversation in a Matrix client gets the room that the rules make; there is one for each pair."""

from __future__ import annotations

import asyncio

from testbed.waiting import until
from testbed.world import ADMIN, ANNA, BORIS, CHESS, GLEB, TEACHER, TEACHER_2, TEACHER_3, VERA, World

from bridge.permissions import russian
from bridge.permissions.policy import Reason
from rules.client import REASON, reason_of
from rules.conftest import Clients


async def test_a_student_begins_with_an_own_teacher_and_both_are_in(ruled: World, client: Clients):
    anna, teacher = await client(ANNA), await client(TEACHER)
    invite = {"preset": "trusted_private_chat", "is_direct": True, "invite": [teacher.mxid]}

    status, body = await anna.create(**invite, initial_state=[{"type": "m.room.encryption", "content": {}}])

    assert status == 200, body
    room_id = body["room_id"]
    assert room_id in await anna.joined()
    assert room_id in await teacher.joined()
    state = await anna.state(room_id)
    assert state["m.room.create", ""]["sender"] == ruled.config.bot_mxid
    assert ("m.room.encryption", "") not in state
    assert anna.mxid not in state["m.room.power_levels", ""]["content"]["users"]
    said = (await anna.say(room_id, "Здравствуйте!"))[0]
    assert said == 200
    api = await ruled.api(TEACHER)
    direct = await api.direct(ANNA)
    assert (await api.get(f"conversations/{direct}/"))["room_id"] == room_id

    async def has_arrived() -> bool:
        return any(message["text"] == "Здравствуйте!" for message in await api.history(direct))

    await until(has_arrived)


async def test_whoever_begins_again_gets_the_same_room(ruled: World, client: Clients):
    boris, teacher = await client(BORIS), await client(TEACHER_2)
    first = await boris.create(is_direct=True, invite=[teacher.mxid])
    again = await asyncio.gather(
        boris.create(is_direct=True, invite=[teacher.mxid]),
        teacher.create(is_direct=True, invite=[boris.mxid]),
        teacher.create(invite=[boris.mxid]),
    )
    assert {body.get("room_id") for _, body in (first, *again)} == {first[1]["room_id"]}
    api = await ruled.api(BORIS)
    direct = await api.direct(TEACHER_2)
    assert (await api.get(f"conversations/{direct}/"))["room_id"] == first[1]["room_id"]


async def test_both_clients_know_it_as_a_direct_chat(ruled: World, client: Clients):
    vera, teacher = await client(VERA), await client(TEACHER)
    room_id = (await vera.create(is_direct=True, invite=[teacher.mxid]))[1]["room_id"]

    async def is_marked(one, other) -> bool:
        _, body = await one.call("GET", f"user/{one.mxid}/account_data/m.direct")
        return room_id in body.get(other.mxid, [])

    await until(lambda: is_marked(vera, teacher))
    await until(lambda: is_marked(teacher, vera))


async def test_a_conversation_begun_on_the_web_is_the_one_that_a_client_gets(ruled: World, client: Clients):
    gleb = await client(GLEB)
    api = await ruled.api(GLEB)
    direct = await api.direct(TEACHER_3)
    room_id = (await gleb.create(is_direct=True, invite=[ruled.synapse.ghost(TEACHER_3)]))[1]["room_id"]
    assert (await api.get(f"conversations/{direct}/"))["room_id"] == room_id


async def test_who_may_not_begin_is_told_why_and_no_room_is_left(ruled: World, client: Clients):
    anna, before = await client(ANNA), len(await ruled.bridge.homeserver.joined_rooms())
    refused = {
        BORIS: Reason.STUDENTS_ONLY_TO_TEACHERS,
        TEACHER_3: Reason.NO_SHARED_GROUP,
        ADMIN: Reason.STUDENTS_ONLY_TO_TEACHERS,
        ANNA: Reason.NOT_YOURSELF,
        999: Reason.PERSON_INACTIVE,
    }
    for other_id, reason in refused.items():
        answer = await anna.create(is_direct=True, invite=[ruled.synapse.ghost(other_id)])
        assert reason_of(answer) == reason
        assert answer[1]["error"] == russian.SENTENCES[reason]
    assert len(await ruled.bridge.homeserver.joined_rooms()) == before


async def test_a_teacher_makes_a_group_of_own_people(ruled: World, client: Clients):
    teacher, anna = await client(TEACHER), await client(ANNA)
    people = [ruled.synapse.ghost(person_id) for person_id in (ANNA, GLEB)]
    status, body = await teacher.create(name="Олимпиада", topic="По средам", invite=people, preset="private_chat")
    assert status == 200, body
    assert (await teacher.state(body["room_id"]))["m.room.topic", ""]["content"]["topic"] == "По средам"
    assert body["room_id"] in await anna.joined()
    api = await ruled.api(ANNA)
    group = await api.group("Олимпиада")
    assert group["room_id"] == body["room_id"]
    assert (await teacher.set_state(body["room_id"], "m.room.name", {"name": "Олимпиада 2027"}))[0] == 200


async def test_a_teacher_makes_no_group_with_strangers_and_a_student_none_at_all(ruled: World, client: Clients):
    teacher, anna = await client(TEACHER_3), await client(ANNA)
    stranger = await teacher.create(name="Чужие", invite=[ruled.synapse.ghost(BORIS)])
    assert reason_of(stranger) == Reason.NO_SHARED_GROUP
    own = await anna.create(name="Наша комната", invite=[ruled.synapse.ghost(BORIS), ruled.synapse.ghost(VERA)])
    assert reason_of(own) == Reason.ROLE
    assert reason_of(await anna.create(name="Моя")) == Reason.ROLE


async def test_what_makes_no_sense_is_refused_with_words(client: Clients):
    teacher = await client(TEACHER)
    status, body = await teacher.create(name="Очень длинное имя " * 50)
    assert (status, body[REASON]) == (403, "invalid")
    assert "255" in body["error"]


async def test_a_student_of_two_groups_writes_in_both(ruled: World, client: Clients):
    anna = await client(ANNA)
    api = await ruled.api(ANNA)
    for name in ("7Б класс", "Шахматы"):
        room_id = (await api.group(name))["room_id"]
        assert (await anna.say(room_id, f"Я в группе {name}"))[0] == 200
    assert CHESS in ruled.bridge.school.current.groups
