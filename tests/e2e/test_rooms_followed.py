"""What becomes of a room in Matrix: topic, bans, upgrades; and what people call themselves there."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from testbed.element import done
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, VERA

from e2e.story import PATIENCE_S, Story


async def test_a_topic_that_a_manager_sets_is_told_in_the_timeline(story: Story) -> None:
    group = await story.group(ANNA)
    heard, element = await story.listen(ANNA), await story.element(TEACHER)
    await done(element.client.room_put_state(group["room_id"], "m.room.topic", {"topic": "Готовимся\nк олимпиаде"}))
    text = "Иван Иванов меняет тему чата: Готовимся к олимпиаде"
    frame = await heard.expect("message.new", message__text=text)
    assert (frame["message"]["message_type"], frame["message"]["sender"]) == ("SYSTEM", None)
    await done(element.client.room_put_state(group["room_id"], "m.room.topic", {"topic": ""}))
    await heard.expect("message.new", message__text="Иван Иванов убирает тему чата.")


async def test_a_name_and_a_picture_of_a_client_change_nobody_on_the_web(story: Story) -> None:
    """The web shows the roster's name, and initials for a picture."""
    group, element = await story.group(ANNA, VERA), await story.element(VERA)
    mxid = element.mxid
    for name, value in (("displayname", "Директор школы"), ("avatar_url", "mxc://school.test/picture")):
        body = {name: value}
        await story.world.synapse.as_bridge("PUT", f"profile/{quote(mxid)}/{name}", body, person_id=VERA)
    said = await story.arrived(group["id"], await element.say(group["room_id"], "Это я, директор"))
    assert said["sender"]["name"] == "Вера Ученик"
    page = await (await story.web(TEACHER)).get(f"conversations/{group['id']}/participants/")
    assert {each["name"] for each in page["results"]} == {"Иван Иванов", "Анна Ученик", "Вера Ученик"}
    shown = await (await story.web(ANNA)).history(group["id"])
    assert [each["text"] for each in shown] == ["Это я, директор"]
    name = {"displayname": "Вера Ученик"}
    await story.world.synapse.as_bridge("PUT", f"profile/{quote(mxid)}/displayname", name, person_id=VERA)


async def test_who_is_banned_in_a_client_loses_the_conversation_and_can_be_let_in_again(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    room_id, boris = group["room_id"], await story.web(BORIS)
    element, heard = await story.element(TEACHER), await story.listen(BORIS, group["id"])
    ghost = story.bridge.homeserver.ids.ghost(BORIS)
    await done(element.client.room_ban(room_id, ghost, "грубость"))
    assert await heard.closed() == 4403
    assert heard.frames[-1]["type"] == "conversation.removed"
    assert (await boris.call("GET", f"conversations/{group['id']}/"))[0] == 404
    assert (await boris.call("POST", "messages/", json={"conversation_id": group["id"], "text": "Я тут"}))[0] == 404
    await done(element.client.room_unban(room_id, ghost))
    await element.sync_until(lambda: _membership(element.timelines[room_id], ghost) == "leave")
    assert (await boris.call("GET", f"conversations/{group['id']}/"))[0] == 404  # an unban is no invitation
    web = await story.web(TEACHER)
    await web.post(f"conversations/{group['id']}/add_participant/", {"user_id": BORIS})
    await element.sync_until(lambda: _membership(element.timelines[room_id], ghost) == "join")
    await boris.say(group["id"], "Больше не буду")
    await element.see_text(room_id, "Больше не буду")


async def test_an_upgraded_room_goes_on_as_the_same_conversation(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    web, heard, element = await story.web(ANNA), await story.listen(ANNA), await story.element(BORIS)
    old = await story.sent(ANNA, await web.say(group["id"], "В прежней комнате"))
    room_id = await _upgrade(story, group)
    await heard.expect("conversation.updated", conversation__room_id=room_id)
    assert room_id != group["room_id"]
    await story.world.quiet()
    ids = story.bridge.homeserver.ids
    assert await element.members(room_id) == {ids.bot, *map(ids.ghost, (TEACHER, ANNA, BORIS))}
    state = await element.state(room_id)
    assert state["m.room.create", ""]["predecessor"]["room_id"] == group["room_id"]
    assert state["org.classbridge.conversation", ""]["conversation_id"] == group["id"]
    await web.say(group["id"], "С веба в новой")
    await element.see_text(room_id, "С веба в новой")
    answer = await story.arrived(group["id"], await element.reply(room_id, old["event_id"], "Из клиента в новой"))
    assert answer["reply_to"]["id"] == old["id"]
    shown = await (await story.web(TEACHER)).history(group["id"])
    assert [each["text"] for each in shown] == ["В прежней комнате", "С веба в новой", "Из клиента в новой"]
    assert await web.direct(TEACHER) != group["id"]


async def test_what_was_said_before_an_upgrade_can_still_be_deleted_on_both_sides(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    web, element = await story.web(ANNA), await story.element(TEACHER)
    one, other = [await story.sent(ANNA, await web.say(group["id"], text)) for text in ("Удалю на вебе", "Удалят там")]
    await _upgrade(story, group)
    assert (await web.call("DELETE", f"messages/{one['id']}/"))[0] == 204
    await story.world.quiet()
    assert (await element.get_event(group["room_id"], one["event_id"]))["content"] == {}
    await element.redact(group["room_id"], other["event_id"])

    async def is_deleted() -> bool:
        return (await story.message(BORIS, other))["is_deleted"]

    await until(is_deleted)


async def test_what_waits_while_a_room_is_upgraded_is_sent_in_the_new_one(story: Story) -> None:
    group = await story.group(ANNA, BORIS)
    web, element = await story.web(ANNA), await story.element(BORIS)
    async with story.slow_homeserver():
        said = [await web.say(group["id"], f"В пути {number}") for number in range(3)]
        room_id = await _upgrade(story, group)
    for message in said:
        assert (await story.sent(ANNA, message))["status"] == "sent"
    await story.world.quiet()
    await element.see_text(room_id, "В пути 2")
    bodies = [event["content"].get("body") for event in element.timelines[room_id]]
    assert [body for body in bodies if body in {m["text"] for m in said}] == [m["text"] for m in said]


async def test_nobody_but_the_bot_can_lead_a_conversation_into_another_room(story: Story) -> None:
    group, element = await story.group(ANNA), await story.element(TEACHER)
    content: dict[str, Any] = {"body": "Сюда", "replacement_room": "!elsewhere"}
    answer = await element.client.room_put_state(group["room_id"], "m.room.tombstone", content)
    assert answer.status_code == "M_FORBIDDEN"
    assert (await story.seen(TEACHER, group["id"]))["room_id"] == group["room_id"]


async def _upgrade(story: Story, group: dict[str, Any]) -> str:
    """As an administrator does it with the bridge's token; the new room, when the conversation is there."""
    path = f"rooms/{quote(group['room_id'])}/upgrade"
    room_id = (await story.world.synapse.as_bridge("POST", path, {"new_version": "12"}))["replacement_room"]

    async def has_moved() -> bool:
        return (await story.seen(TEACHER, group["id"]))["room_id"] == room_id

    await until(has_moved, limit_s=PATIENCE_S)
    return room_id


def _membership(timeline: list[dict[str, Any]], mxid: str) -> str | None:
    found = [e["content"]["membership"] for e in timeline if e["type"] == "m.room.member" and e["state_key"] == mxid]
    return found[-1] if found else None
