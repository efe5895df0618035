"""The school of a run: who is in it, and what was said before; written straight into the bridge's database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.options import Options
from bridge.chat import seed
from bridge.chat.conversations import create_group_conversation, ensure_direct
from bridge.chat.members import add
from bridge.clock import now_ms
from bridge.db.engine import Conn, Database
from bridge.db.migrate import upgrade
from bridge.demo.history import make_history
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.roster import Roster
from bridge.roster.store import save_roster

TEACHER_OF_500, TEACHER_OF_100, TEACHER_OF_CLASS = 1, 2, 3
STUDENTS = range(1001, 1501)
CLASS = STUDENTS[:25]
PAIR_TEACHERS = range(11, 27)
PAIR_STUDENTS = range(2001, 2131)

LONG, SHORT = 10_000, 60
MESSAGES_EACH = 20
CONVERSATIONS_A_COMMIT = 50


@dataclass(frozen=True)
class Pair:
    """A teacher and a student who write to each other."""

    conversation_id: int
    teacher_id: int
    student_id: int
    alias: str


@dataclass
class Conversations:
    """What was written: pairs (for whose messages rooms are made), and the two with histories."""

    pairs: list[Pair] = field(default_factory=list)
    long_id: int = 0
    short_id: int = 0


def roster() -> Roster:
    people = [
        *(_person(person_id, Role.TEACHER) for person_id in (TEACHER_OF_500, TEACHER_OF_100, TEACHER_OF_CLASS)),
        *(_person(person_id, Role.TEACHER) for person_id in PAIR_TEACHERS),
        *(_person(person_id, Role.STUDENT) for person_id in (*STUDENTS, *PAIR_STUDENTS)),
    ]
    enrolled: dict[int, tuple[int, Sequence[int]]] = {
        1: (TEACHER_OF_500, STUDENTS),
        2: (TEACHER_OF_100, STUDENTS[:100]),
        3: (TEACHER_OF_CLASS, CLASS),
    }
    for place, teacher_id in enumerate(PAIR_TEACHERS):
        enrolled[teacher_id] = (teacher_id, PAIR_STUDENTS[place :: len(PAIR_TEACHERS)])
    enrolments = [
        Enrolment(group_id, person_id, role)
        for group_id, (teacher_id, students) in enrolled.items()
        for person_id, role in ((teacher_id, Role.TEACHER), *((each, Role.STUDENT) for each in students))
    ]
    groups = tuple(Group(group_id, f"Группа {group_id}") for group_id in enrolled)
    return Roster(tuple(people), groups, tuple(enrolments))


def _person(person_id: int, role: Role) -> Person:
    return Person(person_id, f"person{person_id}", "Имя", f"Фамилия {person_id}", role)


async def write_school(db: Database, options: Options, pairs: int) -> Conversations:
    """Write the roster and what the sections of *options* need; the first *pairs* pairs."""
    await upgrade(db)
    async with db.writing() as conn:
        await save_roster(conn, roster(), {})
    written = Conversations(pairs=await _write_pairs(db, pairs))
    if options.wants("list"):
        await _write_directs(db, TEACHER_OF_500, STUDENTS)
        await _write_directs(db, TEACHER_OF_100, STUDENTS[:100])
    if options.wants("history"):
        written.long_id = await _write_class(db, "Длинная", LONG)
        written.short_id = await _write_class(db, "Короткая", SHORT)
    async with db.writing() as conn:
        await seed.analyze(conn)
    return written


async def _write_pairs(db: Database, count: int) -> list[Pair]:
    """The first pairs have different teachers; from the seventeenth on, teachers repeat."""
    found = []
    async with db.writing() as conn:
        for place in range(count):
            teacher_id, student_id = PAIR_TEACHERS[place % len(PAIR_TEACHERS)], PAIR_STUDENTS[place]
            found.append((await _ensure_direct(conn, teacher_id, student_id), teacher_id, student_id))
    async with db.reading() as conn:
        aliases = {each.id: each.alias for each in await seed.list_direct_conversations(conn)}
    return [Pair(each[0], *each[1:], alias=aliases[each[0]]) for each in found]


async def _ensure_direct(conn: Conn, teacher_id: int, student_id: int) -> int:
    return (await ensure_direct(conn, teacher_id, student_id, teacher_id, now_ms()))[0]


async def _write_directs(db: Database, teacher_id: int, students: Sequence[int]) -> None:
    for start in range(0, len(students), CONVERSATIONS_A_COMMIT):
        async with db.writing() as conn:
            for student_id in students[start : start + CONVERSATIONS_A_COMMIT]:
                conversation_id = await _ensure_direct(conn, teacher_id, student_id)
                history = make_history([teacher_id, student_id], 1, MESSAGES_EACH, now_ms())
                await seed.write_history(conn, conversation_id, history)


async def _write_class(db: Database, name: str, count: int) -> int:
    at_ms = now_ms()
    people = {TEACHER_OF_CLASS: True, **dict.fromkeys(CLASS, False)}
    async with db.writing() as conn:
        conversation_id = await create_group_conversation(conn, name=name, created_by=TEACHER_OF_CLASS, now_ms=at_ms)
        await add(conn, conversation_id, people, at_ms)
        await seed.write_history(conn, conversation_id, make_history(list(people), 1, count, at_ms))
    return conversation_id
