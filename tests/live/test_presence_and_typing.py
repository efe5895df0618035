"""Who is online and who types: shown to those whom it concerns, and over soon after it is over."""

from __future__ import annotations

import time

from faults.offline import ROOM, OfflineBridge, mxid
from testbed.waiting import until
from testbed.world import ANNA, BORIS, GLEB, TEACHER, TEACHER_2


def _presence(frames: list[dict], person_id: int) -> list[bool]:
    return [f["is_online"] for f in frames if f["type"] == "presence.changed" and f["user_id"] == person_id]


async def test_online_with_the_first_socket_and_offline_soon_after_the_last(live_bridge: OfflineBridge):
    teacher = await live_bridge.socket(TEACHER)
    one, two = await live_bridge.socket(ANNA), await live_bridge.socket(ANNA, live_bridge.group_id)
    await teacher.expect("presence.changed", user_id=ANNA, is_online=True)
    await one.close()
    await two.close()
    began = time.monotonic()

    frame = await teacher.expect("presence.changed", user_id=ANNA, is_online=False)

    assert time.monotonic() - began < 5
    assert frame["last_seen"] is not None
    assert _presence(teacher.frames, ANNA) == [True, False]
    await teacher.close()


async def test_a_reload_of_the_page_is_not_seen(live_bridge: OfflineBridge):
    teacher = await live_bridge.socket(TEACHER)
    for _ in range(3):
        page = await live_bridge.socket(BORIS)
        await page.close()
    await teacher.expect("presence.changed", user_id=BORIS, is_online=False)

    assert _presence(teacher.frames, BORIS) == [True, False]
    await teacher.close()


async def test_strangers_do_not_learn_who_is_online(live_bridge: OfflineBridge):
    """Gleb shares no conversation with the second teacher."""
    gleb, anna = await live_bridge.socket(GLEB), await live_bridge.socket(ANNA)
    page = await live_bridge.socket(TEACHER_2)
    await anna.expect("presence.changed", user_id=TEACHER_2, is_online=True)
    await page.close()
    await anna.expect("presence.changed", user_id=TEACHER_2, is_online=False)

    assert _presence(gleb.frames, TEACHER_2) == []
    await gleb.close()
    await anna.close()


async def test_a_matrix_client_counts_too(live_bridge: OfflineBridge):
    teacher, page = await live_bridge.socket(TEACHER), await live_bridge.socket(ANNA)
    await teacher.expect("presence.changed", user_id=ANNA, is_online=True)
    online = {"type": "m.presence", "sender": mxid(BORIS), "content": {"presence": "online"}}
    offline = {"type": "m.presence", "sender": mxid(BORIS), "content": {"presence": "offline"}}

    await live_bridge.push([], ephemeral=(online, online))
    await teacher.expect("presence.changed", user_id=BORIS, is_online=True)
    await live_bridge.push([], ephemeral=(offline,))
    await teacher.expect("presence.changed", user_id=BORIS, is_online=False)

    assert _presence(teacher.frames, BORIS) == [True, False]
    await page.close()
    await teacher.close()


async def test_typing_is_told_to_the_others_and_ends_by_itself(live_bridge: OfflineBridge):
    anna = await live_bridge.socket(ANNA, live_bridge.group_id)
    teacher = await live_bridge.socket(TEACHER, live_bridge.group_id)
    began = time.monotonic()
    await anna.send({"type": "typing", "is_typing": True})

    await teacher.expect("typing.start", user_id=ANNA)
    await teacher.expect("typing.stop", user_id=ANNA)

    assert 0.3 < time.monotonic() - began < 5
    assert [f for f in anna.frames if f["type"].startswith("typing")] == []
    await anna.close()
    await teacher.close()


async def test_one_who_keeps_typing_is_told_of_once(live_bridge: OfflineBridge):
    anna = await live_bridge.socket(ANNA, live_bridge.group_id)
    teacher = await live_bridge.socket(TEACHER, live_bridge.group_id)
    for _ in range(5):
        await anna.send({"type": "typing.start"})
    await anna.send({"type": "typing.stop"})
    await anna.send({"type": "ping"})
    await anna.expect("pong")

    await teacher.expect("typing.stop", user_id=ANNA)

    kinds = [f["type"] for f in teacher.frames if f["type"].startswith("typing")]
    assert kinds == ["typing.start", "typing.stop"]
    await anna.close()
    await teacher.close()


async def test_the_echo_of_matrix_does_not_make_one_type_again(live_bridge: OfflineBridge):
    """What we tell the homeserver comes back from it, a little later."""
    anna = await live_bridge.socket(ANNA, live_bridge.group_id)
    teacher = await live_bridge.socket(TEACHER, live_bridge.group_id)
    echo = {"type": "m.typing", "room_id": ROOM, "content": {"user_ids": [mxid(ANNA)]}}
    await anna.send({"type": "typing.start"})
    await teacher.expect("typing.start", user_id=ANNA)
    await live_bridge.push([], ephemeral=(echo,))
    await anna.send({"type": "typing.stop"})
    await teacher.expect("typing.stop", user_id=ANNA)
    await live_bridge.push([], ephemeral=(echo,))
    await live_bridge.push([live_bridge.event("done")])
    await teacher.expect("message.new", message__text="done")

    kinds = [f["type"] for f in teacher.frames if f["type"].startswith("typing")]
    assert kinds == ["typing.start", "typing.stop"]
    await anna.close()
    await teacher.close()


async def test_who_was_last_seen_when_is_kept(live_bridge: OfflineBridge):
    page = await live_bridge.socket(ANNA)
    await page.close()
    presence = live_bridge.bridge.services.live.presence
    await until(lambda: not presence.of(ANNA)[0])
    seen_ms = presence.of(ANNA)[1]
    await presence._save()

    await presence.stop()
    presence._seen_ms.clear()
    await presence.start()

    assert presence.of(ANNA) == (False, seen_ms)
