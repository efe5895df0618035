"""Sign-in of the demo: SimpleJWT's two calls, and the page's session; 404 where a panel signs the tokens."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from bridge.api.addresses import client_address
from bridge.api.answers import error_answer, json_answer, no_content
from bridge.api.auth import session_cookie
from bridge.api.auth.credentials import check_credentials
from bridge.api.auth.person import find_person
from bridge.api.bodies import Refresh, SignIn
from bridge.api.parse import read_body
from bridge.api.routes import Route
from bridge.api.services import SERVICES, Services
from bridge.api.tokens.signing import Tokens, sign_tokens
from bridge.errors import Invalid, NotFound, NotSignedIn
from bridge.permissions.school import Person

SHOWN = 60  # a synthetic school has hundreds; they are in its target file


async def post_token(request: web.Request) -> web.Response:
    """Give tokens for a username and a password; to our own page the refresh token in a cookie."""
    services = _services(request)
    body = await read_body(request, SignIn)
    _limit(services, body.username, client_address(request, services.config.server))
    tokens = _sign(services, await check_credentials(services, body.username, body.password))
    if not session_cookie.is_asked_for(request):
        return json_answer({"access": tokens.access, "refresh": tokens.refresh})
    response = json_answer({"access": tokens.access, "refresh": None})
    session_cookie.put_token(response, tokens.refresh, services.config.server, services.config.auth)
    return response


async def post_refresh(request: web.Request) -> web.Response:
    """Give a new access token for a refresh token: that of the body, or else the cookie's."""
    services = _services(request)
    body = await read_body(request, Refresh)
    if body.refresh is None:
        return await _refresh_session(request, services)
    return json_answer({"access": _sign(services, await _refreshing(services, body.refresh)).access})


async def _refresh_session(request: web.Request, services: Services) -> web.Response:
    """Go on with the page's session; a page that has none is told so, without an error in its console."""
    server, auth = services.config.server, services.config.auth
    token = session_cookie.find_token(request, server)
    if token is None:
        if session_cookie.is_asked_for(request):
            return no_content()
        raise Invalid({"refresh": ["This field is required."]})
    try:
        tokens = _sign(services, await _refreshing(services, token))
    except NotSignedIn as error:
        response = error_answer(error)
        session_cookie.clear(response, server)
        return response
    response = json_answer({"access": tokens.access})
    session_cookie.put_token(response, tokens.refresh, server, auth)
    return response


async def _refreshing(services: Services, token: str) -> Person:
    person = find_person(services, await services.tokens.check(token, "refresh"))
    services.limits.take("other", person.id)
    return person


async def post_sign_out(request: web.Request) -> web.Response:
    """End the page's session."""
    services = _services(request)
    session_cookie.find_token(request, services.config.server)
    response = no_content()
    session_cookie.clear(response, services.config.server)
    return response


async def get_demo_sign_ins(request: web.Request) -> web.Response:
    """Who can sign in, for the demo's sign-in screen."""
    services = _services(request)
    if not services.demo_sign_ins:
        raise NotFound
    shown = [asdict(person) for person in services.demo_sign_ins[:SHOWN]]
    return json_answer({"count": len(services.demo_sign_ins), "results": shown})


def _sign(services: Services, person: Person) -> Tokens:
    return sign_tokens(services.config.auth, person.id, services.clock() / 1000)


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


ROUTES = (
    Route("POST", "/api/auth/token/", post_token, "public"),
    Route("POST", "/api/auth/token/refresh/", post_refresh, "public"),
    Route("POST", "/api/auth/sign-out/", post_sign_out, "public"),
    Route("GET", "/api/auth/demo-sign-ins/", get_demo_sign_ins, "public"),
)
