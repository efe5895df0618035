"""Where the rules hold, all that a client offers and the school allows still arrives on the web."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from testbed.waiting import until
from testbed.world import ANNA, TEACHER, World

from rules.conftest import Clients

CLASS = "7Б класс"
PICTURE = {"mimetype": "image/png", "w": 1, "h": 1}
POLL = {
    "org.matrix.msc1767.text": "Едем?",
    "org.matrix.msc3381.poll.start": {
        "question": {"org.matrix.msc1767.text": "Едем?"},
        "answers": [{"id": "1", "org.matrix.msc1767.text": "Да"}, {"id": "2", "org.matrix.msc1767.text": "Нет"}],
    },
}
SAID = {
    "a sticker": ("m.sticker", {"body": "Кот", "url": "mxc://school.test/cat", "info": PICTURE}, "Стикер: Кот"),
    "a place": (
        "m.room.message",
        {"msgtype": "m.location", "body": "Школа", "geo_uri": "geo:1.5,2"},
        "Место: Школа (1.5, 2)",
    ),
    "a poll": (
        "org.matrix.msc3381.poll.start",
        POLL,
        "Опрос: Едем?\n• Да\n• Нет\nПроголосовать можно в приложении Matrix.",
    ),
    "an emote": ("m.room.message", {"msgtype": "m.emote", "body": "машет"}, "\\* Анна Ученик машет"),
}


async def _found(world: World, event_id: str) -> dict[str, Any]:
    web = await world.api(TEACHER)
    group = await web.group(CLASS)

    async def found() -> dict[str, Any] | None:
        page = await web.history(group["id"], page_size=10)
        return next((message for message in page if message["event_id"] == event_id), None)

    return await until(found)


@pytest.mark.parametrize(("event_type", "content", "text"), SAID.values(), ids=SAID.keys())
async def test_what_is_no_text_arrives_with_words(
    ruled: World, client: Clients, event_type: str, content: dict[str, Any], text: str
):
    anna, room_id = await client(ANNA), (await (await ruled.api(ANNA)).group(CLASS))["room_id"]
    status, body = await anna.send(room_id, content, event_type)
    assert status == 200, body
    assert (await _found(ruled, body["event_id"]))["text"] == text


async def test_a_reaction_and_a_thread_pass_the_rules(ruled: World, client: Clients):
    anna, room_id = await client(ANNA), (await (await ruled.api(ANNA)).group(CLASS))["room_id"]
    root = (await anna.say(room_id, "Корень ветки"))[1]["event_id"]
    relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True}
    branch = {"msgtype": "m.text", "body": "Ветка", "m.relates_to": {**relation, "m.in_reply_to": {"event_id": root}}}
    status, body = await anna.send(room_id, branch)
    assert status == 200, body
    message = await _found(ruled, body["event_id"])
    assert (message["text"], message["reply_to"]) == ("Ветка", None)
    annotation = {"rel_type": "m.annotation", "event_id": root, "key": "👍"}
    assert (await anna.send(room_id, {"m.relates_to": annotation}, "m.reaction"))[0] == 200

    async def is_shown() -> bool:
        return [each["users"] for each in (await _found(ruled, root))["reactions"]] == [[ANNA]]

    await until(is_shown)


async def test_a_deleted_edit_is_gone_on_the_web_too(ruled: World, client: Clients):
    """The message says what it said before: the edit before, and without any what was said first."""
    anna, room_id = await client(ANNA), (await (await ruled.api(ANNA)).group(CLASS))["room_id"]
    first = (await anna.say(room_id, "Пароль"))[1]["event_id"]
    edits = []
    for text in ("Пароль в журнале", "Пароль 12345"):
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": first}
        status, body = await anna.send(room_id, {**new, "m.new_content": new, "m.relates_to": relation})
        assert status == 200, body
        edits.append(body["event_id"])

    async def says(text: str) -> bool:
        return (await _found(ruled, first))["text"] == text

    await until(lambda: says("Пароль 12345"))
    for event_id, text in ((edits[1], "Пароль в журнале"), (edits[0], "Пароль")):
        path = f"rooms/{quote(room_id)}/redact/{quote(event_id)}/r-{event_id}"
        assert (await anna.call("PUT", path))[0] == 200
        await until(lambda text=text: says(text))


async def test_an_upgrade_by_the_bot_is_followed_under_the_rules_too(ruled: World, client: Clients):
    """A group of its own: the others' rooms stay as they are."""
    teacher, anna = await client(TEACHER), await client(ANNA)
    made = await teacher.create(name="Переезжаем", invite=[anna.mxid])
    assert made[0] == 200, made
    web, old = await ruled.api(ANNA), made[1]["room_id"]
    await until(lambda: _is_in(web, "Переезжаем", old))
    answer = await ruled.synapse.as_bridge("POST", f"rooms/{quote(old)}/upgrade", {"new_version": "12"})
    await until(lambda: _is_in(web, "Переезжаем", answer["replacement_room"]))
    await ruled.quiet()
    assert (await anna.say(answer["replacement_room"], "Мы переехали"))[0] == 200
    assert answer["replacement_room"] in await anna.joined()


async def _is_in(web: Any, name: str, room_id: str) -> bool:
    found = [each for each in (await web.get("conversations/"))["results"] if each["name"] == name]
    return bool(found) and found[0]["room_id"] == room_id
