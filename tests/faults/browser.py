"""A web client as the contract describes one: it repeats what was not answered, reconnects, and asks what it missed."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from typing import Any

import aiohttp
import orjson
from testbed.world import Api

AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)
AGAIN_S = 0.02
PASSING = (500, 502, 503, 504)


class Browser:
    """
    One person's open page of one conversation.

    ``doubled`` are messages that one connection was told of as new twice.
    """

    def __init__(self, api: Api, conversation_id: int) -> None:
        self.api, self.conversation_id = api, conversation_id
        self.messages: dict[int, dict[str, Any]] = {}
        self.doubled: list[int] = []
        self._since: int | None = None
        self._numbers = itertools.count(1)
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._since = (await self.api.get("sync/"))["rev"]
        self._task = asyncio.create_task(self._stay_connected())

    async def close(self) -> None:
        assert self._task
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def say(self, text: str, **more: Any) -> int:
        """Send until it is answered, as one message; its id."""
        body = {"conversation_id": self.conversation_id, "text": text, "client_id": secrets.token_hex(8), **more}
        return (await self._insist("POST", "messages/", json=body))["id"]

    async def say_all(self, texts: list[str], **more: Any) -> list[int]:
        return [await self.say(text, **more) for text in texts]

    async def open_direct(self, other_id: int) -> int:
        return (await self._insist("POST", "conversations/", json={"participant": other_id}))["id"]

    async def edit(self, message_id: int, text: str) -> None:
        await self._insist("PATCH", f"messages/{message_id}/", json={"text": text})

    async def delete(self, message_id: int) -> None:
        await self._insist("DELETE", f"messages/{message_id}/")

    async def read(self, message_id: int) -> None:
        await self._insist("PATCH", f"messages/{message_id}/read/")

    async def _insist(self, method: str, path: str, **more: Any) -> Any:
        while True:
            try:
                status, answer = await self.api.call(method, path, **more)
            except AWAY:
                status, answer = 503, None
            if status not in PASSING:
                assert status < 400, (status, answer)
                return answer
            await asyncio.sleep(AGAIN_S)

    def texts(self, prefix: str) -> list[str]:
        """What the page shows, oldest first."""
        shown = (self.messages[message_id] for message_id in sorted(self.messages))
        return [m["text"] for m in shown if not m["is_deleted"] and m["text"].startswith(prefix)]

    def statuses(self, prefix: str) -> set[str]:
        """Of the own messages: it is their sender who sees the clock and the tick."""
        own = [m for m in self.messages.values() if m["sender"] and m["sender"]["id"] == self.api.person_id]
        return {m["status"] for m in own if m["text"].startswith(prefix)}

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._connection()
            except AWAY:
                await asyncio.sleep(AGAIN_S)

    async def _connection(self) -> None:
        address = f"/ws/chat/{self.conversation_id}/"
        async with self.api.session.ws_connect(address, params={"token": self.api.token or ""}) as ws:
            await self._catch_up()
            news: set[int] = set()
            async for frame in ws:
                if frame.type == aiohttp.WSMsgType.TEXT:
                    self._take_frame(orjson.loads(frame.data), news)

    async def _catch_up(self) -> None:
        """Only now: what happens from here on comes by the socket."""
        status, answer = await self.api.call("GET", "sync/", params={"since": str(self._since)})
        if status != 200:
            raise ConnectionError(status)
        assert not answer["reset"]
        self._since = answer["rev"]
        for message in answer["messages"]:
            self._take(message)

    def _take_frame(self, frame: dict[str, Any], news: set[int]) -> None:
        if frame["type"] == "message.new":
            if frame["message"]["id"] in news:
                self.doubled.append(frame["message"]["id"])
            news.add(frame["message"]["id"])
        if frame["type"] in ("message.new", "message.updated"):
            self._take(frame["message"])

    def _take(self, message: dict[str, Any]) -> None:
        known = self.messages.get(message["id"])
        is_ours = message["conversation_id"] == self.conversation_id
        if is_ours and (known is None or known["rev"] <= message["rev"]):
            self.messages[message["id"]] = message
