"""A browser of the web API, as far as a measurement needs one."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import aiohttp
import orjson

from bench.marks import Arrivals, Mark, find_mark, text_of
from bridge.api.tokens.signing import sign_tokens
from bridge.config import Config

TOKEN_LIFETIME_S = 3600


class WebPerson:
    """Somebody with a token. All share one session, whose connections are kept."""

    def __init__(self, session: aiohttp.ClientSession, config: Config, person_id: int) -> None:
        self.person_id, self._session = person_id, session
        self._base = f"http://127.0.0.1:{config.server.port}"
        self.token = sign_tokens(config.auth, person_id, time.time(), TOKEN_LIFETIME_S).access
        self._headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}

    async def get(self, path: str) -> bytes:
        """*path* below ``/api/chat/``, or a whole address as ``next`` has it."""
        url = path if path.startswith("http") else f"{self._base}/api/chat/{path}"
        async with self._session.get(url, headers=self._headers) as answer:
            body = await answer.read()
            _require(answer.status == 200, answer, body)
            return body

    async def post(self, conversation_id: int, mark: Mark) -> None:
        body = orjson.dumps({"conversation_id": conversation_id, "text": text_of(mark)})
        url = f"{self._base}/api/chat/messages/"
        async with self._session.post(url, data=body, headers=self._headers) as answer:
            _require(answer.status == 201, answer, await answer.read())

    async def socket(self, conversation_id: int | None = None) -> WebSocket:
        place = "" if conversation_id is None else f"{conversation_id}/"
        url = f"{self._base}/ws/chat/{place}?token={self.token}"
        return WebSocket(await self._session.ws_connect(url))


class WebSocket:
    """Notes which messages came as new, and which of one's own the homeserver has (kind ``sent``)."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.arrivals = Arrivals()
        self._ws = ws
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._ws:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            mark = find_mark(message.data)
            if mark is None:
                continue
            frame: dict[str, Any] = orjson.loads(message.data)
            if frame["type"] == "message.new":
                self.arrivals.came(mark)
            elif frame["type"] == "message.updated" and frame["message"]["status"] != "pending":
                self.arrivals.came(mark, "sent")

    async def send(self, mark: Mark) -> None:
        await self._ws.send_str(orjson.dumps({"type": "chat_message", "text": text_of(mark)}).decode())

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._ws.close()


def _require(is_good: bool, answer: aiohttp.ClientResponse, body: bytes) -> None:
    if not is_good:
        raise RuntimeError(f"{answer.method} {answer.url.path} answered {answer.status}: {body[:200]!r}")
