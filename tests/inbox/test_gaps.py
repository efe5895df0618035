"""What the homeserver never pushed is found, and in its place: before anything newer of that room."""

from __future__ import annotations

import pytest
from faults.offline import OTHER_ROOM, ROOM, OfflineBridge
from testbed.world import ANNA, TEACHER_3

from bridge.chat.event_index import remember_event


def _resync(inbox: OfflineBridge):
    return inbox.bridge.upkeep._resync


@pytest.fixture
async def fed(inbox: OfflineBridge) -> OfflineBridge:
    """A bridge whose rooms were looked at, with a message in each that came by the feed."""
    old = [inbox.event("old"), inbox.event("old", TEACHER_3, OTHER_ROOM)]
    await inbox.push(old)
    await inbox.forget()
    inbox.histories.rooms = {ROOM: old[:1], OTHER_ROOM: old[1:]}
    return inbox


async def test_a_room_is_looked_at_once_until_the_homeserver_was_away(fed: OfflineBridge):
    for number in range(3):
        await fed.push([fed.event(f"new {number}")])
    assert fed.histories.asked == []

    _resync(fed).suspect()
    await fed.push([fed.event("newest")])
    await fed.push([fed.event("and one")])
    assert fed.histories.asked == [ROOM]


@pytest.mark.parametrize("size", [1, 19, 20, 21, 130])
async def test_a_gap_is_filled_before_what_comes_after_it(fed: OfflineBridge, size: int):
    heard = await fed.socket(ANNA, fed.group_id)
    lost = [fed.event(f"lost {number}") for number in range(size)]
    newest = fed.event("newest")
    fed.histories.rooms[ROOM] += [*lost, newest]
    _resync(fed).suspect()

    assert await fed.push([newest]) == 200

    expected = [*(f"lost {number}" for number in range(size)), "newest"]
    assert await fed.texts() == expected
    await heard.expect("message.new", message__text="newest")
    assert heard.texts() == expected


async def test_what_the_web_said_meanwhile_does_not_hide_a_gap(fed: OfflineBridge):
    """The outbox notes its own events as known: they say nothing of those before them."""
    lost, ours = fed.event("lost"), fed.event("ours")
    said = await fed.api().say(fed.group_id, "ours")
    ours["content"]["org.classbridge.message_id"] = said["id"]
    fed.histories.rooms[ROOM] += [lost, ours]
    async with fed.bridge.db.writing() as conn:
        await remember_event(conn, ours["event_id"], fed.group_id, said["id"])
    _resync(fed).suspect()

    await _resync(fed).fill_rooms()

    assert sorted(await fed.texts()) == ["lost", "ours"]


async def test_a_gap_in_a_quiet_room_is_found_by_the_run_over_all_rooms(fed: OfflineBridge):
    fed.histories.rooms[OTHER_ROOM] += [fed.event("lost", TEACHER_3, OTHER_ROOM)]
    _resync(fed).suspect()

    assert await _resync(fed).fill_rooms() == 1
    assert await _resync(fed).fill_rooms() == 0

    assert await fed.texts(fed.other_group_id) == ["lost"]


async def test_a_transaction_that_comes_late_changes_nothing(fed: OfflineBridge):
    """What was under way when the homeserver died is sent again much later, with its old events."""
    late = [fed.event("lost 1"), fed.event("lost 2")]
    fed.histories.rooms[ROOM] += [*late, fed.event("newest")]
    _resync(fed).suspect()
    await fed.push([fed.histories.rooms[ROOM][-1]])

    assert await fed.push(late) == 200

    assert await fed.texts() == ["lost 1", "lost 2", "newest"]


async def test_a_parked_event_is_parked_once(fed: OfflineBridge):
    poison = fed.event("", content={"msgtype": "m.text", "body": 5})
    fed.histories.rooms[ROOM] += [poison]
    for _ in range(3):
        _resync(fed).suspect()
        await _resync(fed).fill_rooms()

    assert await fed.parked() == [poison["event_id"]]


async def test_while_a_gap_cannot_be_excluded_the_homeserver_keeps_its_events(fed: OfflineBridge):
    newest = fed.event("newest")
    fed.histories.rooms[ROOM] += [fed.event("lost"), newest]
    _resync(fed).suspect()
    fed.histories.is_away = True
    assert await fed.push([newest]) == 503

    fed.histories.is_away = False
    assert await fed.push([newest]) == 200
    assert await fed.texts() == ["lost", "newest"]
