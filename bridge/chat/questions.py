"""What a question of ``classbridge why`` is about: text becomes a person, a conversation or a message."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bridge.chat import conversations, members, messages
from bridge.chat.shapes import facts_of
from bridge.chat.tables import conversations as table
from bridge.db.engine import Conn
from bridge.errors import NotFound
from bridge.permissions.explain import Target
from bridge.permissions.roster_rooms import ANNOUNCEMENTS, STAFF, key_of_group
from bridge.permissions.school import Person, School

KINDS = "a username, a panel id, group:ID, conversation:ID, message:ID, staff or announcements"


def find_person(school: School, text: str) -> Person:
    """
    The person with that username or panel id, also one who has left.

    Raises:
        NotFound: Nobody has it.
    """
    by_id = school.find(int(text)) if text.isascii() and text.isdigit() else None
    person = by_id or next((p for p in school.people.values() if p.username == text), None)
    if person is None:
        raise NotFound(f"Nobody in the roster has the username or id {text}.")
    return person


async def find_target(conn: Conn, school: School, actor: Person, text: str, now_ms: int) -> Target:
    """
    What *text* names: one of ``KINDS``. Of a person it holds the direct conversation with *actor*, if there is one.

    Raises:
        NotFound: There is no such thing.
    """
    kind, _, number = text.partition(":")
    if kind in ("conversation", "group", "message") and not (number.isascii() and number.isdigit()):
        raise NotFound(f"{text} is none of: {KINDS}.")
    if kind == "message":
        return await _message(conn, actor, int(number), now_ms)
    if kind == "conversation":
        return await _conversation(conn, actor, await conversations.get_conversation(conn, int(number)), now_ms)
    if kind == "group" or text in (STAFF, ANNOUNCEMENTS):
        row = await conversations.find_by_roster_key(conn, key_of_group(int(number)) if number else text)
        if row is None:
            raise NotFound(f"The roster has no room {text}, or it was not made yet.")
        return await _conversation(conn, actor, row, now_ms)
    return await _person(conn, actor, find_person(school, text), now_ms)


async def _person(conn: Conn, actor: Person, other: Person, now_ms: int) -> Target:
    low, high = sorted((actor.id, other.id))
    query = select(table).where(table.c.direct_key == f"{low}:{high}")
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        return Target(person=other)
    found = await _conversation(conn, actor, row, now_ms)
    name = f"the conversation with {other.name}"
    return Target(person=other, facts=found.facts, name=name, participants=found.participants)


async def _message(conn: Conn, actor: Person, message_id: int, now_ms: int) -> Target:
    row = await messages.find_message(conn, message_id)
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    place = await conversations.get_conversation(conn, row.conversation_id)
    found = await _conversation(conn, actor, place, now_ms)
    age_s = (now_ms - row.created_ms) / 1000
    return Target(None, found.facts, found.name, found.participants, row.sender_id, age_s)


async def _conversation(conn: Conn, actor: Person, row: Row[Any], now_ms: int) -> Target:
    managers = await members.list_managers(conn, row.id)
    facts = facts_of(row, actor.id, is_manager=managers.get(actor.id, False), now_ms=now_ms)
    name = row.name or f"conversation {row.id}"
    return Target(None, facts, name, frozenset(await members.list_ids(conn, row.id)))
