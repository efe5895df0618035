"""The web application: all doors of the API behind the two middlewares."""

from __future__ import annotations

from aiohttp import web

from bridge.api import about_page, answers, conversations, health, me, messages, participants, sockets, sync, web_page
from bridge.api.auth import guard, person, sign_in
from bridge.api.files import doors as files
from bridge.api.homeserver import rules as homeserver_rules
from bridge.api.homeserver import user_directory
from bridge.api.openapi import document as openapi
from bridge.api.panel import devices as panel_devices
from bridge.api.panel import messages as panel_messages
from bridge.api.panel import roster as panel_roster
from bridge.api.panel import runs as panel_runs
from bridge.api.routes import Route, add_routes
from bridge.api.services import SERVICES, Services

DOORS: tuple[tuple[Route, ...], ...] = (
    about_page.ROUTES,
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
    person.ROUTES,
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
