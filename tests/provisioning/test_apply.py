"""Applying a plan on a real homeserver: ghosts, rooms, members, power; twice changes nothing."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from testbed.homeserver import TestedSynapse
from testbed.ports import free_port

from bridge.chat.changes import ConversationRemoved, ConversationUpdated
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix.homeserver import Homeserver
from bridge.provisioning.follow import Follower
from bridge.provisioning.provision import is_applied, make_plan, provision
from bridge.provisioning.spec import (
    Admit,
    Archive,
    CreateRoom,
    Dismiss,
    EnsureGhost,
    Rename,
    Reopen,
    Retire,
    SetPower,
)
from bridge.roster.store import SchoolCache
from provisioning.apply_world import FaultyHomeserver, Killed, World


async def test_a_new_school_gets_ghosts_and_a_private_room_for_each_group(world: World):
    school = world.school()
    assert await world.kinds(school) == [EnsureGhost.__name__] * 6 + [CreateRoom.__name__]
    assert (await world.apply(school)).is_complete
    assert await world.joined() == {0, 1, 2, 3, 4, 5}
    assert await world.participants() == {0: True, 1: True, 2: False, 3: False, 4: False, 5: False}
    assert await world.power() == {0: 50, 1: 50}
    state = {event["type"]: event["content"] for event in await world.homeserver.get_state(await world.room_id())}
    assert state["m.room.join_rules"] == {"join_rule": "invite"}
    assert state["m.room.create"]["room_version"] == "12"
    assert state["m.room.name"] == {"name": "7Б"}
    assert await world.homeserver.find_display_name(world.first) == "Имя0"


async def test_applying_twice_changes_nothing(world: World):
    school = world.school()
    await world.apply(school)
    world.published.clear()
    before = await world.state_events()
    assert await world.kinds(school) == []
    assert (await world.apply(school)).done == 0
    assert await world.state_events() == before
    assert world.published == []


async def test_a_version_is_applied_when_all_of_it_is_done(world: World):
    school = world.school(version=7)
    assert not await is_applied(world.db, school)
    await world.apply(school)
    assert await is_applied(world.db, school)
    assert not await is_applied(world.db, replace(school, version=8))


async def test_who_is_not_enrolled_any_more_leaves_and_hears_of_it(world: World):
    await world.apply(world.school())
    world.published.clear()
    after = world.school(without=[1, 5])
    assert await world.kinds(after) == [SetPower.__name__, Dismiss.__name__, Dismiss.__name__]
    await world.apply(after)
    assert await world.joined() == {0, 2, 3, 4}
    assert set(await world.participants()) == {0, 2, 3, 4}
    assert await world.power() == {0: 50}
    removed = [change for change in world.published if isinstance(change, ConversationRemoved)]
    assert [change.audience for change in removed] == [(world.first + 1, world.first + 5)]
    assert await world.kinds(after) == []


async def test_who_comes_back_is_admitted(world: World):
    await world.apply(world.school(without=[1, 5]))
    world.published.clear()
    assert await world.kinds(world.school()) == [Admit.__name__, SetPower.__name__]
    await world.apply(world.school())
    assert await world.joined() == {0, 1, 2, 3, 4, 5}
    assert await world.power() == {0: 50, 1: 50}
    assert any(isinstance(change, ConversationUpdated) for change in world.published)
    assert await world.kinds(world.school()) == []


async def test_a_deactivated_person_leaves_the_room(world: World):
    await world.apply(world.school())
    people = [replace(p, is_active=p.id != world.first + 3) for p in world.school().people.values()]
    after = world.school(people=people)
    assert await world.kinds(after) == [Retire.__name__]
    await world.apply(after)
    assert await world.joined() == {0, 1, 2, 4, 5}
    assert await world.kinds(after) == []


async def test_a_renamed_group_and_person(world: World):
    await world.apply(world.school())
    people = [replace(p, last_name="Новая") if p.id == world.first else p for p in world.school().people.values()]
    after = world.school(people=people, name="8Б")
    assert await world.kinds(after) == [EnsureGhost.__name__, Rename.__name__]
    await world.apply(after)
    assert await world.homeserver.find_state(await world.room_id(), "m.room.name") == {"name": "8Б"}
    assert await world.homeserver.find_display_name(world.first) == "Имя0 Новая"
    assert await world.kinds(after) == []


async def test_what_drifted_in_matrix_is_put_right(world: World):
    await world.apply(world.school())
    room_id = await world.room_id()
    await world.homeserver.leave(world.first + 2, room_id)
    await world.homeserver.set_state(room_id, "m.room.name", "", {"name": "Болталка"}, as_user=world.first)
    levels = await world.homeserver.find_state(room_id, "m.room.power_levels")
    assert levels is not None
    levels["users"][world.homeserver.ids.ghost(world.first + 4)] = 50
    await world.homeserver.set_state(room_id, "m.room.power_levels", "", levels, as_user=world.first)
    assert await world.kinds(world.school()) == [Admit.__name__, SetPower.__name__, Rename.__name__]
    await world.apply(world.school())
    assert await world.joined() == {0, 1, 2, 3, 4, 5}
    assert await world.power() == {0: 50, 1: 50}
    assert await world.kinds(world.school()) == []


async def test_the_room_of_a_group_that_vanished_is_archived_and_comes_back_with_it(world: World):
    await world.apply(world.school())
    empty = world.school(groups=[], without=range(6))
    assert await world.kinds(empty) == [Archive.__name__]
    await world.apply(empty)
    content = await world.homeserver.find_state(await world.room_id(), "m.room.power_levels")
    assert content is not None
    assert content["events_default"] == 100
    assert await world.joined() == {0, 1, 2, 3, 4, 5}
    assert await world.kinds(empty) == []
    assert await world.kinds(world.school()) == [Reopen.__name__]
    await world.apply(world.school())
    content = await world.homeserver.find_state(await world.room_id(), "m.room.power_levels")
    assert content is not None
    assert content["events_default"] == 0
    assert await world.kinds(world.school()) == []


@pytest.mark.parametrize("is_new", [True, False])
async def test_somebody_who_cannot_join_keeps_nobody_else_out(world: World, is_new: bool):
    """The others come in, and the rest of the plan is carried out; the next run tries that person again."""
    if not is_new:
        await world.apply(world.school(without=[3, 4]))

    def refuse(name: str, args: tuple[Any, ...]) -> None:
        if name == "join" and args[0] == world.first + 3:
            raise HomeserverRefused("No.", errcode="M_FORBIDDEN", http_status=403)

    school = world.school(version=2, without=[] if is_new else [5], name="8Б")
    plan = await world.plan(school)
    parts = replace(world.parts, homeserver=FaultyHomeserver(world.homeserver, refuse))
    report = await provision(parts, school, plan, lambda _: None)
    assert [type(failure.step) for failure in report.failures] == [CreateRoom if is_new else Admit]
    assert report.done == len(plan.steps) - 1
    assert not await is_applied(world.db, school)
    expected = {0, 1, 2, 4, 5} if is_new else {0, 1, 2, 4}
    assert await world.joined() == set(await world.participants()) == expected
    assert await world.homeserver.find_state(await world.room_id(), "m.room.name") == {"name": "8Б"}
    assert (await world.apply(school)).is_complete
    assert await world.joined() == set(await world.participants()) == expected | {3}
    assert await world.kinds(school) == []


# 6 ghosts, the room, 6 joins, closing it: 14 calls.
@pytest.mark.parametrize("last_call", [0, 3, 6, 7, 8, 10, 13])
async def test_what_was_interrupted_is_finished_by_the_next_run(world: World, last_call: int):
    """Whatever was done, the next run finds the rest and makes no second room."""
    school = world.school()
    left = itertools.count(last_call, -1)

    def die(_name: str, _args: tuple[Any, ...]) -> None:
        if next(left) <= 0:
            raise Killed

    interrupted = replace(world.parts, homeserver=FaultyHomeserver(world.homeserver, die))
    plan = await world.plan(school)
    with pytest.raises(Killed):
        await provision(interrupted, school, plan, lambda _: None)
    assert not await is_applied(world.db, school)
    assert (await world.apply(school)).is_complete
    assert await world.joined() == {0, 1, 2, 3, 4, 5}
    assert set(await world.participants()) == {0, 1, 2, 3, 4, 5}
    assert await world.kinds(school) == []


async def test_a_homeserver_that_does_not_answer_makes_no_plan(world: World, synapse: TestedSynapse):
    await world.apply(world.school())
    config = synapse.homeserver.model_copy(update={"url": f"http://127.0.0.1:{free_port()}"})
    nobody = Homeserver(config, synapse.appservice)
    await nobody.start()
    with pytest.raises(HomeserverUnavailable):
        await make_plan(replace(world.parts, homeserver=nobody), world.school(), world.layout, look=True)
    await nobody.close()


async def test_a_running_bridge_follows_each_new_roster_once(world: World):
    cache = SchoolCache(world.db)
    follower = Follower(world.parts, cache, world.layout, repairs_per_hour=6)
    assert await follower.turn() is None

    await world.store(cache, world.school(without=[5]))
    report = await follower.turn()
    assert report is not None
    assert report.done == 7
    assert await follower.turn() is None
    again = Follower(world.parts, cache, world.layout, repairs_per_hour=6)
    report = await again.turn()
    assert report is not None
    assert report.done == 0

    await world.store(cache, world.school())
    report = await follower.turn()
    assert report is not None
    assert await world.joined() == {0, 1, 2, 3, 4, 5}

    await world.store(cache, world.school(without=[2]))
    await follower.turn()
    assert await world.joined() == {0, 1, 3, 4, 5}
