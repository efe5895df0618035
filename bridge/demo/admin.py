"""The homeserver's administrator: gives people of the school a password for Matrix clients."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from bridge.demo.synapse_config import SynapseConfig
from bridge.errors import HomeserverRefused, HomeserverUnavailable

DEVICE_ID = "CLASSBRIDGE_ADMIN"  # one device, however often we sign in


class SynapseAdmin:
    """
    An administrator's session; ``async with`` signs in and closes.

    The account is outside the bridge's namespace. Its password follows from the registration secret, which
    opens the same doors, so nothing more is stored.
    """

    def __init__(self, config: SynapseConfig, username: str = "classbridge_admin") -> None:
        self.username = username
        self._secret = config.registration_shared_secret.encode()
        self._session = aiohttp.ClientSession(config.url, timeout=aiohttp.ClientTimeout(total=30))

    async def __aenter__(self) -> Self:
        try:
            await self.register_admin()
            await self._sign_in()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def register_admin(self) -> None:
        """Make the account unless it is there: Synapse's Admin API, "Shared-Secret Registration"."""
        path = "/_synapse/admin/v1/register"
        nonce = (await self._call("GET", path))["nonce"]
        signed = f"{nonce}\0{self.username}\0{self._password}\0admin".encode()
        body = {
            "nonce": nonce,
            "username": self.username,
            "password": self._password,
            "admin": True,
            "inhibit_login": True,
            "mac": hmac.new(self._secret, signed, hashlib.sha1).hexdigest(),
        }
        try:
            await self._call("POST", path, body)
        except HomeserverRefused as refusal:
            if refusal.errcode != "M_USER_IN_USE":
                raise

    async def set_password(self, mxid: str, password: str) -> None:
        """
        Let *mxid* sign in by ``m.login.password``; works for the bridge's ghosts too.

        Makes the user when it is not there. Nobody is signed out: the ghost's own device must stay.
        """
        body = {"password": password, "logout_devices": False}
        await self._call("PUT", f"/_synapse/admin/v2/users/{quote(mxid, safe='')}", body)

    @property
    def _password(self) -> str:
        return hmac.new(self._secret, self.username.encode(), hashlib.sha256).hexdigest()

    async def _sign_in(self) -> None:
        """Client-Server API, "Login"."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.username},
            "password": self._password,
            "device_id": DEVICE_ID,
        }
        token = (await self._call("POST", "/_matrix/client/v3/login", body))["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            async with self._session.request(method, path, json=body) as answer:
                content: dict[str, Any] = await answer.json()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise HomeserverUnavailable("The homeserver does not answer; try again in a few seconds.") from error
        if status == 429 or status >= 500:
            raise HomeserverUnavailable(f"The homeserver answered {status} to {method} {path}.")
        if status >= 400:
            errcode = str(content.get("errcode", "M_UNKNOWN"))
            why = f"The homeserver refused {method} {path}: {content.get('error', errcode)}"
            raise HomeserverRefused(why, errcode=errcode, http_status=status)
        return content
