"""Events and what people do around them: send, redact, receipts, typing, history."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from typing import Any, Literal

from mautrix.api import Method, Path, PathBuilder

from bridge.errors import HomeserverRefused
from bridge.matrix.ghosts import GhostRequests
from bridge.matrix.requests import text_of

# A filter goes into the address; a room id takes some 50 characters there.
ROOMS_A_SYNC = 50


class EventRequests(GhostRequests):
    """Client-Server API, "Events"."""

    async def send_event(
        self,
        as_user: int | None,
        room_id: str,
        event_type: str,
        content: Mapping[str, Any],
        *,
        txn_id: str,
        ts_ms: int | None = None,
    ) -> str:
        """
        Send a message event exactly once: the same *txn_id* gives the same event id, also after ``kill -9``.

        Args:
            txn_id: Different for each event of a room, whoever sends it: Synapse asks for room and bridge only.
            ts_ms: When it was really sent (milliseconds since 1970); kept as ``origin_server_ts``.
        """
        path = Path.v3.rooms[room_id].send[event_type][txn_id]
        query = {} if ts_ms is None else {"ts": str(ts_ms)}
        return text_of(await self._put_once(as_user, path, content, query), "event_id")

    async def redact(
        self, as_user: int | None, room_id: str, event_id: str, *, txn_id: str, reason: str | None = None
    ) -> str:
        """Redact exactly once; returns the redaction's event id."""
        path = Path.v3.rooms[room_id].redact[event_id][txn_id]
        content = {} if reason is None else {"reason": reason}
        return text_of(await self._put_once(as_user, path, content, {}), "event_id")

    async def _put_once(
        self, as_user: int | None, path: PathBuilder, content: Mapping[str, Any], query: Mapping[str, str]
    ) -> dict[str, Any]:
        """PUT through the fixed device: only with it does Synapse keep transaction ids in its database."""
        try:
            return await self._request(Method.PUT, path, content, as_user=as_user, query=query, with_device=True)
        except HomeserverRefused as refused:
            if refused.errcode != "M_UNKNOWN_DEVICE":
                raise
        # The bot's first word, or the person has signed out all devices: nothing was sent.
        await self.ensure_device(as_user)
        return await self._request(Method.PUT, path, content, as_user=as_user, query=query, with_device=True)

    async def send_receipt(self, as_user: int | None, room_id: str, event_id: str) -> None:
        """Say that *as_user* has read up to *event_id* ("Receipts", unthreaded)."""
        path = Path.v3.rooms[room_id].receipt["m.read"][event_id]
        await self._request(Method.POST, path, as_user=as_user)

    async def set_typing(self, as_user: int | None, room_id: str, is_typing: bool, timeout_ms: int = 5000) -> None:
        content: dict[str, Any] = {"typing": is_typing}
        if is_typing:
            content["timeout"] = timeout_ms
        path = Path.v3.rooms[room_id].typing[self.ids.mxid(as_user)]
        await self._request(Method.PUT, path, content, as_user=as_user)

    async def get_event(self, room_id: str, event_id: str, as_user: int | None = None) -> dict[str, Any]:
        return await self._request(Method.GET, Path.v3.rooms[room_id].event[event_id], as_user=as_user)

    async def messages(
        self,
        room_id: str,
        from_: str | None,
        dir: Literal["f", "b"],  # noqa: A002 - the specification's name
        limit: int,
        as_user: int | None = None,
    ) -> dict[str, Any]:
        """
        A page of a room's history: ``{"chunk": [event], "start", "end"}``; no ``end``: there is no more.

        Args:
            from_: The ``end`` of the page before; None: from the newest (``b``) or the oldest event (``f``).
        """
        query = {"dir": dir, "limit": str(limit)}
        if from_ is not None:
            query["from"] = from_
        return await self._request(Method.GET, Path.v3.rooms[room_id].messages, as_user=as_user, query=query)

    async def sync_receipts(self, as_user: int, room_ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """
        The receipts of rooms as they stand now, by room id, each as the content of ``m.receipt``.

        A room without a receipt, or that *as_user* is not in, is left out. Never the bot: Synapse refuses a
        ``/sync`` of an application service's own user.
        """
        receipts: dict[str, dict[str, Any]] = {}
        asked = sorted(room_ids)
        for start in range(0, len(asked), ROOMS_A_SYNC):
            # Nobody waits without a `since`. Synapse answers what was asked in the same words within two minutes from
            # memory, so the words differ.
            query = {
                "timeout": str(secrets.randbelow(1_000_000)),
                "set_presence": "offline",  # as it is: nobody has come because we look
                "filter": _receipts_filter(asked[start : start + ROOMS_A_SYNC]),
            }
            answer = await self._request(Method.GET, Path.v3.sync, as_user=as_user, query=query)
            for room_id, room in answer.get("rooms", {}).get("join", {}).items():
                for event in room.get("ephemeral", {}).get("events", []):
                    if event.get("type") == "m.receipt":
                        receipts.setdefault(room_id, {}).update(event["content"])
        return receipts


def _receipts_filter(room_ids: list[str]) -> str:
    """Client-Server API, "Filtering": nothing but receipts."""
    nothing: dict[str, Any] = {"types": []}
    room = {
        "rooms": room_ids,
        "timeline": {"limit": 1, **nothing},
        "state": {"lazy_load_members": True, **nothing},
        "account_data": nothing,
        "ephemeral": {"types": ["m.receipt"]},
    }
    return json.dumps({"presence": nothing, "account_data": nothing, "room": room}, separators=(",", ":"))
