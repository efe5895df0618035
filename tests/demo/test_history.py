"""The synthetic school's history is in the read model as if people had talked; counters hold together."""

from __future__ import annotations

from sqlalchemy import text

from bridge.chat import conversations, members, messages, receipts, seed, views
from bridge.chat.shapes import Viewing
from bridge.db.engine import Conn, Database
from bridge.demo.history import make_history
from bridge.permissions.policy import Rules
from bridge.permissions.school import Enrolment, Group, Person, Role, School

NOW_MS = 1_790_000_000_000
TEACHER, ONE, OTHER = 1, 11, 12
PEOPLE = [
    Person(TEACHER, "petrova", "Анна", "Петрова", Role.TEACHER),
    Person(ONE, "orlov", "Пётр", "Орлов", Role.STUDENT),
    Person(OTHER, "belova", "Вера", "Белова", Role.STUDENT),
]
SCHOOL = School.of(
    PEOPLE,
    [Group(70, "7Б")],
    [Enrolment(70, person.id, person.role) for person in PEOPLE],
)


def viewing() -> Viewing:
    return Viewing(SCHOOL, Rules(), lambda _: (False, None), lambda *_: "")


async def make_group(conn: Conn) -> int:
    group = await conversations.create_group_conversation(
        conn, name="7Б", roster_key="group:70", created_by=None, now_ms=NOW_MS
    )
    await members.add(conn, group, {TEACHER: True, ONE: False, OTHER: False}, NOW_MS)
    return group


def test_the_history_is_the_same_every_time_and_everybody_has_a_say():
    history = make_history([TEACHER, ONE, OTHER], 1, 20, NOW_MS)
    assert history == make_history([TEACHER, ONE, OTHER], 1, 20, NOW_MS)
    assert len(history) == 20
    assert {message.sender_id for message in history} == {TEACHER, ONE, OTHER}
    times = [message.created_ms for message in history]
    assert times == sorted(times)
    assert times[-1] < NOW_MS
    assert len({message.text for message in history}) == 20


async def test_all_but_the_last_three_messages_are_read(database: Database):
    async with database.writing() as conn:
        group = await make_group(conn)
        history = make_history([TEACHER, ONE, OTHER], 1, 20, NOW_MS)
        await seed.write_history(conn, group, history)
    async with database.reading() as conn:
        for person in PEOPLE:
            shown = await views.get_conversation(conn, viewing(), person, group, NOW_MS)
            others = [message for message in history[-3:] if message.sender_id != person.id]
            assert shown["unread_count"] == len(others) == 2
            assert shown["last_message"]["text"].startswith(history[-1].text[:40])
            assert shown["updated_at"] == shown["last_message"]["timestamp"]
        origins = await conn.execute(text("SELECT DISTINCT origin, status, event_id FROM messages"))
        assert [tuple(row) for row in origins] == [("seed", "sent", None)]
        pages = await conn.execute(text("SELECT number FROM messages ORDER BY id"))
        assert list(pages.scalars()) == list(range(1, 21))


async def test_a_message_after_the_history_follows_it(database: Database):
    async with database.writing() as conn:
        group = await make_group(conn)
        await seed.write_history(conn, group, make_history([TEACHER, ONE, OTHER], 1, 20, NOW_MS))
    async with database.writing() as conn:
        draft = messages.Draft("Новое", client_id="a")
        accepted = await messages.accept(conn, viewing(), PEOPLE[0], group, draft, NOW_MS)
    async with database.writing() as conn:
        newest = accepted.message["id"]
        assert newest == 21
        conversation_id, unread, _ = await receipts.mark_read(conn, ONE, newest, NOW_MS)
        assert (conversation_id, unread) == (group, 0)
    async with database.reading() as conn:
        shown = await views.get_conversation(conn, viewing(), PEOPLE[2], group, NOW_MS)
        assert shown["unread_count"] == 3
        assert shown["last_message"]["id"] == newest
        counted = await conn.execute(text("SELECT messages_count FROM conversations"))
        assert counted.scalar_one() == 21


async def test_a_short_history_is_unread_as_a_whole(database: Database):
    async with database.writing() as conn:
        group = await make_group(conn)
        await seed.write_history(conn, group, make_history([TEACHER, ONE, OTHER], 1, 2, NOW_MS))
        await seed.write_history(conn, group, [])
    async with database.reading() as conn:
        shown = await views.get_conversation(conn, viewing(), PEOPLE[2], group, NOW_MS)
        assert shown["unread_count"] == 2
        assert await seed.list_silent(conn) == set()


async def test_two_conversations_take_turns_in_ids(database: Database):
    async with database.writing() as conn:
        group = await make_group(conn)
        direct, *_ = await conversations.ensure_direct(conn, TEACHER, ONE, TEACHER, NOW_MS)
        assert await seed.list_silent(conn) == {group, direct}
        await seed.write_history(conn, group, make_history([TEACHER, ONE, OTHER], 1, 5, NOW_MS))
        await seed.write_history(conn, direct, make_history([TEACHER, ONE], 1, 5, NOW_MS))
        await seed.analyze(conn)
        (found,) = await seed.list_direct_conversations(conn)
    assert (found.id, found.people, found.room_id) == (direct, (TEACHER, ONE), None)
