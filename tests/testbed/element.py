"""A person in a Matrix client: matrix-nio, which knows nothing of the bridge."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from nio import AsyncClient, ErrorResponse, SyncResponse, UploadResponse

Event = dict[str, Any]
Wanted = Callable[[Event], Any]

# Synapse gives ten events of a room by default, and a story may have said more since the last look.
FILTER = {"room": {"timeline": {"limit": 200}}}
LONG_POLL_MS = 1000


class Element:
    """
    Sends events and remembers what its syncs brought, as raw JSON.

    It syncs only while it waits for something, and says that it is offline, so that presence is a story of its own.
    """

    def __init__(self, client: AsyncClient, person_id: int) -> None:
        self.client, self.person_id, self.mxid = client, person_id, client.user_id
        self.timelines: dict[str, list[Event]] = {}
        self.receipts: dict[str, set[tuple[str, str]]] = {}  # room → (event id, mxid)
        self.typing: dict[str, set[str]] = {}
        self.presence: dict[str, str] = {}

    async def send(self, room_id: str, content: dict[str, Any], event_type: str = "m.room.message") -> str:
        """Send an event of any content; its id."""
        return (await done(self.client.room_send(room_id, event_type, content))).event_id

    async def say(self, room_id: str, text: str, **more: Any) -> str:
        return await self.send(room_id, {"msgtype": "m.text", "body": text, **more})

    async def reply(self, room_id: str, event_id: str, text: str) -> str:
        return await self.say(room_id, text, **{"m.relates_to": {"m.in_reply_to": {"event_id": event_id}}})

    async def edit(self, room_id: str, event_id: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        return await self.send(
            room_id,
            {
                "msgtype": "m.text",
                "body": f"* {text}",
                "m.new_content": new,
                "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
            },
        )

    async def redact(self, room_id: str, event_id: str) -> str:
        return (await done(self.client.room_redact(room_id, event_id))).event_id

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        annotation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self.send(room_id, {"m.relates_to": annotation}, "m.reaction")

    async def read(self, room_id: str, event_id: str, *, thread: str | None = "main", is_private: bool = False) -> None:
        """*thread*: its first event; None: unthreaded."""
        receipt_type = "m.read.private" if is_private else "m.read"
        path = f"/_matrix/client/v3/rooms/{quote(room_id)}/receipt/{receipt_type}/{quote(event_id)}"
        body = json.dumps({} if thread is None else {"thread_id": thread})
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        answer = await self.client.send("POST", path, body, headers)
        assert answer.status == 200, await answer.text()

    async def upload(self, data: bytes, mime_type: str, name: str) -> str:
        """Put bytes into the media repository; their ``mxc://`` address."""
        answer, _ = await self.client.upload(lambda *_: data, mime_type, name, filesize=len(data))
        assert isinstance(answer, UploadResponse), answer
        return answer.content_uri

    async def download(self, mxc: str) -> bytes:
        return (await done(self.client.download(mxc))).body

    async def state(self, room_id: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The room's state: (type, state key) to content."""
        events = (await done(self.client.room_get_state(room_id))).events
        return {(event["type"], event["state_key"]): event["content"] for event in events}

    async def get_event(self, room_id: str, event_id: str) -> Event:
        """The event as it is now: a redacted one has no content left."""
        return (await done(self.client.room_get_event(room_id, event_id))).event.source

    async def members(self, room_id: str) -> set[str]:
        return {member.user_id for member in (await done(self.client.joined_members(room_id))).members}

    async def names(self, room_id: str) -> dict[str, str]:
        """What the members are called, by mxid."""
        members = (await done(self.client.joined_members(room_id))).members
        return {member.user_id: member.display_name for member in members}

    # -- waiting ---------------------------------------------------------------------------------------------------

    async def see(self, room_id: str, wanted: Wanted, limit_s: float = 40) -> Event:
        """The first event of the room, also an earlier one, that *wanted* says yes to."""

        def found() -> Event | None:
            return next((event for event in self.timelines.get(room_id, []) if wanted(event)), None)

        return await self.sync_until(found, limit_s)

    async def see_text(self, room_id: str, text: str) -> Event:
        """The event whose ``body`` is *text*."""
        return await self.see(room_id, lambda event: event["content"].get("body") == text)

    async def sync_until(self, condition: Callable[[], Any], limit_s: float = 40, presence: str = "offline") -> Any:
        """Sync until *condition* gives something true, and return that."""
        end = time.monotonic() + limit_s
        while not (found := condition()):
            assert time.monotonic() < end, f"not true within {limit_s:g} s; last: {found!r}"
            await self.sync(LONG_POLL_MS, presence)
        return found

    async def sync(self, timeout_ms: int = 0, presence: str = "offline") -> str:
        """Take in what is new; the token of the place reached, which moves with every event of any room."""
        answer = await done(self.client.sync(timeout_ms, sync_filter=FILTER, set_presence=presence))
        self._remember(answer)
        return answer.next_batch

    def _remember(self, answer: SyncResponse) -> None:
        for room_id, room in answer.rooms.join.items():
            self.timelines.setdefault(room_id, []).extend(event.source for event in room.timeline.events)
            for event in room.ephemeral:
                if hasattr(event, "receipts"):
                    marks = {(receipt.event_id, receipt.user_id) for receipt in event.receipts}
                    self.receipts.setdefault(room_id, set()).update(marks)
                elif hasattr(event, "users"):
                    self.typing[room_id] = set(event.users)
        for room_id, room in answer.rooms.leave.items():
            self.timelines.setdefault(room_id, []).extend(event.source for event in room.timeline.events)
        for event in answer.presence_events:
            self.presence[event.user_id] = event.presence


async def done(call: Any) -> Any:
    """The answer of a call of nio, which returns errors instead of raising them."""
    answer = await call
    assert not isinstance(answer, ErrorResponse), answer
    return answer
