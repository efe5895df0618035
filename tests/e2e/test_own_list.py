"""The list of conversations, and what each person may do to it: filters, search, clear, mute, hide, archive."""

from __future__ import annotations

from typing import Any

from testbed.waiting import until
from testbed.world import ADMIN, ANNA, BORIS, TEACHER, TEACHER_2, TEACHER_3, VERA, Api

from bridge.permissions.school import Role
from e2e.story import Story


async def test_the_list_has_the_last_activity_first(story: Story) -> None:
    (teacher,) = await story.newcomers(Role.TEACHER)
    web = await story.web(teacher)
    first, second, third = [await story.group(by=teacher, has_room=False) for _ in range(3)]
    await web.say(first["id"], "Я снова наверху")
    assert await _ids(web) == [first["id"], third["id"], second["id"]]
    page = await web.get("conversations/", page_size=2)
    assert (page["count"], len(page["results"])) == (3, 2)
    following = await web.get(page["next"].partition("/api/chat/")[2])
    assert [each["id"] for each in following["results"]] == [second["id"]]
    assert await web.call("GET", "conversations/?page=9") == (404, {"detail": "Invalid page.", "code": "not_found"})


async def test_the_list_can_be_filtered(story: Story) -> None:
    teacher, student = await story.pair()
    web = await story.web(teacher)
    group, talk = await story.group(student, by=teacher, has_room=False), await web.direct(student)
    await (await story.web(student)).say(talk, "Непрочитанное")
    assert await _ids(web, filter="all") == [talk, group["id"]]
    assert await _ids(web, filter="groups") == [group["id"]]
    assert await _ids(web, filter="unread") == [talk]
    await web.post(f"conversations/{talk}/read/")
    assert await _ids(web, filter="unread") == []
    assert (await web.call("GET", "conversations/?filter=none"))[0] == 400


async def test_the_list_is_searched_by_name_whatever_the_case_and_yo(story: Story) -> None:
    (teacher,) = await story.newcomers(Role.TEACHER)
    web = await story.web(teacher)
    group = await web.post("conversations/group/", {"name": "Учёный совет"})
    talk = await web.direct(TEACHER_3)  # Пётр Сидоров
    assert await _ids(web, search="УЧЕНЫЙ") == [group["id"]]
    assert await _ids(web, search="петр сид") == [talk]
    assert await _ids(web, search="Пётр") == [talk]
    assert await _ids(web, search="нет такого") == []


async def test_the_last_message_is_short_and_plain(story: Story) -> None:
    group = await story.club()
    said = await (await story.web(TEACHER)).say(group["id"], "**Очень** важное " + "слово " * 20)
    last = (await story.seen(ANNA, group["id"]))["last_message"]
    assert last["text"].startswith("Очень важное слово")
    assert last["text"].endswith("…")
    assert len(last["text"]) == 51
    assert (last["id"], last["sender_name"], last["is_read"]) == (said["id"], "Иван Иванов", False)
    await (await story.web(ANNA)).post(f"conversations/{group['id']}/read/")
    assert (await story.seen(TEACHER, group["id"]))["last_message"]["is_read"] is True


async def test_clear_hides_the_history_for_me_alone(story: Story) -> None:
    group, teacher, anna = await story.club(), await story.web(TEACHER), await story.web(ANNA)
    old = await teacher.say(group["id"], "До очистки", mentions=[ANNA])
    assert await anna.call("POST", f"conversations/{group['id']}/clear/", json={}) == (204, None)
    seen = await story.seen(ANNA, group["id"])
    assert (seen["last_message"], seen["unread_count"], seen["mention_count"]) == (None, 0, 0)
    assert await anna.history(group["id"]) == []
    assert await anna.history(group["id"], around=old["id"]) == []
    assert (await story.last(TEACHER, group["id"]))["text"] == "До очистки"
    await teacher.say(group["id"], "После очистки")
    page = await anna.get("messages/", conversation_id=group["id"])
    assert ([message["text"] for message in page["results"]], page["count"], page["next"]) == (
        ["После очистки"],
        1,
        None,
    )


async def test_mute_is_mine_alone_and_silences_the_badge(story: Story) -> None:
    group = await story.club()
    anna, heard, others = await story.web(ANNA), await story.listen(ANNA), await story.listen(BORIS)
    before = (await anna.get("me/"))["unread_total"]
    status, muted = await anna.call("PATCH", f"conversations/{group['id']}/", json={"is_muted": True})
    assert (status, muted["is_muted"]) == (200, True)
    await heard.expect("conversation.updated", conversation_id=group["id"], conversation__is_muted=True)
    await (await story.web(TEACHER)).say(group["id"], "Тихо")
    await others.expect("message.new", message__text="Тихо")
    assert (await anna.get("me/"))["unread_total"] == before
    assert (await story.seen(ANNA, group["id"]))["unread_count"] == 1
    assert (await story.seen(BORIS, group["id"]))["is_muted"] is False
    assert not [frame for frame in others.frames if frame["type"] == "conversation.updated"]
    assert (await anna.call("PATCH", f"conversations/{group['id']}/", json={"is_muted": False}))[0] == 200


async def test_a_hidden_conversation_comes_back_with_a_new_message(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    web, heard, open_one = (
        await story.web(student),
        await story.listen(student),
        await story.listen(student, talk["id"]),
    )
    assert await web.call("DELETE", f"conversations/{talk['id']}/") == (204, None)
    await heard.expect("conversation.removed", conversation_id=talk["id"])
    assert talk["id"] not in await _ids(web)
    assert talk["id"] in await _ids(await story.web(teacher))
    assert not open_one.ws.closed
    await (await story.element(teacher)).say(talk["room_id"], "Вернись")
    await heard.expect("message.new", message__text="Вернись")
    assert await _ids(web) == [talk["id"]]


async def test_a_hidden_direct_conversation_comes_back_when_it_is_opened_again(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    web, heard = await story.web(student), await story.listen(student)
    await web.call("DELETE", f"conversations/{talk['id']}/")
    status, opened = await web.call("POST", "conversations/", json={"participant": teacher})
    assert (status, opened["id"]) == (200, talk["id"])
    await heard.expect("conversation.updated", conversation_id=talk["id"])
    assert await _ids(web) == [talk["id"]]


async def test_a_manager_archives_a_group_for_all(story: Story) -> None:
    group = await story.group(ANNA)
    heard, anna = await story.listen(ANNA), await story.web(ANNA)
    said = await anna.say(group["id"], "Успел")
    assert await (await story.web(TEACHER)).call("DELETE", f"conversations/{group['id']}/") == (204, None)
    frame = await heard.expect("conversation.updated", conversation__is_archived=True)
    assert (frame["conversation"]["can_write"], frame["conversation"]["cannot_write_reason"]) == (False, "archived")
    for person_id in (ANNA, TEACHER):
        web = await story.web(person_id)
        status, answer = await web.call("POST", "messages/", json={"conversation_id": group["id"], "text": "Поздно"})
        assert (status, answer["code"]) == (403, "archived")
        assert [message["text"] for message in await web.history(group["id"])] == ["Успел"]
    assert (await anna.call("PATCH", f"messages/{said['id']}/", json={"text": "Правка"}))[1]["code"] == "archived"
    await story.world.quiet()
    answer = await (await story.element(ANNA)).client.room_send(
        group["room_id"], "m.room.message", {"msgtype": "m.text", "body": "Из Element"}
    )
    assert answer.status_code == "M_FORBIDDEN"


async def test_a_student_who_deletes_a_group_leaves_the_list_entry_only(story: Story) -> None:
    group, anna = await story.club(), await story.web(ANNA)
    assert (await anna.call("DELETE", f"conversations/{group['id']}/"))[0] == 204
    assert group["id"] not in await _ids(anna)
    seen = await story.seen(TEACHER, group["id"])
    assert (seen["is_archived"], seen["participants_count"]) == (False, group["participants_count"])


async def test_contacts_are_those_one_may_write_to(story: Story) -> None:
    assert await _contacts(story, ANNA) == {TEACHER, TEACHER_2}
    assert await _contacts(story, TEACHER) == {11, 12, 13, 14, TEACHER_2, TEACHER_3, ADMIN}
    assert len(await _contacts(story, ADMIN)) == 8
    assert await _contacts(story, TEACHER, role="student") == {11, 12, 13, 14}
    assert await _contacts(story, TEACHER, search="петр") == {TEACHER_2, TEACHER_3}


async def test_a_contact_knows_its_conversation_after_the_first_word(story: Story) -> None:
    teacher, student = await story.pair()
    web = await story.web(student)
    assert [each["conversation_id"] for each in await _contact_list(web, role="teacher")] == [None]
    talk = await web.direct(teacher)
    assert [each["conversation_id"] for each in await _contact_list(web, role="teacher")] == [talk]


async def test_participants_come_managers_first_with_how_far_they_read(story: Story) -> None:
    group = await story.group(VERA, ANNA, has_room=False)
    said = await (await story.web(TEACHER)).say(group["id"], "Читайте")
    await (await story.web(ANNA)).post(f"conversations/{group['id']}/read/")
    page = await (await story.web(ANNA)).get(f"conversations/{group['id']}/participants/")
    found = [(each["id"], each["is_manager"], each["last_read_message_id"]) for each in page["results"]]
    assert found == [(TEACHER, True, None), (ANNA, False, said["id"]), (VERA, False, None)]


async def test_an_admin_joins_visibly(story: Story) -> None:
    group = await story.group(ANNA)
    admin, heard = await story.web(ADMIN), await story.listen(ANNA)
    assert (await story.seen(ADMIN, group["id"]))["participants_count"] == 2
    await admin.history(group["id"])
    await heard.expect("conversation.updated", conversation_id=group["id"], conversation__participants_count=3)
    await admin.say(group["id"], "Я здесь и пишу")
    await heard.expect("message.new", message__text="Я здесь и пишу")
    ghost = story.bridge.homeserver.ids.ghost(ADMIN)
    element = await story.element(ANNA)
    assert (await element.see_text(group["room_id"], "Я здесь и пишу"))["sender"] == ghost
    assert ghost in await element.members(group["room_id"])


async def test_an_admin_manages_every_group(story: Story) -> None:
    group = await story.group(ANNA)
    admin, path = await story.web(ADMIN), f"conversations/{group['id']}"
    assert (await admin.call("PATCH", f"{path}/", json={"name": "Переименовано"}))[1]["name"] == "Переименовано"
    assert (await admin.call("POST", f"{path}/add_participant/", json={"user_id": BORIS}))[0] == 200
    assert (await admin.call("POST", f"{path}/remove_participant/", json={"user_id": ANNA}))[0] == 200
    said = await (await story.web(BORIS)).say(group["id"], "Удалят")
    assert (await admin.call("DELETE", f"messages/{said['id']}/"))[0] == 204
    assert (await admin.call("DELETE", f"{path}/"))[0] == 204
    assert (await story.seen(BORIS, group["id"]))["is_archived"] is True
    await until(lambda: _is_quiet(story))


async def _is_quiet(story: Story) -> bool:
    await story.world.quiet()
    return True


async def _ids(web: Api, **query: Any) -> list[int]:
    return [each["id"] for each in (await web.get("conversations/", **query))["results"]]


async def _contact_list(web: Api, **query: Any) -> list[dict]:
    return (await web.get("contacts/", **query))["results"]


async def _contacts(story: Story, person_id: int, **query: Any) -> set[int]:
    """Of the people whom every story has."""
    found = await _contact_list(await story.web(person_id), page_size=200, **query)
    return {each["id"] for each in found if each["id"] < 1000}
