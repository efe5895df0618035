"""Beginning a conversation, from the web or from a Matrix client: the same rules, the same rows."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.api.audited import note
from bridge.api.services import Services
from bridge.chat import conversations, members, views
from bridge.chat.changes import Change
from bridge.chat.messages import require
from bridge.errors import Invalid
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind
from bridge.permissions.policy import refuse_begin, refuse_create_group, refuse_direct
from bridge.permissions.roster_rooms import manages_room
from bridge.permissions.school import Person


async def begin_direct(services: Services, person: Person, other_id: int, field: str) -> tuple[int, bool]:
    """
    Find or begin the one direct conversation of a pair: its id, and whether it is new.

    Raises:
        Invalid: *other_id* is nobody; the fault is that of *field*.
        Forbidden: The rules refuse.
    """
    other, now_ms = find_people(services, [other_id], field)[0], services.clock()
    async with services.db.writing() as conn:
        if other.id not in await views.list_direct_ids(conn, person):
            require(refuse_begin(services.school.current, services.rules, person, other))
        require(refuse_direct(services.school.current, services.rules, person, other))
        found, is_new, changes = await conversations.ensure_direct(conn, person.id, other.id, person.id, now_ms)
        if is_new:
            await outbox.append(conn, Command(found, Kind.ROOM), now_ms)
    await tell(services, changes)
    return found, is_new


async def begin_group(services: Services, person: Person, name: str, people_ids: Sequence[int], field: str) -> int:
    """Create a group chat that *person* manages; its id. Raises as ``begin_direct`` does."""
    now_ms = services.clock()
    require(refuse_create_group(services.school.current, services.rules, person, ()))
    people = find_people(services, people_ids, field)
    require(refuse_create_group(services.school.current, services.rules, person, people))
    async with services.db.writing() as conn:
        new_id = await conversations.create_group_conversation(conn, name=name, created_by=person.id, now_ms=now_ms)
        managers = {p.id: manages_room(services.school.current, None, p) for p in people} | {person.id: True}
        changes = await members.add(conn, new_id, managers, now_ms)
        await outbox.append(conn, Command(new_id, Kind.ROOM), now_ms)
        await note(conn, person, "group_chat.created", new_id, now_ms, name=name)
        await note(conn, person, "participant.added", new_id, now_ms, people=sorted(managers))
    await tell(services, changes)
    return new_id


def find_people(services: Services, ids: Sequence[int], field: str) -> list[Person]:
    """
    The active people with these ids.

    Raises:
        Invalid: One of them is nobody, in DRF's words.
    """
    found = {person_id: services.school.current.find_active(person_id) for person_id in ids}
    unknown = [f'Invalid pk "{person_id}" - object does not exist.' for person_id, p in found.items() if p is None]
    if unknown:
        raise Invalid({field: unknown})
    return [person for person in found.values() if person]


async def tell(services: Services, changes: list[Change]) -> None:
    """After the commit: the browsers and the outbox learn of it."""
    await services.live.publish(changes)
    services.sender.wake()
