"""Several bridge processes are one bridge: who sits where is not seen, and one that dies is replaced by the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from testbed.databases import PostgresDatabases
from testbed.nursery import Nursery
from testbed.redis import RedisServer
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, TEACHER_2, VERA

from faults.browser import Browser
from faults.crash import texts_of
from faults.district import District
from faults.fault_points import SELF, Arm
from faults.timeline import texts_in_matrix


@pytest.fixture(scope="module")
async def district(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery
) -> AsyncIterator[District]:
    redis = RedisServer(tmp_path_factory.mktemp("district-redis"))
    await redis.start()
    async with postgres_databases.fresh() as url:
        district = District(tmp_path_factory.mktemp("district"), url, nursery, redis)
        try:
            await district.start()
            yield district
        finally:
            await district.stop()
            await redis.stop()


async def test_a_message_typing_presence_and_reading_cross_over(district: District):
    _, texts = texts_of(2)
    teacher, anna = await district.api(district.first, TEACHER), await district.api(district.second, ANNA)
    group = (await teacher.group("7Б класс"))["id"]
    here, there = await teacher.socket(group), await anna.socket(group)
    await here.expect("presence.changed", user_id=ANNA, is_online=True)

    await there.send({"type": "typing.start"})
    await here.expect("typing.start", user_id=ANNA)
    await here.expect("typing.stop", user_id=ANNA)
    said = await teacher.say(group, texts[0])
    await there.expect("message.new", message__text=texts[0])
    await there.send({"type": "mark_read", "message_id": said["id"]})
    await here.expect("message.read", user_id=ANNA, message_id=said["id"])
    frame = await here.expect("message.updated", message__id=said["id"])
    assert frame["message"]["status"] in ("sent", "read")
    await anna.say(group, texts[1])
    await here.expect("message.new", message__text=texts[1])
    await there.close()
    await here.expect("presence.changed", user_id=ANNA, is_online=False)

    assert here.texts() == there.texts() == texts
    kinds = [frame["type"] for frame in here.frames if frame["type"].startswith("typing")]
    assert kinds == ["typing.start", "typing.stop"]
    await here.close()


async def test_what_comes_from_matrix_reaches_both(district: District):
    _, texts = texts_of(3)
    one, two = await district.api(district.first, TEACHER), await district.api(district.second, ANNA)
    group = await one.group("7Б класс")
    sockets = [await one.socket(group["id"]), await two.socket(group["id"])]
    element = await district.world.matrix(TEACHER_2)
    for text in texts:
        await element.room_send(group["room_id"], "m.room.message", {"msgtype": "m.text", "body": text})

    for socket in sockets:
        await socket.expect("message.new", message__text=texts[-1])
        assert socket.texts() == texts
        await socket.close()


async def test_who_is_removed_at_one_is_disconnected_at_the_other(district: District):
    prefix, texts = texts_of(1)
    teacher, boris = await district.api(district.first, TEACHER), await district.api(district.second, BORIS)
    group = (await teacher.post("conversations/group/", {"name": f"{prefix}club", "participants": [BORIS, VERA]}))["id"]
    inside, outside = await boris.socket(group), await boris.socket()
    await outside.send({"type": "ping"})
    await outside.expect("pong")

    await teacher.post(f"conversations/{group}/remove_participant/", {"user_id": BORIS})
    await teacher.say(group, texts[0])

    assert await inside.closed() == 4403
    await outside.expect("conversation.removed", conversation_id=group)
    assert texts[0] not in inside.texts() + outside.texts()
    await outside.close()


async def test_they_share_the_outbox_and_keep_the_order(district: District):
    """People at both write into the same conversations at the same time."""
    prefix, texts = texts_of(24)
    groups = {}
    for name in ("7Б класс", "Шахматы"):
        groups[name] = await (await district.api(district.first, TEACHER)).group(name)
    apis = [await district.api(process, TEACHER) for process in (district.first, district.second)]

    async def write(api, conversation_id: int, some: list[str]) -> None:
        for text in some:
            await api.say(conversation_id, text)

    await asyncio.gather(
        *(
            write(api, group["id"], texts[6 * number : 6 * number + 6])
            for number, (api, group) in enumerate((api, group) for api in apis for group in groups.values())
        )
    )
    await district.settled()

    element = await district.world.matrix(TEACHER)
    everything = []
    for group in groups.values():
        in_matrix = await texts_in_matrix(element, group["room_id"], prefix)
        in_web = [m["text"] for m in await apis[0].history(group["id"], limit=100) if m["text"].startswith(prefix)]
        assert in_matrix == in_web
        everything += in_web
    assert sorted(everything) == sorted(texts)


async def _page(district: District, process, person_id: int) -> Browser:
    api = await district.api(process, person_id)
    page = Browser(api, (await api.group("7Б класс"))["id"])
    await page.open()
    return page


async def _expect(pages: list[Browser], texts: list[str], prefix: str) -> None:
    for page in pages:
        await until(lambda: len(page.texts(prefix)) >= len(texts), limit_s=20)  # noqa: B023 - asked in this turn
        assert page.texts(prefix) == texts
        assert page.doubled == []
        await page.close()


async def test_without_redis_the_database_tells_and_nothing_is_told_twice(district: District):
    prefix, texts = texts_of(6)
    here, there = await _page(district, district.first, TEACHER), await _page(district, district.second, ANNA)
    heard = await there.api.socket(there.conversation_id)
    await here.say(texts[0])
    await heard.expect("message.new", message__text=texts[0])

    await district.redis.kill()
    await here.say_all(texts[1:3])
    await there.say(texts[3])
    await heard.expect("message.new", message__text=texts[3])
    await district.redis.start()
    await here.say(texts[4])
    await district.connected()
    await here.say(texts[5])

    await until(lambda: len(heard.texts()) >= len(texts))
    assert sorted(heard.texts()) == texts  # pages put them into the order of their ids
    await heard.close()
    await _expect([here, there], texts, prefix)


async def test_what_one_has_committed_and_not_published_when_it_dies_is_shown_by_the_other(district: District):
    prefix, texts = texts_of(3)
    there = await _page(district, district.second, ANNA)
    heard = await there.api.socket(there.conversation_id)
    here = await _page(district, district.first, TEACHER)
    Arm("accept: committed, not published", nth=2).write(district.first.arm_path)

    talk = asyncio.create_task(here.say_all(texts))
    await district.first.wait()
    await heard.expect("message.new", message__text=texts[1])
    await district.first.start()
    await talk

    await heard.expect("message.new", message__text=texts[2])
    assert heard.texts() == texts
    await heard.close()
    await _expect([here, there], texts, prefix)


@pytest.mark.parametrize(
    "point", ["lane: about to send", "lane: the homeserver has answered", "outbox: taken, not committed"]
)
async def test_the_other_takes_over_what_a_dead_one_was_carrying_out(district: District, point: str):
    prefix, texts = texts_of(6)
    here, there = await _page(district, district.first, ANNA), await _page(district, district.second, TEACHER)
    await district.settled()
    Arm(point, nth=2, victims=(SELF,)).write(district.second.arm_path)
    await there.say_all(texts[:1])

    talk = asyncio.create_task(there.say_all(texts[1:]))
    await district.second.wait()
    await district.settled()  # the first has taken over
    in_matrix_without_it = await _in_matrix(district, prefix)
    await district.second.start()
    await talk
    await district.settled()

    assert in_matrix_without_it == texts[: len(in_matrix_without_it)]
    assert await _in_matrix(district, prefix) == texts
    await _expect([here, there], texts, prefix)


async def _in_matrix(district: District, prefix: str) -> list[str]:
    element = await district.world.matrix(TEACHER_2)
    group = await (await district.api(district.first, TEACHER)).group("7Б класс")
    return await texts_in_matrix(element, group["room_id"], prefix)


async def test_one_that_is_gone_takes_its_people_offline(district: District):
    teacher = await district.api(district.first, TEACHER)
    here = await teacher.socket()
    boris = await (await district.api(district.second, BORIS)).socket()
    await here.expect("presence.changed", user_id=BORIS, is_online=True)

    await district.second.kill()
    await here.expect("presence.changed", limit_s=30, user_id=BORIS, is_online=False)

    await district.second.start()
    await district.connected()
    await boris.close()
    await here.close()
