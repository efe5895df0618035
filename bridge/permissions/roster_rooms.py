"""
The rooms that follow the roster: their keys, and who belongs into each. Pure.

``group:70`` is the room of group 70; ``staff``, ``announcements`` and ``space`` exist once, where the config asks. The
space holds the other rooms and is no conversation.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.permissions.power import STUDENT_LEVEL, level_of
from bridge.permissions.school import Person, Role, School

SPACE = "space"
STAFF = "staff"
ANNOUNCEMENTS = "announcements"
GROUP_PREFIX = "group:"


def key_of_group(group_id: int) -> str:
    return f"{GROUP_PREFIX}{group_id}"


def find_group_id(key: str | None) -> int | None:
    """The group whose room it is; None: it is another one."""
    return int(key.removeprefix(GROUP_PREFIX)) if key is not None and key.startswith(GROUP_PREFIX) else None


def levels_in(school: School, key: str) -> Mapping[int, int]:
    """Everybody who belongs into the room, active people only, with the power level there."""
    group_id = find_group_id(key)
    if group_id is not None:
        return _levels_in_group(school, group_id)
    active = [person for person in school.people.values() if person.is_active]
    if key == STAFF:
        return {person.id: STUDENT_LEVEL for person in active if person.role != Role.STUDENT}
    if key == ANNOUNCEMENTS:
        return {person.id: level_of(person) for person in active}
    return {person.id: STUDENT_LEVEL for person in active}


def _levels_in_group(school: School, group_id: int) -> Mapping[int, int]:
    teachers = school.teachers_of.get(group_id, frozenset())
    people = (school.find_active(person_id) for person_id in school.members_of(group_id))
    # A teacher who learns in a course has no more power there than the other learners.
    return {p.id: level_of(p) if p.id in teachers else STUDENT_LEVEL for p in people if p is not None}


def belongs_into(school: School, key: str, person: Person) -> bool:
    """Whether the roster has *person* in the room; asked for each event, so nobody else is looked at."""
    if not person.is_active:
        return False
    group_id = find_group_id(key)
    if group_id is not None:
        return person.id in school.members_of(group_id)
    return key != STAFF or person.role != Role.STUDENT


def manages_room(school: School, key: str | None, person: Person) -> bool:
    """Of those who come anew: the teachers of a roster group manage it, and admins any group; nobody else."""
    if person.role != Role.TEACHER:
        return person.role == Role.ADMIN
    group_id = find_group_id(key)
    return group_id is not None and person.id in school.teachers_of.get(group_id, frozenset())
