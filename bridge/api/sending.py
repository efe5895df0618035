"""
The writes that REST and sockets share: a door opens the transaction here, and publishes when it has committed.

A message, an edit and a receipt are written together with their outgoing command; so nothing is accepted that does
not reach Matrix, and nothing goes out that was not accepted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from bridge.api.audited import note
from bridge.api.bodies import MessageContent
from bridge.api.services import Services
from bridge.chat import members, message_changes, messages, receipts, views
from bridge.chat.messages import Accepted, Draft
from bridge.errors import Invalid, NotSignedIn
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.permissions.school import Person, Role
from bridge.roster.store import SchoolChanged


async def send(services: Services, actor: Person, conversation_id: int, body: MessageContent) -> Accepted:
    """Accept a message durably and show it to everybody who is connected. A repeat returns the first result."""
    await join_as_admin(services, actor, conversation_id)
    draft = Draft(body.text, body.file_id, body.reply_to, tuple(body.mentions), body.client_id)
    try:
        accepted, command = await _accept_now(services, actor, conversation_id, draft)
    except (IntegrityError, Invalid):
        # The same client_id at the same moment, on two connections: the other one was first, and has the file.
        repeat = await _find_repeat(services, actor, draft)
        if repeat is None:
            raise
        return repeat
    if accepted.is_new:
        await services.live.publish(accepted.changes)
    if command:
        services.sender.wake(command)
    return accepted


async def _accept_now(
    services: Services, actor: Person, conversation_id: int, draft: Draft
) -> tuple[Accepted, Command | None]:
    """Accept by the roster as it is at this moment, also when another process has just changed it."""
    try:
        return await _accept(services, actor, conversation_id, draft)
    except SchoolChanged:
        school = await services.school.refresh()
    if (known := school.find_active(actor.id)) is None:
        raise NotSignedIn("Your account is not active any more.", code="user_inactive")
    return await _accept(services, known, conversation_id, draft)


async def _accept(
    services: Services, actor: Person, conversation_id: int, draft: Draft
) -> tuple[Accepted, Command | None]:
    now_ms, viewing, lease = services.clock(), services.viewing(), services.sender.lease()
    if called := await services.accept_call.accept(viewing, actor, conversation_id, draft, now_ms, lease):
        return called
    async with services.db.writing() as conn:
        accepted = await messages.accept(conn, viewing, actor, conversation_id, draft, now_ms)
        if not accepted.is_new:
            return accepted, None
        command = Command(conversation_id, Kind.MESSAGE, actor.id, accepted.message["id"])
        return accepted, await outbox.append_taken(conn, command, now_ms, lease)


async def _find_repeat(services: Services, actor: Person, draft: Draft) -> Accepted | None:
    if draft.client_id is None:
        return None
    async with services.db.reading() as conn:
        return await messages.find_by_client_id(conn, services.viewing(), actor, draft.client_id)


async def join_as_admin(services: Services, actor: Person, conversation_id: int) -> None:
    """An admin may see and write in every group, but visibly: the first look makes them a participant."""
    if actor.role != Role.ADMIN:
        return
    now_ms = services.clock()
    async with services.db.writing() as conn:
        if not await views.is_unjoined_group(conn, actor.id, conversation_id):
            return
        changes = await members.add(conn, conversation_id, {actor.id: True}, now_ms)
        await outbox.append(conn, Command(conversation_id, Kind.ADMIT, payload={"people": [actor.id]}), now_ms)
        await note(conn, actor, "participant.added", conversation_id, now_ms, people=[actor.id])
    await services.live.publish(changes)
    services.sender.wake()


async def mark_read(services: Services, actor: Person, message_id: int) -> int:
    """Everything up to the message is read; what is still unread."""
    now_ms = services.clock()
    taken = None
    async with services.db.writing() as conn:
        conversation_id, unread, changes = await receipts.mark_read(conn, actor.id, message_id, now_ms)
        if changes:
            await outbox.drop_waiting_receipts(conn, conversation_id, actor.id)
            command = Command(conversation_id, Kind.RECEIPT, actor.id, message_id)
            taken = await outbox.append_taken(conn, command, now_ms, services.sender.lease())
    await services.live.publish(changes)
    if taken:
        services.sender.wake(taken)
    return unread


async def edit(services: Services, actor: Person, message_id: int, text: str) -> dict[str, Any]:
    now_ms = services.clock()
    async with services.db.writing() as conn:
        message, changes = await message_changes.edit(conn, services.viewing(), actor, message_id, text, now_ms)
        command = Command(message["conversation_id"], Kind.EDIT, actor.id, message_id, {"text": text})
        await outbox.append(conn, command, now_ms)
    await services.live.publish(changes)
    services.sender.wake()
    return message


async def delete(services: Services, actor: Person, message_id: int) -> None:
    now_ms = services.clock()
    async with services.db.writing() as conn:
        message, changes = await message_changes.remove(conn, services.viewing(), actor, message_id, now_ms)
        if changes:
            command = Command(message["conversation_id"], Kind.REDACT, actor.id, message_id)
            await outbox.append(conn, command, now_ms)
    await services.live.publish(changes)
    services.sender.wake()


async def set_typing(services: Services, actor: Person, conversation_id: int, *, is_typing: bool) -> None:
    async with services.db.reading() as conn:
        entry = await views.get_entry(conn, actor.id, conversation_id)
    await services.live.typing.from_web(conversation_id, entry.room_id, actor.id, is_typing=is_typing)
