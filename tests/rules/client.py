"""A Matrix client that says whatever a test wants: plain HTTP, no library that would correct it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import aiohttp

Answer = tuple[int, dict[str, Any]]
REASON = "org.classbridge.reason"


class RawClient:
    """One signed-in device. ``call`` gives status and body, whatever they are."""

    def __init__(self, url: str, mxid: str, token: str) -> None:
        self.url, self.mxid, self.token = url, mxid, token
        self.session = aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {token}"})
        self._txn = 0

    async def call(self, method: str, path: str, body: object = None, *, version: str = "v3") -> Answer:
        """Call ``/_matrix/client/{version}/{path}``; the path is sent as it stands."""
        return await self.raw(method, f"/_matrix/client/{version}/{path}", body)

    async def raw(self, method: str, path: str, body: object = None) -> Answer:
        async with self.session.request(method, path, json=body if body is not None or method == "GET" else {}) as got:
            document = await got.json(content_type=None)
            return got.status, document if isinstance(document, dict) else {}

    async def create(self, **body: Any) -> Answer:
        return await self.call("POST", "createRoom", body)

    async def send(self, room_id: str, content: dict[str, Any], event_type: str = "m.room.message") -> Answer:
        self._txn += 1
        return await self.call("PUT", f"rooms/{quote(room_id)}/send/{event_type}/t{self._txn}", content)

    async def say(self, room_id: str, text: str) -> Answer:
        return await self.send(room_id, {"msgtype": "m.text", "body": text})

    async def set_state(self, room_id: str, event_type: str, content: dict[str, Any], state_key: str = "") -> Answer:
        return await self.call("PUT", f"rooms/{quote(room_id)}/state/{event_type}/{quote(state_key)}", content)

    async def state(self, room_id: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The room's state: (type, state key) to the whole event."""
        async with self.session.get(f"/_matrix/client/v3/rooms/{quote(room_id)}/state") as got:
            assert got.status == 200, await got.text()
            return {(event["type"], event["state_key"]): event for event in await got.json()}

    async def joined(self) -> set[str]:
        status, body = await self.call("GET", "joined_rooms")
        assert status == 200, body
        return set(body["joined_rooms"])

    async def upload(self, data: bytes, mime_type: str) -> Answer:
        headers = {"Content-Type": mime_type}
        async with self.session.post("/_matrix/media/v3/upload", data=data, headers=headers) as got:
            return got.status, await got.json()

    async def close(self) -> None:
        await self.session.close()


async def log_in(url: str, user: str, password: str, **more: Any) -> Answer:
    """Sign in by password, as any client would."""
    body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": password}
    async with (
        aiohttp.ClientSession(url) as session,
        session.post("/_matrix/client/v3/login", json={**body, **more}) as answer,
    ):
        return answer.status, await answer.json()


def reason_of(answer: Answer) -> str | None:
    """The code of a refusal; None: it was allowed. A refusal without a code fails: nobody would know why."""
    status, body = answer
    if status == 200:
        return None
    assert status == 403, answer
    assert body.get("error"), answer
    return str(body.get(REASON, f"homeserver: {body.get('error')}"))
