"""Reactions of Matrix clients are kept and shown on the web; who takes one back takes it back there too."""

from __future__ import annotations

from typing import Any

from testbed.world import ANNA, BORIS, TEACHER, TEACHER_2

from e2e.story import Story


async def _reacted(story: Story, said: dict[str, Any], person_id: int = ANNA) -> list[dict[str, Any]]:
    return (await story.message(person_id, said))["reactions"]


async def test_reactions_are_summed_up_by_their_keys(story: Story) -> None:
    group, boris, teacher = await story.class_7b(), await story.element(BORIS), await story.element(TEACHER_2)
    said = await story.sent(ANNA, await (await story.web(ANNA)).say(group["id"], "Сдала проект"))
    mine, others = await story.listen(BORIS, group["id"]), await story.listen(ANNA, group["id"])
    for element, key in ((boris, "👍"), (teacher, "🎉"), (teacher, "👍")):
        await element.react(group["room_id"], said["event_id"], key)
    both = {"key": "👍", "count": 2, "mine": True, "users": [BORIS, TEACHER_2]}
    party = {"key": "🎉", "count": 1, "mine": False, "users": [TEACHER_2]}
    frame = await mine.expect("message.updated", message__id=said["id"], message__reactions=[both, party])
    assert frame["rev"] > said["rev"]
    await others.expect("message.updated", message__reactions=[both | {"mine": False}, party])
    assert await _reacted(story, said, BORIS) == [both, party]
    assert await _reacted(story, said) == [both | {"mine": False}, party]


async def test_a_reaction_is_no_message_and_nothing_unread(story: Story) -> None:
    group, element = await story.club(), await story.element(BORIS)
    said = await story.sent(ANNA, await (await story.web(ANNA)).say(group["id"], "Просто так"))
    heard = await story.listen(ANNA, group["id"])
    await element.react(group["room_id"], said["event_id"], "👍")
    await heard.expect("message.updated", message__id=said["id"])
    seen = await story.seen(ANNA, group["id"])
    assert (seen["last_message"]["id"], seen["unread_count"]) == (said["id"], 0)


async def test_a_reaction_that_is_taken_back_is_gone(story: Story) -> None:
    group, boris, teacher = await story.class_7b(), await story.element(BORIS), await story.element(TEACHER_2)
    said = await story.sent(ANNA, await (await story.web(ANNA)).say(group["id"], "Передумают"))
    heard = await story.listen(TEACHER, group["id"])
    liked = await boris.react(group["room_id"], said["event_id"], "👍")
    await teacher.react(group["room_id"], said["event_id"], "👍")
    await boris.redact(group["room_id"], liked)
    left = [{"key": "👍", "count": 1, "mine": False, "users": [TEACHER_2]}]
    await heard.expect("message.updated", message__id=said["id"], message__reactions=left)
    assert await _reacted(story, said) == left
    assert not (await story.message(ANNA, said))["is_deleted"]


async def test_a_reaction_to_an_edit_is_one_to_its_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "Описка")
    said = await story.arrived(group["id"], event_id)
    edit_id = await element.edit(group["room_id"], event_id, "Без описки")
    heard = await story.listen(ANNA, group["id"])
    await element.react(group["room_id"], edit_id, "👍")
    shown = [{"key": "👍", "count": 1, "mine": False, "users": [BORIS]}]
    await heard.expect("message.updated", message__id=said["id"], message__reactions=shown)


async def test_a_deleted_message_has_no_reactions(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(BORIS), await story.web(ANNA)
    said = await story.sent(ANNA, await web.say(group["id"], "Удалю с реакцией"))
    heard = await story.listen(ANNA, group["id"])
    liked = await element.react(group["room_id"], said["event_id"], "👍")
    await heard.expect("message.updated", message__id=said["id"])
    await web.call("DELETE", f"messages/{said['id']}/")
    assert await _reacted(story, said) == []
    await element.redact(group["room_id"], liked)
    await story.arrived(group["id"], await element.say(group["room_id"], "После удаления"))
    assert await _reacted(story, said) == []


async def test_what_is_no_emoji_is_no_reaction(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await story.sent(ANNA, await (await story.web(ANNA)).say(group["id"], "Без реакций"))
    for key in ("целое сочинение " * 10, "  "):
        await element.react(group["room_id"], said["event_id"], key)
    await story.arrived(group["id"], await element.say(group["room_id"], "После странных реакций"))
    assert await _reacted(story, said) == []


async def test_a_reaction_comes_again_with_what_was_missed(story: Story) -> None:
    group, element, web = await story.class_7b(), await story.element(BORIS), await story.web(ANNA)
    said = await story.sent(ANNA, await web.say(group["id"], "Пока меня не было"))
    since = (await web.get("sync/"))["rev"]
    heard = await story.listen(TEACHER, group["id"])
    await element.react(group["room_id"], said["event_id"], "👀")
    await heard.expect("message.updated", message__id=said["id"])
    missed = {each["id"]: each for each in (await web.get("sync/", since=since))["messages"]}
    assert [each["key"] for each in missed[said["id"]]["reactions"]] == ["👀"]
