"""Typing and presence in both directions; typing ends by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from testbed.element import done
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, TEACHER_2, Socket

from bridge.permissions.school import Role
from e2e.story import Story


async def test_typing_on_the_web_is_seen_on_the_web_but_not_by_oneself(story: Story) -> None:
    group = await story.class_7b()
    teacher, anna = await story.listen(TEACHER, group["id"]), await story.listen(ANNA, group["id"])
    everything = await story.listen(BORIS)
    await (await story.web(ANNA)).post(f"conversations/{group['id']}/typing/", {"is_typing": True})
    for heard in (teacher, everything):
        frame = await heard.expect("typing.start", user_id=ANNA)
        assert (frame["user_name"], frame["conversation_id"]) == ("Анна Ученик", group["id"])
    await (await story.web(ANNA)).post(f"conversations/{group['id']}/typing/", {"is_typing": False})
    await teacher.expect("typing.stop", user_id=ANNA)
    assert not [frame for frame in anna.frames if frame["type"].startswith("typing")]


async def test_typing_ends_by_itself(story: Story) -> None:
    group = await story.class_7b()
    teacher, anna = await story.listen(TEACHER, group["id"]), await story.listen(ANNA, group["id"])
    await anna.send({"type": "typing.start"})
    await teacher.expect("typing.start", user_id=ANNA)
    await teacher.expect("typing.stop", user_id=ANNA, limit_s=3)


async def test_typing_on_the_web_is_seen_in_matrix_and_ends_there(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    room, ghost = group["room_id"], story.bridge.homeserver.ids.ghost(BORIS)
    socket = await story.listen(BORIS, group["id"])
    await socket.send({"type": "typing", "is_typing": True})
    await element.sync_until(lambda: ghost in element.typing.get(room, ()))
    await element.sync_until(lambda: ghost not in element.typing[room])


async def test_typing_in_matrix_is_seen_on_the_web(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    heard = await story.listen(ANNA, group["id"])
    await element.client.room_typing(group["room_id"], True, timeout=20_000)
    frame = await heard.expect("typing.start", user_id=TEACHER_2)
    assert frame["user_name"] == "Мария Петрова"
    await element.client.room_typing(group["room_id"], False)
    await heard.expect("typing.stop", user_id=TEACHER_2)


async def test_who_stops_in_the_browser_and_begins_in_a_client_is_shown_at_once(story: Story) -> None:
    """As soon as Matrix knows of the end: its clients and the bridge set one and the same mark."""
    group, element = await story.class_7b(), await story.element(TEACHER_2)
    room = group["room_id"]
    heard, socket = await story.listen(ANNA, group["id"]), await story.listen(TEACHER_2, group["id"])

    async def heard_so_often(times: int) -> None:
        await until(lambda: len(_typing(heard)) == times, limit_s=4)

    for turn in range(3):
        await socket.send({"type": "typing.start"})
        await heard_so_often(4 * turn + 1)
        await element.sync_until(lambda: element.mxid in element.typing.get(room, ()))
        await socket.send({"type": "typing.stop"})
        await heard_so_often(4 * turn + 2)
        await element.sync_until(lambda: element.mxid not in element.typing[room])
        await element.client.room_typing(room, True, timeout=20_000)
        await heard_so_often(4 * turn + 3)
        await element.client.room_typing(room, False)
        await heard_so_often(4 * turn + 4)
    assert _typing(heard) == ["typing.start", "typing.stop"] * 6


def _typing(heard: Socket) -> list[str]:
    mine = (frame for frame in heard.frames if frame.get("user_id") == TEACHER_2)
    return [frame["type"] for frame in mine if frame["type"].startswith("typing")]


async def test_a_socket_makes_a_person_online_for_those_who_know_them(story: Story) -> None:
    teacher, student, stranger = await story.newcomers(Role.TEACHER, Role.STUDENT, Role.STUDENT)
    talk = await story.direct(teacher, student)
    heard, outside = await story.listen(teacher), await story.listen(stranger)
    socket = await story.listen(student, talk["id"])
    frame = await heard.expect("presence.changed", user_id=student)
    assert frame["is_online"] is True
    assert (await story.seen(teacher, talk["id"]))["participant"]["is_online"] is True
    await socket.close()
    gone = await heard.expect("presence.changed", user_id=student, is_online=False)
    assert gone["last_seen"].endswith("Z")
    seen = (await story.seen(teacher, talk["id"]))["participant"]
    assert (seen["is_online"], seen["last_seen"]) == (False, gone["last_seen"])
    assert not [frame for frame in outside.frames if frame["type"] == "presence.changed"]


async def test_a_reload_of_the_page_is_not_seen(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    heard = await story.listen(teacher)
    socket = await story.listen(student)
    await heard.expect("presence.changed", user_id=student, is_online=True)
    await socket.close()
    await story.listen(student)
    await (await story.web(student)).say(talk["id"], "Перезагрузил страницу")
    await heard.expect("message.new", message__text="Перезагрузил страницу")
    changes = [frame for frame in heard.frames if frame["type"] == "presence.changed" and frame["user_id"] == student]
    assert len(changes) == 1


async def test_presence_of_the_web_reaches_matrix(story: Story) -> None:
    teacher, student = await story.pair()
    await story.direct(teacher, student)
    element, ghost = await story.element(teacher), story.bridge.homeserver.ids.ghost(student)
    socket = await story.listen(student)
    await element.sync_until(lambda: element.presence.get(ghost) == "online")
    await socket.close()
    await element.sync_until(lambda: element.presence.get(ghost) == "offline")


async def test_a_matrix_client_keeps_a_person_online_after_the_last_socket(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    element, socket = await story.element(student), await story.listen(student)
    await element.sync(presence="online")
    await socket.close()
    presence = story.bridge.services.live.presence
    await until(lambda: student not in presence._here)  # the bridge itself holds nobody of that name any more

    async def is_online() -> bool:
        return (await story.seen(teacher, talk["id"]))["participant"]["is_online"]

    await until(is_online)


async def test_the_homeserver_is_reminded_of_who_has_a_socket_open(story: Story) -> None:
    teacher, student = await story.pair()
    await story.direct(teacher, student)
    element, ghost = await story.element(teacher), story.bridge.homeserver.ids.ghost(student)
    await story.listen(student)

    async def quiet_ms() -> int:
        answer = await done(element.client.get_presence(ghost))
        return answer.last_active_ago if answer.presence == "online" else 0

    await until(lambda: _is_more(quiet_ms, 300))
    story.bridge.services.live.presence.remind_matrix()
    await until(lambda: _is_less(quiet_ms, 300))


async def test_presence_of_matrix_reaches_the_web(story: Story) -> None:
    teacher, student = await story.pair()
    talk = await story.direct(teacher, student)
    element, heard = await story.element(student), await story.listen(teacher)
    await element.client.set_presence("online")
    await heard.expect("presence.changed", user_id=student, is_online=True)
    await element.client.set_presence("offline")
    await heard.expect("presence.changed", user_id=student, is_online=False)

    async def is_offline() -> bool:
        return not (await story.seen(teacher, talk["id"]))["participant"]["is_online"]

    await until(is_offline)


async def _is_more(ask: Callable[[], Awaitable[int]], number: int) -> bool:
    return await ask() > number


async def _is_less(ask: Callable[[], Awaitable[int]], number: int) -> bool:
    return await ask() < number
