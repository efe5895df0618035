"""Who may do what: the table of the web API, and what a change of the roster does to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from testbed.world import ADMIN, ANNA, BORIS, DASHA, GLEB, TEACHER, TEACHER_2, TEACHER_3

from bridge.permissions.school import Role
from e2e.story import Story

ALLOWED = [
    (ANNA, TEACHER),
    (ANNA, TEACHER_2),
    (GLEB, TEACHER),
    (TEACHER, ANNA),
    (TEACHER, TEACHER_3),
    (TEACHER, ADMIN),
    (ADMIN, DASHA),
    (ADMIN, ANNA),
]
REFUSED = [
    (GLEB, ADMIN, "students_only_to_teachers"),
    (ANNA, BORIS, "students_only_to_teachers"),
    (ANNA, TEACHER_3, "no_shared_group"),
    (TEACHER, DASHA, "no_shared_group"),
    (TEACHER_2, GLEB, "no_shared_group"),
    (TEACHER, TEACHER, "not_yourself"),
]


@pytest.mark.parametrize(("one", "other"), ALLOWED)
async def test_who_may_write_directly(story: Story, one: int, other: int) -> None:
    web = await story.web(one)
    talk = await web.direct(other)
    assert (await web.say(talk, "Здравствуйте"))["conversation_id"] == talk


async def test_a_student_answers_an_admin_who_has_begun(story: Story) -> None:
    admin, boris = await story.web(ADMIN), await story.web(BORIS)
    talk = await admin.direct(BORIS)
    assert await boris.direct(ADMIN) == talk
    assert (await boris.say(talk, "Да?"))["conversation_id"] == talk
    assert ADMIN in {person["id"] for person in (await boris.get("contacts/"))["results"]}


@pytest.mark.parametrize(("one", "other", "code"), REFUSED)
async def test_who_may_not_write_directly(story: Story, one: int, other: int, code: str) -> None:
    status, answer = await (await story.web(one)).call("POST", "conversations/", json={"participant": other})
    assert (status, answer["code"]) == (403, code)


async def test_nobody_is_not_a_person(story: Story) -> None:
    status, answer = await (await story.web(TEACHER)).call("POST", "conversations/", json={"participant": 4040})
    assert (status, answer) == (400, {"participant": ['Invalid pk "4040" - object does not exist.']})


async def test_students_create_and_manage_no_groups(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    path = f"conversations/{group['id']}"
    attempts = [
        ("POST", "conversations/group/", {"name": "Мой", "participants": [TEACHER]}, "role_may_not"),
        ("PATCH", f"{path}/", {"name": "Моё имя"}, "not_manager"),
        ("POST", f"{path}/add_participant/", {"user_id": TEACHER_3}, "not_manager"),
        ("POST", f"{path}/remove_participant/", {"user_id": BORIS}, "not_manager"),
    ]
    for method, address, body, code in attempts:
        status, answer = await web.call(method, address, json=body)
        assert (status, answer["code"]) == (403, code), address


async def test_a_teacher_who_does_not_manage_a_group_cannot_change_it(story: Story) -> None:
    group = await story.group(TEACHER_2, ANNA, has_room=False)
    web = await story.web(TEACHER_2)
    status, answer = await web.call("PATCH", f"conversations/{group['id']}/", json={"name": "Моё"})
    assert (status, answer["code"]) == (403, "not_manager")


async def test_a_manager_adds_only_people_they_may_write_to(story: Story) -> None:
    group, web = await story.club(), await story.web(TEACHER)
    status, answer = await web.call("POST", f"conversations/{group['id']}/add_participant/", json={"user_id": DASHA})
    assert (status, answer["code"]) == (403, "no_shared_group")


async def test_members_of_a_roster_group_follow_the_roster(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(TEACHER)
    path = f"conversations/{group['id']}"
    status, answer = await web.call("POST", f"{path}/remove_participant/", json={"user_id": ANNA})
    assert (status, answer["code"]) == (409, "roster_managed")
    status, answer = await web.call("DELETE", f"{path}/")
    assert (status, answer["code"]) == (409, "roster_managed")
    assert (await story.seen(ANNA, group["id"]))["participants_count"] == group["participants_count"]


async def test_only_the_sender_edits(story: Story) -> None:
    group = await story.class_7b()
    said = await (await story.web(ANNA)).say(group["id"], "Слова Анны")
    for person_id in (BORIS, TEACHER):
        web = await story.web(person_id)
        status, answer = await web.call("PATCH", f"messages/{said['id']}/", json={"text": "Чужие"})
        assert (status, answer["code"]) == (403, "not_sender")


async def test_students_delete_their_own_messages_only(story: Story) -> None:
    group = await story.class_7b()
    said = await (await story.web(ANNA)).say(group["id"], "Не трогай")
    status, answer = await (await story.web(BORIS)).call("DELETE", f"messages/{said['id']}/")
    assert (status, answer["code"]) == (403, "not_manager")


async def test_in_a_direct_conversation_everybody_deletes_the_own_only(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    said = await (await story.web(student)).say(talk["id"], "Моё")
    status, answer = await (await story.web(teacher)).call("DELETE", f"messages/{said['id']}/")
    assert (status, answer["code"]) == (403, "not_sender")


async def test_a_direct_conversation_has_two_for_good(story: Story) -> None:
    teacher, student = await story.pair()
    talk, web = await story.direct(teacher, student), await story.web(teacher)
    for path, body in (("add_participant", {"user_id": TEACHER}), ("remove_participant", {"user_id": student})):
        status, answer = await web.call("POST", f"conversations/{talk['id']}/{path}/", json=body)
        assert (status, answer["code"]) == (403, "direct_has_two")


# -- the roster changes ------------------------------------------------------------------------------------------------


async def test_when_the_relation_ends_the_conversation_becomes_read_only(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    web = await story.web(student)
    said = await web.say(talk["id"], "Пока учусь у вас")
    heard = await story.listen(student)
    await story.leave_groups(student)
    frame = await heard.expect("conversation.updated", conversation_id=talk["id"])
    assert (frame["conversation"]["can_write"], frame["conversation"]["cannot_write_reason"]) == (
        False,
        "no_shared_group",
    )
    for person_id in (teacher, student):
        seen = await story.seen(person_id, talk["id"])
        assert (seen["can_write"], seen["cannot_write_reason"]) == (False, "no_shared_group")
        api = await story.web(person_id)
        status, answer = await api.call("POST", "messages/", json={"conversation_id": talk["id"], "text": "Ещё"})
        assert (status, answer["code"]) == (403, "no_shared_group")
        assert [message["id"] for message in await api.history(talk["id"])] == [said["id"]]
    status, answer = await web.call("PATCH", f"messages/{said['id']}/", json={"text": "Правка"})
    assert (status, answer["code"]) == (403, "no_shared_group")


async def test_when_the_relation_comes_back_writing_does_too(story: Story) -> None:
    teacher, student = await story.pair()
    talk, before = await story.direct(teacher, student), story.roster
    await story.leave_groups(student)
    heard = await story.listen(teacher)
    await story.change_roster(before)
    await heard.expect("conversation.updated", conversation_id=talk["id"], conversation__can_write=True)
    await (await story.web(student)).say(talk["id"], "Я вернулся")


async def test_a_repeat_returns_the_first_result_whatever_happened_between(story: Story) -> None:
    teacher, student = await story.pair()
    talk, web = await story.direct(teacher, student), await story.web(student)
    body = {"conversation_id": talk["id"], "text": "Дошло?", "client_id": f"between-{student}"}
    _, first = await web.call("POST", "messages/", json=body)
    await story.leave_groups(student)
    status, again = await web.call("POST", "messages/", json=body)
    assert (status, again["id"]) == (200, first["id"])


# -- blocks ------------------------------------------------------------------------------------------------------------


async def test_who_is_blocked_reads_but_cannot_write_until_it_is_lifted(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    one, other, heard = await story.web(teacher), await story.web(student), await story.listen(student)
    path, message = f"conversations/{talk['id']}/block/", {"conversation_id": talk["id"], "text": "Слово"}
    blocked = (await one.call("POST", path, json={}))[1]
    assert (blocked["can_write"], blocked["is_blocked"]) == (True, True)
    frame = await heard.expect("conversation.updated", conversation__can_write=False)
    seen = frame["conversation"]
    assert (seen["cannot_write_reason"], seen["is_blocked"]) == ("blocked", True)
    assert (await other.call("POST", "messages/", json=message))[1]["code"] == "blocked"
    await one.say(talk["id"], "Подумай об этом")
    assert (await story.last(student, talk["id"]))["text"] == "Подумай об этом"
    await _cannot_send_in_matrix(story, student, talk["room_id"])
    status, lifted = await one.call("DELETE", path)
    assert (status, lifted["is_blocked"]) == (200, False)
    await heard.expect("conversation.updated", conversation__can_write=True, conversation__is_blocked=False)
    assert (await other.call("POST", "messages/", json=message))[0] == 201
    await story.world.quiet()
    await (await story.element(student)).say(talk["room_id"], "И в Element тоже")


async def test_a_block_ends_at_its_time(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    one, other, heard = await story.web(teacher), await story.web(student), await story.listen(student)
    path = f"conversations/{talk['id']}/block/"
    soon = datetime.now(UTC) + timedelta(seconds=1)
    assert (await one.call("POST", path, json={"until": soon.isoformat()}))[0] == 200
    assert (await story.seen(student, talk["id"]))["cannot_write_reason"] == "blocked"
    await _cannot_send_in_matrix(story, student, talk["room_id"])
    while datetime.now(UTC) < soon:
        assert not [frame for frame in heard.frames if frame.get("conversation", {}).get("can_write")]
        await story.world.quiet()
    await story.bridge.upkeep.lift_blocks()
    await heard.expect("conversation.updated", conversation__can_write=True)
    await other.say(talk["id"], "Время вышло")
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    assert (await one.call("POST", path, json={"until": past}))[0] == 400


async def test_a_teacher_can_be_blocked_by_a_colleague_in_matrix_too(story: Story) -> None:
    one, other = await story.newcomers(Role.TEACHER, Role.TEACHER)
    talk = await story.direct(one, other)
    await (await story.web(one)).post(f"conversations/{talk['id']}/block/")
    await _cannot_send_in_matrix(story, other, talk["room_id"])
    await (await story.web(one)).say(talk["id"], "А я могу")
    await (await story.element(other)).see_text(talk["room_id"], "А я могу")


async def test_students_block_nobody_and_only_who_blocked_lifts(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    one, other, path = await story.web(teacher), await story.web(student), f"conversations/{talk['id']}/block/"
    assert (await other.call("POST", path, json={}))[1]["code"] == "role_may_not"
    await one.post(path)
    assert (await other.call("DELETE", path))[1]["code"] == "role_may_not"
    group = await story.class_7b()
    assert (await one.call("POST", f"conversations/{group['id']}/block/", json={}))[0] == 404
    assert (await (await story.web(TEACHER)).call("POST", f"conversations/{group['id']}/block/"))[0] == 403


async def _cannot_send_in_matrix(story: Story, person_id: int, room_id: str) -> None:
    await story.world.quiet()
    content = {"msgtype": "m.text", "body": "Не должно дойти"}
    answer = await (await story.element(person_id)).client.room_send(room_id, "m.room.message", content)
    assert answer.status_code == "M_FORBIDDEN"
