"""Sign-in of the demo, with SimpleJWT's two calls; 404 where a panel signs the tokens."""

from __future__ import annotations

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.auth import find_person
from bridge.api.bodies import Refresh, SignIn
from bridge.api.parse import read_body
from bridge.api.routes import Route
from bridge.api.services import SERVICES, Services
from bridge.api.tokens import sign_tokens
from bridge.config import ServerConfig
from bridge.errors import NotFound, NotSignedIn
from bridge.roster.passwords import check_password, waste_time
from bridge.roster.store import find_password_hash


async def post_token(request: web.Request) -> web.Response:
    """Give tokens for a username and a password."""
    services = _services(request)
    body = await read_body(request, SignIn)
    _limit(services, body.username, client_address(request, services.config.server))
    person_id = await _person_id(services, body)
    person = find_person(services, person_id)
    tokens = sign_tokens(services.config.auth, person.id, services.clock() / 1000)
    return json_answer({"access": tokens.access, "refresh": tokens.refresh})


async def post_refresh(request: web.Request) -> web.Response:
    """Give a new access token for a refresh token."""
    services = _services(request)
    body = await read_body(request, Refresh)
    person = find_person(services, await services.tokens.check(body.refresh, "refresh"))
    services.limits.take("other", person.id)
    return json_answer({"access": sign_tokens(services.config.auth, person.id, services.clock() / 1000).access})


def _services(request: web.Request) -> Services:
    services = request.app[SERVICES]
    if not services.config.sign_in_is_on:
        raise NotFound
    return services


def _limit(services: Services, username: str, address: str) -> None:
    """
    Count an attempt for this name from this address, then for each of the two alone.

    Alone they may have more: a school is often one address, and a stranger must not be able to lock a name.
    """
    name = username.casefold()
    services.limits.take("sign_in", (name, address))
    services.limits.take("sign_in_wide", ("address", address))
    services.limits.take("sign_in_wide", ("name", name))


async def _person_id(services: Services, body: SignIn) -> int:
    """The id behind the name if the password is right. Wrong name and wrong password look the same."""
    async with services.db.reading() as conn:
        found = await find_password_hash(conn, body.username)
    if found is None:
        await waste_time(body.password)
    elif await check_password(body.password, found[1]):
        return found[0]
    raise NotSignedIn("No active account found with the given credentials.", code="no_active_account")


def client_address(request: web.Request, config: ServerConfig) -> str:
    """Where a request comes from; behind a trusted proxy what it added last, which no client can write."""
    forwarded = request.headers.get("X-Forwarded-For", "") if config.trusted_proxy else ""
    return forwarded.rpartition(",")[2].strip() or request.remote or "unknown"


ROUTES = (
    Route("POST", "/api/auth/token/", post_token, "public"),
    Route("POST", "/api/auth/token/refresh/", post_refresh, "public"),
)
