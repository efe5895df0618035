"""``conversations/``: the list, one of them, beginning one, and what its participants may do with it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bridge.api import sending
from bridge.api.answers import json_answer, no_content
from bridge.api.audited import note
from bridge.api.auth.person import actor
from bridge.api.beginning import begin_direct, begin_group, tell
from bridge.api.bodies import Block, CreateGroup, MarkRead, OpenDirect, PatchConversation, Typing
from bridge.api.pages import page_asked, page_of
from bridge.api.parse import path_id, query_choice, query_text, read_body
from bridge.api.routes import chat
from bridge.api.services import SERVICES
from bridge.chat import conversations, views
from bridge.chat.changes import Change
from bridge.chat.messages import require
from bridge.chat.shapes import facts_of
from bridge.errors import Conflict, Invalid
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.permissions.policy import (
    ConversationFacts,
    Reason,
    refuse_block,
    refuse_manage,
)
from bridge.permissions.school import Person, Role


async def get_conversations(request: web.Request) -> web.Response:
    services, person, asked = request.app[SERVICES], actor(request), page_asked(request)
    wanted = views.ListFilter(
        query_choice(request, "filter", ("all", "unread", "groups"), "all"), query_text(request, "search")
    )
    async with services.db.reading() as conn:
        found = await views.list_conversations(
            conn, services.viewing(), person, wanted, asked.offset, asked.size, services.clock()
        )
    return json_answer(page_of(request, asked, found.count, found.results))


async def get_conversation(request: web.Request) -> web.Response:
    return await answer_with(request, path_id(request))


async def answer_with(request: web.Request, conversation_id: int, status: int = 200) -> web.Response:
    """The conversation as the caller sees it."""
    services = request.app[SERVICES]
    async with services.db.reading() as conn:
        shape = await views.get_conversation(
            conn, services.viewing(), actor(request), conversation_id, services.clock()
        )
    return json_answer(shape, status)


async def post_direct(request: web.Request) -> web.Response:
    services, person = request.app[SERVICES], actor(request)
    body = await read_body(request, OpenDirect)
    found, is_new = await begin_direct(services, person, body.participant, "participant")
    return await answer_with(request, found, 201 if is_new else 200)


async def post_group(request: web.Request) -> web.Response:
    services, person = request.app[SERVICES], actor(request)
    body = await read_body(request, CreateGroup)
    new_id = await begin_group(services, person, body.name, body.participants, "participants")
    return await answer_with(request, new_id, 201)


async def patch_conversation(request: web.Request) -> web.Response:
    services, person, conversation_id = request.app[SERVICES], actor(request), path_id(request)
    body, now_ms = await read_body(request, PatchConversation), services.clock()
    await sending.join_as_admin(services, person, conversation_id)
    changes: list[Change] = []
    async with services.db.writing() as conn:
        entry = await views.get_entry(conn, person.id, conversation_id)
        if body.name is not None:
            require(refuse_manage(person, _facts(entry, person, now_ms)))
            changes += await conversations.rename(conn, conversation_id, body.name, now_ms)
            command = Command(conversation_id, Kind.RENAME, payload={"name": body.name})
            await outbox.append(conn, command, now_ms)
            names = {"from": entry.name, "to": body.name}
            await note(conn, person, "conversation.renamed", conversation_id, now_ms, **names)
        if body.is_muted is not None:
            changes += await conversations.set_entry(conn, conversation_id, person.id, now_ms, is_muted=body.is_muted)
    await tell(services, changes)
    return await answer_with(request, conversation_id)


def _facts(entry: Any, person: Person, now_ms: int) -> ConversationFacts:
    return facts_of(entry, person.id, is_manager=entry.is_manager, now_ms=now_ms)


async def delete_conversation(request: web.Request) -> web.Response:
    """A manager archives a group for all; everybody else takes it off the own list, until news come."""
    services, person, conversation_id = request.app[SERVICES], actor(request), path_id(request)
    now_ms = services.clock()
    await sending.join_as_admin(services, person, conversation_id)
    async with services.db.writing() as conn:
        entry = await views.get_entry(conn, person.id, conversation_id)
        facts = _facts(entry, person, now_ms)
        if refuse_manage(person, facts) is None:
            if facts.is_managed:
                raise Conflict("This group follows the school's roster; it ends there.", code="roster_managed")
            changes = await conversations.archive(conn, conversation_id, now_ms)
            await outbox.append(conn, Command(conversation_id, Kind.POWER), now_ms)
            await note(conn, person, "conversation.archived", conversation_id, now_ms)
        else:
            changes = await conversations.set_entry(conn, conversation_id, person.id, now_ms, is_hidden=True)
    await tell(services, changes)
    return no_content()


async def post_read(request: web.Request) -> web.Response:
    services, person, conversation_id = request.app[SERVICES], actor(request), path_id(request)
    body = await read_body(request, MarkRead)
    async with services.db.reading() as conn:
        entry = await views.get_entry(conn, person.id, conversation_id)
        newest = await views.newest_id(conn, conversation_id, body.message_id)
    if body.message_id is not None and newest is None:
        raise Invalid({"message_id": ["There is no such message in this conversation."]})
    if newest is not None and newest > entry.shown_id:
        await sending.mark_read(services, person, newest)
    return no_content()


async def post_clear(request: web.Request) -> web.Response:
    services, person, conversation_id = request.app[SERVICES], actor(request), path_id(request)
    async with services.db.writing() as conn:
        await views.get_entry(conn, person.id, conversation_id)
        changes = await conversations.clear(conn, conversation_id, person.id, services.clock())
    await tell(services, changes)
    return no_content()


async def post_typing(request: web.Request) -> web.Response:
    body = await read_body(request, Typing)
    await sending.set_typing(request.app[SERVICES], actor(request), path_id(request), is_typing=body.is_typing)
    return no_content()


async def post_block(request: web.Request) -> web.Response:
    services, body = request.app[SERVICES], await read_body(request, Block)
    if body.until_ms is not None and body.until_ms <= services.clock():
        raise Invalid({"until": ["This time is over already."]})
    return await _block(request, until_ms=body.until_ms, is_blocked=True)


async def delete_block(request: web.Request) -> web.Response:
    return await _block(request, until_ms=None, is_blocked=False)


async def _block(request: web.Request, *, until_ms: int | None, is_blocked: bool) -> web.Response:
    services, person, conversation_id = request.app[SERVICES], actor(request), path_id(request)
    now_ms = services.clock()
    async with services.db.writing() as conn:
        entry = await views.get_entry(conn, person.id, conversation_id)
        facts = _facts(entry, person, now_ms)
        require(refuse_block(person, facts))
        if facts.blocked_by not in (None, person.id) and person.role != Role.ADMIN:
            require(Reason.BLOCKED)  # only who has blocked can lift it
        by = person.id if is_blocked else None
        changes = await conversations.block(conn, conversation_id, by, until_ms, now_ms)
        if changes:
            await outbox.append(conn, Command(conversation_id, Kind.POWER), now_ms)
            action = "conversation.blocked" if is_blocked else "conversation.unblocked"
            other = [facts.other_id] if facts.other_id is not None else []
            await note(conn, person, action, conversation_id, now_ms, people=other, until_ms=until_ms)
    await tell(services, changes)
    return await answer_with(request, conversation_id)


ROUTES = (
    chat("GET", "conversations/", get_conversations),
    chat("POST", "conversations/", post_direct),
    chat("POST", "conversations/group/", post_group),
    chat("POST", "conversations/create_group/", post_group),
    chat("GET", "conversations/{id}/", get_conversation),
    chat("PATCH", "conversations/{id}/", patch_conversation),
    chat("DELETE", "conversations/{id}/", delete_conversation),
    chat("POST", "conversations/{id}/read/", post_read),
    chat("POST", "conversations/{id}/clear/", post_clear),
    chat("POST", "conversations/{id}/typing/", post_typing),
    chat("POST", "conversations/{id}/block/", post_block),
    chat("DELETE", "conversations/{id}/block/", delete_block),
)
