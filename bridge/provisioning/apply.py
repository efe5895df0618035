"""
Carry out a plan: people first, then the rooms, several at once, the steps of each room in their order.

Every step is idempotent, and what it does in Matrix is noted before and after, so that the next plan finds what was
interrupted. A step that the homeserver refuses is reported and the others go on: one person whom it does not let in
must not keep a class out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from bridge.chat import conversations
from bridge.chat.conversations import RosterConversation
from bridge.permissions.roster_rooms import SPACE, find_group_id
from bridge.provisioning import record
from bridge.provisioning.cut import cut
from bridge.provisioning.found import FoundRoom
from bridge.provisioning.lane import do_room_steps
from bridge.provisioning.parallel import in_parallel
from bridge.provisioning.people import do_person_step
from bridge.provisioning.record import Room
from bridge.provisioning.run import Run, Work
from bridge.provisioning.spec import CreateRoom, EnsureGhost, Retire, Revive, RoomStep, Step

PEOPLE_AT_ONCE = 16
ROOMS_AT_ONCE = 6


async def apply_steps(run: Run, steps: Sequence[Step]) -> None:
    """
    Do all *steps*; what was looked at for them and is as it should be is suspect no more.

    Raises:
        HomeserverUnavailable: It does not answer for longer than a restart takes; the next run goes on.
        Unavailable: The database does not answer, or another process has taken over.
    """
    of_people = [step for step in steps if isinstance(step, (EnsureGhost, Retire, Revive))]
    of_rooms: list[RoomStep] = [step for step in steps if not isinstance(step, (EnsureGhost, Retire, Revive))]
    lanes = [list(of_room) for _, of_room in groupby(of_rooms, key=lambda step: step.key)]
    await _reserve(run, of_rooms)
    await _clear(run, {lane[0].key for lane in lanes})
    await cut(run, steps)
    await in_parallel(of_people, partial(do_person_step, run), at_once=PEOPLE_AT_ONCE)
    space = run.rooms.get(SPACE)
    if not any(isinstance(step, CreateRoom) and step.key == SPACE for step in of_rooms):
        run.space_id.set_result(space.room_id if space else None)
    # The space's lane is the first: the others need its id, and its many joins take as long as all of them.
    await in_parallel(lanes, partial(do_room_steps, run), at_once=ROOMS_AT_ONCE)


async def _reserve(run: Run, steps: Sequence[RoomStep]) -> None:
    """Write what a room is made for before the room, alias and all, so that whatever happens it is found again."""
    new = {step.key: step for step in steps if isinstance(step, CreateRoom)}
    touched = {step.key for step in steps}
    async with run.parts.db.writing() as conn:
        for room in run.found.rooms.values():
            if room.adopted is not None and room.conversation is not None:
                await conversations.set_room_id(conn, room.conversation.id, room.adopted)
            elif room.adopted is not None:
                await record.save_room_id(conn, room.key, room.adopted)
        # Groups first: they have the small ids.
        for key, step in sorted(new.items(), key=lambda item: find_group_id(item[0]) is None):
            if key != SPACE:
                await conversations.create_group_conversation(
                    conn,
                    name=step.name,
                    roster_key=key,
                    created_by=None,
                    alias=run.parts.homeserver.reserved_alias(key),
                    now_ms=run.parts.clock(),
                )
        reserved = [Room(key, _alias_of_space(run, key), given_name=_given(new.get(key))) for key in sorted(touched)]
        await record.reserve_rooms(conn, reserved)
        found = {each.roster_key: each for each in await conversations.list_roster_conversations(conn)}
        recorded = await record.list_rooms(conn)
    for key in sorted(recorded.keys() | found.keys()):
        run.rooms[key] = _work(run, recorded.get(key, Room(key)), found.get(key))


def _alias_of_space(run: Run, key: str) -> str | None:
    return run.parts.homeserver.reserved_alias(key) if key == SPACE else None


def _given(step: CreateRoom | None) -> str:
    return step.name if step else ""


def _work(run: Run, room: Room, conversation: RosterConversation | None) -> Work:
    known = run.found.rooms.get(room.key, FoundRoom(room))
    is_new = known.room_id is None
    return Work(
        key=room.key,
        conversation_id=conversation.id if conversation else None,
        alias=(conversation.alias if conversation else room.alias) or "",
        room_id=conversation.room_id if conversation else room.room_id,
        given_name=room.given_name,
        seen=known.seen,
        is_certain=is_new or room.key in run.found.looked or known.record.suspect_ms is None,
        suspect_ms=room.suspect_ms if is_new else known.record.suspect_ms,
    )


async def _clear(run: Run, busy: set[str]) -> None:
    """Keep what was looked at; rooms on which there is nothing to do are suspect no more."""
    looked = [room for key, room in sorted(run.found.rooms.items()) if _is_news(run, room)]
    if not looked:
        return
    async with run.parts.db.writing() as conn:
        await record.reserve_rooms(conn, [Room(room.key) for room in looked])
        for room in looked:
            mark = room.record.suspect_ms if room.key not in busy else None
            await record.end_work(conn, room.record, mark)


def _is_news(run: Run, room: FoundRoom) -> bool:
    """Whether the look told us something: of the room itself, or which rooms the space has."""
    return room.key in run.found.looked or (SPACE in run.found.looked and room.record.seen is not None)
