"""Direct conversations of each student with each of the own teachers, made before the first word."""

from __future__ import annotations

from collections.abc import Callable

from bridge.chat.conversations import ensure_direct, set_room_id
from bridge.chat.seed import DirectConversation, list_direct_conversations
from bridge.matrix import rooms
from bridge.permissions.power import level_of
from bridge.permissions.school import School
from bridge.provisioning.parallel import in_parallel
from bridge.provisioning.parts import Parts

ROOMS_AT_ONCE = 2  # more only wait for each other inside the homeserver
PAIRS_A_COMMIT = 50  # others want to write meanwhile

Pair = tuple[int, int]


def list_pairs(school: School) -> list[Pair]:
    """Each (teacher, student) that share a group, in the order of the groups."""
    pairs = [
        (teacher_id, student_id)
        for group_id in sorted(school.groups)
        for teacher_id in sorted(school.teachers_of.get(group_id, ()))
        for student_id in sorted(school.students_of.get(group_id, ()))
    ]
    return list(dict.fromkeys(pairs))


async def ensure_directs(parts: Parts, school: School, on_room: Callable[[], None]) -> None:
    """Make the conversations and rooms that are missing; *on_room* is called for each pair, made or found."""
    wanted = list_pairs(school)
    async with parts.db.reading() as conn:
        found = {each.people for each in await list_direct_conversations(conn)}
    missing = [pair for pair in wanted if _sorted(pair) not in found]
    for begin in range(0, len(missing), PAIRS_A_COMMIT):
        async with parts.db.writing() as conn:
            for teacher_id, student_id in missing[begin : begin + PAIRS_A_COMMIT]:
                await ensure_direct(conn, teacher_id, student_id, teacher_id, parts.clock())
    ours = set(map(_sorted, wanted))
    async with parts.db.reading() as conn:
        directs = [each for each in await list_direct_conversations(conn) if each.people in ours]

    async def ensure_room(direct: DirectConversation) -> None:
        if direct.room_id is None:
            room_id = await rooms.ensure_room(parts.homeserver, _spec(school, direct), None, marks_direct=False)
            async with parts.db.writing() as conn:
                await set_room_id(conn, direct.id, room_id)
        on_room()

    await in_parallel(directs, ensure_room, at_once=ROOMS_AT_ONCE)
    await _mark_direct(parts)


def _sorted(pair: Pair) -> Pair:
    return min(pair), max(pair)


async def _mark_direct(parts: Parts) -> None:
    """Tell everybody's Matrix clients, in one go for each person."""
    rooms_of: dict[int, dict[int, str]] = {}
    async with parts.db.reading() as conn:
        for direct in await list_direct_conversations(conn):
            for person_id, other_id in (direct.people, direct.people[::-1]):
                if direct.room_id is not None:
                    rooms_of.setdefault(person_id, {})[other_id] = direct.room_id

    async def mark(person_id: int) -> None:
        await rooms.mark_direct(parts.homeserver, person_id, rooms_of[person_id])

    await in_parallel(rooms_of, mark, at_once=ROOMS_AT_ONCE)


def _spec(school: School, direct: DirectConversation) -> rooms.RoomSpec:
    return rooms.RoomSpec(
        conversation_id=direct.id,
        alias=direct.alias,
        name="",
        is_direct=True,
        roster_key=None,
        members={person_id: level_of(school.people[person_id]) for person_id in direct.people},
    )
