"""A deleted edit: what the message says now is asked of the homeserver, which may be away or talk nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from faults.offline import OfflineBridge

from bridge.errors import HomeserverRefused, HomeserverUnavailable


def edit_of(inbox: OfflineBridge, original: dict[str, Any], body: str) -> dict[str, Any]:
    new = {"msgtype": "m.text", "body": body}
    relation = {"rel_type": "m.replace", "event_id": original["event_id"]}
    return inbox.event(body, content={**new, "m.new_content": new, "m.relates_to": relation})


def redaction_of(inbox: OfflineBridge, event: dict[str, Any]) -> dict[str, Any]:
    return inbox.event("", type="m.room.redaction", content={"redacts": event["event_id"]})


def with_edit(original: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any]:
    """As the homeserver shows a message that was edited."""
    return {**original, "unsigned": {"m.relations": {"m.replace": edit}}}


class Shown:
    """What the homeserver shows of a message when it is asked."""

    def __init__(self, inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: dict[str, Any] | Exception = {}
        self.asked: list[str] = []
        monkeypatch.setattr(inbox.bridge.homeserver, "get_event", self._get_event)

    async def _get_event(self, _room_id: str, event_id: str) -> dict[str, Any]:
        self.asked.append(event_id)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def shown(inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch) -> Shown:
    return Shown(inbox, monkeypatch)


async def test_the_edit_before_or_the_first_words_come_back(inbox: OfflineBridge, shown: Shown):
    first = inbox.event("первое")
    second, third = edit_of(inbox, first, "второе"), edit_of(inbox, first, "третье")
    await inbox.push([first, second, third])
    assert await inbox.texts() == ["третье"]

    shown.answer = with_edit(first, second)
    assert await inbox.push([redaction_of(inbox, third)]) == 200
    assert await inbox.texts() == ["второе"]

    shown.answer = first
    assert await inbox.push([redaction_of(inbox, second)]) == 200
    assert await inbox.texts() == ["первое"]


async def test_a_homeserver_that_is_away_is_asked_again(inbox: OfflineBridge, shown: Shown):
    first = inbox.event("первое")
    second = edit_of(inbox, first, "второе")
    await inbox.push([first, second])
    redaction = redaction_of(inbox, second)

    shown.answer = HomeserverUnavailable("It does not answer.")
    assert await inbox.push([redaction], "again") == 503
    shown.answer = first
    assert await inbox.push([redaction], "again") == 200

    assert await inbox.texts() == ["первое"]


NONSENSE = {
    "the message was deleted": {"type": "m.room.message", "content": {}},
    "an edit without words": {"type": "m.room.message", "content": {"msgtype": "m.text"}},
    "no event at all": {"errcode": "M_UNKNOWN"},
    "another edit that says nothing": {
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": "x"},
        "unsigned": {"m.relations": {"m.replace": {"type": "m.room.message", "content": {"m.new_content": 5}}}},
    },
    "it is not there": HomeserverRefused("Gone.", errcode="M_NOT_FOUND", http_status=404),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
async def test_what_makes_no_sense_changes_nothing_and_stops_no_feed(
    inbox: OfflineBridge, shown: Shown, answer: dict[str, Any] | Exception
):
    first = inbox.event("первое")
    second = edit_of(inbox, first, "второе")
    await inbox.push([first, second])
    shown.answer = answer
    assert await inbox.push([redaction_of(inbox, second), inbox.event("дальше")]) == 200
    assert await inbox.texts() == ["второе", "дальше"]


async def test_nothing_is_asked_for_a_message_or_a_reaction(inbox: OfflineBridge, shown: Shown):
    first = inbox.event("первое")
    relation = {"rel_type": "m.annotation", "event_id": first["event_id"], "key": "👍"}
    like = inbox.event("", type="m.reaction", content={"m.relates_to": relation})
    await inbox.push([first, like])
    await inbox.push([redaction_of(inbox, like), redaction_of(inbox, first), redaction_of(inbox, inbox.event("?"))])
    assert shown.asked == []
    assert await inbox.texts() == [""]
