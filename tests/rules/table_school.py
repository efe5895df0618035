"""The school of the table: everybody and every room that a row speaks of, and who is meant by it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import select
from testbed.waiting import until
from testbed.world import (
    ADMIN,
    ANNA,
    BORIS,
    CLASS_7B,
    CLASS_8A,
    DASHA,
    GLEB,
    TEACHER,
    TEACHER_2,
    TEACHER_3,
    VERA,
    Api,
    World,
    school_roster,
)

from bridge.chat.locks import find_room_id
from bridge.chat.tables import messages
from bridge.permissions.policy import Reason
from bridge.permissions.school import Enrolment, Person, Role
from bridge.roster.roster import Roster
from rules.client import RawClient, reason_of
from rules.conftest import sign_in_to

ROOMS = {"announcements": "Объявления", "staff_room": "Учительская"}
EX_TEACHER, ADMIN_2, EX_STUDENT, EGOR, FEDYA, ZOYA = 5, 10, 16, 17, 18, 19
NOBODY = 987_654
MAKING_S = 120

STUDENTS_OF_7B = ((EX_STUDENT, "Женя"), (EGOR, "Егор"), (FEDYA, "Федя"), (ZOYA, "Зоя"))


@dataclass(frozen=True)
class Place:
    """A conversation, as the web and as Matrix know it; the room may not be made yet."""

    conversation_id: int
    room_id: str = ""


@dataclass(frozen=True)
class Said:
    """A message, as the web and as Matrix know it."""

    message_id: int
    event_id: str


@dataclass(frozen=True)
class Case:
    """Who a row's actor is, and what it is done to."""

    actor: int
    place: str = ""
    people: tuple[int, ...] = ()
    sender: int = 0


def roster_before() -> Roster:
    """The tests' school; in 7b also a teacher and a student who will leave, and three more."""
    roster = school_roster()
    more = [
        Person(EX_TEACHER, "left5", "Лев", "Прежний", Role.TEACHER),
        Person(ADMIN_2, "admin2", "Нина", "Завуч", Role.ADMIN),
        *(Person(person_id, f"student{person_id}", name, "Ученик", Role.STUDENT) for person_id, name in STUDENTS_OF_7B),
    ]
    enrolments = [
        Enrolment(CLASS_7B, EX_TEACHER, Role.TEACHER),
        *(Enrolment(CLASS_7B, person_id, Role.STUDENT) for person_id, _ in STUDENTS_OF_7B),
    ]
    return Roster((*roster.people, *more), roster.groups, (*roster.enrolments, *enrolments))


def roster_after() -> Roster:
    """Vera has gone from 7b to 8a; two have left the school."""
    roster = roster_before()
    people = tuple(replace(p, is_active=p.id not in (EX_TEACHER, EX_STUDENT)) for p in roster.people)
    enrolments = [e for e in roster.enrolments if e.person_id not in (VERA, EX_TEACHER, EX_STUDENT)]
    return replace(roster, people=people, enrolments=(*enrolments, Enrolment(CLASS_8A, VERA, Role.STUDENT)))


@dataclass
class TableSchool:
    """A running school with everything that the table speaks of."""

    world: World
    places: dict[str, Place] = field(default_factory=dict)
    said_before: dict[tuple[str, int, str, str], Said] = field(default_factory=dict)
    clients: dict[int, RawClient] = field(default_factory=dict)
    apis: dict[int, Api] = field(default_factory=dict)

    async def api(self, person_id: int) -> Api:
        if person_id not in self.apis:
            self.apis[person_id] = await self.world.api(person_id)
        return self.apis[person_id]

    async def client(self, person_id: int) -> RawClient:
        if person_id not in self.clients:
            self.clients[person_id] = await sign_in_to(self.world, person_id)
        return self.clients[person_id]

    def place(self, name: str, door: str) -> Place:
        """Some are there twice, so that what is done at one door is not done already at the other."""
        return self.places.get(f"{name}, {door}") or self.places[name]

    async def say(self, sender_id: int, place: Place, *, age_s: int = 0) -> Said:
        """Say something in Matrix, perhaps long ago, and wait until the web has it."""
        clock = self.world.bridge.services.clock()
        body = {"msgtype": "m.text", "body": f"Сказано в {clock}"}
        event_id = await self.world.bridge.homeserver.send_event(
            sender_id,
            place.room_id,
            "m.room.message",
            body,
            txn_id=f"table-{sender_id}-{place.conversation_id}-{clock}-{age_s}",
            ts_ms=clock - age_s * 1000,
        )

        async def arrived() -> int | None:
            async with self.world.bridge.db.reading() as conn:
                found = await conn.execute(select(messages.c.id).where(messages.c.event_id == event_id))
                return found.scalar_one_or_none()

        return Said(await until(arrived), event_id)

    # -- made once, before the rows ------------------------------------------------------------------------------------

    async def set_up(self) -> None:
        await self._begin()
        await self._find_rooms()
        await self._speak()
        await self._lock()
        await self.client(EX_STUDENT)
        await self.world.quiet()
        await self.world.provision(roster_after())
        await self._is_known_everywhere()

    async def _begin(self) -> None:
        for name, (one, other) in DIRECTS.items():
            self.places[name] = Place(await (await self.api(one)).direct(other))
        for name, (owner, people) in GROUPS.items():
            body = {"name": name, "participants": list(people)}
            made = await (await self.api(owner)).post("conversations/group/", body)
            self.places[name] = Place(made["id"])
        for name, person_id, title in (
            ("7b", TEACHER, "7Б класс"),
            ("8a", TEACHER_3, "8А класс"),
            ("announcements", TEACHER, ROOMS["announcements"]),
            ("staff room", TEACHER, ROOMS["staff_room"]),
        ):
            self.places[name] = Place((await (await self.api(person_id)).group(title))["id"])

    async def _find_rooms(self) -> None:
        """Wait for the rooms: twenty of them take a while on a busy machine."""
        for name, place in self.places.items():
            self.places[name] = replace(place, room_id=await until(partial(self._room, place), limit_s=MAKING_S))
        self.places["nothing"] = Place(NOBODY, "!nothing:school.test")

    async def _room(self, place: Place) -> str | None:
        async with self.world.bridge.db.reading() as conn:
            return await find_room_id(conn, place.conversation_id)

    async def _speak(self) -> None:
        """
        What will be edited and deleted where nobody can write any more, each door and action its own; and what
        reactions are for, by nobody's id.
        """
        for name, sender_id in (("archived", ANNA), ("archived", TEACHER), ("ended", VERA)):
            for action in ("edit", "delete"):
                for door in ("rest", "matrix"):
                    said = await self.say(sender_id, self.places[name])
                    self.said_before[name, sender_id, action, door] = said
        for name, sender_id in REACTED_TO.items():
            said = await self.say(sender_id, self.place(name, "matrix"))
            self.said_before[name, 0, "react", "matrix"] = said

    async def _lock(self) -> None:
        for name, blocker in BLOCKED.items():
            await (await self.api(blocker)).post(f"conversations/{self.places[name].conversation_id}/block/")
        status, _ = await (await self.api(TEACHER)).call(
            "DELETE", f"conversations/{self.places['archived'].conversation_id}/"
        )
        assert status == 204
        removal = {"user_id": GLEB}
        await (await self.api(TEACHER)).post(
            f"conversations/{self.places['left'].conversation_id}/remove_participant/", removal
        )

    async def _is_known_everywhere(self) -> None:
        """The module's snapshot is read whole: who knows the last change knows them all."""
        vera = await self.client(VERA)

        async def is_refused() -> bool:
            answer = await vera.say(self.places["ended"].room_id, "Уже нельзя")
            return answer[0] != 200 and reason_of(answer) == Reason.NO_SHARED_GROUP

        await until(is_refused)

    async def choose(self, students_may_message_students: str) -> None:
        """Run the bridge with another choice of the school."""
        for api in self.apis.values():
            await api.close()
        self.apis.clear()
        await self.world.stop_bridge()
        choice = {"students_may_message_students": students_may_message_students}
        permissions = self.world.config.permissions.model_copy(update=choice)
        self.world.config = self.world.config.model_copy(update={"permissions": permissions})
        await self.world.start_bridge()

    async def close(self) -> None:
        for client in self.clients.values():
            await client.close()


DIRECTS = {
    "own": (TEACHER, ANNA),
    "ended": (TEACHER, VERA),
    "colleagues": (TEACHER, TEACHER_2),
    "with admin": (ADMIN, GLEB),
    "teacher left": (EX_TEACHER, ANNA),
    "student left": (TEACHER, EX_STUDENT),
    "left and admin": (ADMIN, EX_STUDENT),
    "blocked by teacher": (TEACHER_2, BORIS),
    "blocked by admin": (ADMIN, TEACHER),
    "admins": (ADMIN_2, ADMIN),
    "to unblock": (ADMIN_2, TEACHER_3),
    "to block": (TEACHER_2, ANNA),
    "to block by admin": (ADMIN_2, DASHA),
    "others": (TEACHER_3, DASHA),
}
BLOCKED = {
    "blocked by teacher": TEACHER_2,
    "blocked by admin": ADMIN,
    "admins": ADMIN_2,
    "to unblock": TEACHER_3,
}
REACTED_TO = {
    "group": BORIS,
    "ended": VERA,
    "blocked by teacher": BORIS,
    "blocked by admin": TEACHER,
    "archived": ANNA,
    "announcements": TEACHER,
    "others": DASHA,
    "other": DASHA,
}
OWN = (TEACHER, (ANNA, BORIS, TEACHER_2, ADMIN, FEDYA, ZOYA))
GROUPS = {
    "group": OWN,
    "group, matrix": OWN,
    "other": (TEACHER_3, (DASHA,)),
    "left": (TEACHER, (GLEB,)),
    "archived": (TEACHER, (ANNA, ADMIN)),
    "to archive": (TEACHER, (ANNA,)),
    "to archive by admin": (TEACHER, (ANNA,)),
}
