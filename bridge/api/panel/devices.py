"""``/api/panel/users/{id}/devices/``: where somebody is signed in with a Matrix client, and the end of that."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bridge.api.answers import json_answer, no_content
from bridge.api.panel.roster import ACTOR
from bridge.api.parse import path_id
from bridge.api.routes import panel
from bridge.api.services import SERVICES
from bridge.audit.log import Entry, record
from bridge.chat.shapes import iso
from bridge.errors import NotFound


def _person_id(request: web.Request) -> int:
    """The person of the path, also one who has left; their sessions have ended with that."""
    person_id = path_id(request)
    if request.app[SERVICES].school.current.find(person_id) is None:
        raise NotFound
    return person_id


async def get_devices(request: web.Request) -> web.Response:
    services, person_id = request.app[SERVICES], _person_id(request)
    found = await services.homeserver.list_sessions(person_id)
    return json_answer({"results": [_shape(device) for device in found]})


async def delete_devices(request: web.Request) -> web.Response:
    """Sign the person out of every Matrix client; they may sign in again unless they are deactivated."""
    services, person_id = request.app[SERVICES], _person_id(request)
    await services.homeserver.end_sessions(person_id)
    entry = Entry(services.clock(), ACTOR, "devices.ended", source="panel", person_id=person_id)
    async with services.db.writing() as conn:
        await record(conn, [entry])
    return no_content()


def _shape(device: dict[str, Any]) -> dict[str, Any]:
    return {
        "device_id": device["device_id"],
        "name": device.get("display_name"),
        "last_seen": iso(device.get("last_seen_ts")),
        "last_address": device.get("last_seen_ip"),
    }


ROUTES = (
    panel("GET", "users/{id}/devices/", get_devices),
    panel("DELETE", "users/{id}/devices/", delete_devices),
)
