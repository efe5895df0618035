"""``roster/`` and ``events/`` of the panel: who is at the school, whole or change by change."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.panel.bodies import AnyEvent, as_panel_event
from bridge.api.panel.reading import read_events, read_roster
from bridge.api.panel.shapes import taken_shape
from bridge.api.parse import query_flag
from bridge.api.routes import panel
from bridge.api.services import SERVICES, Services
from bridge.errors import Conflict
from bridge.provisioning.layout import layout_of
from bridge.provisioning.parts import Parts
from bridge.provisioning.provision import make_plan
from bridge.provisioning.summary import sentence
from bridge.roster import pushes
from bridge.roster.events import Outcome, take_event
from bridge.roster.intake import OlderRead
from bridge.roster.pushes import SOURCE
from bridge.roster.reads import Read
from bridge.roster.runs import RunState, list_runs
from bridge.roster.settle import BadRead

ACTOR = "panel"


async def put_roster(request: web.Request) -> web.Response:
    """Take in the whole school; ``?dry_run=1`` only says what would come of it."""
    services = request.app[SERVICES]
    _refuse_second_source(services)
    is_dry_run = query_flag(request, "dry_run")
    version, entries = await read_roster(request)
    whole = await asyncio.to_thread(entries.as_roster)
    read = Read(SOURCE, whole, is_complete=True, version=version)
    try:
        return await (_plan(services, read) if is_dry_run else _take(services, read))
    except OlderRead as older:
        return await _answer_older(services, is_repeat=version == older.last)


def _refuse_second_source(services: Services) -> None:
    roster = services.config.roster
    other = "roster.file" if roster.file else "roster.oneroster.path" if roster.oneroster.path else None
    if other:
        raise Conflict(
            f"The whole roster comes from another source ({other} in the chat's config); send events/ only.",
            code="other_source",
        )


async def _take(services: Services, read: Read) -> web.Response:
    percent, now_ms = services.config.roster.brake_percent, services.clock()
    async with services.db.writing() as conn:
        run = await pushes.take_push(conn, read, actor=ACTOR, now_ms=now_ms, percent=percent)
    services.kick_roster()
    return json_answer(taken_shape(run), 200 if run.state == RunState.UNCHANGED else 202)


async def _plan(services: Services, read: Read) -> web.Response:
    percent, now_ms = services.config.roster.brake_percent, services.clock()
    async with services.db.reading() as conn:
        preview = await pushes.preview_push(conn, read, now_ms=now_ms, percent=percent)
    parts = Parts(services.db, services.homeserver, services.live.publish, services.clock, services.rules)
    plan = await make_plan(parts, preview.school, layout_of(services.config.roster.rooms))
    return json_answer(
        {
            "run_id": None,
            "state": "planned",
            "counts": asdict(preview.counts),
            "sentence": sentence(plan.summary),
            "summary": asdict(plan.summary),
            "brake": preview.brake.sentence if preview.brake else None,
            "confirm": None,
        }
    )


async def _answer_older(services: Services, *, is_repeat: bool) -> web.Response:
    """A list that comes again is answered with what became of it; one that a newer one overtook does nothing."""
    if is_repeat:
        async with services.db.reading() as conn:
            for run in await list_runs(conn):
                if run.source == SOURCE:
                    return json_answer(taken_shape(run))
    nothing = dict.fromkeys(("run_id", "counts", "summary", "brake", "confirm"))
    return json_answer(
        {**nothing, "state": "older", "sentence": "nothing changed: a newer list, or this one, was taken already"}
    )


async def post_events(request: web.Request) -> web.Response:
    """Take in changes, each for itself, in their order."""
    services = request.app[SERVICES]
    results: list[dict[str, Any]] = []
    state = None
    for event in await read_events(request):
        result, found = await _take_one(services, event)
        results.append(result)
        state = found or state
    run_ids = [result["run_id"] for result in results if result["run_id"] is not None]
    if run_ids:
        services.kick_roster()
    answer = {"results": results, "run_id": run_ids[-1] if run_ids else None, "state": state}
    return json_answer(answer, 202 if run_ids else 200)


async def _take_one(services: Services, event: AnyEvent) -> tuple[dict[str, Any], str | None]:
    """What became of one event, and the state of its run. One that contradicts the roster does not stop the others."""
    percent, now_ms = services.config.roster.brake_percent, services.clock()
    try:
        async with services.db.writing() as conn:
            taken = await take_event(conn, as_panel_event(event), actor=ACTOR, now_ms=now_ms, percent=percent)
    except BadRead as error:
        refused = {"event_id": event.event_id, "outcome": "refused", "run_id": None, "detail": error.detail}
        return refused, None
    run = taken.run if taken.outcome == Outcome.TAKEN else None
    shape = {
        "event_id": event.event_id,
        "outcome": taken.outcome.value,
        "run_id": run.id if run else None,
        "detail": run.brake.sentence if run and run.brake and run.state == RunState.WAITING else None,
    }
    return shape, run.state.value if run else None


ROUTES = (
    panel("PUT", "roster/", put_roster),
    panel("POST", "events/", post_events),
)
