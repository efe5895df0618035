"""The sockets' contract: every frame in both directions, in either spelling."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, Socket

from e2e.story import Story

ENVELOPE = {"type", "conversation_id", "rev"}
PAYLOAD = {
    "message.new": {"message", "unread_count"},
    "message.updated": {"message"},
    "message.read": {"user_id", "message_id", "read_at"},
    "typing.start": {"user_id", "user_name"},
    "typing.stop": {"user_id", "user_name"},
    "presence.changed": {"user_id", "is_online", "last_seen"},
    "conversation.updated": {"conversation"},
    "conversation.removed": set(),
    "ack": {"client_id", "message"},
    "error": {"client_id", "code", "detail"},
    "pong": set(),
}


async def test_every_frame_of_the_table_has_its_payload_and_nothing_else(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    heard, web = await story.listen(ANNA), await story.web(TEACHER)
    teacher = await story.listen(TEACHER, group["id"])
    await teacher.send({"type": "typing.start"})
    await teacher.send({"type": "typing.stop"})
    await heard.send({"type": "message.send", "conversation_id": group["id"], "text": "Я", "client_id": "таблица"})
    ack = await heard.expect("ack", client_id="таблица")
    await teacher.send({"type": "message.read", "message_id": ack["message"]["id"]})
    await heard.send({"type": "nonsense"})
    await web.call("PATCH", f"conversations/{group['id']}/", json={"name": "Таблица"})
    await heard.expect("message.updated", message__id=ack["message"]["id"])
    await heard.expect("error")
    await heard.expect("typing.stop")
    await heard.expect("message.read")
    await web.post(f"conversations/{group['id']}/remove_participant/", {"user_id": ANNA})
    await heard.expect("conversation.removed")
    seen = {frame["type"] for frame in heard.frames}
    assert seen >= set(PAYLOAD) - {"presence.changed"}
    for frame in heard.frames:
        assert set(frame) == ENVELOPE | PAYLOAD[frame["type"]], frame


@pytest.mark.parametrize("spelling", ["chat_message", "message.send"])
async def test_a_message_can_be_sent_in_either_spelling(story: Story, spelling: str) -> None:
    group = await story.class_7b()
    anna, boris = await story.listen(ANNA, group["id"]), await story.listen(BORIS)
    text, client_id = f"Через сокет: {spelling}", f"{spelling}-1"
    await anna.send({"type": spelling, "text": text, "client_id": client_id})
    ack = await anna.expect("ack", client_id=client_id)
    assert (ack["message"]["text"], ack["message"]["status"]) == (text, "pending")
    frame = await boris.expect("message.new", message__text=text)
    assert frame["message"]["id"] == ack["message"]["id"]
    assert frame["message"]["client_id"] == client_id
    await anna.expect("message.new", message__text=text)  # the sender's other tabs see it too
    await anna.expect("message.updated", message__id=ack["message"]["id"], message__status="sent")


@pytest.mark.parametrize("start", [{"type": "typing", "is_typing": True}, {"type": "typing.start"}])
@pytest.mark.parametrize("stop", [{"type": "typing", "is_typing": False}, {"type": "typing.stop"}])
async def test_typing_can_be_sent_in_either_spelling(story: Story, start: dict, stop: dict) -> None:
    group = await story.class_7b()
    anna, boris = await story.listen(ANNA), await story.listen(BORIS, group["id"])
    await anna.send({**start, "conversation_id": group["id"]})
    await boris.expect("typing.start", user_id=ANNA)
    await anna.send({**stop, "conversation_id": group["id"]})
    await boris.expect("typing.stop", user_id=ANNA)


@pytest.mark.parametrize("spelling", ["mark_read", "message.read"])
async def test_reading_can_be_sent_in_either_spelling(story: Story, spelling: str) -> None:
    group = await story.class_7b()
    said = await (await story.web(TEACHER)).say(group["id"], f"Прочтите: {spelling}")
    teacher, anna = await story.listen(TEACHER), await story.listen(ANNA, group["id"])
    await anna.send({"type": spelling, "message_id": said["id"]})
    await teacher.expect("message.read", user_id=ANNA, message_id=said["id"])


async def test_a_reply_and_a_mention_can_be_sent_through_the_socket(story: Story) -> None:
    group = await story.class_7b()
    said = await (await story.web(TEACHER)).say(group["id"], "Кто дежурный?")
    anna = await story.listen(ANNA, group["id"])
    frame = {"type": "chat_message", "text": "Я", "reply_to": said["id"], "mentions": [TEACHER], "client_id": "r"}
    await anna.send(frame)
    message = (await anna.expect("ack", client_id="r"))["message"]
    assert (message["reply_to"]["id"], message["mentions"]) == (said["id"], [TEACHER])


async def test_the_same_client_id_gives_the_same_message_on_rest_and_sockets(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    one, other = await story.listen(ANNA, group["id"]), await story.listen(ANNA)
    body = {"conversation_id": group["id"], "text": "Один раз", "client_id": "повтор"}
    await asyncio.gather(
        one.send({"type": "chat_message", "text": "Один раз", "client_id": "повтор"}),
        other.send({"type": "message.send", **body}),
        web.call("POST", "messages/", json=body),
    )
    acks = [await socket.expect("ack", client_id="повтор") for socket in (one, other)]
    status, again = await web.call("POST", "messages/", json={**body, "text": "Уже другой текст"})
    assert (status, again["text"]) == (200, "Один раз")
    assert {ack["message"]["id"] for ack in acks} == {again["id"]}
    history = await web.history(group["id"])
    assert [message["text"] for message in history].count("Один раз") == 1


WRONG: list[tuple[Any, str]] = [
    ("{", "invalid"),
    ('{"type": "chat_message", "text": "a\\u0000b"}', "invalid"),
    ('{"type": "chat_message", "text": "\\ud800"}', "invalid"),
    ("[]", "invalid"),
    ('"chat_message"', "invalid"),
    ({"text": "без типа"}, "invalid"),
    ({"type": 5}, "invalid"),
    ({"type": "dance"}, "invalid"),
    ({"type": "chat_message"}, "invalid"),
    ({"type": "chat_message", "text": "   "}, "invalid"),
    ({"type": "chat_message", "text": "x" * 10_001}, "invalid"),
    ({"type": "chat_message", "text": {"a": 1}}, "invalid"),
    ({"type": "chat_message", "text": "другая", "conversation_id": 999_999}, "invalid"),
    ({"type": "mark_read"}, "invalid"),
    ({"type": "mark_read", "message_id": 999_999}, "not_found"),
    ({"type": "typing", "is_typing": "maybe"}, "invalid"),
]


@pytest.mark.parametrize(("frame", "code"), WRONG, ids=range(len(WRONG)))
async def test_a_wrong_frame_is_answered_and_leaves_the_socket_open(story: Story, frame: Any, code: str) -> None:
    group = await story.class_7b()
    heard = await story.listen(ANNA, group["id"])
    if isinstance(frame, dict):
        frame = orjson.dumps({**frame, "client_id": "w"}).decode()
    await heard.ws.send_str(frame)
    error = await heard.expect("error")
    assert error["code"] == code
    assert error["detail"]
    assert error["client_id"] == ("w" if '"client_id"' in frame else None)
    assert await _is_alive(heard)


async def test_binary_frames_are_refused_and_leave_the_socket_open(story: Story) -> None:
    heard = await story.listen(ANNA)
    await heard.ws.send_bytes(b"\x00\x01")
    assert (await heard.expect("error"))["code"] == "invalid"
    assert await _is_alive(heard)


async def test_the_socket_of_all_conversations_needs_to_know_which(story: Story) -> None:
    heard = await story.listen(ANNA)
    await heard.send({"type": "chat_message", "text": "Куда?", "client_id": "куда"})
    error = await heard.expect("error", client_id="куда")
    assert "conversation_id" in error["detail"]


async def test_a_refused_message_says_why(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    await (await story.web(teacher)).post(f"conversations/{talk['id']}/block/")
    heard = await story.listen(student, talk["id"])
    await heard.send({"type": "chat_message", "text": "Пустите", "client_id": "нет"})
    assert (await heard.expect("error", client_id="нет"))["code"] == "blocked"


async def test_a_socket_of_one_conversation_carries_no_other(story: Story) -> None:
    group, other = await story.club(), await story.class_7b()
    one, everything = await story.listen(ANNA, group["id"]), await story.listen(ANNA)
    web = await story.web(TEACHER)
    await web.say(other["id"], "В другом")
    await web.say(group["id"], "В этом")
    await one.expect("message.new", message__text="В этом")
    assert one.texts() == ["В этом"]
    await everything.expect("message.new", message__text="В этом")
    assert "В другом" in everything.texts(other["id"])
    assert everything.texts(group["id"]) == ["В этом"]


async def test_a_reader_sees_messages_in_the_order_of_their_ids(story: Story) -> None:
    group = await story.club()
    heard, sender = await story.listen(BORIS, group["id"]), await story.listen(ANNA, group["id"])
    texts = [f"По порядку {number}" for number in range(20)]
    for text in texts:
        await sender.send({"type": "chat_message", "text": text, "client_id": text})
    await heard.expect("message.new", message__text=texts[-1])
    frames = [frame for frame in heard.frames if frame["type"] == "message.new"]
    assert [frame["message"]["text"] for frame in frames] == texts
    ids, revs = [frame["message"]["id"] for frame in frames], [frame["rev"] for frame in frames]
    assert ids == sorted(ids)
    assert revs == sorted(revs)


async def _is_alive(socket: Socket) -> bool:
    before = len([frame for frame in socket.frames if frame["type"] == "pong"])
    await socket.send({"type": "ping"})
    while len([frame for frame in socket.frames if frame["type"] == "pong"]) == before:
        assert not socket.ws.closed
        await asyncio.sleep(0.01)
    return True


async def test_a_slow_reader_is_closed_and_slows_nobody(story: Story) -> None:
    group, web = await story.class_7b(), await story.web(ANNA)
    quick = await story.listen(BORIS)
    slow = await web.session.ws_connect("/ws/chat/", params={"token": web.token or ""})  # nobody reads it
    hub = story.bridge.services.live.hub
    await until(lambda: hub.connected([ANNA]))
    much = orjson.dumps({"type": "much", "filler": "x" * 50_000})
    for number in range(400):  # more than all buffers on the way and the queue
        hub.deliver(group["id"], {ANNA: much, BORIS: orjson.dumps({"type": "tick", "number": number})})
        await asyncio.sleep(0)
    await quick.expect("tick", number=399)
    assert [frame["number"] for frame in quick.frames if frame["type"] == "tick"] == list(range(400))
    received = [message async for message in slow]
    assert (slow.close_code, len(received) < 400) == (4408, True)
