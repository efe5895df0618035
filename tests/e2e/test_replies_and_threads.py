"""Replies to anything, threads in their place in the timeline, and mentions that come and go with an edit."""

from __future__ import annotations

from typing import Any

from testbed.file_samples import PDF
from testbed.world import ANNA, BORIS, TEACHER

from e2e.story import Story


def in_thread(root: str, last: str, *, is_falling_back: bool) -> dict[str, Any]:
    reply = {"m.in_reply_to": {"event_id": last}, "is_falling_back": is_falling_back}
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": root, **reply}}


async def test_a_reply_with_a_formatted_quotation_shows_only_the_answer(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    question = await element.say(group["room_id"], "Первый\nвопрос")
    quoted = f"> <{element.mxid}> Первый\n> вопрос\n\nОтвет > вопроса"
    html = "<mx-reply><blockquote>Первый<br>вопрос</blockquote></mx-reply><b>Ответ</b> &gt; вопроса"
    event_id = await element.say(
        group["room_id"],
        quoted,
        format="org.matrix.custom.html",
        formatted_body=html,
        **{"m.relates_to": {"m.in_reply_to": {"event_id": question}}},
    )
    answer = await story.arrived(group["id"], event_id)
    assert answer["text"] == r"**Ответ** \> вопроса"
    assert answer["reply_to"]["text"] == "Первый вопрос"


async def test_a_reply_to_an_edit_is_a_reply_to_its_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "До правки")
    said = await story.arrived(group["id"], event_id)
    edit_id = await element.edit(group["room_id"], event_id, "После правки")
    await element.say(group["room_id"], "Между ними")
    answer = await story.arrived(group["id"], await element.reply(group["room_id"], edit_id, "На правку"))
    assert (answer["reply_to"]["id"], answer["reply_to"]["text"]) == (said["id"], "После правки")


async def test_a_reply_to_an_edit_of_the_web_is_a_reply_to_its_message(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(BORIS), await story.web(ANNA)
    said = await web.say(group["id"], "С веба до правки")
    await web.call("PATCH", f"messages/{said['id']}/", json={"text": "С веба после правки"})
    await web.say(group["id"], "Ещё слово")
    edit_id = (await element.see_text(group["room_id"], "* С веба после правки"))["event_id"]
    await element.see_text(group["room_id"], "Ещё слово")
    answer = await story.arrived(group["id"], await element.reply(group["room_id"], edit_id, "На правку с веба"))
    assert (answer["reply_to"]["id"], answer["reply_to"]["text"]) == (said["id"], "С веба после правки")


async def test_a_reply_to_a_file_names_it_and_one_to_a_deleted_message_says_nothing_of_it(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    mxc = await element.upload(PDF, "application/pdf", "план.pdf")
    content = {"msgtype": "m.file", "body": "план.pdf", "url": mxc, "info": {"mimetype": "application/pdf"}}
    event_id = await element.send(group["room_id"], content)
    answer = await story.arrived(group["id"], await element.reply(group["room_id"], event_id, "Прочла"))
    assert answer["reply_to"]["text"] == "план.pdf"
    await element.redact(group["room_id"], event_id)
    again = await story.arrived(group["id"], await element.reply(group["room_id"], event_id, "А где он?"))
    assert (again["reply_to"]["id"], again["reply_to"]["text"]) == (answer["reply_to"]["id"], "")
    told = await (await story.web(ANNA)).say(group["id"], "Тоже ищу его", reply_to=again["reply_to"]["id"])
    assert told["reply_to"]["text"] == ""
    event = await element.see_text(group["room_id"], "Тоже ищу его")
    assert event["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": event_id}}


async def test_a_reply_to_no_message_is_a_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    root = await element.say(group["room_id"], "Сообщение")
    annotation = {"m.relates_to": {"rel_type": "m.annotation", "event_id": root, "key": "👍"}}
    reaction = await element.send(group["room_id"], annotation, "m.reaction")
    answer = await story.arrived(group["id"], await element.reply(group["room_id"], reaction, "Ответ на реакцию"))
    assert answer["reply_to"] is None


async def test_a_thread_stands_in_the_timeline_and_its_fallback_is_no_reply(story: Story) -> None:
    group, element = await story.group(ANNA, BORIS), await story.element(BORIS)
    room_id = group["room_id"]
    root = await element.say(room_id, "Начало")
    await element.say(room_id, "Мимо ветки")
    first = await element.say(room_id, "В ветке", **in_thread(root, root, is_falling_back=True))
    await element.say(room_id, "Снова мимо")
    last = await element.say(room_id, "Ответ в ветке", **in_thread(root, first, is_falling_back=False))
    await story.arrived(group["id"], last)
    shown = await (await story.web(ANNA)).history(group["id"])
    assert [each["text"] for each in shown] == ["Начало", "Мимо ветки", "В ветке", "Снова мимо", "Ответ в ветке"]
    replies = [each["reply_to"] and each["reply_to"]["text"] for each in shown]
    assert replies == [None, None, None, None, "В ветке"]


async def test_an_answer_of_the_web_to_a_thread_is_in_the_thread(story: Story) -> None:
    group, element = await story.group(ANNA, BORIS), await story.element(BORIS)
    root = await element.say(group["room_id"], "Корень")
    branch = await element.say(group["room_id"], "Ветка", **in_thread(root, root, is_falling_back=True))
    said = await story.arrived(group["id"], branch)
    await (await story.web(ANNA)).say(group["id"], "С веба в ветку", reply_to=said["id"])
    event = await element.see_text(group["room_id"], "С веба в ветку")
    assert event["content"]["m.relates_to"] == in_thread(root, branch, is_falling_back=False)["m.relates_to"]


async def test_a_whole_room_is_not_a_person(story: Story) -> None:
    group, element = await story.club(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "@room собираемся", **{"m.mentions": {"room": True}})
    message = await story.arrived(group["id"], event_id)
    assert (message["mentions"], message["text"]) == ([], "@room собираемся")
    assert (await story.seen(TEACHER, group["id"]))["mention_count"] == 0


async def test_an_edit_mentions_anew(story: Story) -> None:
    group, element = await story.club(), await story.element(BORIS)
    teacher, anna = map(story.bridge.homeserver.ids.ghost, (TEACHER, ANNA))
    event_id = await element.say(group["room_id"], "Анна, сюда", **{"m.mentions": {"user_ids": [anna]}})
    said = await story.arrived(group["id"], event_id)
    assert (await story.seen(ANNA, group["id"]))["mention_count"] == 1
    heard = await story.listen(TEACHER, group["id"])
    new = {"msgtype": "m.text", "body": "Иван Иванов, сюда", "m.mentions": {"user_ids": [teacher]}}
    edit = {"m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": event_id}}
    await element.say(group["room_id"], "* Иван Иванов, сюда", **edit)
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert frame["message"]["mentions"] == [TEACHER]
    counts = [(await story.seen(person_id, group["id"]))["mention_count"] for person_id in (TEACHER, ANNA)]
    assert counts == [1, 0]


async def test_an_edit_that_is_silent_about_mentions_keeps_them(story: Story) -> None:
    group, element = await story.club(), await story.element(BORIS)
    anna = story.bridge.homeserver.ids.ghost(ANNA)
    event_id = await element.say(group["room_id"], "Анна, к доске", **{"m.mentions": {"user_ids": [anna]}})
    said = await story.arrived(group["id"], event_id)
    heard = await story.listen(TEACHER, group["id"])
    await element.edit(group["room_id"], event_id, "Анна, иди к доске")
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert frame["message"]["mentions"] == [ANNA]
