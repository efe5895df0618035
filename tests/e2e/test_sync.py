"""``sync/``: a client that was away learns of everything that changed for it; and repeats of what it sent."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import FormData
from testbed.file_samples import PDF
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, Api

from e2e.story import Story

WEEK_US = 7 * 86_400_000_000


async def test_without_since_there_is_only_the_current_rev(story: Story) -> None:
    answer = await (await story.web(ANNA)).get("sync/")
    rev = answer.pop("rev")
    assert answer == {"conversations": [], "messages": [], "removed_conversation_ids": [], "reset": False}
    said = await (await story.web(ANNA)).say((await story.class_7b())["id"], "Дальше")
    assert said["rev"] > rev


async def test_new_edited_and_deleted_messages_are_in_it(story: Story) -> None:
    group = await story.club()
    teacher, away = await story.web(TEACHER), await Away.begin(story, ANNA)
    said = [await teacher.say(group["id"], text) for text in ("Новое", "Правлю", "Удаляю")]
    await teacher.call("PATCH", f"messages/{said[1]['id']}/", json={"text": "Исправлено"})
    await teacher.call("DELETE", f"messages/{said[2]['id']}/")
    answer = await away.back()
    found = {message["id"]: message for message in answer["messages"]}
    assert [found[message["id"]]["text"] for message in said] == ["Новое", "Исправлено", ""]
    assert found[said[2]["id"]]["is_deleted"] is True
    assert all(found[message["id"]]["rev"] > away.rev for message in said)
    (conversation,) = [each for each in answer["conversations"] if each["id"] == group["id"]]
    assert (conversation["unread_count"], conversation["last_message"]["text"]) == (2, "Исправлено")


async def test_what_happened_in_matrix_is_in_it(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    away = await Away.begin(story, ANNA)
    message = await story.arrived(group["id"], await element.say(group["room_id"], "Пока тебя не было"))
    answer = await away.back()
    assert message["id"] in [each["id"] for each in answer["messages"]]


async def test_a_message_that_was_only_read_is_in_it(story: Story) -> None:
    group, teacher = await story.class_7b(), await story.web(TEACHER)
    said = await teacher.say(group["id"], "Прочтите")
    away = await Away.begin(story, TEACHER)
    await (await story.web(ANNA)).post(f"conversations/{group['id']}/read/")
    (message,) = [each for each in (await away.back())["messages"] if each["id"] == said["id"]]
    assert (message["is_read"], message["read_count"]) == (True, 1)


async def test_my_own_reading_on_another_device_is_in_it(story: Story) -> None:
    group = await story.class_7b()
    await (await story.web(TEACHER)).say(group["id"], "Прочту с телефона")
    away = await Away.begin(story, ANNA)
    await (await story.web(ANNA)).post(f"conversations/{group['id']}/read/")
    (conversation,) = [each for each in (await away.back())["conversations"] if each["id"] == group["id"]]
    assert (conversation["unread_count"], conversation["rev"] > away.rev) == (0, True)


async def test_changes_of_conversations_are_in_it(story: Story) -> None:
    teacher, student = await story.pair()
    kept = await story.group(student, by=teacher, has_room=False)
    archived = await story.group(student, by=teacher, has_room=False)
    one, other = await story.web(teacher), await story.web(student)
    talk = await one.direct(student)
    away = await Away.begin(story, student)
    await one.call("PATCH", f"conversations/{kept['id']}/", json={"name": "Иначе"})
    await other.call("PATCH", f"conversations/{kept['id']}/", json={"is_muted": True})
    await one.call("DELETE", f"conversations/{archived['id']}/")
    await one.post(f"conversations/{talk}/block/")
    new = await story.group(student, by=teacher, has_room=False)
    found = {each["id"]: each for each in (await away.back())["conversations"]}
    assert (found[kept["id"]]["name"], found[kept["id"]]["is_muted"]) == ("Иначе", True)
    assert found[archived["id"]]["is_archived"] is True
    assert found[talk]["cannot_write_reason"] == "blocked"
    assert new["id"] in found
    assert all(each["rev"] > away.rev for each in found.values())


async def test_a_conversation_that_became_read_only_by_the_roster_is_in_it(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await (await story.web(teacher)).direct(student)
    away = await Away.begin(story, student)
    await story.leave_groups(student)
    (conversation,) = [each for each in (await away.back())["conversations"] if each["id"] == talk]
    assert (conversation["can_write"], conversation["cannot_write_reason"]) == (False, "no_shared_group")
    assert conversation["rev"] > away.rev


async def test_conversations_that_are_gone_for_me_are_named(story: Story) -> None:
    removed, hidden = await story.group(ANNA, has_room=False), await story.club()
    teacher, anna = await story.web(TEACHER), await story.web(ANNA)
    away = await Away.begin(story, ANNA)
    said = await teacher.say(removed["id"], "До удаления")
    await teacher.post(f"conversations/{removed['id']}/remove_participant/", {"user_id": ANNA})
    await teacher.say(removed["id"], "После удаления")
    await anna.call("DELETE", f"conversations/{hidden['id']}/")
    answer = await away.back()
    assert {removed["id"], hidden["id"]} <= set(answer["removed_conversation_ids"])
    assert not {removed["id"], hidden["id"]} & {each["id"] for each in answer["conversations"]}
    assert not [each for each in answer["messages"] if each["conversation_id"] == removed["id"]]
    assert said["id"]


async def test_what_concerns_others_is_not_in_it(story: Story) -> None:
    teacher = await story.web(TEACHER)
    talk = await teacher.direct(BORIS)
    away = await Away.begin(story, ANNA)
    await teacher.say(talk, "Не для Анны")
    answer = await away.back()
    assert talk not in [each["id"] for each in answer["conversations"]]
    assert not [each for each in answer["messages"] if each["conversation_id"] == talk]


async def test_what_was_cleared_is_not_in_it(story: Story) -> None:
    group = await story.club()
    anna, away = await story.web(ANNA), await Away.begin(story, ANNA)
    said = await (await story.web(TEACHER)).say(group["id"], "Очищу")
    await anna.post(f"conversations/{group['id']}/clear/")
    answer = await away.back()
    assert said["id"] not in [each["id"] for each in answer["messages"]]
    (conversation,) = [each for each in answer["conversations"] if each["id"] == group["id"]]
    assert (conversation["last_message"], conversation["unread_count"]) == (None, 0)


async def test_too_long_ago_is_a_reset(story: Story) -> None:
    web = await story.web(ANNA)
    rev = (await web.get("sync/"))["rev"]
    assert (await web.get("sync/", since=rev - 2 * WEEK_US))["reset"] is True
    assert (await web.get("sync/", since=0))["reset"] is True
    assert (await web.get("sync/", since=rev))["reset"] is False
    assert (await web.call("GET", "sync/?since=yesterday"))[0] == 400


# -- client_id ---------------------------------------------------------------------------------------------------------


async def test_a_repeat_with_the_same_client_id_sends_once(story: Story) -> None:
    group, web, element = await story.class_7b(), await story.web(ANNA), await story.element(TEACHER)
    body = {"conversation_id": group["id"], "text": "Ровно один раз", "client_id": "один"}
    statuses, ids = zip(*[_outcome(await web.call("POST", "messages/", json=body)) for _ in range(3)], strict=True)
    assert (statuses, len(set(ids))) == ((201, 200, 200), 1)
    await story.sent(ANNA, {"id": ids[0], "conversation_id": group["id"]})
    await story.arrived(group["id"], await element.say(group["room_id"], "Конец"))
    await element.see_text(group["room_id"], "Конец")
    bodies = [event["content"].get("body") for event in element.timelines[group["room_id"]]]
    assert bodies.count("Ровно один раз") == 1


async def test_two_at_once_with_the_same_client_id_are_one_message(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    heard = await story.listen(BORIS, group["id"])
    body = {"conversation_id": group["id"], "text": "Одновременно", "client_id": "сразу"}
    answers = await asyncio.gather(*(web.call("POST", "messages/", json=body) for _ in range(6)))
    outcomes = [_outcome(answer) for answer in answers]
    assert sorted(status for status, _ in outcomes) == [200] * 5 + [201]
    assert len({message_id for _, message_id in outcomes}) == 1
    await web.say(group["id"], "После")
    await heard.expect("message.new", message__text="После")
    assert heard.texts().count("Одновременно") == 1


async def test_two_at_once_with_a_file_are_one_message(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    form = FormData(quote_fields=False)
    form.add_field("file", PDF, filename="дважды.pdf")
    _, file = await web.call("POST", "upload/", data=form)
    body = {"conversation_id": group["id"], "file_id": file["file_id"], "client_id": "файл"}
    answers = await asyncio.gather(*(web.call("POST", "messages/", json=body) for _ in range(4)))
    outcomes = [_outcome(answer) for answer in answers]
    assert sorted(status for status, _ in outcomes) == [200] * 3 + [201]
    assert len({message_id for _, message_id in outcomes}) == 1


async def test_the_client_id_of_another_person_is_another_message(story: Story) -> None:
    group = await story.class_7b()
    body = {"conversation_id": group["id"], "text": "У каждого свой", "client_id": "общий"}
    answers = [await (await story.web(person_id)).call("POST", "messages/", json=body) for person_id in (ANNA, BORIS)]
    assert [status for status, _ in answers] == [201, 201]


async def test_the_clock_becomes_a_tick_when_the_homeserver_has_it(story: Story) -> None:
    group = await story.class_7b()
    heard, web = await story.listen(ANNA), await story.web(ANNA)
    said = await web.say(group["id"], "Часы, потом галочка")
    assert (said["status"], said["event_id"]) == ("pending", None)
    frame = await heard.expect("message.updated", message__id=said["id"], message__status="sent")
    assert frame["message"]["event_id"].startswith("$")
    assert frame["rev"] > said["rev"]
    await until(lambda: _status_is(web, said, "sent"))


class Away:
    """A client that remembers where it stood, and comes back."""

    def __init__(self, web: Api, rev: int) -> None:
        self.web, self.rev = web, rev

    @classmethod
    async def begin(cls, story: Story, person_id: int) -> Away:
        web = await story.web(person_id)
        return cls(web, (await web.get("sync/"))["rev"])

    async def back(self) -> dict[str, Any]:
        answer = await self.web.get("sync/", since=self.rev)
        assert answer["reset"] is False
        assert answer["rev"] > self.rev
        return answer


def _outcome(answer: tuple[int, Any]) -> tuple[int, int]:
    status, message = answer
    assert status in (200, 201), message
    return status, message["id"]


async def _status_is(web: Api, message: dict, status: str) -> bool:
    page = await web.history(message["conversation_id"], around=message["id"], limit=1)
    return page[0]["status"] == status
