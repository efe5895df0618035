"""Receipts in both directions: who has read how far, what is unread, mentions."""

from __future__ import annotations

from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, TEACHER_2

from e2e.story import Story


async def test_reading_on_the_web_is_a_receipt_in_matrix(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    event_id = await element.say(group["room_id"], "Прочтите на вебе")
    message = await story.arrived(group["id"], event_id)
    status, answer = await (await story.web(ANNA)).call("PATCH", f"messages/{message['id']}/read/")
    assert (status, answer) == (200, {"status": "ok", "unread_count": 0})
    reader = story.bridge.homeserver.ids.ghost(ANNA)
    await element.sync_until(lambda: (event_id, reader) in element.receipts.get(group["room_id"], ()))


async def test_reading_a_message_that_matrix_refused_reads_those_before_it_there(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    event_id = await element.say(group["room_id"], "Последнее, что дошло")
    await story.arrived(group["id"], event_id)
    async with story.refusing_homeserver():
        said = await (await story.web(BORIS)).say(group["id"], "Не дойдёт")
        await (await story.web(ANNA)).post(f"conversations/{group['id']}/read/", {"message_id": said["id"]})
    reader = story.bridge.homeserver.ids.ghost(ANNA)
    await element.sync_until(lambda: (event_id, reader) in element.receipts.get(group["room_id"], ()))


async def test_a_receipt_from_matrix_is_read_on_the_web(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await story.sent(TEACHER, await (await story.web(TEACHER)).say(group["id"], "Прочтите в Element"))
    assert (said["is_read"], said["read_count"], said["status"]) == (False, 0, "sent")
    heard = await story.listen(TEACHER, group["id"])
    await element.read(group["room_id"], said["event_id"])
    frame = await heard.expect("message.read", user_id=BORIS, message_id=said["id"])
    assert frame["read_at"].endswith("Z")
    now = await story.message(TEACHER, said)
    assert (now["is_read"], now["read_count"], now["status"]) == (True, 1, "read")
    assert (await story.seen(BORIS, group["id"]))["unread_count"] == 0


async def test_a_receipt_on_any_event_means_all_before_it(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await story.sent(TEACHER, await (await story.web(TEACHER)).say(group["id"], "До реакции"))
    reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": said["event_id"], "key": "👍"}}
    event_id = await element.send(group["room_id"], reaction, "m.reaction")
    await element.read(group["room_id"], event_id)
    await until(lambda: _is_read(story, said))


async def test_each_reader_counts_once_and_the_sender_never(story: Story) -> None:
    group = await story.class_7b()
    said = await (await story.web(TEACHER)).say(group["id"], "Сколько прочли?")
    for person_id in (TEACHER, ANNA, BORIS, ANNA):
        await (await story.web(person_id)).post(f"conversations/{group['id']}/read/", {"message_id": said["id"]})
    assert (await story.message(TEACHER, said))["read_count"] == 2
    assert (await story.message(ANNA, said))["is_read"]
    assert not (await story.message(TEACHER_2, said))["is_read"]


async def test_who_comes_later_is_no_reader_of_what_was_said_before(story: Story) -> None:
    group = await story.group(ANNA, has_room=False)
    teacher, boris = await story.web(TEACHER), await story.web(BORIS)
    old = await teacher.say(group["id"], "До Бориса")
    await teacher.post(f"conversations/{group['id']}/add_participant/", {"user_id": BORIS})
    assert (await story.message(TEACHER, old))["read_count"] == 0
    assert (await story.seen(TEACHER, group["id"]))["last_message"]["is_read"] is False
    assert (await story.seen(BORIS, group["id"]))["unread_count"] == 0
    new = await teacher.say(group["id"], "При Борисе")
    await boris.post(f"conversations/{group['id']}/read/")
    assert (await story.message(TEACHER, new))["read_count"] == 1
    assert (await story.message(TEACHER, old))["read_count"] == 0


async def test_message_read_tells_everybody_in_the_conversation(story: Story) -> None:
    group = await story.class_7b()
    said = await (await story.web(TEACHER)).say(group["id"], "Кто прочёл?")
    sockets = [await story.listen(person_id, group["id"]) for person_id in (TEACHER, TEACHER_2, ANNA)]
    await (await story.web(ANNA)).post(f"conversations/{group['id']}/read/", {"message_id": said["id"]})
    for heard in sockets:
        frame = await heard.expect("message.read", user_id=ANNA, message_id=said["id"])
        assert frame["conversation_id"] == group["id"]
        assert frame["rev"] > said["rev"]


async def test_a_read_pointer_only_moves_forward(story: Story) -> None:
    group, teacher, anna = await story.class_7b(), await story.web(TEACHER), await story.web(ANNA)
    first, second = [await teacher.say(group["id"], text) for text in ("Раньше", "Позже")]
    for message in (second, first):
        await anna.post(f"conversations/{group['id']}/read/", {"message_id": message["id"]})
    assert (await story.message(TEACHER, second))["is_read"]
    assert (await story.seen(ANNA, group["id"]))["unread_count"] == 0


async def test_unread_counts_go_up_and_down(story: Story) -> None:
    group, teacher, anna = await story.club(), await story.web(TEACHER), await story.web(ANNA)
    heard = await story.listen(ANNA)
    before = (await anna.get("me/"))["unread_total"]
    said = [await teacher.say(group["id"], f"Новость {number}") for number in range(3)]
    for number, message in enumerate(said, start=1):
        assert (await heard.expect("message.new", message__id=message["id"]))["unread_count"] == number
    assert (await story.seen(ANNA, group["id"]))["unread_count"] == 3
    assert (await story.seen(TEACHER, group["id"]))["unread_count"] == 0
    assert (await anna.get("me/"))["unread_total"] == before + 3
    _, answer = await anna.call("PATCH", f"messages/{said[0]['id']}/read/")
    assert answer["unread_count"] == 2
    await teacher.call("DELETE", f"messages/{said[1]['id']}/")
    assert (await story.seen(ANNA, group["id"]))["unread_count"] == 1
    await anna.post(f"conversations/{group['id']}/read/")
    assert (await story.seen(ANNA, group["id"]))["unread_count"] == 0


async def test_what_was_cleared_is_not_counted_again(story: Story) -> None:
    group, teacher, anna = await story.club(), await story.web(TEACHER), await story.web(ANNA)
    old = await teacher.say(group["id"], "До очистки")
    await teacher.say(group["id"], "Тоже до очистки")
    await anna.post(f"conversations/{group['id']}/clear/")
    await teacher.say(group["id"], "После очистки")
    await teacher.call("DELETE", f"messages/{old['id']}/")
    assert (await story.seen(ANNA, group["id"]))["unread_count"] == 1
    _, answer = await anna.call("PATCH", f"messages/{old['id']}/read/")
    assert answer["unread_count"] == 1


async def test_mentions_are_counted_for_those_who_are_named(story: Story) -> None:
    group, element = await story.club(), await story.element(BORIS)
    teacher, anna = await story.web(TEACHER), await story.web(ANNA)
    said = await teacher.say(group["id"], "@Анна, @Борис, к доске", mentions=[ANNA, BORIS, TEACHER, 999])
    assert said["mentions"] == [ANNA, BORIS]
    event = await element.see_text(group["room_id"], "@Анна, @Борис, к доске")
    ghosts = [story.bridge.homeserver.ids.ghost(person_id) for person_id in (ANNA, BORIS)]
    assert event["content"]["m.mentions"] == {"user_ids": ghosts}
    assert (await story.seen(ANNA, group["id"]))["mention_count"] == 1
    assert (await story.seen(TEACHER, group["id"]))["mention_count"] == 0
    last = await teacher.say(group["id"], "Остальные свободны")
    await anna.post(f"conversations/{group['id']}/read/", {"message_id": said["id"]})
    seen = await story.seen(ANNA, group["id"])
    assert (seen["unread_count"], seen["mention_count"]) == (1, 0)
    await teacher.call("DELETE", f"messages/{said['id']}/")
    assert (await story.seen(BORIS, group["id"]))["mention_count"] == 0
    assert last["mentions"] == []


async def test_a_mention_in_matrix_is_counted_on_the_web(story: Story) -> None:
    group, element = await story.club(), await story.element(ANNA)
    teacher = story.bridge.homeserver.ids.ghost(TEACHER)
    pill = f'<a href="https://matrix.to/#/{teacher}">Иван Иванов</a>: вопрос'
    event_id = await element.say(
        group["room_id"],
        "Иван Иванов: вопрос",
        **{
            "m.mentions": {"user_ids": [teacher, "@stranger:elsewhere"]},
            "format": "org.matrix.custom.html",
            "formatted_body": pill,
        },
    )
    message = await story.arrived(group["id"], event_id)
    assert (message["mentions"], message["text"]) == ([TEACHER], "@Иван Иванов: вопрос")
    assert (await story.seen(TEACHER, group["id"]))["mention_count"] == 1


async def _is_read(story: Story, message: dict) -> bool:
    return (await story.message(TEACHER, message))["is_read"]
