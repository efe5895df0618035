"""Applying a plan on a real homeserver: ghosts, rooms, members, power; twice changes nothing."""

from __future__ import annotations

import inspect
import itertools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from testbed.homeserver import TestedSynapse

from bridge.chat.changes import Change, ConversationRemoved, ConversationUpdated
from bridge.chat.conversations import list_roster_conversations
from bridge.db.engine import Database
from bridge.demo.processes import free_port
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.provisioning.apply import Parts, Report
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
    SetPower,
)
from bridge.roster.roster import Roster
from bridge.roster.store import SchoolCache, save_roster

# The homeserver is shared by the whole session, so each test takes people and groups of its own.
starts = itertools.count(500_000, 1000)


class World:
    """One school, its database and the homeserver; remembers what was published."""

    def __init__(self, db: Database, homeserver: Homeserver) -> None:
        self.first = next(starts)
        self.published: list[Change] = []
        self.homeserver, self.db = homeserver, db
        self.parts = Parts(db, homeserver, self._publish, lambda: round(time.time() * 1000))

    async def _publish(self, changes: Sequence[Change]) -> None:
        self.published += changes

    def school(self, *, version: int = 1, without: Sequence[int] = (), name: str = "7Б", **extra: Any) -> School:
        """Persons 0 and 1 teach, 2 to 5 learn; *without* some of them in the group."""
        people = [
            Person(self.first + i, f"u{i}", f"Имя{i}", "", Role.TEACHER if i < 2 else Role.STUDENT) for i in range(6)
        ]
        enrolments = [
            Enrolment(self.first, person.id, person.role) for person in people if person.id - self.first not in without
        ]
        return School.of(
            extra.get("people", people), extra.get("groups", [Group(self.first, name)]), enrolments, version
        )

    async def apply(self, school: School) -> Report:
        steps = await make_plan(self.db, self.homeserver, school)
        return await provision(self.parts, school, steps, lambda _: None)

    async def store(self, cache: SchoolCache, school: School) -> None:
        enrolments = [
            Enrolment(group_id, person_id, role)
            for role, side in ((Role.TEACHER, school.teachers_of), (Role.STUDENT, school.students_of))
            for group_id, people in side.items()
            for person_id in people
        ]
        found = Roster(tuple(school.people.values()), tuple(school.groups.values()), tuple(enrolments))
        async with self.db.writing() as conn:
            await save_roster(conn, found, {})
        await cache.refresh()

    async def kinds(self, school: School) -> list[str]:
        return [type(step).__name__ for step in await make_plan(self.db, self.homeserver, school)]

    async def room_id(self) -> str:
        async with self.db.reading() as conn:
            (conversation,) = await list_roster_conversations(conn)
        assert conversation.room_id is not None
        return conversation.room_id

    async def state_events(self) -> set[str]:
        return {event["event_id"] for event in await self.homeserver.get_state(await self.room_id())}

    async def joined(self) -> set[int]:
        members = await self.homeserver.get_members(await self.room_id())
        people = {self.homeserver.ids.person_id(mxid) for mxid, how in members.items() if how == "join"}
        return {person_id - self.first for person_id in people if person_id is not None}

    async def participants(self) -> dict[int, bool]:
        async with self.db.reading() as conn:
            (conversation,) = await list_roster_conversations(conn)
        return {p - self.first: is_manager for p, is_manager in conversation.participants.items()}

    async def power(self) -> dict[int, int]:
        content = await self.homeserver.find_state(await self.room_id(), "m.room.power_levels")
        assert content is not None
        people = {self.homeserver.ids.person_id(mxid): level for mxid, level in content["users"].items()}
        return {person_id - self.first: level for person_id, level in people.items() if person_id is not None}


@pytest.fixture
async def world(synapse: TestedSynapse, database: Database) -> AsyncIterator[World]:
    homeserver = Homeserver(synapse.homeserver, synapse.appservice)
    await homeserver.start()
    yield World(database, homeserver)
    await homeserver.close()


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
    assert sorted(change.audience for change in removed) == [(world.first + 1,), (world.first + 5,)]
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
    assert await world.kinds(after) == [Dismiss.__name__]
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
    assert content["events_default"] == 50
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
    steps = await make_plan(world.db, world.homeserver, school)
    parts = replace(world.parts, homeserver=FaultyHomeserver(world.homeserver, refuse))
    report = await provision(parts, school, steps, lambda _: None)
    assert [type(failure.step) for failure in report.failures] == [CreateRoom if is_new else Admit]
    assert report.done == len(steps) - 1
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
    steps = await make_plan(world.db, world.homeserver, school)
    with pytest.raises(Killed):
        await provision(interrupted, school, steps, lambda _: None)
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
        await make_plan(world.db, nobody, world.school())
    await nobody.close()


async def test_a_running_bridge_follows_each_new_roster_once_and_never_removes_by_itself(world: World):
    cache = SchoolCache(world.db)
    follower = Follower(world.parts, cache)
    assert await follower.turn() is None

    await world.store(cache, world.school(without=[5]))
    report = await follower.turn()
    assert report is not None
    assert report.done == 7
    assert await follower.turn() is None
    assert await Follower(world.parts, cache).turn() is None

    await world.store(cache, world.school())
    report = await follower.turn()
    assert report is not None
    assert await world.joined() == {0, 1, 2, 3, 4, 5}

    await world.store(cache, world.school(without=[2]))
    assert await follower.turn() is None
    assert await world.joined() == {0, 1, 2, 3, 4, 5}


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours may catch it and go on."""


class FaultyHomeserver:
    """The real homeserver; *fault* sees each call first, its name and arguments, and may raise."""

    def __init__(self, real: Homeserver, fault: Callable[[str, tuple[Any, ...]], None]) -> None:
        self._real, self._fault = real, fault

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fault(name, args)
            return await found(*args, **kwargs)

        return call
