"""Who comes and goes, on the web and in Matrix, and what each side sees of it; names of people and rooms."""

from __future__ import annotations

from dataclasses import replace

from testbed.element import done
from testbed.waiting import until
from testbed.world import ANNA, BORIS, DASHA, GLEB, TEACHER, VERA

from bridge.permissions.school import Role
from e2e.story import Story


async def test_who_is_added_on_the_web_is_in_the_room_and_hears(story: Story) -> None:
    group = await story.group(ANNA)
    told, newcomer = await story.listen(ANNA, group["id"]), await story.listen(BORIS)
    web = await story.web(TEACHER)
    answer = await web.post(f"conversations/{group['id']}/add_participant/", {"user_ids": [BORIS, ANNA]})
    assert answer["participants_count"] == 3
    await told.expect("conversation.updated", conversation__participants_count=3)
    await newcomer.expect("conversation.updated", conversation_id=group["id"])
    await web.say(group["id"], "Добро пожаловать")
    await newcomer.expect("message.new", message__text="Добро пожаловать")
    await until(lambda: _is_in_room(story, group, BORIS))


async def test_who_is_removed_on_the_web_stops_receiving_at_that_very_event(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    web, element = await story.web(TEACHER), await story.element(TEACHER)
    one, everything = await story.listen(BORIS, group["id"]), await story.listen(BORIS)
    stays = await story.listen(ANNA, group["id"])
    await web.say(group["id"], "Пока все здесь")
    status, answer = await web.call(
        "DELETE", f"conversations/{group['id']}/remove_participant/", json={"user_id": BORIS}
    )
    assert (status, answer["participants_count"]) == (200, 2)
    await web.say(group["id"], "Уже без Бориса")
    await stays.expect("message.new", message__text="Уже без Бориса")
    assert await one.closed() == 4403
    assert [frame["type"] for frame in one.frames][-1] == "conversation.removed"
    await everything.expect("conversation.removed", conversation_id=group["id"])
    for heard in (one, everything):
        assert heard.texts() == ["Пока все здесь"]
    assert not everything.ws.closed
    boris = await story.web(BORIS)
    assert (await boris.call("GET", f"conversations/{group['id']}/"))[0] == 404
    assert (await boris.call("GET", f"messages/?conversation_id={group['id']}"))[0] == 404
    kick = await element.see(
        group["room_id"],
        lambda e: e.get("state_key", "").startswith(f"@school_{BORIS}:") and e["content"]["membership"] == "leave",
    )
    assert kick["sender"] == story.bridge.homeserver.ids.bot


async def test_remove_participant_takes_its_person_from_body_or_query(story: Story) -> None:
    group = await story.group(ANNA, BORIS, VERA, has_room=False)
    web, path = await story.web(TEACHER), f"conversations/{group['id']}/remove_participant/"
    assert (await web.call("POST", path, json={"user_id": ANNA}))[1]["participants_count"] == 3
    assert (await web.call("DELETE", f"{path}?user_id={BORIS}"))[1]["participants_count"] == 2
    assert await web.call("DELETE", path) == (400, {"user_id": ["This field is required."]})
    assert (await web.call("DELETE", f"{path}?user_id={VERA}"))[0] == 200


async def test_who_was_banned_in_matrix_and_is_added_on_the_web_is_in_again(story: Story) -> None:
    group = await story.group(ANNA)
    web, element, ghost = await story.web(TEACHER), await story.element(TEACHER), story.world.synapse.ghost(ANNA)
    await done(element.client.room_ban(group["room_id"], ghost))

    async def is_out() -> bool:
        return ANNA not in await _participants(story, group)

    await until(is_out)
    await web.post(f"conversations/{group['id']}/add_participant/", {"user_id": ANNA})
    await until(lambda: _is_in_room(story, group, ANNA))
    said = await (await story.web(ANNA)).say(group["id"], "Снова здесь")
    assert (await story.sent(ANNA, said))["status"] == "sent"


async def test_who_comes_back_reads_what_is_said_from_then_on(story: Story) -> None:
    group = await story.group(ANNA)
    web, path = await story.web(TEACHER), f"conversations/{group['id']}"
    await web.post(f"{path}/remove_participant/", {"user_id": ANNA})
    await web.say(group["id"], "Без Анны")
    await web.post(f"{path}/add_participant/", {"user_id": ANNA})
    await web.say(group["id"], "Снова с Анной")
    seen = await story.seen(ANNA, group["id"])
    assert (seen["unread_count"], seen["last_message"]["text"]) == (1, "Снова с Анной")
    await story.world.quiet()
    await until(lambda: _is_in_room(story, group, ANNA))


async def test_an_invite_of_a_manager_in_matrix_adds_the_person(story: Story) -> None:
    group = await story.group(ANNA)
    element, newcomer = await story.element(TEACHER), await story.listen(VERA)
    await done(element.client.room_invite(group["room_id"], story.bridge.homeserver.ids.ghost(VERA)))
    await newcomer.expect("conversation.updated", conversation_id=group["id"])
    await until(lambda: _is_in_room(story, group, VERA))
    await element.say(group["room_id"], "Вера с нами")
    await newcomer.expect("message.new", message__text="Вера с нами")
    assert VERA in await _participants(story, group)


async def test_an_invite_that_the_web_would_refuse_is_taken_back(story: Story) -> None:
    group = await story.group(ANNA)
    element, ghost = await story.element(TEACHER), story.bridge.homeserver.ids.ghost(DASHA)
    await done(element.client.room_invite(group["room_id"], ghost))
    await element.see(group["room_id"], lambda e: e.get("state_key") == ghost and e["content"]["membership"] == "leave")
    assert DASHA not in await _participants(story, group)


async def test_a_kick_in_matrix_removes_the_person(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    element, heard = await story.element(TEACHER), await story.listen(BORIS, group["id"])
    await done(element.client.room_kick(group["room_id"], story.bridge.homeserver.ids.ghost(BORIS), "тишина"))
    assert await heard.closed() == 4403
    assert heard.frames[-1]["type"] == "conversation.removed"
    assert await _participants(story, group) == {TEACHER, ANNA}


async def test_who_leaves_in_matrix_has_left_on_the_web(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    element, heard = await story.element(ANNA), await story.listen(ANNA)
    await done(element.client.room_leave(group["room_id"]))
    await heard.expect("conversation.removed", conversation_id=group["id"])
    assert (await (await story.web(ANNA)).call("GET", f"conversations/{group['id']}/"))[0] == 404
    assert await _participants(story, group) == {TEACHER, BORIS}


async def test_a_rename_on_the_web_renames_the_room(story: Story) -> None:
    group = await story.group(ANNA)
    heard, element = await story.listen(ANNA), await story.element(ANNA)
    status, answer = await (await story.web(TEACHER)).call(
        "PATCH", f"conversations/{group['id']}/", json={"name": "Новое имя"}
    )
    assert (status, answer["name"]) == (200, "Новое имя")
    await heard.expect("conversation.updated", conversation__name="Новое имя")
    await element.see(group["room_id"], lambda e: e["type"] == "m.room.name" and e["content"]["name"] == "Новое имя")


async def test_a_rename_in_matrix_renames_the_conversation(story: Story) -> None:
    group = await story.group(ANNA)
    heard, element = await story.listen(ANNA), await story.element(TEACHER)
    await done(element.client.room_put_state(group["room_id"], "m.room.name", {"name": "Имя из Element"}))
    await heard.expect("conversation.updated", conversation__name="Имя из Element")
    assert (await story.seen(TEACHER, group["id"]))["name"] == "Имя из Element"


async def test_a_person_who_is_renamed_in_the_roster_is_renamed_in_matrix(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER)
    ghost = story.bridge.homeserver.ids.ghost(VERA)
    people = tuple(
        replace(person, last_name="Смирнова") if person.id == VERA else person for person in story.roster.people
    )
    try:
        await story.apply_roster(replace(story.roster, people=people))
        await element.see(
            group["room_id"],
            lambda e: e.get("state_key") == ghost and e["content"].get("displayname") == "Вера Смирнова",
        )
        said = await (await story.web(VERA)).say(group["id"], "Меня теперь зовут иначе")
        assert said["sender"]["name"] == "Вера Смирнова"
    finally:
        await story.apply_roster()


async def test_who_leaves_a_roster_group_leaves_its_room_and_conversation(story: Story) -> None:
    chess = await (await story.web(TEACHER)).group("Шахматы")
    heard = await story.listen(GLEB, chess["id"])
    kept = tuple(e for e in story.roster.enrolments if (e.group_id, e.person_id) != (103, GLEB))
    try:
        assert await story.apply_roster(replace(story.roster, enrolments=kept)) == 1
        assert await heard.closed() == 4403
        assert not await _is_in_room(story, chess, GLEB)
    finally:
        assert await story.apply_roster() == 1
    assert await _is_in_room(story, chess, GLEB)


async def test_a_person_who_left_the_school_is_signed_out_everywhere(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    heard = await story.listen(student)
    web = await story.web(student)
    people = tuple(person for person in story.roster.people if person.id != student)
    enrolments = tuple(e for e in story.roster.enrolments if e.person_id != student)
    await story.change_roster(replace(story.roster, people=people, enrolments=enrolments))
    assert await heard.closed() == 4401
    assert (await web.call("GET", "me/"))[0] == 401
    seen = await story.seen(teacher, talk["id"])
    assert (seen["can_write"], seen["cannot_write_reason"]) == (False, "person_inactive")


async def test_a_teacher_who_learns_in_a_course_has_no_power_there(story: Story) -> None:
    teacher, learner, student = await story.newcomers(Role.TEACHER, Role.TEACHER, Role.STUDENT)
    group = await story.group(learner, student, by=teacher)
    assert group["can_manage"] is True
    assert (await story.seen(learner, group["id"]))["can_manage"] is False
    element = await story.element(learner)
    answer = await element.client.room_put_state(group["room_id"], "m.room.name", {"name": "Захват"})
    assert answer.status_code == "M_FORBIDDEN"


async def _is_in_room(story: Story, group: dict, person_id: int) -> bool:
    members = await story.bridge.homeserver.get_members(group["room_id"])
    return members.get(story.bridge.homeserver.ids.ghost(person_id)) == "join"


async def _participants(story: Story, group: dict) -> set[int]:
    page = await (await story.web(TEACHER)).get(f"conversations/{group['id']}/participants/")
    return {each["id"] for each in page["results"]}
