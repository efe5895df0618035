"""What a Matrix client may write into an event: false message ids, nonsense, types that nobody knows."""

from __future__ import annotations

import itertools
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from testbed.element import Element, done
from testbed.world import ANNA, BORIS, DASHA

from e2e.story import Story

MESSAGE_ID = "org.classbridge.message_id"
NUMBERS = itertools.count(1)


async def test_the_id_of_somebody_elses_message_makes_a_new_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await story.sent(ANNA, await (await story.web(ANNA)).say(group["id"], "Подлинное"))
    forged = await _forge(story, element, group, said["id"])
    assert (forged["sender"]["id"], forged["id"] != said["id"]) == (BORIS, True)
    assert _facts(await story.message(ANNA, said)) == _facts(said)


async def test_the_id_of_a_message_of_another_room_makes_a_new_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    other = await story.group(BORIS)
    said = await story.sent(BORIS, await (await story.web(BORIS)).say(other["id"], "В другой комнате"))
    forged = await _forge(story, element, group, said["id"])
    assert forged["id"] != said["id"]
    assert _facts(await story.message(BORIS, said)) == _facts(said)


async def test_the_id_of_an_own_message_that_was_sent_makes_a_new_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await story.sent(BORIS, await (await story.web(BORIS)).say(group["id"], "Уже отправлено"))
    forged = await _forge(story, element, group, said["id"])
    assert (forged["id"] != said["id"], forged["client_id"]) == (True, None)
    assert _facts(await story.message(BORIS, said)) == _facts(said)


async def test_the_id_of_an_own_message_that_came_from_matrix_makes_a_new_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await story.arrived(group["id"], await element.say(group["room_id"], "Из Element"))
    assert (await _forge(story, element, group, said["id"]))["id"] != said["id"]


@pytest.mark.parametrize("claim", [10**15, 0, -1, True, "7", None, [1], 2**53 - 1], ids=repr)
async def test_an_id_that_nobody_has_makes_a_new_message(story: Story, claim: Any) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    forged = await _forge(story, element, group, claim)
    assert forged["id"] != claim


async def test_a_forged_edit_of_somebody_elses_message_changes_nothing(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    said = await story.sent(ANNA, await (await story.web(ANNA)).say(group["id"], "Не правь меня"))
    new = {"msgtype": "m.text", "body": "Подделка", MESSAGE_ID: said["id"]}
    relation = {"rel_type": "m.replace", "event_id": said["event_id"]}
    content = {"msgtype": "m.text", "body": "* Подделка", "m.new_content": new, "m.relates_to": relation}
    await element.send(group["room_id"], {**content, MESSAGE_ID: said["id"]})
    await _next_message_arrives(story, element, group)
    assert _facts(await story.message(ANNA, said)) == _facts(said)


async def test_events_of_one_room_do_not_reach_into_another(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    other = await story.group(BORIS)
    said = await story.sent(BORIS, await (await story.web(BORIS)).say(other["id"], "Секрет кружка"))
    reply = await story.arrived(group["id"], await element.reply(group["room_id"], said["event_id"], "Ответ"))
    assert reply["reply_to"] is None
    with pytest.raises(AssertionError, match="Relations must be in the same room"):  # Synapse sees to it
        await element.edit(group["room_id"], said["event_id"], "Правка из чужой комнаты")
    assert await _push(story, [_foreign_edit(group, element, said["event_id"])]) == 200  # and so do we
    await _next_message_arrives(story, element, group)
    assert (await story.message(BORIS, said))["text"] == "Секрет кружка"


async def test_state_that_claims_a_room_of_ours_changes_nothing(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    claim = {"conversation_id": group["id"], "group_id": 101, "is_direct": False}
    room = await done(
        element.client.room_create(initial_state=[{"type": "org.classbridge.conversation", "content": claim}])
    )
    await element.say(room.room_id, "Из подставной комнаты")
    await _next_message_arrives(story, element, group)
    texts = [message["text"] for message in await (await story.web(ANNA)).history(group["id"])]
    assert "Из подставной комнаты" not in texts


async def test_an_event_that_makes_no_sense_is_parked_and_the_rest_goes_on(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    heard, before = await story.listen(ANNA, group["id"]), await _parked_total(story)
    event_id = await element.say(group["room_id"], "Исправлю без нового текста")
    relation = {"rel_type": "m.replace", "event_id": event_id}
    poison_id = await element.say(group["room_id"], "* что?", **{"m.relates_to": relation})
    await element.say(group["room_id"], "После бессмыслицы")
    await heard.expect("message.new", message__text="После бессмыслицы")
    assert heard.texts() == ["Исправлю без нового текста", "После бессмыслицы"]
    assert await _parked(story, [event_id, poison_id]) == {poison_id}
    assert await _parked_total(story) == before + 1


async def test_a_file_without_a_usable_address_is_its_text(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "картинка.png", msgtype="m.image", url=7, info=[])
    message = await story.arrived(group["id"], event_id)
    assert (message["text"], message["file"]) == ("картинка.png", None)


async def test_poison_of_any_kind_does_not_stop_the_feed(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    room_id, sender = group["room_id"], element.mxid
    base = {
        "room_id": room_id,
        "sender": sender,
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": "x"},
    }
    good = {**base, "event_id": f"$good-{next(NUMBERS)}", "content": {"msgtype": "m.text", "body": "Здоровое"}}
    poison: list[Any] = [
        None,
        "строка",
        [],
        {},
        {"event_id": "$no-room"},
        {**base, "event_id": None},
        {**base, "event_id": f"$p{next(NUMBERS)}", "type": ["m.room.message"]},
        {**base, "event_id": f"$p{next(NUMBERS)}", "content": "нет"},
        {**base, "event_id": f"$p{next(NUMBERS)}", "sender": 5},
        {**base, "event_id": f"$p{next(NUMBERS)}", "type": "m.room.member", "state_key": sender, "content": None},
        {**base, "event_id": f"$p{next(NUMBERS)}", "type": "m.room.redaction", "content": 1},
        {**base, "event_id": f"$p{next(NUMBERS)}", "type": "m.room.name", "content": []},
        {**base, "event_id": f"$nul\0{next(NUMBERS)}", "content": {"msgtype": "m.text\0", "body": 1}},
        {**base, "event_id": "$long" + "x" * 300},
    ]
    before = await _parked_total(story)
    assert await _push(story, [*poison, good]) == 200
    assert (await story.arrived(group["id"], good["event_id"]))["text"] == "Здоровое"
    assert await _parked_total(story) > before


async def test_nul_and_lone_surrogates_become_readable_text(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = f"$nul-{next(NUMBERS)}"
    event = (
        f'{{"event_id":"{event_id}","room_id":"{group["room_id"]}","sender":"{element.mxid}","type":"m.room.message",'
        '"origin_server_ts":1,"content":{"msgtype":"m.text","body":"a\\u0000b\\ud800c"}}'
    )
    assert await _push(story, f'{{"events":[{event}]}}') == 200
    assert (await story.arrived(group["id"], event_id))["text"] == "ab\ufffdc"


async def test_the_same_event_in_two_transactions_is_one_message(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    event_id = await element.say(group["room_id"], "Пришло дважды")
    message = await story.arrived(group["id"], event_id)
    event = await element.get_event(group["room_id"], event_id)
    assert await _push(story, [{**event, "room_id": group["room_id"]}]) == 200
    await _next_message_arrives(story, element, group)
    history = await (await story.web(ANNA)).history(group["id"])
    assert [each["event_id"] for each in history].count(event_id) == 1
    assert message["text"] == "Пришло дважды"


async def test_unknown_types_keep_the_feed_going(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    before = await _parked_total(story)
    await element.send(group["room_id"], {"anything": [1, {"a": None}]}, "org.example.unknown")
    await element.send(group["room_id"], {"m.relates_to": "не словарь"}, "m.reaction")
    await element.send(group["room_id"], {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}, "m.room.encrypted")
    event_id = await element.say(group["room_id"], "Неизвестный вид", msgtype="org.example.kind")
    assert (await story.arrived(group["id"], event_id))["text"] == "Неизвестный вид"
    texts = [message["text"] for message in await (await story.web(ANNA)).history(group["id"])]
    assert texts[-2] == "Это сообщение зашифровано, здесь его нельзя прочитать."
    assert await _parked_total(story) == before


async def test_emotes_and_notices_are_text(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(BORIS)
    emote = await element.say(group["room_id"], "машет рукой", msgtype="m.emote")
    assert (await story.arrived(group["id"], emote))["text"] == r"\* Борис Ученик машет рукой"
    notice = await element.say(group["room_id"], "Объявление", msgtype="m.notice")
    assert (await story.arrived(group["id"], notice))["message_type"] == "TEXT"


async def test_the_homeservers_door_wants_its_token(story: Story) -> None:
    assert await _push(story, [], token="wrong") == 403
    assert await _push(story, [], token=story.world.config.appservice.as_token) == 403
    assert await _push(story, "{") == 400
    assert await _push(story, "[]") == 400


async def test_people_outside_a_room_write_nothing_into_it(story: Story) -> None:
    group = await story.class_7b()
    answer = await (await story.element(DASHA)).client.room_send(
        group["room_id"], "m.room.message", {"msgtype": "m.text", "body": "Я не из вашего класса"}
    )
    assert answer.status_code == "M_FORBIDDEN"


async def _forge(story: Story, element: Element, group: dict, claim: Any) -> dict[str, Any]:
    """Claim a message id in an event; what became of it."""
    body = f"Подделка {next(NUMBERS)}"
    message = await story.arrived(group["id"], await element.say(group["room_id"], body, **{MESSAGE_ID: claim}))
    assert (message["text"], message["sender"]["id"]) == (body, element.person_id)
    return message


def _facts(message: dict[str, Any]) -> dict[str, Any]:
    """The message without what presence changes in it."""
    return {key: value for key, value in message.items() if key != "sender"}


def _foreign_edit(group: dict, element: Element, event_id: str) -> dict[str, Any]:
    content = {
        "msgtype": "m.text",
        "body": "* Правка",
        "m.new_content": {"msgtype": "m.text", "body": "Правка"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }
    event = {"event_id": f"$edit-{next(NUMBERS)}", "room_id": group["room_id"], "sender": element.mxid}
    return {**event, "type": "m.room.message", "content": content}


async def _next_message_arrives(story: Story, element: Element, group: dict) -> None:
    """What was sent before has been taken in when this has."""
    await story.arrived(group["id"], await element.say(group["room_id"], f"Следующее {next(NUMBERS)}"))


async def _push(story: Story, events: list[Any] | str, token: str | None = None) -> int:
    """Push a transaction as the homeserver does; the status of the answer."""
    headers = {"Authorization": f"Bearer {token or story.world.config.appservice.hs_token}"}
    address = f"{story.world.base}/_matrix/app/v1/transactions/test-{next(NUMBERS)}"
    sent = {"data": events} if isinstance(events, str) else {"json": {"events": events}}
    async with aiohttp.ClientSession(headers=headers) as session, session.put(address, **sent) as answer:
        return answer.status


async def _parked(story: Story, event_ids: list[str]) -> set[str]:
    async with story.bridge.db.reading() as conn:
        rows = await conn.execute(text("SELECT event_id, traceback FROM parked_events"))
        return {row.event_id for row in rows if row.event_id in event_ids and "Traceback" in row.traceback}


async def _parked_total(story: Story) -> float:
    """The number of parked events that /metrics shows."""
    async with aiohttp.ClientSession() as session, session.get(f"{story.world.base}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    (line,) = [line for line in lines if line.startswith("classbridge_inbox_parked_total ")]
    return float(line.split()[1])
