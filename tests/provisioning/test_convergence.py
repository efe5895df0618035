"""The applier itself, on a real database and a homeserver in memory, with a death at any call: it converges."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge.chat.changes import Change
from bridge.chat.conversations import list_roster_conversations
from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from bridge.db.migrate import upgrade
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.provisioning import record
from bridge.provisioning.desired import desired_of
from bridge.provisioning.layout import Layout
from bridge.provisioning.parts import Parts, Report
from bridge.provisioning.provision import make_plan, provision
from provisioning.memory_homeserver import Killed, MemoryHomeserver

LONGER_THAN_A_LEASE_MS = 60_000
NUMBERS = count(1)


class SmallWorld:
    """A school, its database and its homeserver."""

    def __init__(self, db: Database, layout: Layout) -> None:
        self.db, self.layout, self.homeserver = db, layout, MemoryHomeserver()
        self.now_ms = 1_700_000_000_000
        self.parts = Parts(db, self.homeserver, _tell_nobody, lambda: self.now_ms)  # type: ignore[arg-type]

    async def run(self, school: School, *, look: bool = False) -> Report:
        self.now_ms += LONGER_THAN_A_LEASE_MS
        plan = await make_plan(self.parts, school, self.layout, look=look)
        return await provision(self.parts, school, plan, lambda _: None)

    async def run_and_die(self, school: School, calls: int) -> bool:
        """Whether it died; with fewer calls than that it came to its end."""
        self.homeserver.die_after(calls)
        try:
            await self.run(school)
        except Killed:
            return True
        else:
            return False
        finally:
            self.homeserver.die_after(None)

    async def steps(self, school: School, *, look: bool) -> list[str]:
        plan = await make_plan(self.parts, school, self.layout, look=look)
        return [type(step).__name__ for step in plan.steps]

    async def change_by_hand(self, number: int) -> None:
        """Somebody with a Matrix client kicks, renames and promotes in one of the rooms; the inbox hears of it."""
        rooms = sorted(self.homeserver.rooms)
        if not rooms:
            return
        room_id = rooms[number % len(rooms)]
        state = self.homeserver.rooms[room_id]
        for person_id in sorted(self.homeserver.joined(room_id))[: number % 3]:
            self.homeserver._leave(room_id, self.homeserver.ids.ghost(person_id))
        state["m.room.name", ""] = {"name": "Болталка"}
        state["m.room.power_levels", ""] = {**state["m.room.power_levels", ""], "users": {"@school_3:school.test": 100}}
        key = state["org.classbridge.conversation", ""].get("roster_key")
        async with self.db.writing() as conn:
            await record.suspect(conn, [key], self.now_ms)

    async def assert_follows(self, school: School) -> None:
        """Compared with the roster: who is where in Matrix and on the web, and no room twice."""
        async with self.db.reading() as conn:
            found = {each.roster_key: each for each in await list_roster_conversations(conn)}
        wanted = desired_of(school, self.layout).rooms
        for key in {*wanted, *found, "space"}:
            rooms = self.homeserver.rooms_of(key)
            assert len(rooms) <= 1, key
            if key not in wanted:
                continue
            people = set(wanted[key].members)
            if not rooms:
                assert not people, key
                continue
            assert self.homeserver.joined(rooms[0]) == people, key
            state = self.homeserver.rooms[rooms[0]]
            assert state["m.room.join_rules", ""] == {"join_rule": "invite"}
            users = {self.homeserver.ids.ghost(p): level for p, level in wanted[key].members.items() if level}
            assert state["m.room.power_levels", ""]["users"] == users
            if key != "space":
                assert set(found[key].participants) == people, key
                assert not found[key].is_archived, key
        active = {person.id: person.name for person in school.people.values() if person.is_active}
        assert active.items() <= self.homeserver.ghosts.items()


async def _tell_nobody(_changes: Sequence[Change]) -> None:
    """Nobody is connected."""


@pytest.fixture(scope="module")
async def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(DatabaseConfig(url=f"sqlite:///{path}"))
    await upgrade(database)
    await database.close()
    return path


@asynccontextmanager
async def small_world(template: Path, layout: Layout) -> AsyncIterator[SmallWorld]:
    path = _copy(template)
    database = Database(DatabaseConfig(url=f"sqlite:///{path}"))
    try:
        yield SmallWorld(database, layout)
    finally:
        await database.close()


def _copy(template: Path) -> Path:
    """A database of its own for each example: another file, so that nothing of an earlier one can hold it."""
    path = template.with_name(f"world-{next(NUMBERS)}.db")
    shutil.copy(template, path)
    return path


ROLES = {1: Role.TEACHER, 2: Role.TEACHER, 3: Role.STUDENT, 4: Role.STUDENT, 5: Role.STUDENT}
layouts = st.builds(
    Layout,
    space=st.sampled_from([None, "Школа"]),
    staff_room=st.sampled_from([None, "Учительская"]),
    announcements=st.sampled_from([None, "Объявления"]),
)


def school_of(people: dict[int, str], groups: dict[int, str], enrolled: set[tuple[int, int]]) -> School:
    return School.of(
        [Person(number, f"u{number}", name, "", ROLES[number], name != "") for number, name in people.items()],
        [Group(number, name, "2026/27") for number, name in groups.items()],
        [
            Enrolment(group, person, ROLES[person])
            for group, person in sorted(enrolled)
            if group in groups and person in people
        ],
    )


schools = st.builds(
    school_of,
    # Without a name: deactivated.
    st.dictionaries(st.sampled_from(sorted(ROLES)), st.sampled_from(["Анна", "Пётр", "Вера", ""]), min_size=1),
    st.dictionaries(st.integers(1, 3), st.sampled_from(["7Б", "8А"])),
    st.sets(st.tuples(st.integers(1, 3), st.sampled_from(sorted(ROLES)))),
)
histories = st.lists(st.tuples(schools, st.integers(1, 60), st.booleans()), min_size=1, max_size=3)

many = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


FIVE = school_of(dict.fromkeys(range(1, 6), "Анна"), {}, set())


@many
@example(  # somebody comes back whose leaving was interrupted, and meanwhile the room was changed by hand
    layout=Layout(space="Школа", staff_room=None, announcements=None),
    history=[(FIVE, 42, True), (school_of({1: "Анна"}, {}, set()), 2, False)],
    last=school_of({2: "Анна"}, {}, set()),
)
@given(layout=layouts, history=histories, last=schools)
async def test_any_rosters_with_deaths_anywhere_converge_to_the_last(
    empty_database: Path, layout: Layout, history: list[Any], last: School
):
    async with small_world(empty_database, layout) as world:
        for school, calls, is_changed_by_hand in history:
            await world.run_and_die(school, calls)
            if is_changed_by_hand:
                await world.change_by_hand(calls)
        report = await world.run(last)
        assert report.failures == []
        assert await world.steps(last, look=False) == []
        assert await world.steps(last, look=True) == []
        await world.assert_follows(last)


@many
@given(layout=layouts, school=schools)
async def test_a_second_run_asks_the_homeserver_nothing(empty_database: Path, layout: Layout, school: School):
    async with small_world(empty_database, layout) as world:
        await world.run(school)
        world.homeserver.calls.clear()
        report = await world.run(school)
        assert (report.done, world.homeserver.calls) == (0, [])
