"""
What the homeserver's module (``synapse/school_rules.py``) asks: ``/_classbridge/v1/``, behind the ``hs_token``.

The snapshot of the school with an ETag, the conversation that somebody begins in a Matrix client, and whose password
something is.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac

import orjson
from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.auth.credentials import check_credentials
from bridge.api.auth.person import find_person
from bridge.api.beginning import begin_direct, begin_group
from bridge.api.bodies import BeginInMatrix, SignIn
from bridge.api.parse import read_body
from bridge.api.routes import Handler, Route
from bridge.api.services import SERVICES, Services
from bridge.chat.locks import find_room_id, list_locked
from bridge.errors import NotSignedIn, Unavailable
from bridge.permissions.snapshot import FileRules, Snapshot, write_snapshot

ROOM_LIMIT_S = 25
TOPIC = ("m.room.topic", "")
ROOM_POLL_S = 0.05


def _for_the_module(handler: Handler) -> Handler:
    """Let in who has the registration's ``hs_token``, as the transactions' door does."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        expected = f"Bearer {request.app[SERVICES].config.appservice.hs_token}"
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
            raise NotSignedIn("Send the registration's hs_token as a Bearer token.", code="not_the_homeserver")
        return await handler(request)

    return guarded


async def get_snapshot(request: web.Request) -> web.Response:
    """The snapshot; 304 while it is the one of ``If-None-Match``."""
    services = request.app[SERVICES]
    school = await services.school.refresh()
    async with services.db.reading() as conn:
        locked = await list_locked(conn)
    etag = _etag(services, school.version, locked)
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    snapshot = Snapshot(services.identity, school, services.rules, _file_rules(services), locked)
    body = await asyncio.to_thread(lambda: orjson.dumps(write_snapshot(snapshot)))
    return web.Response(body=body, content_type="application/json", headers={"ETag": etag})


def _etag(services: Services, version: int, locked: dict[str, int | None]) -> str:
    rules, files = services.rules, _file_rules(services)
    facts = orjson.dumps([version, locked, rules.students_may_message_students, rules.edit_window_s, files.bytes_of])
    return f'"{hashlib.sha256(facts).hexdigest()[:32]}"'


def _file_rules(services: Services) -> FileRules:
    files = services.config.files
    return FileRules({"image": files.image_bytes, "document": files.document_bytes, "voice": files.voice_bytes})


async def post_room(request: web.Request) -> web.Response:
    """Begin the conversation as the web would, and wait until its room is there."""
    services = request.app[SERVICES]
    body = await read_body(request, BeginInMatrix)
    await services.school.refresh()
    person = find_person(services, body.person_id)
    services.limits.take("other", person.id)
    if body.is_direct and len(body.people) == 1:
        conversation_id, _ = await begin_direct(services, person, body.people[0], "people")
        room_id = await _room_of(services, conversation_id)
    else:
        people = [person_id for person_id in body.people if person_id != person.id]
        conversation_id = await begin_group(services, person, body.name or person.name, people, "people")
        room_id = await _room_of(services, conversation_id)
        if body.topic:  # as that person, so that the timeline says who
            await services.homeserver.set_state(room_id, *TOPIC, {"topic": body.topic}, as_user=person.id)
    return json_answer({"room_id": room_id, "conversation_id": conversation_id})


async def _room_of(services: Services, conversation_id: int) -> str:
    """
    Wait for the room that the outbox makes.

    Raises:
        Unavailable: It takes too long; the conversation is there, and its room will be.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + ROOM_LIMIT_S
    while loop.time() < end:
        async with services.db.reading() as conn:
            room_id = await find_room_id(conn, conversation_id)
        if room_id is not None:
            return room_id
        await asyncio.sleep(ROOM_POLL_S)
    raise Unavailable("The room is being made; it will be in the list in a moment.")


async def post_sign_in(request: web.Request) -> web.Response:
    """Say whose username and password these are. Synapse limits addresses; names are limited here."""
    services = request.app[SERVICES]
    body = await read_body(request, SignIn)
    services.limits.take("sign_in", (body.username.casefold(), "matrix"))
    person = await check_credentials(services, body.username, body.password)
    return json_answer({"person_id": person.id})


def _route(method: str, path: str, handler: Handler) -> Route:
    return Route(method, f"/_classbridge/v1/{path}", _for_the_module(handler), "public")


ROUTES = (
    _route("GET", "snapshot/", get_snapshot),
    _route("POST", "rooms/", post_room),
    _route("POST", "sign-in/", post_sign_in),
)
