"""Several people write at once, on the web and in Matrix clients: everybody sees one order."""

from __future__ import annotations

import asyncio
from typing import Any

from testbed.element import Element
from testbed.world import ANNA, BORIS, TEACHER, TEACHER_2, VERA, Api

from e2e.story import PATIENCE_S, Story

NUMBER = 12
ON_THE_WEB, IN_CLIENTS = (TEACHER, ANNA, BORIS), (TEACHER_2, VERA)


async def _write_on_web(web: Api, conversation_id: int, name: str) -> None:
    for number in range(NUMBER):
        await web.say(conversation_id, f"{name} веб {number}")


async def _write_in_client(element: Element, room_id: str, name: str) -> None:
    for number in range(NUMBER):
        await element.say(room_id, f"{name} клиент {number}")


async def test_concurrent_senders_on_both_sides_are_in_one_order_for_all(story: Story) -> None:
    group = await story.class_7b()
    conversation_id, room_id = group["id"], group["room_id"]
    webs = {person_id: await story.web(person_id) for person_id in (*ON_THE_WEB, VERA)}
    clients = {person_id: await story.element(person_id) for person_id in IN_CLIENTS}
    sockets = [await story.listen(person_id, conversation_id) for person_id in (TEACHER, ANNA, VERA)]
    before = (await webs[ANNA].history(conversation_id))[-1:]
    await asyncio.gather(
        *(_write_on_web(webs[person_id], conversation_id, f"{person_id}") for person_id in ON_THE_WEB),
        *(_write_in_client(clients[person_id], room_id, f"{person_id}") for person_id in IN_CLIENTS),
    )
    await story.world.quiet()
    expected = {f"{p} веб {n}" for p in ON_THE_WEB for n in range(NUMBER)}
    expected |= {f"{p} клиент {n}" for p in IN_CLIENTS for n in range(NUMBER)}
    for heard in sockets:
        await _until_all(heard, conversation_id, expected)

    histories = [await _texts(web, conversation_id, before, expected) for web in webs.values()]
    rooms = [await _bodies(element, room_id, expected) for element in clients.values()]
    assert set(histories[0]) == set(rooms[0]) == expected
    assert len(histories[0]) == len(rooms[0]) == len(expected)  # nothing twice
    assert all(history == histories[0] for history in histories)  # every reader of the web
    assert all(bodies == rooms[0] for bodies in rooms)  # every Matrix client
    for heard in sockets:  # live as later in the history: a page puts them by id, frames of two senders may swap
        new = [frame["message"] for frame in heard.frames if frame["type"] == "message.new"]
        shown = sorted((one for one in new if one["text"] in expected), key=lambda one: one["id"])
        assert [one["text"] for one in shown] == histories[0]
    for side in ("веб", "клиент"):  # the same on both sides, of all senders together
        assert [t for t in histories[0] if side in t] == [t for t in rooms[0] if side in t]


async def test_an_answer_never_stands_before_what_it_answers(story: Story) -> None:
    group, element = await story.group(ANNA, BORIS), await story.element(BORIS)
    web, heard = await story.web(ANNA), await story.listen(ANNA, group["id"])
    said: list[str] = []
    for number in range(8):
        question, answer = f"Вопрос {number}", f"Ответ {number}"
        await web.say(group["id"], question)
        await element.see_text(group["room_id"], question)
        await element.say(group["room_id"], answer)
        await heard.expect("message.new", message__text=answer)
        said += [question, answer]
    assert [each["text"] for each in await web.history(group["id"])] == said
    assert await _bodies(element, group["room_id"], set(said)) == said


async def _until_all(heard: Any, conversation_id: int, expected: set[str]) -> None:
    for text in expected:
        await heard.expect("message.new", limit_s=PATIENCE_S, conversation_id=conversation_id, message__text=text)


async def _texts(web: Api, conversation_id: int, before: list[dict[str, Any]], expected: set[str]) -> list[str]:
    after = {"after": before[0]["id"]} if before else {}
    page = await web.history(conversation_id, limit=200, **after)
    return [each["text"] for each in page if each["text"] in expected]


async def _bodies(element: Element, room_id: str, expected: set[str]) -> list[str]:
    """What the room says, from the homeserver's own history."""
    page = await element.client.room_messages(room_id, limit=200)
    bodies = [event.source["content"].get("body") for event in page.chunk]
    return [body for body in bodies[::-1] if body in expected]
