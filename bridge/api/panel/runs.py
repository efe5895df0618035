"""``/api/panel/runs/``: what became of lists and changes, and the button that confirms one that waits."""

from __future__ import annotations

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.pages import page_asked, page_of
from bridge.api.panel.roster import ACTOR
from bridge.api.panel.shapes import run_shape
from bridge.api.parse import path_id
from bridge.api.routes import panel
from bridge.api.services import SERVICES
from bridge.errors import NotFound
from bridge.roster import intake
from bridge.roster.runs import find_run, list_runs

MOST = 5000  # more than are kept


async def get_runs(request: web.Request) -> web.Response:
    services, asked = request.app[SERVICES], page_asked(request)
    async with services.db.reading() as conn:
        runs = await list_runs(conn, limit=MOST)
    shown = runs[asked.offset : asked.offset + asked.size]
    return json_answer(page_of(request, asked, len(runs), [run_shape(run) for run in shown]))


async def get_run(request: web.Request) -> web.Response:
    """How far it is; ask again until ``state`` is done, failed or waiting."""
    async with request.app[SERVICES].db.reading() as conn:
        run = await find_run(conn, path_id(request))
    if run is None:
        raise NotFound
    return json_answer(run_shape(run))


async def post_confirm(request: web.Request) -> web.Response:
    """Take in what the brake has stopped; somebody at the panel has seen what it removes."""
    services = request.app[SERVICES]
    async with services.db.writing() as conn:
        run = await intake.confirm(conn, path_id(request), actor=ACTOR, now_ms=services.clock())
    services.kick_roster()
    return json_answer(run_shape(run), 202)


ROUTES = (
    panel("GET", "runs/", get_runs),
    panel("GET", "runs/{id}/", get_run),
    panel("POST", "runs/{id}/confirm/", post_confirm),
)
