"""Synapse is away: people read and write in the web, and afterwards everything goes out, in order, once."""

from __future__ import annotations

import aiohttp
from testbed.file_samples import png
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER

from faults.crash import CrashSchool, texts_of
from faults.timeline import texts_in_matrix


async def test_reading_and_writing_go_on_and_it_all_arrives_afterwards(any_school: CrashSchool):
    prefix, texts = texts_of(6)
    first, second = await any_school.teacher.say_all(texts[:2])
    await any_school.settled()
    await any_school.world.synapse.kill()

    await any_school.teacher.say_all(texts[2:5])
    await any_school.teacher.edit(first, f"{prefix}edited")
    await any_school.teacher.delete(second)
    await any_school.anna.say(texts[5])
    await any_school.anna.read(first)
    await until(lambda: any_school.anna.texts(prefix) == [f"{prefix}edited", *texts[2:]])
    history = await any_school.anna.api.history(any_school.anna.conversation_id)
    assert [m["status"] for m in history if m["text"] in texts[2:]] == ["pending"] * 4
    assert (await any_school.anna.api.get("conversations/", search="7Б"))["count"] == 1

    await any_school.world.synapse.start()

    await any_school.expect([f"{prefix}edited", *texts[2:]], prefix)


async def test_an_upload_is_refused_with_a_time_to_come_back(any_school: CrashSchool):
    await any_school.world.synapse.kill()
    try:
        api = any_school.teacher.api
        form = aiohttp.FormData()
        form.add_field("file", png(), filename="picture.png", content_type="image/png")
        async with api.session.post("/api/chat/upload/", data=form) as answer:
            body = await answer.json()
            assert (answer.status, body["code"]) == (503, "homeserver_unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
    finally:
        await any_school.world.synapse.start()


async def test_a_conversation_that_was_begun_without_it_gets_its_room_and_its_words(any_school: CrashSchool):
    prefix, texts = texts_of(2)
    await any_school.world.synapse.kill()
    teacher = await any_school.world.api(TEACHER)
    group = await teacher.post("conversations/group/", {"name": f"{prefix}club", "participants": [ANNA, BORIS]})
    for text in texts:
        await teacher.say(group["id"], text)
    assert group["room_id"] is None

    await any_school.world.synapse.start()
    await any_school.settled()

    room_id = (await teacher.get(f"conversations/{group['id']}/"))["room_id"]
    element = await any_school.world.matrix(BORIS)
    assert await texts_in_matrix(element, room_id, prefix) == texts
