"""The homeserver's door: each transaction once, whole or not at all, and none stops the feed."""

from __future__ import annotations

import hmac
import sqlite3

import asyncpg
import orjson
import pytest
from faults.offline import HS_TOKEN, ROOM, OfflineBridge, mxid
from sqlalchemy.exc import DBAPIError
from testbed.waiting import until
from testbed.world import ANNA, BORIS

from bridge.errors import Unavailable
from bridge.inbox.events import EventTaker


async def test_a_repeated_transaction_changes_nothing(inbox: OfflineBridge):
    heard = await inbox.socket(ANNA, inbox.group_id)
    events = [inbox.event("one"), inbox.event("two")]

    assert [await inbox.push(events, "7") for _ in range(3)] == [200] * 3

    assert await inbox.texts() == ["one", "two"]
    assert await inbox.push([inbox.event("three")]) == 200
    await heard.expect("message.new", message__text="three")
    assert heard.texts() == ["one", "two", "three"]


async def test_an_id_that_comes_again_with_other_events_is_another_transaction(inbox: OfflineBridge):
    """Synapse on SQLite counts from 1 again after each restart."""
    assert await inbox.push([inbox.event("before the restart")], "1") == 200
    assert await inbox.push([inbox.event("after it")], "1") == 200

    assert await inbox.texts() == ["before the restart", "after it"]


async def test_an_event_that_comes_in_two_transactions_is_one(inbox: OfflineBridge):
    event = inbox.event("once")

    assert await inbox.push([event]) == await inbox.push([inbox.event("then"), event]) == 200

    assert await inbox.texts() == ["once", "then"]


@pytest.mark.parametrize("token", [None, "", "wrong", HS_TOKEN + "x", HS_TOKEN[:-1], "\udcff"])
async def test_only_the_homeserver_may_push(inbox: OfflineBridge, token: str | None):
    body = orjson.dumps({"events": [inbox.event("forged")]})

    status, answer = await inbox.put(body, token=token)

    assert (status, answer["errcode"]) == (403, "M_FORBIDDEN")
    assert await inbox.texts() == []


async def test_the_token_is_compared_in_constant_time(inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch):
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    await inbox.put(b"{}", token="wrong")

    assert compared == [(b"wrong", HS_TOKEN.encode())]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (b"", "M_NOT_JSON"),
        (b"{", "M_NOT_JSON"),
        (b"\xff\xfe", "M_NOT_JSON"),
        (b"[]", "M_BAD_JSON"),
        (b'"events"', "M_BAD_JSON"),
        (b'{"events": {}}', "M_BAD_JSON"),
        (b'{"events": null}', "M_BAD_JSON"),
    ],
)
async def test_a_malformed_body_is_refused_and_the_feed_goes_on(inbox: OfflineBridge, body: bytes, errcode: str):
    status, answer = await inbox.put(body)

    assert (status, answer["errcode"]) == (400, errcode)
    assert await inbox.push([inbox.event("next")]) == 200
    assert await inbox.texts() == ["next"]


async def test_a_lone_surrogate_does_not_stop_the_feed(inbox: OfflineBridge):
    """JSON allows it, UTF-8 does not; Synapse lets clients send it."""
    event = inbox.event("MARK")
    body = orjson.dumps({"events": [event, inbox.event("next")]}).replace(b"MARK", rb"\ud83d")

    assert (await inbox.put(body))[0] == 200

    assert await inbox.texts() == ["\ufffd", "next"]


NESTED: dict = {}
for _ in range(200):
    NESTED = {"deeper": NESTED}

POISONS = {
    "no object": 17,
    "null": None,
    "a list": [1, 2],
    "nothing in it": {},
    "no content": {"content": None},
    "content of a wrong type": {"content": "text"},
    "no event id": {"event_id": None},
    "an event id that is a number": {"event_id": 5},
    "an event id that is a list": {"event_id": ["$a"]},
    "an event id too long": {"event_id": "$" + "x" * 300},
    "a room id that is an object": {"room_id": {"!": 1}},
    "a sender that is a list": {"sender": [1]},
    "a body that is a number": {"content": {"msgtype": "m.text", "body": 5}},
    "a reply to a number": {
        "content": {"msgtype": "m.text", "body": "x", "m.relates_to": {"m.in_reply_to": {"event_id": 5}}}
    },
    "a claimed id beyond the database's": {
        "content": {"msgtype": "m.text", "body": "x", "org.classbridge.message_id": 2**70}
    },
    "a type with NUL": {"type": "m.\0"},
    "an id with NUL": {"event_id": "$\0"},
    "a member event for nobody": {"type": "m.room.member", "content": {"membership": 5}, "state_key": None},
    "a redaction of nothing": {"type": "m.room.redaction", "content": {"redacts": ["$a"]}},
    "a name that is a list": {"type": "m.room.name", "content": {"name": [1]}},
    "very deep": {"content": {"msgtype": "m.text", "body": "x", "more": NESTED}},
}


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
async def test_a_poisoned_event_harms_no_other(inbox: OfflineBridge, poison: object, place: int):
    """It is taken in as far as it makes sense, or parked; the others of its transaction are there, the next too."""
    events: list[object] = [inbox.event("one"), inbox.event("two")]
    bad = inbox.event("poison") | poison if isinstance(poison, dict) and poison else poison
    events.insert(place, bad)

    assert await inbox.push(events) == 200
    assert await inbox.push([inbox.event("three")]) == 200

    kept = [text for text in await inbox.texts() if text in ("one", "two", "three")]
    assert kept == ["one", "two", "three"]


async def test_what_is_parked_is_kept_with_its_reason(inbox: OfflineBridge):
    poison = inbox.event("", content={"msgtype": "m.text", "body": 5})

    assert await inbox.push([poison]) == 200

    assert await inbox.parked() == [poison["event_id"]]
    async with inbox.api().session.get("/metrics") as answer:
        assert "classbridge_inbox_parked_total" in await answer.text()


def _disk_is_full() -> DBAPIError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return DBAPIError("INSERT", {}, error)


def _deadlock() -> DBAPIError:
    error = asyncpg.DeadlockDetectedError("deadlock detected")
    return DBAPIError("INSERT", {}, error)


@pytest.mark.parametrize(
    "fault",
    [Unavailable("away"), ConnectionResetError(), TimeoutError(), _disk_is_full(), _deadlock()],
    ids=["away", "reset", "time-out", "disk full", "deadlock"],
)
async def test_a_fault_of_the_infrastructure_takes_nothing_in_and_is_repeated(
    inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch, fault: Exception
):
    heard = await inbox.socket(ANNA, inbox.group_id)
    events = [inbox.event("one"), inbox.event("two"), inbox.event("three")]
    take_in = EventTaker.take_in

    async def take_in_or_fail(self: EventTaker, conn, event, at_ms: int):
        if event is not None and event["content"].get("body") == "two":
            raise fault
        return await take_in(self, conn, event, at_ms)

    with monkeypatch.context() as patch:
        patch.setattr(EventTaker, "take_in", take_in_or_fail)
        status = await inbox.push(events, "5")
    assert status >= 500
    assert await inbox.texts() == []

    assert await inbox.push(events, "5") == 200
    assert await inbox.texts() == ["one", "two", "three"]
    await heard.expect("message.new", message__text="three")
    assert heard.texts() == ["one", "two", "three"]


async def test_ephemeral_events_that_make_no_sense_stop_nothing(inbox: OfflineBridge):
    nonsense = (
        5,
        {},
        {"type": "m.receipt"},
        {"type": "m.receipt", "room_id": ROOM, "content": {"$x": 5}},
        {"type": "m.receipt", "room_id": ROOM, "content": {"$\0": {"m.read": {mxid(ANNA): {}}}}},
        {"type": "m.receipt", "room_id": [], "content": {5: {}} and {"$x": {"m.read": {mxid(ANNA): {}}}}},
        {"type": "m.typing", "room_id": ROOM, "content": {"user_ids": 5}},
        {"type": "m.presence", "sender": None, "content": {}},
    )
    heard = await inbox.socket(ANNA, inbox.group_id)
    typing = {"type": "m.typing", "room_id": ROOM, "content": {"user_ids": [mxid(BORIS)]}}

    assert await inbox.push([inbox.event("said")], ephemeral=(*nonsense, typing)) == 200

    await heard.expect("typing.start", user_id=BORIS)
    assert await inbox.texts() == ["said"]


async def test_a_receipt_from_a_client_moves_the_read_pointer(inbox: OfflineBridge):
    said = inbox.event("read me")
    receipt = {"type": "m.receipt", "room_id": ROOM, "content": {said["event_id"]: {"m.read": {mxid(ANNA): {"ts": 1}}}}}
    await inbox.push([said])

    assert await inbox.push([], ephemeral=(receipt,)) == 200

    async def is_read() -> bool:
        history = await inbox.api().history(inbox.group_id)
        return history[-1]["read_count"] == 1

    await until(is_read)
