"""Receipts of Matrix clients: of everything, of the main timeline, of a thread, and private ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER

from e2e.story import Story


async def _unread(story: Story, group: dict[str, Any], person_id: int = BORIS) -> int:
    return (await story.seen(person_id, group["id"]))["unread_count"]


def _is(ask: Callable[[], Awaitable[int]], number: int) -> Callable[[], Awaitable[bool]]:
    async def is_so() -> bool:
        return await ask() == number

    return is_so


async def _say(story: Story, group: dict[str, Any], text: str, thread: str | None = None) -> dict[str, Any]:
    """Anna says it in a Matrix client, in a thread or not."""
    element = await story.element(ANNA)
    more = {}
    if thread is not None:
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
        more = {"m.relates_to": {**relation, "m.in_reply_to": {"event_id": thread}}}
    return await story.arrived(group["id"], await element.say(group["room_id"], text, **more))


@pytest.mark.parametrize("thread", [None, "main"])
async def test_a_receipt_of_the_timeline_reads_all_before_it(story: Story, thread: str | None) -> None:
    group, element = await story.group(ANNA, BORIS), await story.element(BORIS)
    root = await _say(story, group, "Корень")
    await _say(story, group, "В ветке", root["event_id"])
    last = await _say(story, group, "Последнее")
    await _say(story, group, "Ещё позже")
    await element.read(group["room_id"], last["event_id"], thread=thread)
    await until(_is(lambda: _unread(story, group), 1))
    assert (await story.message(ANNA, last))["read_count"] == 1


async def test_a_receipt_of_a_thread_reads_nothing_else(story: Story) -> None:
    group, element = await story.group(ANNA, BORIS), await story.element(BORIS)
    root = await _say(story, group, "Корень")
    await element.read(group["room_id"], root["event_id"])
    await until(_is(lambda: _unread(story, group), 0))
    branch = await _say(story, group, "В ветке", root["event_id"])
    aside = await _say(story, group, "Мимо ветки")
    later = await _say(story, group, "Позже в ветке", root["event_id"])
    heard = await story.listen(ANNA, group["id"])
    await element.read(group["room_id"], later["event_id"], thread=root["event_id"])
    await heard.expect("message.read", user_id=BORIS, message_id=branch["id"])
    assert await _unread(story, group) == 2
    assert (await story.message(ANNA, aside))["read_count"] == 0
    await element.read(group["room_id"], aside["event_id"])
    await heard.expect("message.read", user_id=BORIS, message_id=later["id"])  # the thread was read before
    assert await _unread(story, group) == 0


async def test_a_receipt_of_an_edit_reads_what_stands_before_it(story: Story) -> None:
    group, element, web = await story.group(ANNA, BORIS), await story.element(BORIS), await story.web(ANNA)
    first = await web.say(group["id"], "Первое")
    last = await web.say(group["id"], "Последнее")
    await web.call("PATCH", f"messages/{first['id']}/", json={"text": "Первое, исправленное"})
    edit = await element.see_text(group["room_id"], "* Первое, исправленное")
    await element.read(group["room_id"], edit["event_id"])
    await until(_is(lambda: _unread(story, group), 0))
    assert (await story.message(ANNA, last))["read_count"] == 1


async def test_who_reads_privately_has_read_and_nobody_is_told(story: Story) -> None:
    group, element = await story.group(ANNA, BORIS), await story.element(BORIS)
    said = await _say(story, group, "Прочтут тайно")
    heard, mine = await story.listen(ANNA, group["id"]), await story.listen(BORIS)
    await element.read(group["room_id"], said["event_id"], is_private=True)
    await mine.expect("conversation.updated", conversation__id=group["id"], conversation__unread_count=0)
    now = await story.message(ANNA, said)
    assert (now["read_count"], now["is_read"], now["status"]) == (0, False, "sent")
    assert (await story.message(BORIS, said))["is_read"]
    people = (await (await story.web(ANNA)).get(f"conversations/{group['id']}/participants/"))["results"]
    assert {each["id"]: each["last_read_message_id"] for each in people}[BORIS] is None
    assert (await story.seen(ANNA, group["id"]))["last_message"]["is_read"] is False
    answer = await (await story.web(TEACHER)).say(group["id"], "Следующее")
    await heard.expect("message.new", message__id=answer["id"])
    assert not [frame for frame in heard.frames if frame["type"] == "message.read"]


async def test_what_was_read_privately_is_told_when_it_is_read_openly(story: Story) -> None:
    group, element = await story.group(ANNA, BORIS), await story.element(BORIS)
    said = await _say(story, group, "Сначала тайно")
    heard = await story.listen(ANNA, group["id"])
    await element.read(group["room_id"], said["event_id"], is_private=True)
    await until(_is(lambda: _unread(story, group), 0))
    await (await story.web(BORIS)).post(f"conversations/{group['id']}/read/")
    frame = await heard.expect("message.read", user_id=BORIS)
    assert frame["message_id"] == said["id"]
    now = await story.message(ANNA, said)
    assert (now["read_count"], now["is_read"]) == (1, True)
