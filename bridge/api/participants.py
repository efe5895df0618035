"""``conversations/{id}/participants/`` and the calls that change them; ``contacts/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.audited import note
from bridge.api.auth.person import actor
from bridge.api.beginning import find_people, tell
from bridge.api.bodies import AddParticipants, RemoveParticipant
from bridge.api.conversations import answer_with
from bridge.api.pages import page_asked, page_of
from bridge.api.parse import path_id, query_choice, query_id, query_text, read_body
from bridge.api.routes import chat
from bridge.api.sending import join_as_admin
from bridge.api.services import SERVICES
from bridge.chat import members, views
from bridge.chat.messages import require
from bridge.chat.shapes import facts_of, user_shape
from bridge.errors import Conflict, Invalid
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.permissions.policy import Reason, refuse_add, refuse_begin, refuse_direct, refuse_manage
from bridge.permissions.roster_rooms import belongs_into, manages_room
from bridge.permissions.school import Role

ROLES = tuple(role.value for role in Role)


async def get_participants(request: web.Request) -> web.Response:
    services, person, asked = request.app[SERVICES], actor(request), page_asked(request)
    conversation_id = path_id(request)
    await join_as_admin(services, person, conversation_id)
    async with services.db.reading() as conn:
        await views.get_entry(conn, person.id, conversation_id)
        rows = await views.list_participants(conn, conversation_id)
    viewing = services.viewing()
    results = []
    for row in rows[asked.offset : asked.offset + asked.size]:
        if participant := viewing.school.find(row.person_id):
            read_id = row.shown_id if row.shown_id > row.start_id else None
            more = {"is_manager": row.is_manager, "last_read_message_id": read_id}
            results.append({**user_shape(viewing, participant), **more})
    return json_answer(page_of(request, asked, len(rows), results))


async def post_add(request: web.Request) -> web.Response:
    services, person, conversation_id = request.app[SERVICES], actor(request), path_id(request)
    body, now_ms = await read_body(request, AddParticipants), services.clock()
    await join_as_admin(services, person, conversation_id)
    async with services.db.writing() as conn:
        entry = await views.get_entry(conn, person.id, conversation_id)
        facts = facts_of(entry, person.id, is_manager=entry.is_manager, now_ms=now_ms)
        require(refuse_manage(person, facts))
        people = find_people(services, body.ids, "user_id" if body.user_id else "user_ids")
        school = services.school.current
        require(refuse_add(school, services.rules, person, facts, people))
        inside = set(await members.list_ids(conn, conversation_id))
        new = {p.id: manages_room(school, entry.roster_key, p) for p in people if p.id not in inside}
        changes = await members.add(conn, conversation_id, new, now_ms)
        if new:
            command = Command(conversation_id, Kind.ADMIT, payload={"people": sorted(new)})
            await outbox.append(conn, command, now_ms)
            await note(conn, person, "participant.added", conversation_id, now_ms, people=sorted(new))
    await tell(services, changes)
    return await answer_with(request, conversation_id)


async def remove_participant(request: web.Request) -> web.Response:
    services, person, conversation_id = request.app[SERVICES], actor(request), path_id(request)
    body, now_ms = await read_body(request, RemoveParticipant), services.clock()
    person_id = body.user_id or query_id(request, "user_id")
    if person_id is None:
        raise Invalid({"user_id": ["This field is required."]})
    await join_as_admin(services, person, conversation_id)
    async with services.db.writing() as conn:
        entry = await views.get_entry(conn, person.id, conversation_id)
        require(refuse_manage(person, facts_of(entry, person.id, is_manager=entry.is_manager, now_ms=now_ms)))
        school = services.school.current
        known = school.find(person_id)
        if entry.roster_key is not None and known and belongs_into(school, entry.roster_key, known):
            raise Conflict(
                "The members of this group follow the school's roster; change it there.",
                code="roster_managed",
            )
        changes = await members.remove(conn, conversation_id, person_id, now_ms)
        if changes:
            command = Command(conversation_id, Kind.DISMISS, payload={"person_id": person_id})
            await outbox.append(conn, command, now_ms)
            await note(conn, person, "participant.removed", conversation_id, now_ms, people=[person_id])
    await tell(services, changes)
    if person_id == person.id:
        return json_answer({"status": "ok"})  # who removed themselves cannot see it any more
    return await answer_with(request, conversation_id)


async def get_contacts(request: web.Request) -> web.Response:
    """Everybody whom the caller may write to, by name; the policy decides for each."""
    services, person, asked = request.app[SERVICES], actor(request), page_asked(request)
    viewing, wanted = services.viewing(), views.folded(query_text(request, "search"))
    role = query_choice(request, "role", ROLES, "")
    async with services.db.reading() as conn:
        direct = await views.list_direct_ids(conn, person)
    found = [
        other
        for other in viewing.school.people.values()
        if (not role or other.role == role)
        and wanted in views.folded(other.name)
        and (refuse_direct if other.id in direct else refuse_begin)(viewing.school, viewing.rules, person, other)
        is None
    ]
    found.sort(key=lambda other: (other.role == Role.STUDENT, views.folded(other.last_name), other.id))
    results: list[dict[str, Any]] = [
        {**user_shape(viewing, other), "conversation_id": direct.get(other.id)}
        for other in found[asked.offset : asked.offset + asked.size]
    ]
    return json_answer(page_of(request, asked, len(found), results))


def _refuses(has_begun: bool) -> Callable[..., Reason | None]:
    return refuse_direct if has_begun else refuse_begin


ROUTES = (
    chat("GET", "contacts/", get_contacts),
    chat("GET", "conversations/{id}/participants/", get_participants),
    chat("POST", "conversations/{id}/add_participant/", post_add),
    chat("DELETE", "conversations/{id}/remove_participant/", remove_participant),
    chat("POST", "conversations/{id}/remove_participant/", remove_participant),
)
