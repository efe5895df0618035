"""
The difference between what should be and what is, as steps in a safe order. Pure.

Ghosts come before rooms; in a room whoever belongs there comes in before power changes hands, and who does
not belong there goes last. Steps of different rooms do not depend on each other. When nothing differs the
plan is empty, so applying twice equals applying once.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.permissions.power import STUDENT_LEVEL, TEACHER_LEVEL
from bridge.provisioning.spec import (
    Actual,
    ActualRoom,
    Admit,
    Archive,
    CreateRoom,
    Desired,
    DesiredRoom,
    Dismiss,
    DismissStranger,
    EnsureGhost,
    Levels,
    Rename,
    Reopen,
    SetPower,
    Step,
)

NOT_ENROLLED = "not enrolled in this group"
NOT_AT_SCHOOL = "not at the school any more"
NOT_OF_SCHOOL = "not a person of the school"


def plan_rooms(desired: Desired, actual: Actual) -> list[Step]:
    """The steps that turn *actual* into *desired*; the same input gives the same order."""
    steps: list[Step] = [
        EnsureGhost(person_id, name)
        for person_id, name in sorted(desired.ghosts.items())
        if actual.ghosts.get(person_id) != name
    ]
    for group_id, wanted in sorted(desired.rooms.items()):
        steps += _plan_room(desired, wanted, actual.rooms.get(group_id))
    for group_id, room in sorted(actual.rooms.items()):
        if group_id not in desired.rooms:
            steps += _plan_vanished(desired, room)
    return steps


def _plan_room(desired: Desired, wanted: DesiredRoom, room: ActualRoom | None) -> Iterator[Step]:
    if room is None:
        if wanted.members:
            yield CreateRoom(wanted.group_id, wanted.name, dict(wanted.members))
        return
    levels = _levels(desired, wanted, room)
    if room.is_archived:
        yield Reopen(wanted.group_id, levels)
    if room.room_id is None:
        if wanted.members:
            yield CreateRoom(wanted.group_id, wanted.name, dict(wanted.members))
    else:
        yield from _plan_members(wanted, room)
        if levels != room.levels and not room.is_archived:
            yield SetPower(wanted.group_id, levels)
        if wanted.name != room.name or wanted.name != room.room_name:
            yield Rename(wanted.group_id, wanted.name)
    yield from _plan_dismissals(desired, wanted, room)


def _plan_members(wanted: DesiredRoom, room: ActualRoom) -> Iterator[Step]:
    missing = {
        person_id: level
        for person_id, level in wanted.members.items()
        if _lacks(room, person_id, level) and room.memberships.get(person_id) != "ban"
    }
    if missing:
        yield Admit(wanted.group_id, missing)


def _levels(desired: Desired, wanted: DesiredRoom, room: ActualRoom) -> Levels:
    """Everybody above the default. An admin who joined visibly keeps the level that the joining gave."""
    levels = {person_id: level for person_id, level in room.levels.items() if person_id in desired.admins}
    levels |= {person_id: level for person_id, level in wanted.members.items() if level != STUDENT_LEVEL}
    return dict(sorted(levels.items()))


def _lacks(room: ActualRoom, person_id: int, level: int) -> bool:
    """Whether a member is missing in Matrix or in the read model, or is no manager there but should be."""
    is_joined = room.memberships.get(person_id) == "join"
    return not is_joined or room.participants.get(person_id) != (level >= TEACHER_LEVEL)


def _plan_dismissals(desired: Desired, wanted: DesiredRoom, room: ActualRoom) -> Iterator[Step]:
    for person_id in _people_in(room):
        if person_id not in wanted.members and person_id not in desired.admins:
            reason = NOT_ENROLLED if person_id in desired.ghosts else NOT_AT_SCHOOL
            yield Dismiss(room.group_id, person_id, reason)
    for mxid in sorted(room.strangers):
        yield DismissStranger(room.group_id, mxid, NOT_OF_SCHOOL)


def _plan_vanished(desired: Desired, room: ActualRoom) -> Iterator[Step]:
    """A group that the roster does not name any more: its people may read on, nobody writes."""
    for person_id in _people_in(room):
        if person_id not in desired.ghosts:
            yield Dismiss(room.group_id, person_id, NOT_AT_SCHOOL)
    if not room.is_archived:
        levels = {p: level for p, level in room.levels.items() if p in desired.ghosts}
        yield Archive(room.group_id, dict(sorted(levels.items())))


def _people_in(room: ActualRoom) -> list[int]:
    in_matrix = {p for p, membership in room.memberships.items() if membership in ("join", "invite", "knock")}
    return sorted(in_matrix | room.participants.keys())
