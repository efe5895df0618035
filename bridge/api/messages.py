"""``messages/``: pages, sending, editing, deleting, reading."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bridge.api import sending
from bridge.api.answers import json_answer, no_content
from bridge.api.auth.person import actor
from bridge.api.bodies import EditMessage, SendMessage
from bridge.api.pages import cursor_page, page_asked, size_asked
from bridge.api.parse import path_id, query_id, read_body
from bridge.api.routes import chat
from bridge.api.services import SERVICES
from bridge.chat.views import Timeline, TimelineReader, get_entry
from bridge.errors import NotFound


async def get_messages(request: web.Request) -> web.Response:
    services, person = request.app[SERVICES], actor(request)
    conversation_id = query_id(request, "conversation_id", required=True)
    assert conversation_id is not None
    await sending.join_as_admin(services, person, conversation_id)
    async with services.db.reading() as conn:
        entry = await get_entry(conn, person.id, conversation_id)
        timeline = await _read(request, TimelineReader(conn, services.viewing(), person, entry))
    return json_answer(_page(request, timeline))


async def _read(request: web.Request, reader: TimelineReader) -> Timeline:
    """The part of the timeline that the query asks for; by cursor before by number."""
    for name, read in (("before", reader.before), ("after", reader.after), ("around", reader.around)):
        message_id = query_id(request, name)
        if message_id is not None:
            return await read(message_id, size_asked(request))
    asked = page_asked(request)
    size = size_asked(request) if "limit" in request.query else asked.size
    timeline = await reader.page(asked.number, size)
    if timeline is None:
        raise NotFound("Invalid page.")
    return timeline


def _page(request: web.Request, timeline: Timeline) -> dict[str, Any]:
    """``next`` leads to older messages, by cursor: so a page never shifts when messages arrive."""
    results = timeline.results
    return cursor_page(
        request,
        timeline.count,
        results,
        before=results[0]["id"] if results and timeline.has_older else None,
        after=results[-1]["id"] if results and timeline.has_newer else None,
    )


async def post_message(request: web.Request) -> web.Response:
    services, person = request.app[SERVICES], actor(request)
    body = await read_body(request, SendMessage)
    accepted = await sending.send(services, person, body.conversation_id, body)
    return json_answer(accepted.message, 201 if accepted.is_new else 200)


async def patch_message(request: web.Request) -> web.Response:
    body = await read_body(request, EditMessage)
    message = await sending.edit(request.app[SERVICES], actor(request), path_id(request), body.text)
    return json_answer(message)


async def delete_message(request: web.Request) -> web.Response:
    await sending.delete(request.app[SERVICES], actor(request), path_id(request))
    return no_content()


async def patch_read(request: web.Request) -> web.Response:
    unread = await sending.mark_read(request.app[SERVICES], actor(request), path_id(request))
    return json_answer({"status": "ok", "unread_count": unread})


ROUTES = (
    chat("GET", "messages/", get_messages),
    chat("POST", "messages/", post_message, access="send"),
    chat("PATCH", "messages/{id}/", patch_message),
    chat("DELETE", "messages/{id}/", delete_message),
    chat("PATCH", "messages/{id}/read/", patch_read),
)
