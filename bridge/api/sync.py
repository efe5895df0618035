"""``sync/``: what changed for me since I last looked."""

from __future__ import annotations

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.auth.person import actor
from bridge.api.parse import query_int
from bridge.api.routes import chat
from bridge.api.services import SERVICES
from bridge.chat.sync import changes_after

LARGEST_REV = 2**53 - 1


async def get_sync(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    since = query_int(request, "since", 0, 0, LARGEST_REV) if "since" in request.query else None
    async with services.db.reading() as conn:
        answer = await changes_after(conn, services.viewing(), actor(request), since, services.clock())
    return json_answer(answer)


ROUTES = (chat("GET", "sync/", get_sync),)
