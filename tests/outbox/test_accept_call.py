"""A plain text is accepted in one call on PostgreSQL; the long way does the same in more of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from bridge.chat import conversations, members, messages
from bridge.chat.changes import MessageAdded
from bridge.chat.messages import Accepted, Draft
from bridge.chat.shapes import Viewing
from bridge.db.engine import Database
from bridge.errors import NotFound
from bridge.outbox import store
from bridge.outbox.accept_call import AcceptCall
from bridge.outbox.commands import Command, Kind
from bridge.permissions.policy import Rules
from bridge.permissions.school import Enrolment, Group, Person, Role, School

TEACHER = Person(1, "ivanov", "Иван", "Иванов", Role.TEACHER)
ANNA = Person(11, "anna", "Анна", "Котова", Role.STUDENT)
BORIS = Person(12, "boris", "Борис", "Белов", Role.STUDENT)
PEOPLE = [TEACHER, ANNA, BORIS]
ENROLLED = [Enrolment(1, person.id, person.role) for person in PEOPLE]
SCHOOL = School.of(PEOPLE, [Group(1, "7Б")], ENROLLED)
VIEWING = Viewing(SCHOOL, Rules(), lambda _: (False, None), lambda *_: "")
TEXT = "Можно пересдать **в пятницу**? " * 9

Result = tuple[Accepted, Command | None]


class Chat:
    """One database with a group and the direct conversation of teacher and Anna; times are made up."""

    def __init__(self, db: Database) -> None:
        self.db, self.call, self.now_ms = db, AcceptCall(db), 1_000_000
        self.group = self.direct = 0

    async def fill(self) -> None:
        async with self.db.writing() as conn:
            self.group = await conversations.create_group_conversation(
                conn, name="7Б", created_by=TEACHER.id, now_ms=self.now_ms
            )
            await members.add(conn, self.group, {TEACHER.id: True, ANNA.id: False}, self.now_ms)
            ensured = await conversations.ensure_direct(conn, TEACHER.id, ANNA.id, TEACHER.id, self.now_ms)
            self.direct = ensured[0]

    async def called(
        self, conversation_id: int, draft: Draft, actor: Person = ANNA, viewing: Viewing = VIEWING
    ) -> Result | None:
        self.now_ms += 1
        return await self.call.accept(viewing, actor, conversation_id, draft, self.now_ms, self._lease())

    async def the_long_way(self, conversation_id: int, draft: Draft, actor: Person = ANNA) -> Result:
        self.now_ms += 1
        async with self.db.writing() as conn:
            accepted = await messages.accept(conn, VIEWING, actor, conversation_id, draft, self.now_ms)
            command = Command(conversation_id, Kind.MESSAGE, actor.id, accepted.message["id"])
            return accepted, await store.append_taken(conn, command, self.now_ms, self._lease())

    async def accepted(self, conversation_id: int, draft: Draft, actor: Person = ANNA) -> Result:
        """By the short way where there is one."""
        return await self.called(conversation_id, draft, actor) or await self.the_long_way(
            conversation_id, draft, actor
        )

    def _lease(self) -> store.Lease:
        return store.Lease("this process", self.now_ms + 15_000)

    async def rows(self, table: str, order: str) -> list[dict[str, Any]]:
        async with self.db.reading() as conn:
            return [
                dict(row) for row in (await conn.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))).mappings()
            ]

    async def everything(self) -> list[list[dict[str, Any]]]:
        places = {"conversations": "id", "participants": "conversation_id, person_id", "messages": "id", "outbox": "id"}
        return [await self.rows(*place) for place in places.items()]

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[list[str]]:
        """What is sent to the database while the block runs."""
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(self.db.engine.sync_engine, "before_cursor_execute", note)
        yield seen
        event.remove(self.db.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
async def chat(database: Database) -> Chat:
    chat = Chat(database)
    await chat.fill()
    return chat


async def test_both_ways_store_the_same(database: Database, chat: Chat):
    drafts = [(Draft(TEXT, client_id="one"), ANNA), (Draft("и ещё"), ANNA), (Draft("Да."), TEACHER)]
    called = [await chat.called(chat.direct, draft, actor) for draft, actor in drafts]
    one = await chat.everything()
    async with database.writing() as conn:
        for table in ("outbox", "messages", "participants", "conversations"):
            await conn.execute(text(f"DELETE FROM {table}"))
    other_chat = Chat(database)
    await other_chat.fill()
    long = [await other_chat.the_long_way(other_chat.direct, draft, actor) for draft, actor in drafts]
    other = await other_chat.everything()

    if database.is_sqlite:
        assert called == [None] * 3
        return
    assert [_bare(each) for each in one] == [_bare(each) for each in other]
    assert [_told(each) for each in called] == [_told(each) for each in long]


IDS = {"id", "conversation_id", "message_id", "last_message_id", "alias", "event_id"}


def _bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in IDS} for row in rows]


def _told(result: Result | None) -> Any:
    assert result is not None
    accepted, command = result
    (change,) = accepted.changes
    assert isinstance(change, MessageAdded)
    assert command is None or (command.message_id, command.conversation_id) == (
        accepted.message["id"],
        accepted.message["conversation_id"],
    )
    return (
        _bare([accepted.message]),
        change.rev,
        change.audience,
        command and (command.kind, command.person_id, command.payload, command.attempts, command.created_ms),
    )


async def test_it_is_one_statement_once_the_conversation_is_known(database: Database, chat: Chat):
    await chat.accepted(chat.group, Draft("first"))

    async with chat.statements() as seen:
        await chat.accepted(chat.group, Draft("second"))

    assert len([each for each in seen if not each.startswith("BEGIN")]) == (4 if database.is_sqlite else 1)


async def test_only_the_first_command_of_a_lane_is_taken(chat: Chat):
    (_, first), (_, second) = [await chat.accepted(chat.group, Draft(words)) for words in ("one", "two")]

    assert first is not None
    assert second is None
    waiting = [(row["attempts"], row["taken_by"]) for row in await chat.rows("outbox", "id")]
    assert waiting == [(1, "this process"), (0, None)]


@pytest.mark.parametrize("draft", [Draft("x", mentions=(BORIS.id,)), Draft("x", reply_to=1), Draft("x", file_id="f")])
async def test_what_is_not_plain_is_left_to_the_long_way(chat: Chat, draft: Draft):
    before = await chat.everything()

    assert await chat.called(chat.group, draft) is None

    assert await chat.everything() == before


@pytest.mark.parametrize("reason", ["archived", "blocked", "stranger", "no such", "roster"])
async def test_what_has_to_be_refused_is_left_to_the_long_way(chat: Chat, reason: str):
    """Also where the conversation was known as open a moment ago."""
    await chat.accepted(chat.direct, Draft("before"))
    place, actor, viewing = chat.direct, ANNA, VIEWING
    async with chat.db.writing() as conn:
        if reason == "archived":
            await conversations.archive(conn, chat.direct, chat.now_ms)
        elif reason == "blocked":
            await conversations.block(conn, chat.direct, TEACHER.id, None, chat.now_ms)
    if reason == "stranger":
        actor = BORIS
    elif reason == "no such":
        place = 999_999
    elif reason == "roster":
        viewing = Viewing(
            School.of(PEOPLE, [Group(1, "7Б")], ENROLLED, 7), Rules(), VIEWING.presence, VIEWING.file_address
        )
    before = await chat.everything()

    assert await chat.called(place, Draft("after"), actor, viewing) is None

    assert await chat.everything() == before


async def test_the_relation_is_asked(chat: Chat):
    """Teacher and Anna share no group any more."""
    await chat.accepted(chat.direct, Draft("before"))
    viewing = Viewing(School.of(PEOPLE, [Group(1, "7Б")], []), Rules(), VIEWING.presence, VIEWING.file_address)

    assert await chat.called(chat.direct, Draft("after"), viewing=viewing) is None


async def test_a_client_id_is_used_once(database: Database, chat: Chat):
    if database.is_sqlite:
        await chat.the_long_way(chat.group, Draft("one", client_id="c"))
        accepted, _ = await chat.the_long_way(chat.direct, Draft("two", client_id="c"))
        assert not accepted.is_new
        return
    await chat.called(chat.group, Draft("one", client_id="c"))
    before = await chat.everything()

    with pytest.raises(IntegrityError):
        await chat.called(chat.direct, Draft("two", client_id="c"))

    assert await chat.everything() == before


Way = Any


@pytest.mark.parametrize("way", [Chat.accepted, Chat.the_long_way])
async def test_who_is_removed_while_the_send_waits_is_not_heard(chat: Chat, way: Way):
    await chat.accepted(chat.group, Draft("before"))
    async with chat.db.writing() as conn:
        await members.remove(conn, chat.group, ANNA.id, chat.now_ms)
        sending = await _waits(way(chat, chat.group, Draft("after")))

    with pytest.raises(NotFound):
        await sending
    assert [row["text"] for row in await chat.rows("messages", "id")] == ["before"]


@pytest.mark.parametrize("way", [Chat.accepted, Chat.the_long_way])
async def test_who_comes_while_the_send_waits_has_it_unread(chat: Chat, way: Way):
    await chat.accepted(chat.group, Draft("before"))
    async with chat.db.writing() as conn:
        await members.add(conn, chat.group, {BORIS.id: False}, chat.now_ms)
        sending = await _waits(way(chat, chat.group, Draft("after")))

    accepted, _ = await sending
    assert accepted.changes[0].audience == {TEACHER.id: 2, ANNA.id: 0, BORIS.id: 1}


@pytest.mark.parametrize("way", [Chat.accepted, Chat.the_long_way])
async def test_who_waits_for_the_end_of_the_lane_becomes_its_head(chat: Chat, way: Way):
    _, head = await chat.accepted(chat.group, Draft("before"))
    assert head
    async with chat.db.writing() as conn:
        await conversations.rename(conn, chat.group, "8Б", chat.now_ms)
        assert await store.finish(conn, head, chat._lease()) is None
        sending = await _waits(way(chat, chat.group, Draft("after")))

    _, command = await sending
    assert command is not None


async def _waits(sending: Any) -> asyncio.Task[Result]:
    """The send, begun; it waits for the conversation's lock."""
    task = asyncio.create_task(sending)
    done, _ = await asyncio.wait([task], timeout=0.3)
    assert not done
    return task
