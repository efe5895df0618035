"""Joins and leaves in Matrix clients become participants that come and go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bridge.chat import members, revision
from bridge.chat.changes import Change
from bridge.chat.shapes import Viewing, facts_of
from bridge.db.engine import Conn
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.permissions.policy import refuse_add
from bridge.permissions.roster_rooms import manages_room
from bridge.permissions.school import Person


async def take_in(
    conn: Conn,
    viewing: Viewing,
    event: dict[str, Any],
    conversation: Row[Any],
    person_id: int,
    sender_id: int | None,
    at_ms: int,
    now_ms: int,
) -> list[Change]:
    """
    Follow one ``m.room.member`` event of a person of the school, which happened *at_ms*.

    *sender_id* is None for the bot.

    What the web has decided is newer than the event and wins: while the outbox has not carried it out yet, and then
    for what had happened before. The two of a direct conversation stay its participants: who leaves its room in a
    client is brought back, or could not be written to and could not answer from the web.
    """
    membership = event["content"].get("membership")
    person = viewing.school.find_active(person_id)
    if person is None:
        return []
    if conversation.is_direct:
        return await _direct(conn, membership, conversation, person_id, now_ms)
    # Under the lock what the web has decided is either still in the outbox or settled.
    await revision.hold(conn, conversation.id)
    if await members.is_settled_since(conn, conversation.id, person_id, at_ms):
        return []
    changes: list[Change] = []
    if membership == "invite":
        changes = await _invite(conn, viewing, conversation, person, viewing.school.find_active(sender_id), now_ms)
    if membership == "join":
        is_manager = manages_room(viewing.school, conversation.roster_key, person)
        changes = await _join(conn, conversation.id, person, now_ms, is_manager=is_manager)
    if membership in ("leave", "ban") and not await _is_waiting(conn, conversation.id, Kind.ADMIT, person_id):
        changes = await members.remove(conn, conversation.id, person_id, now_ms)
    if changes:
        await members.settle(conn, conversation.id, [person_id], at_ms)
    return changes


async def _invite(
    conn: Conn, viewing: Viewing, conversation: Row[Any], person: Person, inviter: Person | None, now_ms: int
) -> list[Change]:
    """
    Treat an invite in a Matrix client as adding somebody on the web: the same rules, and nobody is asked.

    Who has only the web app could not accept it. What the rules refuse is taken back.
    """
    if inviter is None:
        return []  # the bot's own, on the way to a join
    managers = await members.list_managers(conn, conversation.id)
    facts = facts_of(conversation, inviter.id, is_manager=managers.get(inviter.id, False), now_ms=now_ms)
    if refuse_add(viewing.school, viewing.rules, inviter, facts, [person]):
        await outbox.append(conn, Command(conversation.id, Kind.DISMISS, payload={"person_id": person.id}), now_ms)
        return []
    await outbox.append(conn, Command(conversation.id, Kind.ADMIT, payload={"people": [person.id]}), now_ms)
    if person.id in managers:
        return []
    is_manager = manages_room(viewing.school, conversation.roster_key, person)
    return await members.add(conn, conversation.id, {person.id: is_manager}, now_ms)


async def _join(conn: Conn, conversation_id: int, person: Person, now_ms: int, *, is_manager: bool) -> list[Change]:
    if await _is_waiting(conn, conversation_id, Kind.DISMISS, person.id):
        return []
    if await members.is_participant(conn, conversation_id, person.id):
        return []
    return await members.add(conn, conversation_id, {person.id: is_manager}, now_ms)


async def _direct(conn: Conn, membership: object, conversation: Row[Any], person_id: int, now_ms: int) -> list[Change]:
    if membership in ("leave", "ban") and await members.is_participant(conn, conversation.id, person_id):
        await revision.hold(conn, conversation.id)
        back = Command(conversation.id, Kind.ADMIT, payload={"people": [person_id]})
        await outbox.append(conn, back, now_ms)
    return []


async def _is_waiting(conn: Conn, conversation_id: int, kind: Kind, person_id: int) -> bool:
    for command in await outbox.find_pending(conn, conversation_id, (kind, Kind.ROOM)):
        if command.kind == Kind.ROOM and kind == Kind.ADMIT:
            return True
        if person_id in (command.payload.get("person_id"), *command.payload.get("people", ())):
            return True
    return False
