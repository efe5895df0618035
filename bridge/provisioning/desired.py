"""What the roster asks of Matrix. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.permissions.power import TEACHER_LEVEL
from bridge.permissions.roster_rooms import (
    ANNOUNCEMENTS,
    SPACE,
    STAFF,
    find_group_id,
    key_of_group,
    levels_in,
)
from bridge.permissions.school import Group, Person, Role, School
from bridge.provisioning.layout import Layout
from bridge.provisioning.names import name_groups
from bridge.provisioning.spec import ActualRoom, Desired, DesiredRoom

DISPLAY_NAME_CHARACTERS = 256  # Synapse refuses longer ones
NO_ROOMS: Mapping[str, ActualRoom] = {}


def desired_of(
    school: School, layout: Layout, rooms: Mapping[str, ActualRoom] = NO_ROOMS, *, avatar: str | None = None
) -> Desired:
    """
    A ghost for everybody who is active, a room for each group, and what the layout asks for besides.

    Args:
        rooms: What is there, for the names: a room keeps its own, and no other room gets that of an archived one.
        avatar: The layout's picture, as in ``DesiredRoom``.
    """
    active = [person for person in school.people.values() if person.is_active]
    standing = {
        key: DesiredRoom(key, name, levels_in(school, key), avatar=avatar, in_space=key != SPACE and bool(layout.space))
        for key, name in ((SPACE, layout.space), (STAFF, layout.staff_room), (ANNOUNCEMENTS, layout.announcements))
        if name
    }
    groups = {key_of_group(group.id): group for group in school.groups.values()}
    names = _names(school, layout, rooms, [room.name for room in standing.values()])
    of_groups = {
        key: _room_of_group(school, layout, group, names[group.id], rooms.get(key)) for key, group in groups.items()
    }
    return Desired(
        ghosts={person.id: display_name_of(person) for person in active},
        rooms={**standing, **of_groups},
        admins=frozenset(person.id for person in active if person.role == Role.ADMIN),
    )


def display_name_of(person: Person) -> str:
    return person.name[:DISPLAY_NAME_CHARACTERS]


def _names(school: School, layout: Layout, rooms: Mapping[str, ActualRoom], standing: list[str]) -> dict[int, str]:
    given = {group_id: room.given_name for key, room in rooms.items() if (group_id := find_group_id(key)) is not None}
    ended = [room.given_name for key, room in rooms.items() if (find_group_id(key) or 0) not in school.groups]
    return name_groups(school.groups.values(), layout, given, [*standing, *filter(None, ended)])


def _room_of_group(school: School, layout: Layout, group: Group, name: str, room: ActualRoom | None) -> DesiredRoom:
    key = key_of_group(group.id)
    members = dict(sorted(levels_in(school, key).items()))
    managers = frozenset(person_id for person_id, level in members.items() if level >= TEACHER_LEVEL)
    teachers = ", ".join(sorted(school.people[person_id].name for person_id in managers))
    # Nobody can be let into a room that nobody is in: it is made when somebody comes.
    is_there = bool(members) or (room is not None and room.room_id is not None)
    in_space = is_there and bool(layout.space)
    return DesiredRoom(key, name, members, managers, layout.topic_of(group, teachers), in_space=in_space)
