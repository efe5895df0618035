"""
A Matrix client as it speaks to Synapse without the bridge: the other side of the comparison.

Its users and rooms have nothing to do with the bridge, so Synapse pushes none of it there and has the work of a
homeserver alone. Nobody syncs who need not: that is in Synapse's favour.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from bench.marks import Arrivals, Mark, find_mark, text_of
from bridge.demo.synapse import SynapseAdmin, SynapseConfig

PASSWORD = "a password of the bench"
LONG_POLL_MS = 30_000
FILTER = {"room": {"timeline": {"limit": 20}, "state": {"lazy_load_members": True}}, "presence": {"types": []}}
_txn_ids = count(1)


class MatrixClient:
    """
    Signed in; or *is_masked*: the bridge's token speaks for them. ``arrivals`` is filled by ``sync_for_ever``.
    """

    def __init__(
        self, session: aiohttp.ClientSession, config: SynapseConfig, mxid: str, token: str, *, is_masked: bool = False
    ) -> None:
        self.mxid = mxid
        self._masked = {"user_id": mxid} if is_masked else {}
        self.arrivals = Arrivals()
        self._session, self._base = session, f"{config.url}/_matrix/client"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._task: asyncio.Task[None] | None = None

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """*path* below ``/_matrix/client/v3/``; the answer's JSON."""
        return orjson.loads(await self.raw(method, f"v3/{path}", body, **query))

    async def raw(self, method: str, path: str, body: Any = None, **query: Any) -> bytes:
        data = None if body is None else orjson.dumps(body)
        url = f"{self._base}/{path}"
        async with self._session.request(
            method, url, data=data, params=query | self._masked, headers=self._headers
        ) as answer:
            content = await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:200]!r}")
            return content

    async def send(self, room_id: str, mark: Mark) -> None:
        content = {"msgtype": "m.text", "body": text_of(mark)}
        path = f"rooms/{quote(room_id, safe='')}/send/m.room.message/bench-{next(_txn_ids)}"
        await self.call("PUT", path, content)

    async def sync_for_ever(self) -> None:
        """Sync once, then long-poll in the background; a filter is uploaded, as clients do."""
        found = await self.call("POST", f"user/{quote(self.mxid, safe='')}/filter", FILTER)
        query = {"filter": found["filter_id"], "set_presence": "offline"}
        first = await self.call("GET", "sync", timeout=0, **query)
        self._task = asyncio.create_task(self._poll(first["next_batch"], query))

    async def _poll(self, since: str, query: dict[str, str]) -> None:
        while True:
            answer = await self.call("GET", "sync", since=since, timeout=LONG_POLL_MS, **query)
            since = answer["next_batch"]
            for room in answer.get("rooms", {}).get("join", {}).values():
                for event in room["timeline"]["events"]:
                    mark = find_mark(str(event["content"].get("body", "")))
                    if mark:
                        self.arrivals.came(mark)

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


class MatrixUsers:
    """Signs people in, and makes rooms for those who are not the bridge's."""

    def __init__(self, session: aiohttp.ClientSession, config: SynapseConfig) -> None:
        self._session, self._config = session, config

    async def sign_in(self, admin: SynapseAdmin, localpart: str) -> MatrixClient:
        """Make the user unless it is there (a ghost is), and sign in by password."""
        mxid = f"@{localpart}:{self._config.server_name}"
        await admin.set_password(mxid, PASSWORD)
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": mxid},
            "password": PASSWORD,
        }
        nobody = MatrixClient(self._session, self._config, mxid, "")
        nobody._headers.pop("Authorization")  # noqa: SLF001 - same file
        token = (await nobody.call("POST", "login", body))["access_token"]
        return MatrixClient(self._session, self._config, mxid, token)


async def make_room(one: MatrixClient, other: MatrixClient) -> str:
    """A room of two, as the bridge's are made: open for the moment in which the other joins."""
    closed = {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "shared"}}
    body = {
        "preset": "public_chat",
        "visibility": "private",
        "room_version": "12",
        "creation_content": {"m.federate": False},
        "initial_state": [closed],
        "is_direct": True,
    }
    room_id = str((await one.call("POST", "createRoom", body))["room_id"])
    await other.call("POST", f"rooms/{quote(room_id, safe='')}/join", {})
    return room_id
