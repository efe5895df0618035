"""With several processes a change may come by the bus and from the database: it is shown once, the newest last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from bridge.chat.changes import ConversationUpdated, MessageAdded, MessageRead, MessageUpdated
from bridge.errors import Unavailable
from bridge.live import publisher as module
from bridge.live.hub import Hub
from bridge.live.publisher import Publisher

ANNA, BORIS = 11, 12


@dataclass(eq=False)
class Page:
    """A socket that keeps what it gets."""

    person_id: int
    conversation_id: int | None = None
    frames: list[dict[str, Any]] = field(default_factory=list)

    def push(self, frame: bytes) -> None:
        self.frames.append(orjson.loads(frame))

    def close(self, code: int, reason: str) -> None:
        raise AssertionError((code, reason))

    @property
    def seen(self) -> list[tuple[str, int]]:
        return [(frame["type"], frame["rev"]) for frame in self.frames]


class _Bus:
    is_on = True

    def publish(self, kind: str, body: Any) -> None:
        return None


async def _load(people: list[int], conversation_id: int) -> dict[int, dict[str, Any]]:
    return {person_id: {"id": conversation_id, "rev": 0} for person_id in people}


@pytest.fixture
def anna() -> Page:
    return Page(ANNA)


@pytest.fixture
def boris() -> Page:
    return Page(BORIS)


@pytest.fixture
def publisher(anna: Page, boris: Page) -> Publisher:
    hub = Hub()
    for page in (anna, boris):
        hub.add(page)
    return Publisher(hub, _Bus(), _load)  # type: ignore[arg-type]


def added(rev: int, message_id: int = 1) -> MessageAdded:
    return MessageAdded(5, rev, _message(message_id), {ANNA: 1, BORIS: 0})


def updated(rev: int, message_id: int = 1, **changes: Any) -> MessageUpdated:
    return MessageUpdated(5, rev, _message(message_id) | changes, {ANNA: False, BORIS: False})


def _message(message_id: int) -> dict[str, Any]:
    return {"id": message_id, "text": "", "is_deleted": False, "reactions": []}


async def test_a_message_is_new_once_whichever_way_comes_first(publisher: Publisher, anna: Page):
    """The database may show it with a later rev (it was sent meanwhile) before the bus brings the first."""
    await publisher.deliver(added(20))
    await publisher.deliver(added(10))
    await publisher.deliver(updated(20))

    assert anna.seen == [("message.new", 20)]


async def test_an_older_update_never_replaces_a_newer_one(publisher: Publisher, anna: Page):
    for change in (added(10), updated(30), updated(20), updated(30), updated(40)):
        await publisher.deliver(change)

    assert anna.seen == [("message.new", 10), ("message.updated", 30), ("message.updated", 40)]


async def test_an_update_that_overtakes_its_message_does_not_hide_it(publisher: Publisher, anna: Page):
    await publisher.deliver(updated(20))
    assert not publisher.has_shown(1)
    await publisher.deliver(added(20))

    assert anna.seen == [("message.updated", 20), ("message.new", 20)]


async def test_a_refused_message_is_told_to_its_sender_and_taken_from_the_others(
    publisher: Publisher, anna: Page, boris: Page
):
    mine = MessageUpdated(5, 20, _message(1) | {"status": "failed"}, {BORIS: False})
    gone = MessageUpdated(5, 20, _message(1) | {"is_deleted": True}, {ANNA: False})
    for change in (added(10), mine, gone, mine, gone):
        await publisher.deliver(change)

    assert anna.frames[-1]["message"]["is_deleted"]
    assert boris.frames[-1]["message"]["status"] == "failed"
    assert len(anna.frames) == len(boris.frames) == 2


async def test_two_conversations_may_change_at_the_same_moment(publisher: Publisher, anna: Page):
    for conversation_id in (5, 6):
        await publisher.deliver(MessageRead(conversation_id, 10, BORIS, 1, "", (ANNA,)))
        await publisher.deliver(ConversationUpdated(conversation_id, 10, (ANNA,)))

    assert len(anna.frames) == 4


async def test_what_is_older_than_its_memory_is_no_news(publisher: Publisher, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "REMEMBERED", 3)
    for message_id in range(1, 6):
        await publisher.deliver(added(message_id, message_id))

    assert [publisher.has_shown(message_id) for message_id in range(1, 7)] == [True] * 5 + [False]
    assert publisher.has_shown_rev(5, 5)
    assert not publisher.has_shown_rev(5, 6)


async def test_what_cannot_be_shown_now_is_no_fault_of_the_one_who_wrote_it(anna: Page):
    """It has been committed; whoever wrote it gets the answer that it has."""

    async def load(_people: list[int], _conversation_id: int) -> dict[int, dict[str, Any]]:
        raise Unavailable("The database does not answer.")

    hub = Hub()
    hub.add(anna)
    publisher = Publisher(hub, _Bus(), load)  # type: ignore[arg-type]

    await publisher.publish([ConversationUpdated(5, 10, (ANNA,)), added(11)])

    assert anna.seen == [("message.new", 11)]
