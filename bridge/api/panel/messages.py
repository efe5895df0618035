"""``/api/panel/system-messages/``: the school itself says something in a group."""

from __future__ import annotations

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.panel.bodies import SystemMessage
from bridge.api.parse import read_body
from bridge.api.routes import panel
from bridge.api.services import SERVICES
from bridge.chat import conversations
from bridge.chat.messages import say_as_school
from bridge.errors import Conflict, NotFound, Unavailable
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.permissions.policy import SENTENCES, Reason
from bridge.permissions.roster_rooms import key_of_group


async def post_system_message(request: web.Request) -> web.Response:
    """Say *text* in the group, from the bot: durable, in order with all else there, once for each ``client_id``."""
    services = request.app[SERVICES]
    body, now_ms = await read_body(request, SystemMessage), services.clock()
    async with services.db.writing() as conn:
        conversation = await conversations.find_by_roster_key(conn, key_of_group(body.group_id))
        if conversation is None:
            if body.group_id not in (await services.school.refresh()).groups:
                raise NotFound("There is no such group.")
            raise Unavailable("The room of this group is not made yet; try again.", code="group_not_ready")
        if conversation.is_archived:
            raise Conflict(SENTENCES[Reason.ARCHIVED], code=Reason.ARCHIVED.value)
        said = await say_as_school(conn, services.viewing(), conversation.id, body.text, body.client_id, now_ms)
        taken = None
        if said.is_new:
            command = Command(conversation.id, Kind.MESSAGE, None, said.message["id"])
            taken = await outbox.append_taken(conn, command, now_ms, services.sender.lease())
    if said.is_new:
        await services.live.publish(said.changes)
    if taken:
        services.sender.wake(taken)
    return json_answer(said.message, 201 if said.is_new else 200)


ROUTES = (panel("POST", "system-messages/", post_system_message),)
