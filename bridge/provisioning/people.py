"""Steps about people: their ghosts are made, leave the school, and come back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bridge.chat import conversations, members
from bridge.chat.changes import Change
from bridge.errors import NotFound
from bridge.matrix import rooms
from bridge.provisioning import record
from bridge.provisioning.record import GONE, HERE, LEAVING, Ghost
from bridge.provisioning.run import Run
from bridge.provisioning.spec import EnsureGhost, PersonStep, Retire, Revive

UNKNOWN = ""  # nobody is called so


async def do_person_step(run: Run, step: PersonStep) -> None:
    match step:
        case EnsureGhost():
            do = partial(_ensure, run, step)
        case Retire():
            do = partial(_retire, run, step)
        case Revive():
            do = partial(_revive, run, step)
    await run.attempt(step, do)


async def _ensure(run: Run, step: EnsureGhost) -> None:
    if step.person_id in run.found.ghosts:
        # Whatever becomes of us: from here on it is not certain what the person is called in Matrix.
        async with run.parts.db.writing() as conn:
            await record.note_name(conn, step.person_id, UNKNOWN, run.parts.clock())
    await run.parts.homeserver.register_ghost(step.person_id, step.name)
    async with run.parts.db.writing() as conn:
        await record.save_ghost(conn, Ghost(step.person_id, step.name, HERE))


async def _retire(run: Run, step: Retire) -> None:
    """What the web shows was cut before; here Matrix follows: rooms are left, sessions end."""
    homeserver = run.parts.homeserver
    await homeserver.end_sessions(step.person_id)
    await rooms.leave_all(homeserver, step.person_id)
    async with run.parts.db.writing() as conn:
        ghost = (await record.list_ghosts(conn))[step.person_id]
        await record.save_ghost(conn, Ghost(step.person_id, ghost.display_name, GONE, ghost.left_ids))
        await run.audit(conn, "ghost.retired", None, [step.person_id])


async def _revive(run: Run, step: Revive) -> None:
    """Back into direct conversations with everybody who is here, and into group chats that are still there."""
    ghost, homeserver = run.found.ghosts[step.person_id], run.parts.homeserver
    async with run.parts.db.writing() as conn:  # should the roster take them out again before this is done
        await record.save_ghost(conn, replace(ghost, state=LEAVING))
    if ghost.state == LEAVING:  # perhaps not out of everything yet, and our records have them in no room
        await rooms.leave_all(homeserver, step.person_id)
    await homeserver.register_ghost(step.person_id, step.name)
    async with run.parts.db.reading() as conn:
        room_ids = await conversations.list_direct_rooms(conn, step.person_id)
    for room_id in room_ids:
        await rooms.admit(homeserver, room_id, [step.person_id])
    for conversation_id in ghost.left_ids:
        await run.tell(await _come_back(run, conversation_id, step.person_id))
    async with run.parts.db.writing() as conn:
        await record.save_ghost(conn, Ghost(step.person_id, step.name, HERE))
        await run.audit(conn, "ghost.revived", None, [step.person_id])


async def _come_back(run: Run, conversation_id: int, person_id: int) -> list[Change]:
    async with run.parts.db.reading() as conn:
        try:
            conversation = await conversations.get_conversation(conn, conversation_id)
        except NotFound:
            return []
    if conversation.is_archived or conversation.room_id is None:
        return []
    await rooms.admit(run.parts.homeserver, conversation.room_id, [person_id])
    async with run.parts.db.writing() as conn:
        return await members.add(conn, conversation_id, {person_id: False}, run.parts.clock())
