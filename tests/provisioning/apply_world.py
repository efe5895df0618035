"""One school, its database and a real homeserver; and homeservers that fail or count."""

from __future__ import annotations

import inspect
import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bridge.chat.changes import Change
from bridge.chat.conversations import RosterConversation, list_roster_conversations
from bridge.db.engine import Database
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.provisioning.layout import Layout
from bridge.provisioning.parts import Parts, Report
from bridge.provisioning.provision import Plan, make_plan, provision
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
        homeserver.alias_secret = secrets.token_hex(8)  # the homeserver has other schools' staff rooms
        self.layout = Layout(topic="")
        self.parts = Parts(db, homeserver, self._publish, lambda: round(time.time() * 1000))

    async def _publish(self, changes: Sequence[Change]) -> None:
        self.published += changes

    def school(self, *, version: int = 1, without: Sequence[int] = (), name: str = "7Б", **extra: Any) -> School:
        """Persons 0 and 1 teach, 2 to 5 learn; *without* some of them in the group."""
        people = [
            Person(self.first + i, f"u{i}", f"Имя{i}", "", Role.TEACHER if i < 2 else Role.STUDENT) for i in range(6)
        ]
        enrolments = [each for each in self.enrolments() if each.person_id - self.first not in without]
        return School.of(
            extra.get("people", people), extra.get("groups", [Group(self.first, name)]), enrolments, version
        )

    def enrolments(self) -> list[Enrolment]:
        roles = [Role.TEACHER] * 2 + [Role.STUDENT] * 4
        return [Enrolment(self.first, self.first + i, role) for i, role in enumerate(roles)]

    async def apply(self, school: School) -> Report:
        return await self.carry_out(school, await self.plan(school))

    async def carry_out(self, school: School, plan: Plan) -> Report:
        return await provision(self.parts, school, plan, lambda _: None)

    def count_with(self, homeserver: CountingHomeserver) -> None:
        """From here on every call goes through *homeserver*."""
        self.parts = replace(self.parts, homeserver=homeserver)  # type: ignore[type-var]

    async def plan(self, school: School, *, look: bool = True) -> Plan:
        return await make_plan(self.parts, school, self.layout, look=look)

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
        return [type(step).__name__ for step in (await self.plan(school)).steps]

    async def conversation(self, key: str | None = None) -> RosterConversation:
        """The conversation of *key*; without one that of the only group."""
        async with self.db.reading() as conn:
            found = await list_roster_conversations(conn)
        (conversation,) = [c for c in found if (c.roster_key == key if key else c.group_id is not None)]
        return conversation

    async def room_id(self, key: str | None = None) -> str:
        conversation = await self.conversation(key)
        assert conversation.room_id is not None
        return conversation.room_id

    async def state_events(self) -> set[str]:
        return {event["event_id"] for event in await self.homeserver.get_state(await self.room_id())}

    async def joined(self, key: str | None = None) -> set[int]:
        return await self.joined_in(await self.room_id(key))

    async def joined_in(self, room_id: str) -> set[int]:
        members = await self.homeserver.get_members(room_id)
        people = {self.homeserver.ids.person_id(mxid) for mxid, how in members.items() if how == "join"}
        return {person_id - self.first for person_id in people if person_id is not None}

    async def participants(self, key: str | None = None) -> dict[int, bool]:
        conversation = await self.conversation(key)
        return {p - self.first: is_manager for p, is_manager in conversation.participants.items()}

    async def power(self) -> dict[int, int]:
        content = await self.homeserver.find_state(await self.room_id(), "m.room.power_levels")
        assert content is not None
        people = {self.homeserver.ids.person_id(mxid): level for mxid, level in content["users"].items()}
        return {person_id - self.first: level for person_id, level in people.items() if person_id is not None}


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


class CountingHomeserver(FaultyHomeserver):
    """The real homeserver, and the names of the calls that were made."""

    def __init__(self, real: Homeserver) -> None:
        self.calls: list[str] = []
        super().__init__(real, lambda name, _args: self.calls.append(name))
