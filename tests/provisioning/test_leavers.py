"""Who leaves the school leaves everything, and can come back: on a real homeserver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from nio import WhoamiError, WhoamiResponse
from testbed.homeserver import TestedSynapse

from bridge.chat import conversations, members
from bridge.chat.changes import ConversationRemoved
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix import rooms
from bridge.matrix.content import message
from bridge.permissions.school import School
from bridge.provisioning import run as run_module
from bridge.provisioning.provision import provision
from provisioning.apply_world import FaultyHomeserver, World

TEACHER, LEAVER = 0, 3


def gone(world: World, *numbers: int) -> School:
    people = [replace(p, is_active=p.id - world.first not in numbers) for p in world.school().people.values()]
    return world.school(people=people)


async def make_own_rooms(world: World) -> tuple[int, int]:
    """A direct conversation of teacher and leaver, and a group chat that the teacher made, with their rooms."""
    pair, now_ms = [world.first + TEACHER, world.first + LEAVER], world.parts.clock()
    async with world.db.writing() as conn:
        direct, _, _ = await conversations.ensure_direct(conn, *pair, pair[0], now_ms)
        club = await conversations.create_group_conversation(conn, name="Кружок", created_by=pair[0], now_ms=now_ms)
        await members.add(conn, club, dict.fromkeys(pair, False), now_ms)
    for conversation_id in (direct, club):
        async with world.db.reading() as conn:
            row = await conversations.get_conversation(conn, conversation_id)
        levels = {pair[0]: 50, pair[1]: 0}
        spec = rooms.RoomSpec(conversation_id, row.alias, row.name, row.is_direct, None, levels)
        room_id = await rooms.ensure_room(world.homeserver, spec, None)
        async with world.db.writing() as conn:
            await conversations.set_room_id(conn, conversation_id, room_id)
    return direct, club


async def people_of(world: World, conversation_id: int) -> set[int]:
    async with world.db.reading() as conn:
        return {person_id - world.first for person_id in await members.list_ids(conn, conversation_id)}


async def test_a_leaver_is_out_of_every_room_and_signed_out_of_every_client(world: World, synapse: TestedSynapse):
    await world.apply(world.school())
    direct, club = await make_own_rooms(world)
    client = await synapse.sign_in(world.first + LEAVER)
    assert isinstance(await client.whoami(), WhoamiResponse)
    world.published.clear()

    assert await world.kinds(gone(world, LEAVER)) == ["Retire"]
    await world.apply(gone(world, LEAVER))

    assert await world.homeserver.joined_rooms(world.first + LEAVER) == []
    assert isinstance(await client.whoami(), WhoamiError)
    await client.close()
    assert await world.participants() == {0: True, 1: True, 2: False, 4: False, 5: False}
    assert await people_of(world, club) == {TEACHER}
    assert await people_of(world, direct) == {TEACHER, LEAVER}  # to be read, under the name that it had
    heard = [change for change in world.published if isinstance(change, ConversationRemoved)]
    assert {person for change in heard for person in change.audience} == {world.first + LEAVER}
    assert await world.homeserver.find_display_name(world.first + LEAVER) == "Имя3"
    assert await world.kinds(gone(world, LEAVER)) == []


async def test_who_comes_back_has_everything_again(world: World):
    await world.apply(world.school())
    direct, club = await make_own_rooms(world)
    before = set(await world.homeserver.joined_rooms(world.first + LEAVER))
    await world.apply(gone(world, LEAVER))
    assert await world.kinds(world.school()) == ["Revive", "Admit"]
    await world.apply(world.school())
    assert set(await world.homeserver.joined_rooms(world.first + LEAVER)) == before
    assert await people_of(world, club) == {TEACHER, LEAVER}
    assert await people_of(world, direct) == {TEACHER, LEAVER}
    assert LEAVER in await world.participants()
    assert await world.kinds(world.school()) == []


async def test_what_a_returner_sends_is_still_sent_exactly_once(world: World):
    """The fixed device outlives the leaving: with it a transaction id does too."""
    await world.apply(world.school())
    room_id, person_id = await world.room_id(), world.first + LEAVER
    content = message("Один раз", message_id=1)
    first = await world.homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id="t-1")
    await world.apply(gone(world, LEAVER))
    await world.apply(world.school())
    again = await world.homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id="t-1")
    assert again == first


@pytest.mark.parametrize("calls", [1, 2, 3, 4])
async def test_a_leaving_that_was_broken_off_is_finished(world: World, calls: int):
    await world.apply(world.school())
    await make_own_rooms(world)
    left = iter([*[None] * calls, *[True] * 1000])

    def die(_name: str, _args: Sequence[object]) -> None:
        if next(left):
            raise HomeserverRefused("Dead.", errcode="M_FORBIDDEN", http_status=403)

    faulty = FaultyHomeserver(world.homeserver, die)
    parts = replace(world.parts, homeserver=faulty)  # type: ignore[type-var]
    school = gone(world, LEAVER)
    await provision(parts, school, await world.plan(school), lambda _: None)
    await world.apply(school)
    assert await world.homeserver.joined_rooms(world.first + LEAVER) == []
    assert await world.kinds(school) == []


async def test_access_on_the_web_ends_though_the_homeserver_is_away(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run_module, "TRIES", 1)
    await world.apply(world.school())

    def away(_name: str, _args: Sequence[object]) -> None:
        raise HomeserverUnavailable("Away.")

    world.published.clear()
    school = world.school(people=gone(world, LEAVER).people.values(), without=[1])
    plan = await world.plan(school, look=False)
    parts = replace(world.parts, homeserver=FaultyHomeserver(world.homeserver, away))  # type: ignore[type-var]
    with pytest.raises(HomeserverUnavailable):
        await provision(parts, school, plan, lambda _: None)

    assert set(await world.participants()) == {0, 2, 4, 5}
    heard = [change.audience for change in world.published if isinstance(change, ConversationRemoved)]
    assert heard == [(world.first + 1, world.first + LEAVER)]
    assert await world.joined() == {0, 1, 2, 3, 4, 5}
    await world.apply(school)
    assert await world.joined() == {0, 2, 4, 5}
