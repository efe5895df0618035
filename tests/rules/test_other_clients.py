"""
One story of twenty steps, half of it told on the web and half in a Matrix client that knows nothing of us.

Told twice: with matrix-js-sdk, which Element is made of, and with matrix-bot-sdk, which shares no code with it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from testbed.waiting import until
from testbed.world import BORIS, GLEB, PASSWORD, TEACHER, TEACHER_2, VERA, Api, World

from bridge.permissions import russian
from bridge.permissions.policy import Reason
from rules.other_client import OtherClient, Refused

# Each client is another student, so that the two stories do not meet.
STUDENTS = {"jssdk": (VERA, "student13"), "botsdk": (BORIS, "student12")}


@pytest.fixture(params=list(STUDENTS))
async def other(request: pytest.FixtureRequest, ruled: World) -> AsyncIterator[tuple[OtherClient, int]]:
    client = await OtherClient.start(request.param)
    person_id, username = STUDENTS[request.param]
    await client.ask("login", url=ruled.synapse.url, username=username, password=PASSWORD)
    yield client, person_id
    await client.close()


async def shown(api: Api, conversation_id: int, **wanted: Any) -> dict[str, Any]:
    """The message of the web's history that has these values, as soon as it is there."""
    found: list[dict[str, Any]] = []

    async def is_there() -> bool:
        history = await api.history(conversation_id)
        found[:] = [message for message in history if all(message[key] == value for key, value in wanted.items())]
        return bool(found)

    await until(is_there, limit_s=40)
    return found[0]


@dataclass
class Scene:
    """Where the story is told: one direct conversation, seen from the web by its teacher and from the client."""

    world: World
    client: OtherClient
    student: int
    teacher: Api
    room_id: str
    chat: int

    async def ask(self, command: str, **given: Any) -> Any:
        """The client, about the room of the story."""
        return await self.client.ask(command, roomId=self.room_id, **given)

    async def shown(self, **wanted: Any) -> dict[str, Any]:
        return await shown(self.teacher, self.chat, **wanted)

    @property
    def teacher_ghost(self) -> str:
        return self.world.synapse.ghost(TEACHER)


async def test_a_story_half_on_the_web_and_half_in_the_client(ruled: World, other: tuple[OtherClient, int]):
    client, student = other
    scene = await begin(ruled, client, student)
    await talk(scene)
    await change(scene)
    await signal(scene)
    await refuse(scene)
    await rename(scene)
    # 20 Both sides have the same words in the same order.
    web = await ruled.api(student)
    await until(lambda: has_same_order(web, scene), limit_s=40)


async def begin(world: World, client: OtherClient, student: int) -> Scene:
    teacher, ghost = await world.api(TEACHER), world.synapse.ghost(TEACHER)
    # 1 The student's client shows the rooms of the roster. 2 It begins a direct chat, and gets the school's room.
    assert "7Б класс" in {room["name"] for room in await client.ask("rooms")}
    room_id = await client.ask("begin", mxid=ghost)
    await client.ask("has", roomId=room_id)
    # 3 It knows the room as a direct chat; the web has the same conversation.
    await client.ask("isDirect", roomId=room_id, mxid=ghost)
    chat = await teacher.direct(student)
    assert (await teacher.get(f"conversations/{chat}/"))["room_id"] == room_id
    return Scene(world, client, student, teacher, room_id, chat)


async def talk(scene: Scene) -> None:
    # 4 Client → web. 5 Web → client, with formatting.
    asked = await scene.ask("send", body="Здравствуйте, когда контрольная?")
    assert (await scene.shown(text="Здравствуйте, когда контрольная?"))["event_id"] == asked
    answer = await scene.teacher.say(scene.chat, "В **пятницу**")
    seen = await scene.ask("see", body="В **пятницу**")
    assert "<strong>пятницу</strong>" in seen["content"]["formatted_body"]
    # 6 The client replies; the web shows to what. 7 The web replies; the client is told to what.
    await scene.ask("reply", eventId=seen["eventId"], body="Спасибо!")
    thanks = await scene.shown(text="Спасибо!")
    assert thanks["reply_to"]["id"] == answer["id"]
    await scene.teacher.say(scene.chat, "Не за что", reply_to=thanks["id"])
    relation = (await scene.ask("see", body="Не за что"))["content"]["m.relates_to"]
    assert relation["m.in_reply_to"]["event_id"] == thanks["event_id"]


async def change(scene: Scene) -> None:
    teacher, chat = scene.teacher, scene.chat
    # 8 The client edits. 9 The web edits.
    asked = (await scene.shown(text="Здравствуйте, когда контрольная?"))["event_id"]
    await scene.ask("edit", eventId=asked, body="Здравствуйте! Когда контрольная?")
    assert (await scene.shown(text="Здравствуйте! Когда контрольная?"))["edited_at"]
    answer = await scene.shown(text="В **пятницу**")
    status, _ = await teacher.call("PATCH", f"messages/{answer['id']}/", json={"text": "В субботу"})
    assert status == 200
    await scene.ask("see", body="В субботу")
    # 10 The client deletes. 11 The web deletes.
    slip = await scene.ask("send", body="опечатка")
    await scene.shown(event_id=slip, is_deleted=False)
    await scene.ask("redact", eventId=slip)
    await scene.shown(event_id=slip, is_deleted=True)
    mistake = await teacher.say(chat, "не туда")
    wrong = await scene.ask("see", body="не туда")
    await teacher.call("DELETE", f"messages/{mistake['id']}/")
    await scene.ask("gone", eventId=wrong["eventId"])


async def signal(scene: Scene) -> None:
    teacher, chat = scene.teacher, scene.chat
    # 12 The client reads. 13 The web reads.
    last = await teacher.say(chat, "Прочитайте это")
    unread = await scene.ask("see", body="Прочитайте это")
    await scene.ask("read", eventId=unread["eventId"])
    await scene.shown(id=last["id"], is_read=True)
    said = await scene.ask("send", body="Прочитано")
    heard = await scene.shown(text="Прочитано")
    await teacher.post(f"conversations/{chat}/read/", {"message_id": heard["id"]})
    await scene.ask("isRead", eventId=said, mxid=scene.teacher_ghost)
    # 14 The client types. 15 The web types.
    socket = await teacher.socket(chat)
    await scene.ask("type", isTyping=True)
    await socket.expect("typing.start", user_id=scene.student)
    await scene.ask("type", isTyping=False)
    await socket.send({"type": "typing", "is_typing": True})
    await scene.ask("isTyping", mxid=scene.teacher_ghost)
    await socket.close()


async def refuse(scene: Scene) -> None:
    # 16 The client sends a file. 17 What the school refuses is refused with words.
    data = "Домашнее задание".encode()
    await scene.ask("upload", name="дз.txt", type="text/plain", base64=b64encode(data).decode())
    message = await scene.shown(message_type="FILE")
    assert message["file"]["file_name"] == "дз.txt"
    async with scene.teacher.session.get(message["file"]["file_url"]) as got:
        assert await got.read() == data
    with pytest.raises(Refused) as refused:
        await scene.ask("raw", type="org.example.note", content={"body": "тайна"})
    assert russian.SENTENCES[Reason.NOT_OFFERED] in str(refused.value)
    # 18 A chat with a schoolmate is not begun.
    with pytest.raises(Refused) as refused:
        await scene.client.ask("begin", mxid=scene.world.synapse.ghost(GLEB))
    assert russian.SENTENCES[Reason.STUDENTS_ONLY_TO_TEACHERS] in str(refused.value)


async def rename(scene: Scene) -> None:
    # 19 A teacher makes a group on the web and renames it; the client has it, and shows the new name.
    colleague, name = await scene.world.api(TEACHER_2), f"Проект {scene.student}"
    project = await colleague.post("conversations/group/", {"name": name, "participants": [scene.student]})
    await until(lambda: has_room(colleague, project["id"]))
    room_id = (await colleague.get(f"conversations/{project['id']}/"))["room_id"]
    await scene.client.ask("has", roomId=room_id)
    await colleague.call("PATCH", f"conversations/{project['id']}/", json={"name": f"{name}, весна"})
    await scene.client.ask("nameOf", roomId=room_id, name=f"{name}, весна")


async def has_room(api: Api, conversation_id: int) -> bool:
    return (await api.get(f"conversations/{conversation_id}/"))["room_id"] is not None


async def has_same_order(web: Api, scene: Scene) -> bool:
    there = await scene.ask("order")
    here = [m["text"] or m["file"]["file_name"] for m in await web.history(scene.chat) if not m["is_deleted"]]
    return here == there
