"""What the module asks of the bridge, over HTTP; never for an event, only for what is rare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from synapse.module_api import ModuleApi, make_deferred_yieldable, run_in_background
from twisted.internet import reactor
from twisted.internet.defer import TimeoutError as DeferredTimeout
from twisted.internet.error import ConnectError
from twisted.web.client import PartialDownloadError, ResponseFailed, readBody
from twisted.web.http_headers import Headers

from bridge.permissions.matrix import Wish

SNAPSHOT_TIMEOUT_S = 10
PASSWORD_TIMEOUT_S = 15
BEGIN_TIMEOUT_S = 30  # a room of thirty people takes a second or two, and waits for others that are being made
TOO_MANY = 429


class BridgeAway(Exception):
    """The bridge does not answer, or answers with what makes no sense."""


class BridgeRefused(Exception):
    """The bridge said no; ``code`` and ``detail`` are those of its web API."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class BridgeLink:
    """Calls with the registration's ``hs_token``, as Synapse itself calls the bridge."""

    def __init__(self, api: ModuleApi, url: str, token: str) -> None:
        self._http = api.http_client
        self._base = f"{url.rstrip('/')}/_classbridge/v1"
        self._token = token

    async def get_snapshot(self, etag: str | None) -> tuple[str, bytes] | None:
        """
        The snapshot and its ETag, or None: it is still the one of *etag*.

        Raises:
            BridgeAway: There is no answer, or a strange one.
        """
        headers = {"If-None-Match": [etag]} if etag else {}
        status, answered, body = await self._call("GET", "snapshot", None, headers, SNAPSHOT_TIMEOUT_S)
        if status == 304:
            return None
        if status != 200:
            raise BridgeAway(f"the bridge answers {status} for the snapshot")
        found = answered.getRawHeaders("ETag") or [""]
        return found[0], body

    async def begin(self, person_id: int, wish: Wish) -> str:
        """
        Begin the conversation that somebody wishes for, or find it; its room.

        Raises:
            BridgeRefused, BridgeAway
        """
        wanted: dict[str, object] = {"person_id": person_id, "people": list(wish.people), "is_direct": wish.is_direct}
        wanted |= {"name": wish.name, "topic": wish.topic}
        status, _, body = await self._call("POST", "rooms", wanted, {}, BEGIN_TIMEOUT_S)
        document = _object(body)
        if status == 200 and isinstance(document.get("room_id"), str):
            return str(document["room_id"])
        if 400 <= status < 500:
            raise BridgeRefused(str(document.get("code", "invalid")), _sentence(document))
        raise BridgeAway(f"the bridge answers {status}")

    async def check_password(self, username: str, password: str) -> int | None:
        """
        Whose password this is, or None.

        Raises:
            BridgeAway: It cannot be asked.
        """
        body = {"username": username, "password": password}
        status, _, answer = await self._call("POST", "sign-in", body, {}, PASSWORD_TIMEOUT_S)
        person_id = _object(answer).get("person_id")
        if status == 200 and isinstance(person_id, int):
            return person_id
        if status in (400, 401, 403, TOO_MANY):
            return None
        raise BridgeAway(f"the bridge answers {status} for a password")

    async def _call(
        self, method: str, path: str, body: object, headers: dict[str, list[str]], timeout_s: float
    ) -> tuple[int, Headers, bytes]:
        sent = Headers({**headers, "Authorization": [f"Bearer {self._token}"], "Content-Type": ["application/json"]})
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()

        async def call() -> tuple[int, Headers, bytes]:
            answer = await self._http.request(method, f"{self._base}/{path}", data=data, headers=sent)
            return answer.code, answer.headers, await make_deferred_yieldable(readBody(answer))

        deferred = run_in_background(call)
        deferred.addTimeout(timeout_s, reactor)
        try:
            result: tuple[int, Headers, bytes] = await make_deferred_yieldable(deferred)
        except (ConnectError, ResponseFailed, PartialDownloadError, DeferredTimeout, OSError) as error:
            raise BridgeAway(f"the bridge does not answer: {error}") from error
        return result


def _sentence(document: Mapping[str, Any]) -> str:
    """Why not: ``detail``, or the first of what is wrong with a field."""
    found = document.get("detail") or next(iter(document.values()), None)
    found = found[0] if isinstance(found, list) and found else found
    return found if isinstance(found, str) else "Not allowed."


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {}
