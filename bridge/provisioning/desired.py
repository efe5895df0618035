"""What the roster asks of Matrix. Pure."""

from __future__ import annotations

from bridge.permissions.power import STUDENT_LEVEL, level_of
from bridge.permissions.school import Group, Role, School
from bridge.provisioning.spec import Desired, DesiredRoom

DISPLAY_NAME_CHARACTERS = 256  # Synapse refuses longer ones


def desired_of(school: School) -> Desired:
    """A ghost for everybody who is active, a room for each group."""
    active = [person for person in school.people.values() if person.is_active]
    return Desired(
        ghosts={person.id: person.name[:DISPLAY_NAME_CHARACTERS] for person in active},
        rooms={group.id: _room(school, group) for group in school.groups.values()},
        admins=frozenset(person.id for person in active if person.role == Role.ADMIN),
    )


def _room(school: School, group: Group) -> DesiredRoom:
    teachers = school.teachers_of.get(group.id, frozenset())
    members: dict[int, int] = {}
    for person_id in sorted(school.members_of(group.id)):
        person = school.find_active(person_id)
        if person is not None:
            # A teacher who learns in a course has no more power there than the other learners.
            members[person_id] = level_of(person) if person_id in teachers else STUDENT_LEVEL
    return DesiredRoom(group.id, group.name, members)
