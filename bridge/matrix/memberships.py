"""Rooms, their state and members, as plain calls; ``rooms`` knows what a school's room looks like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mautrix.api import Method, Path

from bridge.errors import HomeserverRefused
from bridge.matrix.requests import Requests, text_of


class RoomRequests(Requests):
    """Client-Server API, "Rooms"."""

    async def create_room(self, content: Mapping[str, Any]) -> str:
        """Create a room as the bot; *content* is the specification's body of ``/createRoom``."""
        return text_of(await self._request(Method.POST, Path.v3.createRoom, content), "room_id")

    async def find_room(self, alias: str) -> str | None:
        """The room that a full alias (``#…:server``) points to."""
        try:
            return text_of(await self._request(Method.GET, Path.v3.directory.room[alias]), "room_id")
        except HomeserverRefused as refused:
            if refused.http_status != 404:
                raise
            return None

    async def set_alias(self, alias: str, room_id: str) -> None:
        await self._request(Method.PUT, Path.v3.directory.room[alias], {"room_id": room_id})

    async def delete_alias(self, alias: str) -> None:
        await self._request(Method.DELETE, Path.v3.directory.room[alias])

    async def joined_rooms(self, as_user: int | None = None) -> list[str]:
        answer = await self._request(Method.GET, Path.v3.joined_rooms, as_user=as_user)
        return list(answer.get("joined_rooms", []))

    async def join(self, as_user: int | None, room_id: str) -> None:
        await self._request(Method.POST, Path.v3.rooms[room_id].join, as_user=as_user)

    async def leave(self, as_user: int | None, room_id: str) -> None:
        await self._request(Method.POST, Path.v3.rooms[room_id].leave, as_user=as_user)

    async def invite(self, room_id: str, mxid: str, as_user: int | None = None) -> None:
        await self._request(Method.POST, Path.v3.rooms[room_id].invite, {"user_id": mxid}, as_user=as_user)

    async def unban(self, room_id: str, mxid: str) -> None:
        await self._request(Method.POST, Path.v3.rooms[room_id].unban, {"user_id": mxid})

    async def kick(self, room_id: str, mxid: str, reason: str) -> None:
        content = {"user_id": mxid, "reason": reason}
        await self._request(Method.POST, Path.v3.rooms[room_id].kick, content)

    async def set_state(
        self,
        room_id: str,
        event_type: str,
        state_key: str,
        content: Mapping[str, Any],
        as_user: int | None = None,
    ) -> str:
        """Set one state event; Synapse makes no new one when sender and content are those that stand."""
        path = Path.v3.rooms[room_id].state[event_type][state_key]
        return text_of(await self._request(Method.PUT, path, content, as_user=as_user), "event_id")

    async def find_state(self, room_id: str, event_type: str, state_key: str = "") -> dict[str, Any] | None:
        """The content of one state event, as the bot sees it."""
        path = Path.v3.rooms[room_id].state[event_type][state_key]
        try:
            return await self._request(Method.GET, path)
        except HomeserverRefused as refused:
            if refused.http_status != 404:
                raise
            return None

    async def get_state(self, room_id: str) -> list[dict[str, Any]]:
        """All current state events of a room, as the bot sees them."""
        return await self._get_events(Path.v3.rooms[room_id].state)

    async def get_members(self, room_id: str) -> dict[str, str]:
        """Membership (join, invite, leave, ban, knock) by mxid."""
        answer = await self._request(Method.GET, Path.v3.rooms[room_id].members)
        return {event["state_key"]: event["content"]["membership"] for event in answer.get("chunk", [])}
