"""What a story is told with: people in the web app, people in Matrix clients, their sockets and groups."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

from testbed.element import Element
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER, Api, Socket, World, school_roster

from bridge.errors import HomeserverRefused
from bridge.outbox.commands import Command, Kind
from bridge.outbox.execute import Outcome
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.roster import Roster
from bridge.roster.store import save_roster

NUMBERS = count(1000)
PATIENCE_S = 40  # one homeserver makes the rooms of several stories meanwhile


class Cast:
    """The people of one world who have signed in already; signing in again for each story would take long."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.apis: dict[int, Api] = {}
        self.elements: dict[int, Element] = {}
        self.club_id: int | None = None


class Story:
    """One test's view of the shared world. What it opens is closed at its end; the roster is put back."""

    def __init__(self, world: World, cast: Cast) -> None:
        self.world, self.bridge, self._cast = world, world.bridge, cast
        self.roster = school_roster()
        self._sockets: list[Socket] = []

    async def web(self, person_id: int) -> Api:
        """The person in the web app."""
        if person_id not in self._cast.apis:
            self._cast.apis[person_id] = await self.world.api(person_id)
        return self._cast.apis[person_id]

    async def element(self, person_id: int) -> Element:
        """The person in a Matrix client; it has seen everything so far."""
        if person_id not in self._cast.elements:
            self._cast.elements[person_id] = Element(await self.world.matrix(person_id), person_id)
        element = self._cast.elements[person_id]
        await element.sync()
        return element

    async def listen(self, person_id: int, conversation_id: int | None = None) -> Socket:
        """An open socket of the person: of one conversation, or of all."""
        socket = await (await self.web(person_id)).socket(conversation_id)
        self._sockets.append(socket)
        await socket.send({"type": "ping"})
        await socket.expect("pong")  # from here on nothing is missed
        return socket

    async def end(self) -> None:
        for socket in self._sockets:
            await socket.close()
        if self.roster != school_roster():
            await self.change_roster(school_roster())

    # -- conversations ---------------------------------------------------------------------------------------------

    async def class_7b(self) -> dict[str, Any]:
        """The class of teachers 1 and 2, Anna, Boris and Vera, as teacher 1 sees it."""
        return await (await self.web(TEACHER)).group("7Б класс")

    async def group(self, *people: int, by: int = TEACHER, has_room: bool = True) -> dict[str, Any]:
        """A new group chat of *people*, made in the web app by *by*."""
        web = await self.web(by)
        body = {"name": f"Кружок {next(NUMBERS)}", "participants": list(people)}
        made = await web.post("conversations/group/", body, status=(201,))
        return await self.with_room(by, made["id"]) if has_room else made

    async def club(self) -> dict[str, Any]:
        """The group chat of teacher 1, Anna and Boris that many stories share; everybody has read everything."""
        if self._cast.club_id is None:
            self._cast.club_id = (await self.group(ANNA, BORIS))["id"]
        for person_id in (TEACHER, ANNA, BORIS):
            await (await self.web(person_id)).post(f"conversations/{self._cast.club_id}/read/")
        return await self.seen(TEACHER, self._cast.club_id)

    async def direct(self, one: int, other: int) -> dict[str, Any]:
        """The direct conversation of the two, as *one* sees it, with its room."""
        return await self.with_room(one, await (await self.web(one)).direct(other))

    async def with_room(self, person_id: int, conversation_id: int) -> dict[str, Any]:
        """The conversation as that person sees it, when its room is there."""
        web = await self.web(person_id)

        async def made() -> dict[str, Any] | None:
            found = await web.get(f"conversations/{conversation_id}/")
            return found if found["room_id"] else None

        return await until(made, limit_s=PATIENCE_S)

    async def seen(self, person_id: int, conversation_id: int) -> dict[str, Any]:
        """The conversation as that person sees it now."""
        return await (await self.web(person_id)).get(f"conversations/{conversation_id}/")

    async def last(self, person_id: int, conversation_id: int) -> dict[str, Any]:
        """The newest message as that person sees it."""
        return (await (await self.web(person_id)).history(conversation_id))[-1]

    async def message(self, person_id: int, message: dict[str, Any]) -> dict[str, Any]:
        """A message as that person sees it now."""
        query = {"around": message["id"], "limit": 1}
        found = await (await self.web(person_id)).history(message["conversation_id"], **query)
        assert [each["id"] for each in found] == [message["id"]]
        return found[0]

    async def sent(self, person_id: int, message: dict[str, Any]) -> dict[str, Any]:
        """The message, when the homeserver has it."""

        async def is_sent() -> dict[str, Any] | None:
            found = await self.message(person_id, message)
            return found if found["event_id"] else None

        return await until(is_sent, limit_s=PATIENCE_S)

    async def arrived(self, conversation_id: int, event_id: str, reader: int = TEACHER) -> dict[str, Any]:
        """The message that came from Matrix as that event, as *reader* sees it."""
        web = await self.web(reader)

        async def found() -> dict[str, Any] | None:
            page = await web.history(conversation_id, page_size=10)
            return next((message for message in page if message["event_id"] == event_id), None)

        return await until(found, limit_s=PATIENCE_S)

    # -- the roster ------------------------------------------------------------------------------------------------

    async def newcomers(self, *roles: Role) -> list[int]:
        """New people who share a new group: a teacher and a student may write to each other there."""
        group = Group(next(NUMBERS), "Новый класс")
        people = [
            Person(person_id, f"new{person_id}", f"Новичок{person_id}", "Новый", role)
            for role, person_id in zip(roles, NUMBERS, strict=False)
        ]
        enrolments = [Enrolment(group.id, person.id, person.role) for person in people if person.role != Role.ADMIN]
        await self.change_roster(
            Roster(
                (*self.roster.people, *people),
                (*self.roster.groups, group),
                (*self.roster.enrolments, *enrolments),
            )
        )
        return [person.id for person in people]

    async def pair(self) -> tuple[int, int]:
        """A new teacher and a new student of theirs."""
        teacher, student = await self.newcomers(Role.TEACHER, Role.STUDENT)
        return teacher, student

    async def leave_groups(self, person_id: int) -> None:
        """The person is in no group any more, says the roster."""
        kept = tuple(each for each in self.roster.enrolments if each.person_id != person_id)
        await self.change_roster(replace(self.roster, enrolments=kept))

    async def change_roster(self, roster: Roster) -> None:
        """Store a roster, as the panel's next delivery; rooms do not follow before it is applied."""
        self.roster = roster
        async with self.bridge.db.writing() as conn:
            await save_roster(conn, roster, {})
        await self.bridge.upkeep.follow_roster()

    async def apply_roster(self, roster: Roster | None = None) -> int:
        """Store a roster (by default the world's own) and make the rooms follow it; how many steps it took."""
        self.roster = roster or school_roster()
        return await self.world.provision(self.roster)

    # -- the outbox ------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def slow_homeserver(self) -> AsyncIterator[None]:
        """While the block runs nothing goes out: commands wait as they do for a homeserver that is away."""
        gate = asyncio.Event()

        async def wait(_: Command) -> None:
            await gate.wait()

        with self._before_each_command(wait):
            yield
        gate.set()

    @asynccontextmanager
    async def refusing_homeserver(self) -> AsyncIterator[None]:
        """While the block runs every message is refused, as Synapse's own rules would; it ends when all is sent."""

        async def refuse(command: Command) -> None:
            if command.kind == Kind.MESSAGE:
                raise HomeserverRefused("Not this one.", errcode="M_FORBIDDEN", http_status=403)

        with self._before_each_command(refuse):
            yield
            await self.world.quiet()

    @contextmanager
    def _before_each_command(self, do: Callable[[Command], Awaitable[None]]) -> Iterator[None]:
        executor = self.bridge.sender._executor
        execute = executor.execute

        async def do_and_execute(command: Command) -> Outcome:
            await do(command)
            return await execute(command)

        executor.execute = do_and_execute
        try:
            yield
        finally:
            executor.execute = execute
