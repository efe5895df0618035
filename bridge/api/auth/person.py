"""Who asks: the person of the roster behind a request or a socket."""

from __future__ import annotations

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.auth.tickets import LIFETIME_S, is_ticket, issue_ticket, redeem_ticket
from bridge.api.origins import is_allowed_origin
from bridge.api.routes import chat
from bridge.api.services import SERVICES, Services
from bridge.errors import Forbidden, NotSignedIn
from bridge.permissions.school import Person

ACTOR: web.RequestKey[Person] = web.RequestKey("actor", Person)
SUBPROTOCOL = "bearer"


def actor(request: web.Request) -> Person:
    """Give the person whom the guard let in. The role is the roster's, as it was when the request arrived."""
    return request[ACTOR]


async def authenticate(services: Services, request: web.Request) -> Person:
    """
    Find the person of the ``Authorization`` header.

    Raises:
        NotSignedIn: No header, a token that does not hold, or somebody whom the roster does not know.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("Sign in: send the header Authorization: Bearer <access token>.")
    return await _person_of(services, token.strip())


async def _person_of(services: Services, token: str) -> Person:
    return find_person(services, await services.tokens.check(token))


def find_person(services: Services, person_id: int) -> Person:
    """The active person with that id in the current roster; everybody else is not signed in."""
    person = services.school.current.find(person_id)
    if person is None:
        raise NotSignedIn("The roster does not know the user of this token.", code="user_not_found")
    if not person.is_active:
        raise NotSignedIn("The user of this token is not active.", code="user_inactive")
    return person


async def _person_of_ticket(services: Services, ticket: str) -> Person:
    now_ms, person_id = services.clock(), None
    # Anybody may try: what is no ticket must not wait for, or hold, the database's one writer.
    async with services.db.reading() as conn:
        is_one = await is_ticket(conn, ticket, now_ms)
    if is_one:
        async with services.db.writing() as conn:
            person_id = await redeem_ticket(conn, ticket, now_ms)
    if person_id is None:
        raise NotSignedIn("This ticket was used before or is too old; ask for a new one.", code="ticket_not_valid")
    return find_person(services, person_id)


async def authenticate_socket(services: Services, request: web.Request) -> tuple[Person, str | None]:
    """
    Find the person behind a socket's first request: ``?ticket=``, the subprotocols ``bearer, <JWT>``,
    ``?token=``, or the header that clients outside browsers send.

    Returns:
        The person, and the subprotocol that the answer must select.

    Raises:
        Forbidden: From an origin that the config does not name.
        NotSignedIn: As ``authenticate``; or the ticket was used before or is too old.
    """
    if not is_allowed_origin(services.config.server, request.headers.get("Origin")):
        raise Forbidden("Sockets are not allowed from this origin.", code="origin_not_allowed")
    if ticket := request.query.get("ticket"):
        return await _person_of_ticket(services, ticket), None
    offered = [p.strip() for p in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if len(offered) == 2 and offered[0] == SUBPROTOCOL:
        return await _person_of(services, offered[1]), SUBPROTOCOL
    if token := request.query.get("token"):
        return await _person_of(services, token), None
    return await authenticate(services, request), None


async def post_ticket(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    async with services.db.writing() as conn:
        ticket = await issue_ticket(conn, actor(request).id, services.clock())
    return json_answer({"ticket": ticket, "expires_in": LIFETIME_S})


ROUTES = (chat("POST", "ws-ticket/", post_ticket),)
