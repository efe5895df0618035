"""``me/``: who I am, what I may do, what I have chosen."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.auth.person import actor
from bridge.api.bodies import PatchMe
from bridge.api.parse import read_body
from bridge.api.routes import chat
from bridge.api.services import SERVICES, Services
from bridge.chat.settings import change_settings, get_settings
from bridge.chat.shapes import user_shape
from bridge.chat.views import sum_unread
from bridge.permissions.policy import ConversationFacts, refuse_block, refuse_create_group
from bridge.permissions.school import Person, Role


async def get_me(request: web.Request) -> web.Response:
    services, person = request.app[SERVICES], actor(request)
    async with services.db.reading() as conn:
        settings = await get_settings(conn, person.id)
        unread_total = await sum_unread(conn, person.id)
    return json_answer(_me(services, person, settings, unread_total))


async def patch_me(request: web.Request) -> web.Response:
    services, person = request.app[SERVICES], actor(request)
    body = await read_body(request, PatchMe)
    changes = body.settings.model_dump(by_alias=True, exclude_unset=True)
    async with services.db.writing() as conn:
        settings = await change_settings(conn, person.id, changes)
        unread_total = await sum_unread(conn, person.id)
    return json_answer(_me(services, person, settings, unread_total))


def _me(services: Services, person: Person, settings: dict[str, Any], unread_total: int) -> dict[str, Any]:
    homeserver = services.config.homeserver
    return {
        **user_shape(services.viewing(), person),
        "settings": settings,
        "unread_total": unread_total,
        "permissions": _permissions(services, person),
        "matrix": {
            "mxid": services.homeserver.ids.ghost(person.id),
            "homeserver": homeserver.public_url,
            "client": homeserver.client_url,
        },
    }


def _permissions(services: Services, person: Person) -> dict[str, Any]:
    rules = services.rules
    return {
        "can_create_groups": refuse_create_group(services.school.current, rules, person, ()) is None,
        "can_block": refuse_block(person, ConversationFacts(is_direct=True)) is None,
        "can_message_students": person.role != Role.STUDENT or rules.students_may_message_students != "nobody",
        "edit_window_s": rules.edit_window_s,
    }


ROUTES = (chat("GET", "me/", get_me), chat("PATCH", "me/", patch_me))
