"""The web application: all doors of the API behind the two middlewares."""

from __future__ import annotations

from aiohttp import web

from bridge.api import (
    about_page,
    answers,
    auth,
    conversations,
    files,
    guard,
    health,
    homeserver_rules,
    me,
    messages,
    openapi,
    panel_devices,
    panel_messages,
    panel_roster,
    panel_runs,
    participants,
    sign_in,
    sockets,
    sync,
    user_directory,
    web_page,
)
from bridge.api.routes import Route, add_routes
from bridge.api.services import SERVICES, Services

DOORS: tuple[tuple[Route, ...], ...] = (
    about_page.ROUTES,
    auth.ROUTES,
    conversations.ROUTES,
    files.ROUTES,
    health.ROUTES,
    homeserver_rules.ROUTES,
    me.ROUTES,
    messages.ROUTES,
    openapi.ROUTES,
    panel_messages.ROUTES,
    panel_roster.ROUTES,
    panel_devices.ROUTES,
    panel_runs.ROUTES,
    participants.ROUTES,
    sign_in.ROUTES,
    sync.ROUTES,
    user_directory.ROUTES,
    web_page.ROUTES,
)


def build_api(services: Services) -> web.Application:
    """Wire the routes. ``client_max_size`` is not used: each door counts what it reads."""
    app = web.Application(middlewares=[answers.answer, guard.guard], client_max_size=64 << 20)
    app[SERVICES] = services
    app.on_response_prepare.append(answers.add_headers)
    add_routes(app, [route for door in DOORS for route in door])
    app.add_routes(sockets.routes())
    return app
