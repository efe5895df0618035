"""Strangers at the sockets: closed with 4403, answered as if nothing were there, and told nothing."""

from __future__ import annotations

import asyncio

import pytest
from testbed.door import Door
from testbed.world import ADMIN, ANNA, DASHA, TEACHER, TEACHER_2, TEACHER_3, VERA, Socket

CHAT = "/api/chat"
NOBODY = 987_654_321


async def _group(door: Door) -> int:
    teacher = await door.caller(TEACHER)
    groups = (await teacher.ask("GET", f"{CHAT}/conversations/?filter=groups")).json["results"]
    return int(next(c["id"] for c in groups if c["name"] == "7Б класс"))


async def _direct(door: Door) -> int:
    teacher = await door.caller(TEACHER)
    return int((await teacher.ask("POST", f"{CHAT}/conversations/", json={"participant": ANNA})).json["id"])


@pytest.mark.parametrize("who", [DASHA, TEACHER_3])
async def test_a_socket_of_a_foreign_group_is_closed(door: Door, who: int) -> None:
    stranger = await door.caller(who)
    for conversation_id in (await _group(door), NOBODY, 0, -1, "abc", "1e3", "1.0", "9" * 30, "%00", "%F0%9F%98%80"):
        socket = await stranger.socket(conversation_id)
        assert await socket.closed() == 4403, conversation_id
        assert socket.frames == []


@pytest.mark.parametrize("who", [TEACHER_2, VERA, ADMIN])
async def test_a_socket_of_a_direct_conversation_is_closed_for_third_parties(door: Door, who: int) -> None:
    socket = await (await door.caller(who)).socket(await _direct(door))
    assert await socket.closed() == 4403
    assert socket.frames == []


async def test_frames_into_a_foreign_conversation_find_nothing(door: Door) -> None:
    teacher, group = await door.caller(TEACHER), await _group(door)
    message_id = (await teacher.send(group, "Не для всех")).json["id"]
    before = (await teacher.ask("GET", f"{CHAT}/messages/?conversation_id={group}")).json["count"]
    socket = await (await door.caller(DASHA)).socket()
    for conversation_id, number in ((group, message_id), (NOBODY, NOBODY)):
        for kind in (
            "chat_message",
            "message.send",
            "typing",
            "typing.start",
            "typing.stop",
            "mark_read",
            "message.read",
        ):
            await _refused(socket, kind, conversation_id, number)
    assert (await teacher.ask("GET", f"{CHAT}/messages/?conversation_id={group}")).json["count"] == before
    await socket.close()


async def _refused(socket: Socket, kind: str, conversation_id: int, message_id: int) -> None:
    socket.frames.clear()
    frame = {"type": kind, "conversation_id": conversation_id, "message_id": message_id, "text": "чужое"}
    await socket.send({**frame, "client_id": kind, "is_typing": True})
    error = await socket.expect("error", client_id=kind)
    assert (error["code"], error["detail"]) == ("not_found", "Not found.")


async def test_a_socket_of_one_conversation_does_not_reach_another(door: Door) -> None:
    group, anna = await _group(door), await door.caller(ANNA)
    socket = await anna.socket(await _direct(door))
    await socket.send({"type": "message.send", "conversation_id": group, "text": "мимо", "client_id": "x"})
    assert (await socket.expect("error", client_id="x"))["code"] == "invalid"
    await socket.close()


async def test_strangers_hear_nothing(door: Door) -> None:
    """Neither words nor typing nor readers; the last word is one that they may hear, so all others came before."""
    teacher, group = await door.caller(TEACHER), await _group(door)
    colleague = await door.caller(TEACHER_3)
    shared = (await colleague.ask("POST", f"{CHAT}/conversations/", json={"participant": TEACHER})).json["id"]
    strangers = [await (await door.caller(who)).socket() for who in (TEACHER_3, DASHA)]
    said = (await teacher.send(group, "Слышно только своим")).json["id"]
    await teacher.ask("POST", f"{CHAT}/conversations/{group}/typing/", json={"is_typing": True})
    await teacher.ask("PATCH", f"{CHAT}/messages/{said}/", json={"text": "Слышно только своим, да"})
    await (await door.caller(ANNA)).ask("PATCH", f"{CHAT}/messages/{said}/read/")
    await teacher.ask("DELETE", f"{CHAT}/messages/{said}/")
    await teacher.send(shared, "последнее")
    await strangers[0].expect("message.new", message__text="последнее")
    for socket in strangers:
        heard = [frame for frame in socket.frames if frame["conversation_id"] not in (None, shared)]
        assert heard == []
        await socket.close()


async def test_who_is_removed_is_disconnected_at_that_moment(door: Door) -> None:
    teacher = await door.caller(TEACHER)
    made = (
        await teacher.ask("POST", f"{CHAT}/conversations/group/", json={"name": "Проект", "participants": [ANNA, VERA]})
    ).json["id"]
    vera = await door.caller(VERA)
    one, everything = await vera.socket(made), await vera.socket()
    await teacher.send(made, "пока вместе")
    await asyncio.gather(*(socket.expect("message.new", message__text="пока вместе") for socket in (one, everything)))
    await teacher.ask("DELETE", f"{CHAT}/conversations/{made}/remove_participant/?user_id={VERA}")
    await teacher.send(made, "уже без Веры")
    assert await one.closed() == 4403
    await everything.expect("conversation.removed", conversation_id=made)
    hers = (await vera.ask("GET", f"{CHAT}/conversations/?filter=groups")).json["results"][0]["id"]
    await teacher.send(hers, "опять вместе")
    await everything.expect("message.new", message__text="опять вместе")
    assert "уже без Веры" not in [*one.texts(), *everything.texts()]
    await everything.close()
    await teacher.ask("DELETE", f"{CHAT}/conversations/{made}/")
