"""Whose username and password these are: the panel's sign-in says, or in the demo our own. Nothing is stored."""

from __future__ import annotations

import aiohttp
import orjson

from bridge.api.auth.person import find_person
from bridge.api.services import Services
from bridge.errors import NotSignedIn, Unavailable
from bridge.permissions.school import Person
from bridge.roster.passwords import check_password, waste_time
from bridge.roster.store import find_password_hash

PANEL_TIMEOUT = aiohttp.ClientTimeout(total=10)
MOST_BYTES = 64 << 10


async def check_credentials(services: Services, username: str, password: str) -> Person:
    """
    Find the active person; a wrong name and a wrong password look the same.

    Raises:
        NotSignedIn: They are not good, or of somebody who is not active.
        Unavailable: The panel does not answer.
    """
    if services.config.sign_in_is_on:
        return find_person(services, await _check_demo(services, username, password))
    if services.config.panel.url and services.config.panel.sign_in:
        return find_person(services, await _check_panel(services, username, password))
    raise _refused()


async def _check_demo(services: Services, username: str, password: str) -> int:
    async with services.db.reading() as conn:
        found = await find_password_hash(conn, username)
    if found is None:
        await waste_time(password)
    elif await check_password(password, found[1]):
        return found[0]
    raise _refused()


async def _check_panel(services: Services, username: str, password: str) -> int:
    """Sign in at the panel, SimpleJWT's way, and believe the token that it gives, not its words."""
    panel = services.config.panel
    address = f"{str(panel.url).rstrip('/')}/{str(panel.sign_in).lstrip('/')}"
    try:
        async with (
            aiohttp.ClientSession(timeout=PANEL_TIMEOUT) as session,
            session.post(address, json={"username": username, "password": password}, allow_redirects=False) as answer,
        ):
            status, body = answer.status, await answer.content.read(MOST_BYTES)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable("The panel does not answer; try again in a few minutes.") from error
    if status in (400, 401, 403):
        raise _refused()
    if status != 200:
        raise Unavailable(f"The panel answers {status} to a sign-in.")
    return await services.tokens.check(_access(body), "access")


def _access(body: bytes) -> str:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unavailable("The panel's answer to a sign-in is not JSON.") from error
    token = document.get("access") if isinstance(document, dict) else None
    if not isinstance(token, str):
        raise Unavailable("The panel's answer to a sign-in has no `access`.")
    return token


def _refused() -> NotSignedIn:
    return NotSignedIn("No active account found with the given credentials.", code="no_active_account")
