"""
``/_matrix/client/v3/user_directory/search``: finding people in a Matrix client (Client-Server API, "User Directory").

Synapse leaves the accounts of an application service out of its own directory, so the proxy in front of it sends this
one call here. A person finds whom the rules show: whom one may write to, and who shares a group.
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from bridge.api.routes import Route
from bridge.api.services import SERVICES, Services
from bridge.chat.views import folded
from bridge.matrix.accounts import find_owner
from bridge.permissions.matrix import may_find
from bridge.permissions.school import Person, Role
from bridge.permissions.snapshot import Snapshot

MOST_BYTES = 16 << 10
DEFAULT_LIMIT, MOST = 10, 50


async def search(request: web.Request) -> web.Response:
    """Answer as Synapse does: ``{"results": [{"user_id", "display_name"}], "limited"}``."""
    services = request.app[SERVICES]
    token = request.headers.get("Authorization", "").removeprefix("Bearer").strip()
    if not token:
        return _error(401, "M_MISSING_TOKEN", "Missing access token.")
    actor = services.school.current.find_active(await find_owner(services.homeserver, token))
    if actor is None:
        return _error(401, "M_UNKNOWN_TOKEN", "Unrecognised access token.")
    services.limits.take("other", actor.id)
    try:
        body = orjson.loads(await request.content.read(MOST_BYTES))
    except orjson.JSONDecodeError:
        return _error(400, "M_NOT_JSON", "The body is not JSON.")
    term, limit = (body.get("search_term"), body.get("limit")) if isinstance(body, dict) else (None, None)
    if not isinstance(term, str):
        return _error(400, "M_BAD_JSON", "The body must be an object with a text `search_term`.")
    most = min(limit, MOST) if isinstance(limit, int) and limit > 0 else DEFAULT_LIMIT
    found = _find(services, actor, term)
    results = [{"user_id": services.homeserver.ids.ghost(p.id), "display_name": p.name} for p in found[:most]]
    return web.json_response({"results": results, "limited": len(found) > most})


def _find(services: Services, actor: Person, term: str) -> list[Person]:
    """By any part of the name, case and ``ё`` apart, or by the username from its beginning; staff first."""
    school = services.school.current
    snapshot = Snapshot(services.identity, school, services.rules)
    wanted = folded(term.strip().removeprefix("@"))
    found = [
        person
        for person in school.people.values()
        if person.id != actor.id
        and (wanted in folded(person.name) or folded(person.username).startswith(wanted))
        and may_find(snapshot, actor, person)
    ]
    return sorted(found, key=lambda person: (person.role == Role.STUDENT, folded(person.last_name), person.id))


def _error(status: int, errcode: str, error: str) -> web.Response:
    document: dict[str, Any] = {"errcode": errcode, "error": error}
    return web.json_response(document, status=status)


ROUTES = tuple(
    Route("POST", f"/_matrix/client/{version}/user_directory/search/", search, "public") for version in ("v3", "r0")
)
