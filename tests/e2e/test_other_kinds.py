"""What a Matrix client can send beside texts and files: the web shows what it is, never nothing."""

from __future__ import annotations

from typing import Any

import pytest
from testbed.element import Element
from testbed.file_samples import PDF, jpeg, ogg
from testbed.world import BORIS, TEACHER_2

from e2e.story import Story

WAVEFORM = [0, 100, 1024, 512]
POLL = "org.matrix.msc3381.poll"
VOTE = "Проголосовать можно в приложении Matrix."


async def test_a_sticker_is_a_picture_with_its_name(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    mxc = await element.upload(jpeg(), "image/jpeg", "кот.jpg")
    content = {"body": "Кот машет", "url": mxc, "info": {"mimetype": "image/jpeg", "w": 40, "h": 30}}
    message = await story.arrived(group["id"], await element.send(group["room_id"], content, "m.sticker"))
    assert (message["message_type"], message["text"]) == ("IMAGE", "Стикер: Кот машет")
    assert (message["file"]["width"], message["file"]["file_name"]) == (40, "Кот машет")
    assert (await story.seen(TEACHER_2, group["id"]))["last_message"]["text"] == "Стикер: Кот машет"


async def test_a_sticker_without_a_picture_is_its_name(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    message = await story.arrived(group["id"], await element.send(group["room_id"], {"body": "Кот"}, "m.sticker"))
    assert (message["message_type"], message["text"], message["file"]) == ("TEXT", "Стикер: Кот", None)


PLACES = {
    "described": (
        {"org.matrix.msc3488.location": {"uri": "geo:55.75,37.61", "description": "Школа"}, "body": "x geo:1,2"},
        "Место: Школа (55.75, 37.61)",
    ),
    "made by a client": ({"body": "Location geo:55.75,37.61;u=9 at noon"}, "Место: 55.75, 37.61"),
    "said": ({"body": "У входа"}, "Место: У входа (55.75, 37.61)"),
    "stable": (
        {"m.location": {"uri": "geo:55.75,37.61", "description": "Парк"}, "body": "x"},
        "Место: Парк (55.75, 37.61)",
    ),
    "without coordinates": ({"geo_uri": "nowhere", "body": "У входа"}, "Место: У входа"),
}


@pytest.mark.parametrize(("more", "text"), PLACES.values(), ids=PLACES.keys())
async def test_a_location_is_its_name_and_coordinates(story: Story, more: dict[str, Any], text: str) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    content = {"msgtype": "m.location", "geo_uri": "geo:55.75,37.61;u=35", **more}
    message = await story.arrived(group["id"], await element.send(group["room_id"], content))
    assert (message["message_type"], message["text"]) == ("TEXT", text)


def unstable_poll(question: str, *answers: str) -> dict[str, Any]:
    """As Element writes it: MSC3381 before it was accepted."""
    text = "org.matrix.msc1767.text"
    options = [{"id": str(number), text: answer} for number, answer in enumerate(answers)]
    asked = {text: question, "body": question, "msgtype": "m.text"}
    return {text: question, f"{POLL}.start": {"kind": f"{POLL}.disclosed", "question": asked, "answers": options}}


def stable_poll(question: str, *answers: str) -> dict[str, Any]:
    def text(said: str) -> list[dict[str, str]]:
        return [{"mimetype": "text/html", "body": f"<b>{said}</b>"}, {"body": said}]

    options = [{"m.id": str(number), "m.text": text(answer)} for number, answer in enumerate(answers)]
    return {"m.text": text(question), "m.poll": {"question": {"m.text": text(question)}, "answers": options}}


@pytest.mark.parametrize(
    ("prefix", "poll"), [(POLL, unstable_poll), ("m.poll", stable_poll)], ids=["unstable", "stable"]
)
async def test_a_poll_is_its_question_and_answers_and_votes_are_no_messages(
    story: Story, prefix: str, poll: Any
) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    room_id = group["room_id"]
    event_id = await element.send(room_id, poll("Куда едем?", "В музей", "В *парк*"), f"{prefix}.start")
    message = await story.arrived(group["id"], event_id)
    assert message["text"] == f"Опрос: Куда едем?\n• В музей\n• В \\*парк\\*\n{VOTE}"
    relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": event_id}}
    await element.send(room_id, {**relation, f"{prefix}.response": {"answers": ["1"]}}, f"{prefix}.response")
    await element.send(room_id, {**relation, f"{prefix}.end": {}, "m.text": "Всё"}, f"{prefix}.end")
    after = await story.arrived(group["id"], await element.say(room_id, "После опроса"))
    assert [each["text"] for each in await _newest(story, group, 2)] == [message["text"], "После опроса"]
    assert after["reply_to"] is None


async def test_a_poll_that_is_changed_is_changed_on_the_web(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.send(group["room_id"], unstable_poll("Кудо?", "Да"), f"{POLL}.start")
    said = await story.arrived(group["id"], event_id)
    heard = await story.listen(TEACHER_2, group["id"])
    new = {**unstable_poll("Кудо?", "Да"), "m.new_content": unstable_poll("Куда?", "Сюда")}
    new["m.relates_to"] = {"rel_type": "m.replace", "event_id": event_id}
    await element.send(group["room_id"], new, f"{POLL}.start")
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert frame["message"]["text"] == f"Опрос: Куда?\n• Сюда\n{VOTE}"


async def test_an_encrypted_event_is_shown_as_not_readable(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    content = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnAC", "session_id": "x"}
    event_id = await element.send(group["room_id"], content, "m.room.encrypted")
    message = await story.arrived(group["id"], event_id)
    assert message["text"] == "Это сообщение зашифровано, здесь его нельзя прочитать."
    assert (message["message_type"], message["sender"]["id"]) == ("TEXT", BORIS)


async def test_a_recording_keeps_its_length_and_its_waveform(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    mxc = await element.upload(ogg(), "audio/ogg", "голос.ogg")
    content = {
        "msgtype": "m.audio",
        "body": "голос.ogg",
        "url": mxc,
        "info": {"mimetype": "audio/ogg", "size": len(ogg())},
        "org.matrix.msc3245.voice": {},
        "org.matrix.msc1767.audio": {"duration": 2500, "waveform": WAVEFORM},
    }
    message = await story.arrived(group["id"], await element.send(group["room_id"], content))
    assert message["message_type"] == "VOICE"
    assert (message["file"]["duration_ms"], message["file"]["waveform"]) == (2500, WAVEFORM)


async def test_a_video_is_a_file_with_its_size_and_name(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    mxc = await element.upload(b"\0\0\0\x18ftypmp42", "video/mp4", "урок.mp4")
    info = {"mimetype": "video/mp4", "size": 1_234_567, "w": 640, "h": 360, "duration": 9000}
    content = {"msgtype": "m.video", "body": "урок.mp4", "url": mxc, "info": info}
    message = await story.arrived(group["id"], await element.send(group["room_id"], content))
    file = message["file"]
    assert (message["message_type"], message["text"], file["file_name"]) == ("FILE", "", "урок.mp4")
    assert (file["file_size"], file["mime_type"], file["duration_ms"]) == (1_234_567, "video/mp4", 9000)
    assert file["thumbnail_url"] is None


async def test_several_pictures_in_a_row_stay_several_and_in_their_order(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    names = [f"фото {number}.jpg" for number in range(4)]
    events = [await _send_picture(element, group, name) for name in names]
    await story.arrived(group["id"], events[-1])
    shown = await _newest(story, group, 4)
    assert [each["event_id"] for each in shown] == events
    assert [(each["message_type"], each["file"]["file_name"]) for each in shown] == [("IMAGE", name) for name in names]


async def test_an_edit_of_a_caption_keeps_the_file(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    mxc = await element.upload(PDF, "application/pdf", "реферат.pdf")
    file = {"msgtype": "m.file", "filename": "реферат.pdf", "url": mxc, "info": {"mimetype": "application/pdf"}}
    event_id = await element.send(group["room_id"], {**file, "body": "Мой рефират"})
    said = await story.arrived(group["id"], event_id)
    heard = await story.listen(TEACHER_2, group["id"])
    edit = {**file, "body": "* Мой реферат", "m.new_content": {**file, "body": "Мой реферат"}}
    edit["m.relates_to"] = {"rel_type": "m.replace", "event_id": event_id}
    await element.send(group["room_id"], edit)
    frame = await heard.expect("message.updated", message__id=said["id"])
    assert (frame["message"]["text"], frame["message"]["message_type"]) == ("Мой реферат", "FILE")
    assert frame["message"]["file"]["file_id"] == said["file"]["file_id"]


async def _send_picture(element: Element, group: dict[str, Any], name: str) -> str:
    mxc = await element.upload(jpeg(), "image/jpeg", name)
    content = {"msgtype": "m.image", "body": name, "url": mxc, "info": {"mimetype": "image/jpeg"}}
    return await element.send(group["room_id"], content)


async def _newest(story: Story, group: dict[str, Any], number: int) -> list[dict[str, Any]]:
    return (await (await story.web(TEACHER_2)).history(group["id"]))[-number:]
