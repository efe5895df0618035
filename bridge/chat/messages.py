"""
Messages: accept one from the web, take one in from Matrix. What becomes of it: ``chat.message_changes``.

Each function locks its conversation first, writes rows, and returns the changes to publish after the commit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Row, Text, bindparam, case, insert, select, update

from bridge.chat import files, revision
from bridge.chat.audience import count_readers, is_read_for, readers_of
from bridge.chat.changes import Change, MessageAdded
from bridge.chat.event_index import remember_event
from bridge.chat.shapes import Viewing, cut, facts_of, message_shape
from bridge.chat.tables import conversations, messages, participants
from bridge.db.engine import Conn
from bridge.db.lists import one_of
from bridge.errors import Forbidden, Invalid, NotFound
from bridge.matrix.text import plain_preview
from bridge.permissions.policy import SENTENCES, Reason, refuse_send
from bridge.permissions.school import Person
from bridge.roster.store import SchoolChanged

PREVIEW_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say. ``mentions``: person ids; those who are not in the conversation are dropped."""

    text: str = ""
    file_id: str | None = None
    reply_to: int | None = None
    mentions: tuple[int, ...] = ()
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that is stored. ``is_new`` is false for a repeat with the same ``client_id``."""

    message: dict[str, Any]
    is_new: bool
    changes: tuple[MessageAdded, ...] = ()


INSERT = insert(messages)
COUNT_UNREAD = (
    update(participants)
    .where(
        participants.c.conversation_id == bindparam("conversation"),
        participants.c.left_ms.is_(None),
    )
    .values(
        unread_count=participants.c.unread_count
        + case((participants.c.person_id == bindparam("sender", type_=BigInteger), 0), else_=1),
        is_hidden=False,
    )
    .returning(participants.c.person_id, participants.c.unread_count)
)
MENTION = (
    update(participants)
    .where(participants.c.conversation_id == bindparam("conversation"), participants.c.left_ms.is_(None))
    .values(mention_count=participants.c.mention_count + 1)
    .returning(participants.c.person_id)
)
_by_id = messages.c.id == bindparam("message", type_=BigInteger)
BY_ID = select(messages).where(_by_id)
WITH_ROOM = select(messages, conversations.c.room_id).join(conversations).where(_by_id)
BY_CLIENT_ID = select(messages).where(
    messages.c.sender_id == bindparam("sender", type_=BigInteger),
    messages.c.client_id == bindparam("client", type_=Text),
)

BY_CLIENT_ID_OF_SCHOOL = select(messages).where(
    messages.c.sender_id.is_(None),
    messages.c.client_id == bindparam("client", type_=Text),
    messages.c.conversation_id == bindparam("conversation", type_=BigInteger),
)


async def accept(
    conn: Conn, viewing: Viewing, actor: Person, conversation_id: int, draft: Draft, now_ms: int
) -> Accepted:
    """
    Store a message from the web as ``pending``, if the rules allow it now.

    The caller adds the outgoing command in the same transaction.

    Raises:
        NotFound: The actor is not in the conversation.
        Forbidden: With the reason's word as its code.
        Invalid: The file or the message replied to cannot be used.
        SchoolChanged: The relation is asked at every send, and another process has changed the roster.
    """
    if draft.client_id is not None:
        repeat = await find_by_client_id(conn, viewing, actor, draft.client_id)
        if repeat:
            return repeat
    room = await revision.lock_for_message(conn, conversation_id, now_ms, actor.id)
    if room.roster_version != viewing.school.version:
        raise SchoolChanged
    facts = facts_of(room, actor.id, is_manager=False, now_ms=now_ms)
    require(refuse_send(viewing.school, viewing.rules, actor, facts))
    reply = await _get_reply(conn, conversation_id, draft.reply_to) if draft.reply_to else None
    file = await files.claim_file(conn, draft.file_id, actor.id, room.last_message_id) if draft.file_id else None
    people = await _mention(conn, conversation_id, draft.mentions, actor.id)
    new = NewMessage(
        sender_id=actor.id,
        type=file.kind if file else "TEXT",
        text=draft.text,
        file=file,
        reply=reply,
        thread_id=reply.thread_id if reply is not None else None,
        mentions=people,
        client_id=draft.client_id,
        created_ms=now_ms,
        status="pending",
        origin="web",
    )
    accepted = await _store(conn, viewing, room, new)
    if actor.id not in accepted.changes[0].audience:
        raise NotFound  # removed while we waited for the lock: the look at who is in it had begun before
    return accepted


async def say_as_school(
    conn: Conn, viewing: Viewing, conversation_id: int, text: str, client_id: str | None, now_ms: int
) -> Accepted:
    """
    Store a SYSTEM message of nobody's as ``pending``; a repeat of *client_id* in this conversation is the first one.

    The caller adds the outgoing command in the same transaction.
    """
    await revision.hold(conn, conversation_id)  # one at a time: the database does not refuse two without a sender
    if client_id is not None:
        repeat = BY_CLIENT_ID_OF_SCHOOL
        row = (await conn.execute(repeat, {"conversation": conversation_id, "client": client_id})).one_or_none()
        if row is not None:
            return Accepted(await shape_for(conn, viewing, row, 0), False)
    room = await revision.lock_for_message(conn, conversation_id, now_ms)
    new = NewMessage(
        sender_id=None,
        type="SYSTEM",
        text=text,
        client_id=client_id,
        created_ms=now_ms,
        status="pending",
        origin="web",
    )
    return await _store(conn, viewing, room, new)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message about to be a row. ``status`` and ``origin`` as the table has them."""

    sender_id: int | None
    type: str
    text: str
    created_ms: int
    status: str
    origin: str
    file: files.FileRow | None = None
    reply: Row[Any] | None = None
    mentions: tuple[int, ...] = ()
    client_id: str | None = None
    event_id: str | None = None
    thread_id: int | None = None

    def stored(self, conversation_id: int, message_id: int, number: int, rev: int) -> Stored:
        """The row that it becomes."""
        return Stored(
            id=message_id,
            conversation_id=conversation_id,
            number=number,
            rev=rev,
            sender_id=self.sender_id,
            type=self.type,
            text=self.text,
            preview=preview(self.text, self.file.name if self.file else ""),
            file_id=self.file.id if self.file else None,
            reply_to_id=self.reply.id if self.reply is not None else None,
            thread_id=self.thread_id,
            mentions=list(self.mentions) or None,
            client_id=self.client_id,
            event_id=self.event_id,
            created_ms=self.created_ms,
            status=self.status,
            origin=self.origin,
        )


@dataclass(slots=True)
class Stored:
    """A message that was just written, with the attributes of its row."""

    id: int
    conversation_id: int
    number: int
    rev: int
    sender_id: int | None
    type: str
    text: str
    preview: str
    file_id: str | None
    reply_to_id: int | None
    thread_id: int | None
    mentions: list[int] | None
    client_id: str | None
    event_id: str | None
    created_ms: int
    status: str
    origin: str
    forwarded_from: None = None
    is_pinned: bool = False
    reactions: None = None
    edited_ms: None = None
    deleted_ms: None = None
    error: None = None


def _values(stored: Stored) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in _COLUMNS}


_COLUMNS = [name for name in Stored.__slots__ if name not in ("is_pinned", "reactions")]


async def _store(conn: Conn, viewing: Viewing, room: Row[Any], new: NewMessage) -> Accepted:
    """Write the row and everybody's counters. *room* is locked and carries the new id, number and rev."""
    stored = new.stored(room.id, room.last_message_id, room.messages_count, room.rev)
    await conn.execute(INSERT, _values(stored))
    if new.file and new.file.message_id is None:
        await files.attach_file(conn, new.file.id, stored.id)
    counted = await conn.execute(COUNT_UNREAD, {"conversation": room.id, "sender": new.sender_id or 0})
    return accepted_as(viewing, stored, {row[0]: row[1] for row in counted}, new.reply, new.file)


def accepted_as(
    viewing: Viewing,
    stored: Stored,
    audience: dict[int, int],
    reply: Row[Any] | None = None,
    file: files.FileRow | None = None,
) -> Accepted:
    """What was just stored, as its sender and *audience* (the unread count of each) are told of it."""
    message = message_shape(viewing, stored, reply=reply, file=file)  # type: ignore[arg-type]
    change = MessageAdded(stored.conversation_id, stored.rev, message, audience)
    return Accepted(message, True, (change,))


def preview(text: str, file_name: str = "") -> str:
    """The plain beginning of a message, for lists and answers; a file without words shows its name."""
    return plain_preview(text, PREVIEW_CHARACTERS) if text else cut(file_name, PREVIEW_CHARACTERS)


def require(reason: Reason | None) -> None:
    """Raise the refusal, if there is one."""
    if reason:
        raise Forbidden(SENTENCES[reason], code=reason.value)


async def _get_reply(conn: Conn, conversation_id: int, message_id: int) -> Row[Any]:
    row = await find_message(conn, message_id)
    if row is None or row.conversation_id != conversation_id:
        raise Invalid({"reply_to": ["There is no such message in this conversation."]})
    return row


async def _mention(conn: Conn, conversation_id: int, people: tuple[int, ...], sender_id: int) -> tuple[int, ...]:
    """Count a mention for those of *people* who are in the conversation; the others are dropped."""
    wanted = sorted(set(people) - {sender_id})
    if not wanted:
        return ()
    statement = MENTION.where(one_of(conn, participants.c.person_id, wanted))
    found = await conn.execute(statement, {"conversation": conversation_id})
    return tuple(sorted(found.scalars()))


async def find_message(conn: Conn, message_id: int) -> Row[Any] | None:
    """The row, whoever asks."""
    return (await conn.execute(BY_ID, {"message": message_id})).one_or_none()


async def find_by_client_id(conn: Conn, viewing: Viewing, actor: Person, client_id: str) -> Accepted | None:
    """The first result of a send that is being repeated, as it is now, or None."""
    row = (await conn.execute(BY_CLIENT_ID, {"sender": actor.id, "client": client_id})).one_or_none()
    if row is None:
        return None
    return Accepted(await shape_for(conn, viewing, row, actor.id), False)


async def take_in(conn: Conn, viewing: Viewing, conversation_id: int, new: NewMessage, now_ms: int) -> list[Change]:
    """Store a message that Matrix has already. It is a fact: no rule is asked, no command goes out."""
    room = await revision.lock_for_message(conn, conversation_id, now_ms)
    people = await _mention(conn, conversation_id, new.mentions, new.sender_id or 0)
    accepted = await _store(conn, viewing, room, replace(new, mentions=people))
    await remember_event(conn, new.event_id, room.id, room.last_message_id)
    return list(accepted.changes)


async def find_attachments(conn: Conn, row: Row[Any]) -> tuple[Row[Any] | None, files.FileRow | None]:
    reply = await find_message(conn, row.reply_to_id) if row.reply_to_id else None
    file = (await files.list_files(conn, [row.file_id])).get(row.file_id) if row.file_id else None
    return reply, file


async def shape_for(conn: Conn, viewing: Viewing, row: Row[Any], viewer_id: int) -> dict[str, Any]:
    """The message of a row as *viewer_id* sees it now."""
    readers = await readers_of(conn, row.conversation_id)
    reply, file = await find_attachments(conn, row)
    return message_shape(
        viewing,
        row,
        viewer_id=viewer_id,
        is_read=is_read_for(readers, row).get(viewer_id, False),
        read_count=count_readers(readers, row.id, row.sender_id),
        reply=reply,
        file=file,
    )


async def get_facts(conn: Conn, message_id: int) -> Row[Any] | None:
    """The row of a message with its conversation's ``room_id``: what the outbox and the inbox ask."""
    return (await conn.execute(WITH_ROOM, {"message": message_id})).one_or_none()
