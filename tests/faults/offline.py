"""A bridge whose homeserver is away: the web works all the same, and a test pushes transactions by hand."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp
from sqlalchemy import text
from testbed.ports import free_port
from testbed.world import SECRET, TEACHER, Api, Socket, school_roster

from bridge.api.tokens.signing import sign_tokens
from bridge.app import Bridge, listening, running
from bridge.chat import conversations, members
from bridge.clock import now_ms
from bridge.config import Config
from bridge.errors import HomeserverUnavailable
from bridge.permissions.school import Role
from bridge.roster.store import save_roster

HS_TOKEN = "the homeserver's token of the tests"
ROOM, OTHER_ROOM = "!seven:school.test", "!eight:school.test"


def mxid(person_id: int) -> str:
    return f"@school_{person_id}:school.test"


class Histories:
    """What the homeserver would have of each room, oldest first: asked for when there may be a gap."""

    def __init__(self) -> None:
        self.rooms: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.is_away = False

    async def messages(self, room_id: str, from_: str | None, _direction: str, limit: int) -> dict[str, Any]:
        """As ``Homeserver.messages`` with direction b."""
        if self.is_away:
            raise HomeserverUnavailable("It does not answer.")
        self.asked.append(room_id)
        newest_first = self.rooms.get(room_id, [])[::-1]
        start = int(from_ or 0)
        page: dict[str, Any] = {"chunk": newest_first[start : start + limit]}
        return page | ({"end": str(start + limit)} if start + limit < len(newest_first) else {})


class OfflineBridge:
    """One process with class 7b in ``ROOM`` and 8a in ``OTHER_ROOM``."""

    def __init__(self, database_url: str, **sections: Any) -> None:
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        document = {
            "server": {"port": port, "public_url": self.base},
            "homeserver": {"url": f"http://127.0.0.1:{free_port()}", "server_name": "school.test"},
            "appservice": {"as_token": "the bridge's token of the tests", "hs_token": HS_TOKEN},
            "auth": {"secret": SECRET},
            "files": {"secret": "a secret for the addresses of files"},
            "database": {"url": database_url},
            "limits": {"enabled": False},
        }
        self.config = Config.model_validate(document | sections)
        self.bridge: Bridge
        self.group_id = self.other_group_id = 0
        self.histories = Histories()
        self._session: aiohttp.ClientSession
        self._apis: dict[int, Api] = {}
        self._first = (0, 0)
        self._numbers = count(1)

    async def fill(self) -> None:
        """Write the school and its conversations."""
        roster = school_roster()
        async with self.bridge.db.writing() as conn:
            await save_roster(conn, roster, {})
        await self.bridge.school.refresh()
        ids = [await self._open(group.id, group.name, room) for group, room in zip(roster.groups, (ROOM, OTHER_ROOM))]  # noqa: B905
        self.group_id, self.other_group_id = ids

    async def _open(self, group_id: int, name: str, room_id: str) -> int:
        people = {e.person_id: e.role == Role.TEACHER for e in school_roster().enrolments if e.group_id == group_id}
        async with self.bridge.db.writing() as conn:
            new_id = await conversations.create_group_conversation(
                conn, name=name, roster_key=f"group:{group_id}", created_by=None, now_ms=now_ms()
            )
            await members.add(conn, new_id, people, now_ms())
            await conversations.set_room_id(conn, new_id, room_id)
        return new_id

    def api(self, person_id: int = TEACHER) -> Api:
        if person_id not in self._apis:
            token = sign_tokens(self.config.auth, person_id, time.time(), 3600).access
            self._apis[person_id] = Api(self.base, person_id, token)
        return self._apis[person_id]

    async def socket(self, person_id: int, conversation_id: int | None = None) -> Socket:
        return await self.api(person_id).socket(conversation_id)

    # -- as the homeserver -----------------------------------------------------------------------------------------

    def event(self, body: str, sender: int = TEACHER, room_id: str = ROOM, **more: Any) -> dict[str, Any]:
        """A text message as the homeserver pushes it."""
        return {
            "event_id": f"$event{next(self._numbers)}",
            "room_id": room_id,
            "type": "m.room.message",
            "sender": mxid(sender),
            "origin_server_ts": now_ms(),
            "content": {"msgtype": "m.text", "body": body},
            **more,
        }

    async def push(self, events: list[Any], txn_id: str | None = None, ephemeral: tuple[Any, ...] = ()) -> int:
        """Push as the homeserver; the status of the answer."""
        document = {"events": events, "ephemeral": list(ephemeral)}
        return (await self.put(json.dumps(document).encode(), txn_id))[0]

    async def put(self, body: bytes, txn_id: str | None = None, token: str | None = HS_TOKEN) -> tuple[int, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        path = f"{self.base}/_matrix/app/v1/transactions/{txn_id or f'txn{next(self._numbers)}'}"
        async with self._session.put(path, data=body, headers=headers) as answer:
            return answer.status, await answer.json()

    # -- what is there ---------------------------------------------------------------------------------------------

    async def forget(self) -> None:
        """From here on only what is new counts: the next test begins."""
        async with self.bridge.db.reading() as conn:
            newest = [
                (await conn.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}"))).scalar_one()
                for table in ("messages", "parked_events")
            ]
        self._first = (newest[0], newest[1])
        self.histories.__init__()  # type: ignore[misc]

    async def texts(self, conversation_id: int | None = None) -> list[str]:
        async with self.bridge.db.reading() as conn:
            query = text("SELECT text FROM messages WHERE conversation_id = :id AND id > :first ORDER BY id")
            values = {"id": conversation_id or self.group_id, "first": self._first[0]}
            return list((await conn.execute(query, values)).scalars())

    async def parked(self) -> list[str]:
        async with self.bridge.db.reading() as conn:
            query = text("SELECT event_id FROM parked_events WHERE id > :first ORDER BY id")
            return list((await conn.execute(query, {"first": self._first[1]})).scalars())


@asynccontextmanager
async def offline_bridge(database_url: str, **sections: Any) -> AsyncIterator[OfflineBridge]:
    """Run one, in this process."""
    offline = OfflineBridge(database_url, **sections)
    async with running(offline.config) as bridge, listening(bridge), aiohttp.ClientSession() as session:
        offline.bridge, offline._session = bridge, session
        bridge.homeserver.messages = offline.histories.messages  # type: ignore[method-assign,assignment]
        await offline.fill()
        try:
            yield offline
        finally:
            for api in offline._apis.values():
                await api.close()
