"""The guard of ``/api/``: who asks, and how often. Handlers find the person with ``person.actor``."""

from __future__ import annotations

from aiohttp import web

from bridge.api.auth.person import ACTOR, authenticate
from bridge.api.panel.auth import require_panel
from bridge.api.routes import Handler, access_of
from bridge.api.services import SERVICES


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody in without a token, and nobody more often than the limits of the route's kind allow."""
    access = access_of(request)
    if access == "panel":
        require_panel(request.app[SERVICES], request)
    elif access != "public":
        services = request.app[SERVICES]
        person = await authenticate(services, request)
        services.limits.take(access, person.id)
        request[ACTOR] = person
    return await handler(request)
