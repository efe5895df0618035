"""Pictures and documents: from the web into Matrix clients, and from there to the web."""

from __future__ import annotations

from typing import Any

from aiohttp import FormData
from PIL import Image
from testbed.element import Element
from testbed.file_samples import PDF, SECRET, docx, jpeg, ogg
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, TEACHER_2, Api

from e2e.story import Story


async def test_a_picture_from_the_web_is_downloaded_by_a_matrix_client(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(TEACHER_2), await story.web(ANNA)
    file = await _upload(web, ("котик.jpg", jpeg()))
    assert (file["mime_type"], file["width"], file["height"]) == ("image/jpeg", 40, 30)
    said = await web.say(group["id"], "Мой **кот**", file_id=file["file_id"])
    assert (said["message_type"], said["file"]["file_id"]) == ("IMAGE", file["file_id"])
    event = await element.see(group["room_id"], lambda e: e["content"].get("filename") == "котик.jpg")
    content = event["content"]
    assert (content["msgtype"], content["body"]) == ("m.image", "Мой **кот**")
    assert content["formatted_body"] == "<p>Мой <strong>кот</strong></p>"
    assert content["info"] == {"mimetype": "image/jpeg", "size": file["file_size"], "w": 40, "h": 30}
    data = await element.download(content["url"])
    assert len(data) == file["file_size"]
    assert _size(data) == (40, 30)
    assert SECRET.encode() not in data


async def test_a_document_from_the_web_is_downloaded_by_a_matrix_client(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(TEACHER_2), await story.web(TEACHER)
    document = docx()
    file = await _upload(web, ("Домашнее задание.docx", document))
    said = await web.say(group["id"], "", file_id=file["file_id"])
    assert (said["message_type"], said["text"]) == ("FILE", "")
    event = await element.see(group["room_id"], lambda e: e["content"].get("msgtype") == "m.file")
    assert event["content"]["body"] == "Домашнее задание.docx"
    assert await element.download(event["content"]["url"]) == document
    assert (await story.seen(ANNA, group["id"]))["last_message"]["text"] == "Домашнее задание.docx"


async def test_a_picture_from_matrix_is_downloaded_on_the_web(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    heard, data = await story.listen(ANNA, group["id"]), jpeg(size=(400, 300))
    await _send_file(element, group, "m.image", "фото.jpg", "image/jpeg", data, w=400, h=300)
    frame = await heard.expect("message.new", message__file__file_name="фото.jpg")
    message, file = frame["message"], frame["message"]["file"]
    assert (message["message_type"], message["text"]) == ("IMAGE", "")
    assert (file["mime_type"], file["file_size"], file["width"]) == ("image/jpeg", len(data), 400)
    assert await _fetch(story, file["file_url"]) == data
    assert _size(await _fetch(story, file["thumbnail_url"])) == (320, 240)


async def test_a_document_from_matrix_is_downloaded_on_the_web_with_its_caption(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    mxc = await element.upload(PDF, "application/pdf", "реферат.pdf")
    content = {
        "msgtype": "m.file",
        "body": "Мой реферат",
        "filename": "реферат.pdf",
        "url": mxc,
        "info": {"mimetype": "application/pdf", "size": len(PDF)},
    }
    message = await story.arrived(group["id"], await element.send(group["room_id"], content))
    assert (message["message_type"], message["text"]) == ("FILE", "Мой реферат")
    assert (message["file"]["file_name"], message["file"]["thumbnail_url"]) == ("реферат.pdf", None)
    assert await _fetch(story, message["file"]["file_url"]) == PDF


async def test_a_voice_message_goes_both_ways(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(BORIS), await story.web(ANNA)
    recording = ogg()
    file = await _upload(web, ("голос.ogg", recording))
    said = await web.say(group["id"], "", file_id=file["file_id"])
    assert said["message_type"] == "VOICE"
    event = await element.see(group["room_id"], lambda e: e["content"].get("msgtype") == "m.audio")
    assert await element.download(event["content"]["url"]) == recording
    event_id = await _send_file(element, group, "m.audio", "ответ.ogg", "audio/ogg", recording, duration=1500)
    answer = await story.arrived(group["id"], event_id)
    assert (answer["message_type"], answer["file"]["duration_ms"]) == ("VOICE", 1500)
    assert await _fetch(story, answer["file"]["file_url"]) == recording


async def test_a_reader_of_the_web_sees_the_same_file_that_its_sender_sent(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    file = await _upload(web, ("план.pdf", PDF))
    said = await web.say(group["id"], "План", file_id=file["file_id"])
    seen = (await story.message(BORIS, said))["file"]
    assert await _fetch(story, seen["file_url"]) == PDF


async def test_a_file_goes_once_and_only_by_its_uploader(story: Story) -> None:
    group, anna, boris = await story.class_7b(), await story.web(ANNA), await story.web(BORIS)
    file = await _upload(anna, ("раз.pdf", PDF))
    body = {"conversation_id": group["id"], "file_id": file["file_id"]}
    assert (await boris.call("POST", "messages/", json=body))[0] == 400
    assert (await anna.call("POST", "messages/", json=body))[0] == 201
    assert (await anna.call("POST", "messages/", json=body))[0] == 400


async def test_several_files_at_once_each_with_its_own_result(story: Story) -> None:
    web = await story.web(ANNA)
    answer = await _upload(web, ("один.pdf", PDF), ("два.svg", b"<svg/>"), ("три.jpg", jpeg()))
    good, bad, picture = answer["results"]
    assert (good["file_name"], picture["mime_type"]) == ("один.pdf", "image/jpeg")
    assert bad["file_name"] == "два.svg"
    assert bad["error"]


async def test_a_deleted_file_message_cannot_be_downloaded_any_more(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await _send_file(element, group, "m.file", "лишнее.pdf", "application/pdf", PDF)
    message = await story.arrived(group["id"], event_id)
    await element.redact(group["room_id"], event_id)

    async def is_gone() -> bool:
        async with (await story.web(ANNA)).session.get(message["file"]["file_url"]) as answer:
            return answer.status == 404

    await until(is_gone)
    assert (await story.message(ANNA, message))["file"] is None


async def _upload(web: Api, *parts: tuple[str, bytes]) -> dict[str, Any]:
    form = FormData(quote_fields=False)
    for name, data in parts:
        form.add_field("file", data, filename=name)
    status, answer = await web.call("POST", "upload/", data=form)
    assert status == 201, answer
    return answer


async def _send_file(
    element: Element, group: dict, kind: str, name: str, mime_type: str, data: bytes, **info: int
) -> str:
    mxc = await element.upload(data, mime_type, name)
    described = {"mimetype": mime_type, "size": len(data), **info}
    return await element.send(group["room_id"], {"msgtype": kind, "body": name, "url": mxc, "info": described})


async def _fetch(story: Story, address: str) -> bytes:
    """Follow a signed address as an <img> does: without a token."""
    session = (await story.web(ANNA)).session
    async with session.get(address, headers={"Authorization": ""}) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


def _size(data: bytes) -> tuple[int, int]:
    import io

    with Image.open(io.BytesIO(data)) as picture:
        return picture.size
