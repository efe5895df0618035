"""A conversation and its room: what Matrix has when the web makes one, and one for each pair."""

from __future__ import annotations

import asyncio

from testbed.element import done
from testbed.waiting import until
from testbed.world import ANNA, BORIS, DASHA, TEACHER, TEACHER_2, VERA

from bridge.permissions.school import Role
from e2e.story import Story


async def test_a_group_made_on_the_web_becomes_a_private_room(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    element, ids = await story.element(ANNA), story.bridge.homeserver.ids
    state = await element.state(group["room_id"])
    assert state["m.room.create", ""]["room_version"] == "12"
    assert state["m.room.create", ""]["m.federate"] is False
    assert state["m.room.name", ""] == {"name": group["name"]}
    assert state["m.room.history_visibility", ""] == {"history_visibility": "shared"}
    assert state["m.room.join_rules", ""] == {"join_rule": "invite"}
    assert ("m.room.encryption", "") not in state
    assert state["org.classbridge.conversation", ""] == {
        "conversation_id": group["id"],
        "group_id": None,
        "is_direct": False,
    }
    people = {ids.ghost(person_id) for person_id in (TEACHER, ANNA, BORIS)}
    assert await element.members(group["room_id"]) == {ids.bot, *people}


async def test_the_bot_that_invites_has_the_name_of_the_config(story: Story) -> None:
    element, bridge = await story.element(ANNA), story.bridge
    profile = await done(element.client.get_displayname(bridge.homeserver.ids.bot))
    assert profile.displayname == bridge.homeserver.bot_name == "Школа"


async def test_only_the_bot_and_managers_have_power(story: Story) -> None:
    group = await story.group(ANNA, TEACHER_2)
    element, ids = await story.element(ANNA), story.bridge.homeserver.ids
    power = (await element.state(group["room_id"]))["m.room.power_levels", ""]
    assert power["users"] == {ids.ghost(TEACHER): 50}
    assert power["users_default"] == 0
    needed = (power["invite"], power["kick"], power["redact"], power["events"]["m.room.name"])
    assert needed == (50, 50, 50, 50)
    assert power["state_default"] == 100
    assert power["events"]["m.room.power_levels"] == 50


async def test_a_roster_group_is_a_room_with_its_teachers_as_managers(story: Story) -> None:
    group, element, ids = await story.class_7b(), await story.element(ANNA), story.bridge.homeserver.ids
    power = (await element.state(group["room_id"]))["m.room.power_levels", ""]
    assert power["users"] == {ids.ghost(TEACHER): 50, ids.ghost(TEACHER_2): 50}
    page = await (await story.web(ANNA)).get(f"conversations/{group['id']}/participants/")
    managers = [each["id"] for each in page["results"] if each["is_manager"]]
    assert managers == [TEACHER, TEACHER_2]
    assert group["is_managed"] is True


async def test_people_are_called_as_the_roster_calls_them(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    names = await element.names(group["room_id"])
    assert names[story.bridge.homeserver.ids.ghost(ANNA)] == "Анна Ученик"
    assert names[element.mxid] == "Мария Петрова"


async def test_what_is_said_before_the_room_is_there_comes_first(story: Story) -> None:
    group = await story.group(ANNA, has_room=False)
    texts = [f"Сразу {number}" for number in range(5)]
    for text in texts:
        await (await story.web(TEACHER)).say(group["id"], text)
    group = await story.with_room(TEACHER, group["id"])
    element = await story.element(ANNA)
    await element.see_text(group["room_id"], texts[-1])
    bodies = [event["content"].get("body") for event in element.timelines[group["room_id"]]]
    assert [body for body in bodies if body in texts] == texts


async def test_what_was_accepted_before_a_removal_and_a_lock_is_sent_before_them(story: Story) -> None:
    async with story.slow_homeserver():
        group = await story.group(ANNA, BORIS, has_room=False)
        teacher, path = await story.web(TEACHER), f"conversations/{group['id']}"
        said = [await (await story.web(person_id)).say(group["id"], "Ещё успел") for person_id in (ANNA, BORIS)]
        await teacher.post(f"{path}/remove_participant/", {"user_id": BORIS})
        await teacher.post(f"{path}/add_participant/", {"user_id": VERA})
        await teacher.call("DELETE", f"{path}/")
    for message in said:
        assert (await story.sent(ANNA, message))["status"] == "sent"
    await story.world.quiet()
    element, ids = await story.element(ANNA), story.bridge.homeserver.ids
    room_id = (await story.seen(ANNA, group["id"]))["room_id"]
    assert await element.members(room_id) == {ids.bot, *map(ids.ghost, (TEACHER, ANNA, VERA))}
    answer = await element.client.room_send(room_id, "m.room.message", {"msgtype": "m.text", "body": "Поздно"})
    assert answer.status_code == "M_FORBIDDEN"


async def test_what_was_accepted_before_a_block_is_sent_before_it(story: Story) -> None:
    teacher, student = await story.pair()
    async with story.slow_homeserver():
        one, other = await story.web(teacher), await story.web(student)
        talk = await one.direct(student)
        said = [await other.say(talk, "До первого блока")]
        await one.post(f"conversations/{talk}/block/")
        await one.call("DELETE", f"conversations/{talk}/block/")
        said.append(await other.say(talk, "До второго блока"))
        await one.post(f"conversations/{talk}/block/")
    for message in said:
        assert (await story.sent(student, message))["status"] == "sent"
    await story.world.quiet()
    room_id = (await story.seen(student, talk))["room_id"]
    content = {"msgtype": "m.text", "body": "После"}
    answer = await (await story.element(student)).client.room_send(room_id, "m.room.message", content)
    assert answer.status_code == "M_FORBIDDEN"


async def test_a_direct_conversation_is_a_room_of_two_and_marked_so(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    assert (talk["type"], talk["participants_count"], talk["participant"]["id"]) == ("DIRECT", 2, student)
    assert talk["name"] == talk["participant"]["name"]
    element, ids = await story.element(student), story.bridge.homeserver.ids
    state = await element.state(talk["room_id"])
    assert await element.members(talk["room_id"]) == {ids.bot, ids.ghost(teacher), ids.ghost(student)}
    assert ("m.room.name", "") not in state
    assert state["io.element.functional_members", ""] == {"service_members": [ids.bot]}
    for one, other in ((teacher, student), (student, teacher)):
        client = (await story.element(one)).client
        direct = (await done(client.list_direct_rooms())).rooms
        assert direct == {ids.ghost(other): [talk["room_id"]]}


async def test_a_pair_has_one_direct_conversation_whoever_begins(story: Story) -> None:
    teacher, student = await story.pair()
    one, other = await story.web(teacher), await story.web(student)
    asked = [
        call
        for _ in range(3)
        for call in (
            one.call("POST", "conversations/", json={"participant": student}),
            other.call("POST", "conversations/", json={"participant": teacher}),
        )
    ]
    answers = await asyncio.gather(*asked)
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
    assert len({talk["id"] for _, talk in answers}) == 1
    await story.world.quiet()
    rooms = await story.bridge.homeserver.joined_rooms(student)
    assert len(rooms) == 1


async def test_a_new_direct_conversation_appears_for_both(story: Story) -> None:
    teacher, student = await story.pair()
    sockets = [await story.listen(teacher), await story.listen(student)]
    talk_id = await (await story.web(teacher)).direct(student)
    for heard, name in zip(sockets, (student, teacher), strict=True):
        frame = await heard.expect("conversation.updated", conversation_id=talk_id)
        assert frame["conversation"]["participant"]["id"] == name


async def test_both_directions_work_in_a_direct_conversation(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(student, teacher)
    element = await story.element(teacher)
    await (await story.web(student)).say(talk["id"], "Можно спросить?")
    await element.see_text(talk["room_id"], "Можно спросить?")
    heard = await story.listen(student, talk["id"])
    await element.say(talk["room_id"], "Конечно")
    await heard.expect("message.new", message__text="Конечно")


async def test_who_leaves_a_direct_room_in_matrix_is_brought_back(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    element = await story.element(student)
    await done(element.client.room_leave(talk["room_id"]))

    async def is_back() -> bool:
        members = await story.bridge.homeserver.get_members(talk["room_id"])
        return members[element.mxid] == "join"

    await until(is_back)
    assert (await story.seen(student, talk["id"]))["can_write"] is True


async def test_a_group_of_people_one_may_not_write_to_is_refused(story: Story) -> None:
    teacher = await story.web(TEACHER)
    status, answer = await teacher.call("POST", "conversations/group/", json={"name": "Чужие", "participants": [DASHA]})
    assert (status, answer["code"]) == (403, "no_shared_group")
    status, answer = await teacher.call("POST", "conversations/group/", json={"name": "Никто", "participants": [777]})
    assert (status, answer) == (400, {"participants": ['Invalid pk "777" - object does not exist.']})


async def test_create_group_is_the_same_call_under_its_other_name(story: Story) -> None:
    (teacher,) = await story.newcomers(Role.TEACHER)
    web = await story.web(teacher)
    made = await web.post("conversations/create_group/", {"name": "  Один\nна всех "}, status=(201,))
    assert (made["name"], made["participants_count"], made["can_manage"]) == ("Один на всех", 1, True)
