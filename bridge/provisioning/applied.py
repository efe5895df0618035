"""The school as the rooms have it: who is in which group by what was applied last. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bridge.permissions.power import TEACHER_LEVEL
from bridge.permissions.roster_rooms import find_group_id
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.provisioning.found import Found, FoundRoom
from bridge.provisioning.record import HERE


def school_as_applied(found: Found, school: School) -> School:
    """
    The roster that the rooms show; names and roles are those of *school*, for rooms do not say them.

    Compared with *school* it tells what a plan takes from whom, however many rosters were stored in between.
    """
    people = [_person(school, ghost.person_id) for ghost in found.ghosts.values() if ghost.state == HERE]
    rooms = {group_id: room for room in found.rooms.values() if (group_id := _living_group(room)) is not None}
    enrolments = [each for group_id, room in rooms.items() for each in _enrolments(group_id, room)]
    return School.of(people, [Group(group_id, "") for group_id in rooms], enrolments)


def _person(school: School, person_id: int) -> Person:
    known = school.find(person_id) or Person(person_id, f"gone-{person_id}", "", "", Role.STUDENT)
    return replace(known, is_active=True)


def _living_group(room: FoundRoom) -> int | None:
    is_living = room.conversation is not None and not room.conversation.is_archived
    return find_group_id(room.key) if is_living else None


def _enrolments(group_id: int, room: FoundRoom) -> Iterator[Enrolment]:
    for person_id, membership in room.seen.memberships.items():
        if membership == "join":
            teaches = room.seen.levels.get(person_id, 0) >= TEACHER_LEVEL
            yield Enrolment(group_id, person_id, Role.TEACHER if teaches else Role.STUDENT)
