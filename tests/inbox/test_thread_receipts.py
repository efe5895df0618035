"""A receipt that the homeserver pushes without its thread: asked for where it matters, and never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from faults.offline import ROOM, OfflineBridge, mxid
from testbed.world import ANNA

from bridge.errors import HomeserverUnavailable


def _receipt(event_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "m.receipt", "room_id": ROOM, "content": {event_id: {"m.read": {mxid(ANNA): {"ts": 1, **more}}}}}


async def _thread(inbox: OfflineBridge) -> tuple[str, str]:
    """A thread with one answer and a message beside it, all unread; the events of root and answer."""
    await inbox.api(ANNA).post(f"conversations/{inbox.group_id}/read/")
    root = inbox.event("root")
    relation = {"rel_type": "m.thread", "event_id": root["event_id"], "is_falling_back": True}
    branch = inbox.event("", content={"msgtype": "m.text", "body": "branch", "m.relates_to": relation})
    await inbox.push([root, inbox.event("beside"), branch])
    return root["event_id"], branch["event_id"]


async def _unread(inbox: OfflineBridge) -> int:
    return (await inbox.api(ANNA).get(f"conversations/{inbox.group_id}/"))["unread_count"]


def _standing(inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any] | Exception) -> list[int]:
    """What the homeserver says of receipts; the people as whom it was asked."""
    asked: list[int] = []

    async def ask(person_id: int, _rooms: object) -> dict[str, dict[str, Any]]:
        asked.append(person_id)
        if isinstance(answer, Exception):
            raise answer
        return {ROOM: answer["content"]}

    monkeypatch.setattr(inbox.bridge.homeserver, "sync_receipts", ask)
    return asked


async def test_a_receipt_of_a_thread_is_found_out(inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch):
    root, branch = await _thread(inbox)
    asked = _standing(inbox, monkeypatch, _receipt(branch, thread_id=root))
    assert await inbox.push([], ephemeral=(_receipt(branch),)) == 200
    assert asked == [ANNA]
    assert await _unread(inbox) == 3  # nothing of the main timeline before it was read


async def test_a_receipt_of_everything_is_found_out(inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch):
    _, branch = await _thread(inbox)
    _standing(inbox, monkeypatch, _receipt(branch))
    assert await inbox.push([], ephemeral=(_receipt(branch),)) == 200
    assert await _unread(inbox) == 0


async def test_what_cannot_be_asked_is_not_read(inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch):
    _, branch = await _thread(inbox)
    _standing(inbox, monkeypatch, HomeserverUnavailable("away"))
    assert await inbox.push([], ephemeral=(_receipt(branch),)) == 200
    assert await _unread(inbox) == 3


async def test_without_threads_nobody_is_asked(inbox: OfflineBridge, monkeypatch: pytest.MonkeyPatch):
    await inbox.api(ANNA).post(f"conversations/{inbox.group_id}/read/")
    said = inbox.event("plain")
    await inbox.push([said])
    asked = _standing(inbox, monkeypatch, HomeserverUnavailable("away"))
    assert await inbox.push([], ephemeral=(_receipt(said["event_id"]),)) == 200
    assert (asked, await _unread(inbox)) == ([], 0)
