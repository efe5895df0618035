"""Ghosts, the school people's Matrix users: registration, device, display name, presence, account data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mautrix.api import Method, Path

from bridge.errors import HomeserverRefused
from bridge.matrix.ids import DEVICE_ID
from bridge.matrix.requests import Requests

DEVICE_NAME = "Classbridge"


class GhostRequests(Requests):
    """Application Service API, "Server admin style permissions"; Client-Server API, "User Data"."""

    async def register_ghost(self, person_id: int, display_name: str) -> None:
        """Ensure the person's ghost, with its fixed device and this name; twice changes nothing."""
        await self._register(person_id, self.ids.ghost_localpart(person_id), display_name)

    async def register_bot(self) -> None:
        """Ensure the bot's name and device; it can act without, but has no name then."""
        await self._register(None, self.ids.bot_localpart, self.bot_name)

    async def _register(self, as_user: int | None, localpart: str, display_name: str) -> None:
        content = {"type": "m.login.application_service", "username": localpart, "inhibit_login": True}
        try:
            await self._request(Method.POST, Path.v3.register, content)
            is_new = True
        except HomeserverRefused as refused:
            if refused.errcode != "M_USER_IN_USE":
                raise
            is_new = False
        await self.ensure_device(as_user)
        # A new user is called as its localpart, so there is nothing to ask.
        if is_new or await self.find_display_name(as_user) != display_name:
            await self.set_display_name(as_user, display_name)

    async def ensure_device(self, as_user: int | None) -> None:
        """Make the one device that this user sends through, if it is not there ("Device Management")."""
        path = Path.v3.devices[DEVICE_ID]
        await self._request(Method.PUT, path, {"display_name": DEVICE_NAME}, as_user=as_user)

    async def end_sessions(self, person_id: int) -> None:
        """
        Sign the person out of every Matrix client: their devices and access tokens end.

        The fixed device stays (MSC4190 lets us choose; ``/logout/all`` would end it too), so what the bridge sends
        as this person later is still sent exactly once.
        """
        devices = [device["device_id"] for device in await self.list_sessions(person_id)]
        if devices:
            await self._request(Method.POST, Path.v3.delete_devices, {"devices": devices}, as_user=person_id)

    async def list_sessions(self, person_id: int) -> list[dict[str, Any]]:
        """The person's devices but the fixed one: ``device_id``, ``last_seen_ts``, … ("Device Management")."""
        answer = await self._request(Method.GET, Path.v3.devices, as_user=person_id)
        return [device for device in answer.get("devices", []) if device.get("device_id") != DEVICE_ID]

    async def find_display_name(self, as_user: int | None) -> str | None:
        path = Path.v3.profile[self.ids.mxid(as_user)].displayname
        try:
            # As that user: a homeserver may show profiles only to who shares a room with them.
            name = (await self._request(Method.GET, path, as_user=as_user)).get("displayname")
        except HomeserverRefused as refused:
            if refused.http_status != 404:
                raise
            return None
        return name if isinstance(name, str) else None

    async def set_display_name(self, as_user: int | None, display_name: str) -> None:
        """Synapse writes a member event into each of the user's rooms, so only do it for a change."""
        path = Path.v3.profile[self.ids.mxid(as_user)].displayname
        await self._request(Method.PUT, path, {"displayname": display_name}, as_user=as_user)

    async def is_online(self, as_user: int) -> bool:
        """Whether any device of a person is online: Client-Server API, "Presence"."""
        path = Path.v3.presence[self.ids.mxid(as_user)].status
        return (await self._request(Method.GET, path, as_user=as_user)).get("presence") == "online"

    async def set_presence(self, as_user: int | None, is_online: bool) -> None:
        path = Path.v3.presence[self.ids.mxid(as_user)].status
        content = {"presence": "online" if is_online else "offline"}
        await self._request(Method.PUT, path, content, as_user=as_user)

    async def get_account_data(self, as_user: int | None, data_type: str) -> dict[str, Any]:
        """The user's account data of that type; empty when there is none."""
        path = Path.v3.user[self.ids.mxid(as_user)].account_data[data_type]
        try:
            return await self._request(Method.GET, path, as_user=as_user)
        except HomeserverRefused as refused:
            if refused.http_status != 404:
                raise
            return {}

    async def set_account_data(self, as_user: int | None, data_type: str, content: Mapping[str, Any]) -> None:
        path = Path.v3.user[self.ids.mxid(as_user)].account_data[data_type]
        await self._request(Method.PUT, path, content, as_user=as_user)

    async def change_account_data(
        self, as_user: int | None, data_type: str, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        """
        Replace account data by what *change* makes of it; nothing is written when that is the same.

        Changes of one user's data wait for each other, for Matrix itself would let the last writer win.
        """
        async with self.lock_of((as_user, data_type)):
            before = await self.get_account_data(as_user, data_type)
            after = change(before)
            if after != before:
                await self.set_account_data(as_user, data_type, after)
