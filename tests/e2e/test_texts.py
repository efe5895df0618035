"""Texts in both directions: plain, Markdown and HTML, replies, edits, deletions."""

from __future__ import annotations

import pytest
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, TEACHER_2, TEACHER_3

from e2e.story import Story

MESSAGE_ID = "org.classbridge.message_id"


# -- from the web ------------------------------------------------------------------------------------------------------


async def test_a_text_from_the_web_is_the_senders_own_event(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    said = await (await story.web(ANNA)).say(group["id"], "Просто текст")
    event = await element.see_text(group["room_id"], "Просто текст")
    assert event["sender"] == element.mxid.replace("_2:", f"_{ANNA}:")
    assert event["type"] == "m.room.message"
    assert event["content"] == {
        "msgtype": "m.text",
        "body": "Просто текст",
        "m.mentions": {},
        MESSAGE_ID: said["id"],
    }
    assert (await story.sent(ANNA, said))["event_id"] == event["event_id"]


async def test_markdown_from_the_web_becomes_formatted_body(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    text = "**Жирно**, `код` и [ссылка](https://school.example/a)\n\n1. раз\n2. два\n\n<script>alert(1)</script>"
    await (await story.web(TEACHER)).say(group["id"], text)
    content = (await element.see_text(group["room_id"], text))["content"]
    assert content["format"] == "org.matrix.custom.html"
    html = content["formatted_body"]
    assert "<strong>Жирно</strong>, <code>код</code>" in html
    assert '<a href="https://school.example/a">ссылка</a>' in html
    assert "<ol>\n<li>раз</li>\n<li>два</li>\n</ol>" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


async def test_a_reply_from_the_web_is_a_reply_in_matrix(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    anna, boris = await story.web(ANNA), await story.web(BORIS)
    question = await anna.say(group["id"], "Когда контрольная?")
    answer = await boris.say(group["id"], "Завтра, на неё отвечаю", reply_to=question["id"])
    assert answer["reply_to"] == {"id": question["id"], "sender_name": "Анна Ученик", "text": "Когда контрольная?"}
    event = await element.see_text(group["room_id"], "Завтра, на неё отвечаю")
    replied = (await element.see_text(group["room_id"], "Когда контрольная?"))["event_id"]
    assert event["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": replied}}


async def test_an_edit_from_the_web_replaces_the_event(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(TEACHER_2), await story.web(ANNA)
    heard = await story.listen(BORIS, group["id"])
    said = await web.say(group["id"], "Описка в слвое")
    status, edited = await web.call("PATCH", f"messages/{said['id']}/", json={"text": "Описка в **слове**"})
    assert (status, edited["text"]) == (200, "Описка в **слове**")
    assert edited["edited_at"]
    assert edited["rev"] > said["rev"]
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert frame["message"]["text"] == "Описка в **слове**"
    event = await element.see_text(group["room_id"], "* Описка в **слове**")
    original = await element.see_text(group["room_id"], "Описка в слвое")
    assert event["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": original["event_id"]}
    assert event["content"]["m.new_content"]["formatted_body"] == "<p>Описка в <strong>слове</strong></p>"


async def test_an_edit_of_a_message_that_is_on_its_way_comes_behind_it(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    said = await web.say(group["id"], "Правлю сразу")
    for number in range(3):
        await web.call("PATCH", f"messages/{said['id']}/", json={"text": f"Правка {number}"})
    await story.world.quiet()
    element = await story.element(TEACHER_2)
    await element.see_text(group["room_id"], "* Правка 2")
    edits = [event["content"]["body"] for event in element.timelines[group["room_id"]] if "* Правка " in str(event)]
    assert edits == ["* Правка 0", "* Правка 1", "* Правка 2"]
    now = await story.message(ANNA, said)
    assert (now["text"], now["status"]) == ("Правка 2", "sent")


async def test_a_deletion_from_the_web_is_a_redaction(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(TEACHER_2), await story.web(ANNA)
    heard = await story.listen(BORIS, group["id"])
    said = await web.say(group["id"], "Это я зря")
    event = await element.see_text(group["room_id"], "Это я зря")
    assert await web.call("DELETE", f"messages/{said['id']}/") == (204, None)
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert (frame["message"]["is_deleted"], frame["message"]["text"]) == (True, "")
    redaction = await element.see(
        group["room_id"], lambda e: e["type"] == "m.room.redaction" and _target(e) == event["event_id"]
    )
    assert redaction["sender"] == event["sender"]
    assert (await element.get_event(group["room_id"], event["event_id"]))["content"] == {}
    assert await web.call("DELETE", f"messages/{said['id']}/") == (204, None)  # twice changes nothing


async def test_a_manager_deletes_a_students_message_in_both_worlds(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    said = await (await story.web(ANNA)).say(group["id"], "Грубость")
    event = await element.see_text(group["room_id"], "Грубость")
    assert (await (await story.web(TEACHER)).call("DELETE", f"messages/{said['id']}/"))[0] == 204
    await element.see(group["room_id"], lambda e: e["type"] == "m.room.redaction" and _target(e) == event["event_id"])
    assert (await element.get_event(group["room_id"], event["event_id"]))["content"] == {}
    assert (await story.message(BORIS, said))["is_deleted"]


async def test_deleting_a_message_before_it_is_sent_leaves_nothing_readable(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    said = await web.say(group["id"], "Удалю не дожидаясь")
    await web.call("DELETE", f"messages/{said['id']}/")
    await story.world.quiet()
    event_id = (await story.message(ANNA, said))["event_id"]
    if event_id:  # it may have been on its way already; then it was redacted there
        element = await story.element(TEACHER_2)
        assert (await element.get_event(group["room_id"], event_id))["content"] == {}


async def test_a_message_that_matrix_refuses_fails_for_its_sender_and_disappears_for_the_others(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    mine, others = await story.listen(ANNA, group["id"]), await story.listen(BORIS, group["id"])
    before = (await story.seen(BORIS, group["id"]))["unread_count"]
    async with story.refusing_homeserver():
        said = await web.say(group["id"], "Правила комнаты против")
        frame = await mine.expect("message.updated", message__id=said["id"], message__status="failed")
        assert (frame["message"]["error"], frame["message"]["text"]) == ("M_FORBIDDEN", "Правила комнаты против")
    gone = await others.expect("message.updated", message__id=said["id"])
    assert (gone["message"]["is_deleted"], gone["message"]["text"], gone["message"]["error"]) == (True, "", None)
    assert said["id"] in [message["id"] for message in await web.history(group["id"])]
    assert said["id"] not in [message["id"] for message in await (await story.web(BORIS)).history(group["id"])]
    assert (await story.seen(BORIS, group["id"]))["unread_count"] == before
    assert (await web.call("PATCH", f"messages/{said['id']}/", json={"text": "Ещё раз"}))[0] == 400
    assert (await web.call("DELETE", f"messages/{said['id']}/"))[0] == 204


# -- from Matrix -------------------------------------------------------------------------------------------------------


async def test_a_text_from_matrix_arrives_at_every_socket_of_the_conversation(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    one, all_of = await story.listen(ANNA, group["id"]), await story.listen(TEACHER)
    outside = await story.listen(TEACHER_3)
    event_id = await element.say(group["room_id"], "Я пишу из Element")
    frame = await one.expect("message.new", message__event_id=event_id)
    message = frame["message"]
    assert (message["text"], message["sender"]["id"], message["status"]) == ("Я пишу из Element", BORIS, "sent")
    assert (await all_of.expect("message.new", message__event_id=event_id))["message"]["id"] == message["id"]
    assert outside.texts() == []


async def test_html_from_matrix_becomes_safe_markdown(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    html = (
        '<p>Смотри <b>сюда</b><script>alert(1)</script> <a href="javascript:alert(2)">тут</a>'
        ' <img src="mxc://school.test/x" alt="кот" onerror="alert(3)"></p><ul><li>раз</li></ul>'
    )
    formatted = {"format": "org.matrix.custom.html", "formatted_body": html}
    event_id = await element.say(group["room_id"], "Смотри сюда", **formatted)
    text = (await story.arrived(group["id"], event_id))["text"]
    assert "**сюда**" in text
    assert "- раз" in text
    assert not any(word in text for word in ("<", "script", "alert", "onerror"))


async def test_plain_text_from_matrix_stays_what_it_is(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "2*3*4 <b>не жирно</b>")
    assert (await story.arrived(group["id"], event_id))["text"] == r"2\*3\*4 \<b>не жирно\</b>"


async def test_a_reply_from_matrix_is_a_reply_on_the_web(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    said = await (await story.web(ANNA)).say(group["id"], "Вопрос с веба")
    question = await element.see_text(group["room_id"], "Вопрос с веба")
    fallback = f"> <{question['sender']}> Вопрос с веба\n\nОтвет из Element"
    event_id = await element.reply(group["room_id"], question["event_id"], fallback)
    answer = await story.arrived(group["id"], event_id)
    assert answer["text"] == "Ответ из Element"
    assert answer["reply_to"] == {"id": said["id"], "sender_name": "Анна Ученик", "text": "Вопрос с веба"}


async def test_an_edit_from_matrix_changes_the_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "Завтро")
    said = await story.arrived(group["id"], event_id)
    heard = await story.listen(ANNA, group["id"])
    await element.edit(group["room_id"], event_id, "Завтра")
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert (frame["message"]["text"], frame["message"]["edited_at"] is not None) == ("Завтра", True)
    assert (await story.seen(ANNA, group["id"]))["last_message"]["text"] == "Завтра"


async def test_an_edit_of_somebody_elses_message_changes_nothing(story: Story) -> None:
    group, boris, teacher = await story.class_7b(), await story.element(BORIS), await story.element(TEACHER_2)
    event_id = await boris.say(group["room_id"], "Слова Бориса")
    said = await story.arrived(group["id"], event_id)
    await teacher.edit(group["room_id"], event_id, "Чужие слова")
    after = await teacher.say(group["room_id"], "После чужой правки")
    await story.arrived(group["id"], after)
    assert (await story.message(ANNA, said))["text"] == "Слова Бориса"


async def test_a_message_of_the_web_can_be_edited_by_its_sender_in_matrix(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(ANNA)
    said = await (await story.web(ANNA)).say(group["id"], "С веба, правлю в Element")
    event_id = (await story.sent(ANNA, said))["event_id"]
    heard = await story.listen(BORIS, group["id"])
    await element.edit(group["room_id"], event_id, "Исправлено в Element")
    frame = await heard.expect("message.updated", message__text="Исправлено в Element")
    assert frame["message"]["id"] == said["id"]


async def test_a_redaction_from_matrix_deletes_the_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "Сейчас исчезну")
    said = await story.arrived(group["id"], event_id)
    heard = await story.listen(ANNA, group["id"])
    await element.redact(group["room_id"], event_id)
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert (frame["message"]["is_deleted"], frame["message"]["text"]) == (True, "")
    assert (await story.message(TEACHER, said))["is_deleted"]


async def test_a_manager_redacts_a_students_message_in_matrix(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    said = await (await story.web(ANNA)).say(group["id"], "Шпаргалка")
    event_id = (await story.sent(ANNA, said))["event_id"]
    await element.redact(group["room_id"], event_id)
    await until(lambda: _is_deleted(story, said))


async def test_a_student_cannot_redact_others_in_matrix(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await (await story.web(ANNA)).say(group["id"], "Останусь здесь")
    event_id = (await story.sent(ANNA, said))["event_id"]
    with pytest.raises(AssertionError, match="M_FORBIDDEN"):
        await element.redact(group["room_id"], event_id)


async def test_a_redaction_of_an_edit_leaves_the_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "Первая редакция")
    said = await story.arrived(group["id"], event_id)
    edit_id = await element.edit(group["room_id"], event_id, "Вторая редакция")
    await element.redact(group["room_id"], edit_id)
    await story.arrived(group["id"], await element.say(group["room_id"], "После отмены правки"))
    now = await story.message(ANNA, said)
    assert (now["is_deleted"], now["text"] != "") == (False, True)


async def test_the_last_message_of_the_list_follows_a_deletion(story: Story) -> None:
    group, element = await story.group(ANNA), await story.element(ANNA)
    await story.arrived(group["id"], await element.say(group["room_id"], "Предпоследнее"))
    event_id = await element.say(group["room_id"], "Последнее")
    await story.arrived(group["id"], event_id)
    await element.redact(group["room_id"], event_id)

    async def is_repaired() -> bool:
        return (await story.seen(TEACHER, group["id"]))["last_message"]["text"] == "Предпоследнее"

    await until(is_repaired)
    assert (await story.seen(TEACHER, group["id"]))["unread_count"] == 1


async def _is_deleted(story: Story, message: dict) -> bool:
    return (await story.message(BORIS, message))["is_deleted"]


def _target(event: dict) -> str | None:
    return event.get("redacts") or event["content"].get("redacts")
