"""
The difference between what should be and what is, as steps in a safe order. Pure.

People come before rooms, and the space before the rooms in it; in a room whoever belongs there comes in before power
changes hands, and who does not belong there goes last. Steps of different rooms do not depend on each other. When
nothing differs the plan is empty, so applying twice equals applying once.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.permissions.power import STUDENT_LEVEL, TEACHER_LEVEL
from bridge.permissions.roster_rooms import ANNOUNCEMENTS, SPACE, STAFF, find_group_id
from bridge.provisioning.spec import (
    Actual,
    ActualRoom,
    Admit,
    Archive,
    CreateRoom,
    Describe,
    Desired,
    DesiredRoom,
    Dismiss,
    DismissStranger,
    EnsureGhost,
    Levels,
    Link,
    Mend,
    Rename,
    Reopen,
    Retire,
    Revive,
    SetPower,
    Step,
    Unlink,
)

NOT_ENROLLED = "not enrolled in this group"
NOT_ENTITLED = "not among those whom this room is for"
NOT_AT_SCHOOL = "not at the school any more"
NOT_OF_SCHOOL = "not a person of the school"

_FIRST = {SPACE: 0, ANNOUNCEMENTS: 1, STAFF: 2}  # then the groups, by id


def plan_rooms(desired: Desired, actual: Actual) -> list[Step]:
    """The steps that turn *actual* into *desired*; the same input gives the same order."""
    steps: list[Step] = [*_plan_people(desired, actual)]
    for key in sorted(desired.rooms.keys() | actual.rooms.keys(), key=_order):
        wanted, room = desired.rooms.get(key), actual.rooms.get(key)
        if wanted is not None:
            steps += _plan_room(desired, actual, wanted, room)
        elif room is not None:
            steps += _plan_ended(desired, actual, room)
    return steps


def _order(key: str) -> tuple[int, int]:
    return _FIRST.get(key, len(_FIRST)), find_group_id(key) or 0


def _plan_people(desired: Desired, actual: Actual) -> Iterator[Step]:
    for person_id, name in sorted(desired.ghosts.items()):
        if person_id in actual.gone:
            yield Revive(person_id, name)
        elif actual.ghosts.get(person_id) != name:
            yield EnsureGhost(person_id, name)
    for person_id in sorted(actual.ghosts.keys() | actual.leaving):
        if person_id not in desired.ghosts:
            yield Retire(person_id)


def _plan_room(desired: Desired, actual: Actual, wanted: DesiredRoom, room: ActualRoom | None) -> Iterator[Step]:
    if room is None or room.room_id is None:
        yield from _plan_new(desired, actual, wanted, room)
        return
    levels = _levels(desired, wanted, room)
    if room.is_archived:
        yield Reopen(wanted.key, levels)
    missing = {p: level for p, level in wanted.members.items() if _is_missing(wanted, room, p)}
    if missing:
        yield Admit(wanted.key, missing)
    is_power_right = _comparable(desired, wanted, room.levels) == _comparable(desired, wanted, levels)
    if not room.is_archived and (not is_power_right or "power" in room.faults):
        yield SetPower(wanted.key, levels)
    yield from _plan_looks(wanted, room)
    if wanted.in_space and (not room.is_linked or room.is_half_linked):
        yield Link(wanted.key)
    if room.is_linked and not wanted.in_space:
        yield Unlink(wanted.key)
    yield from _plan_dismissals(desired, actual, wanted, room)


def _plan_new(desired: Desired, actual: Actual, wanted: DesiredRoom, room: ActualRoom | None) -> Iterator[Step]:
    if room is not None and room.is_archived:
        yield Reopen(wanted.key, {})
    if wanted.members or wanted.key == SPACE:
        yield CreateRoom(wanted.key, wanted.name, dict(wanted.members), wanted.topic, wanted.avatar or "")
        if wanted.in_space:
            yield Link(wanted.key)
    if room is not None:
        yield from _plan_dismissals(desired, actual, wanted, room)


def _plan_looks(wanted: DesiredRoom, room: ActualRoom) -> Iterator[Step]:
    names = {room.room_name, room.given_name, *((room.name,) if room.has_conversation else ())}
    if names != {wanted.name}:
        yield Rename(wanted.key, wanted.name)
    topic = wanted.topic if wanted.topic != room.topic else None
    avatar = wanted.avatar if wanted.avatar is not None and wanted.avatar != room.avatar else None
    if topic is not None or avatar is not None:
        yield Describe(wanted.key, topic, avatar)
    if fixed := tuple(fault for fault in room.faults if fault != "power"):
        yield Mend(wanted.key, fixed)


def _levels(desired: Desired, wanted: DesiredRoom, room: ActualRoom) -> Levels:
    """Everybody above the default. An admin who joined visibly keeps the level that the joining gave."""
    levels = {p: TEACHER_LEVEL for p, manages in room.participants.items() if manages and p in desired.admins}
    levels |= {p: level for p, level in room.levels.items() if p in desired.admins}
    levels = {p: level for p, level in levels.items() if p not in wanted.members}
    levels |= {p: level for p, level in wanted.members.items() if level != STUDENT_LEVEL}
    return dict(sorted(levels.items()))


def _comparable(desired: Desired, wanted: DesiredRoom, levels: Levels) -> Levels:
    """*levels* without those of visible admins, which are nobody's fault."""
    return {p: level for p, level in levels.items() if p in wanted.members or p not in desired.admins}


def _is_missing(wanted: DesiredRoom, room: ActualRoom, person_id: int) -> bool:
    """Whether a member is not in Matrix or not in the read model, or is no manager there but should be."""
    membership = room.memberships.get(person_id)
    if membership == "ban":
        return False
    is_right = not room.has_conversation or room.participants.get(person_id) == (person_id in wanted.managers)
    return membership != "join" or not is_right


def _plan_dismissals(desired: Desired, actual: Actual, wanted: DesiredRoom, room: ActualRoom) -> Iterator[Step]:
    is_group = find_group_id(wanted.key) is not None
    for person_id in _people_in(room):
        if person_id in wanted.members or (is_group and person_id in desired.admins):
            continue
        if person_id in desired.ghosts:
            yield Dismiss(room.key, person_id, NOT_ENROLLED if is_group else NOT_ENTITLED)
        elif not _retires(actual, room, person_id):
            yield Dismiss(room.key, person_id, NOT_AT_SCHOOL)
    for mxid in sorted(room.strangers):
        yield DismissStranger(room.key, mxid, NOT_OF_SCHOOL)


def _plan_ended(desired: Desired, actual: Actual, room: ActualRoom) -> Iterator[Step]:
    """What nothing asks for any more: its people may read on, nobody writes. A space is left by everybody."""
    if not room.has_conversation:
        empty = DesiredRoom(room.key, room.given_name, {})
        yield from _plan_dismissals(desired, actual, empty, room)
        return
    if room.is_linked:
        yield Unlink(room.key)
    for person_id in _people_in(room):
        if person_id not in desired.ghosts and not _retires(actual, room, person_id):
            yield Dismiss(room.key, person_id, NOT_AT_SCHOOL)
    for mxid in sorted(room.strangers):
        yield DismissStranger(room.key, mxid, NOT_OF_SCHOOL)
    if not room.is_archived or "power" in room.faults:
        levels = {p: level for p, level in room.levels.items() if p in desired.ghosts}
        yield Archive(room.key, dict(sorted(levels.items())))
    if fixed := tuple(fault for fault in room.faults if fault != "power"):
        yield Mend(room.key, fixed)


def _retires(actual: Actual, room: ActualRoom, person_id: int) -> bool:
    """Whether ``Retire`` takes that person out of the room; from an invite nobody can leave."""
    is_invited = room.memberships.get(person_id) in ("invite", "knock")
    return not is_invited and (person_id in actual.ghosts or person_id in actual.leaving)


def _people_in(room: ActualRoom) -> list[int]:
    in_matrix = {p for p, membership in room.memberships.items() if membership in ("join", "invite", "knock")}
    return sorted(in_matrix | room.participants.keys())
