"""Rooms on the homeserver: the bridge's for its pairs, made as the bridge makes them, and reading them whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bench.marks import Faults, compare, find_mark
from bench.school import Pair
from bridge.chat.conversations import set_room_id
from bridge.db.engine import Database
from bridge.matrix import rooms
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.power import STUDENT_LEVEL, TEACHER_LEVEL
from bridge.provisioning.parallel import in_parallel

AT_ONCE = 3
PAGE = 100


async def make_rooms(db: Database, homeserver: Homeserver, pairs: Sequence[Pair]) -> dict[int, str]:
    """Register the ghosts of *pairs* and make their rooms; conversation id to room id."""
    await homeserver.register_bot()
    people = sorted({person_id for pair in pairs for person_id in (pair.teacher_id, pair.student_id)})
    await in_parallel(people, lambda each: homeserver.register_ghost(each, f"Имя Фамилия {each}"), at_once=AT_ONCE)

    async def make(pair: Pair) -> str:
        spec = rooms.RoomSpec(
            conversation_id=pair.conversation_id,
            alias=pair.alias,
            name="",
            is_direct=True,
            roster_key=None,
            members={pair.teacher_id: TEACHER_LEVEL, pair.student_id: STUDENT_LEVEL},
        )
        room_id = await rooms.ensure_room(homeserver, spec, None, marks_direct=False)
        async with db.writing() as conn:
            await set_room_id(conn, pair.conversation_id, room_id)
        return room_id

    made = await in_parallel(pairs, make, at_once=AT_ONCE)
    return {pair.conversation_id: room_id for pair, room_id in zip(pairs, made, strict=True)}


async def check_room(homeserver: Homeserver, room_id: str, stream: int, accepted: Iterable[int]) -> Faults:
    """Read the room backwards as far as the stream goes, and compare what is there with what was accepted."""
    numbers: list[int] = []
    from_: str | None = None
    while True:
        page = await homeserver.messages(room_id, from_, "b", PAGE)
        found = [mark[1] for mark in map(_mark, page["chunk"]) if mark and mark[0] == stream]
        numbers += found
        from_ = page.get("end")
        if not found or from_ is None:
            return compare(accepted, numbers[::-1])


def _mark(event: dict[str, Any]) -> tuple[int, int] | None:
    return find_mark(str(event.get("content", {}).get("body", "")))
