"""The web application: all doors of the API behind the two middlewares."""

from __future__ import annotations

from aiohttp import web

from bridge.api import (
    answers,
    auth,
    conversations,
    files,
    guard,
    health,
    me,
    messages,
    openapi,
    participants,
    sign_in,
    sockets,
    start_page,
    sync,
)
from bridge.api.routes import Route, add_routes
from bridge.api.services import SERVICES, Services

DOORS: tuple[tuple[Route, ...], ...] = (
    auth.ROUTES,
    conversations.ROUTES,
    files.ROUTES,
    health.ROUTES,
    me.ROUTES,
    messages.ROUTES,
    openapi.ROUTES,
    participants.ROUTES,
    sign_in.ROUTES,
    start_page.ROUTES,
    sync.ROUTES,
)


def build_api(services: Services) -> web.Application:
    """Wire the routes. ``client_max_size`` is not used: each door counts what it reads."""
    app = web.Application(middlewares=[answers.answer, guard.guard], client_max_size=64 << 20)
    app[SERVICES] = services
    app.on_response_prepare.append(answers.add_headers)
    add_routes(app, [route for door in DOORS for route in door])
    app.add_routes(sockets.routes())
    return app
