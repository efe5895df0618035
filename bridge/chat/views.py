"""
Reads of conversations and messages for the web: plain SQL functions that return the API's shapes.

Everything is looked up through the caller, so a stranger's conversation is "not found". No query for each row: a list
is two statements, a page at most five, whatever the length of the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Row, Select, and_, bindparam, exists, false, func, or_, select

from bridge.chat import files
from bridge.chat.audience import ReadFromTo, count_readers, readers_of_all
from bridge.chat.shapes import Viewing, conversation_shape, message_shape, other_of
from bridge.chat.tables import conversations, messages, participants
from bridge.db.engine import Conn
from bridge.db.lists import one_of
from bridge.errors import NotFound
from bridge.permissions.school import Person, Role

_me = bindparam("me", type_=BigInteger)
_last = messages.alias("last")
_other = participants.alias("other")

_read_by_other = exists().where(
    _other.c.conversation_id == conversations.c.id,
    _other.c.person_id != _me,
    _other.c.start_id < conversations.c.last_message_id,
    _other.c.shown_id >= conversations.c.last_message_id,
)

_columns = select(
    conversations,
    participants.c.is_manager,
    participants.c.is_muted,
    participants.c.read_id,
    participants.c.cleared_id,
    participants.c.unread_count,
    participants.c.mention_count,
    participants.c.rev.label("my_rev"),
    _last.c.id.label("m_id"),
    _last.c.sender_id.label("m_sender_id"),
    _last.c.type.label("m_type"),
    _last.c.preview.label("m_preview"),
    _last.c.created_ms.label("m_created_ms"),
    and_(_last.c.sender_id == _me, _read_by_other).label("m_read_by_other"),
)
_mine = and_(participants.c.conversation_id == conversations.c.id, participants.c.person_id == _me)
_newest_first = (conversations.c.updated_ms.desc(), conversations.c.id.desc())
LIST = (
    _columns.join(participants, _mine)
    .outerjoin(_last, _last.c.id == conversations.c.last_message_id)
    .where(participants.c.left_ms.is_(None))
    .order_by(*_newest_first)
)
# An admin sees every group, also those not joined yet.
LIST_OF_ADMIN = (
    _columns.join(participants, _mine, isouter=True)
    .outerjoin(_last, _last.c.id == conversations.c.last_message_id)
    .where(
        or_(
            conversations.c.is_direct.is_(False),
            and_(participants.c.person_id.is_not(None), participants.c.left_ms.is_(None)),
        )
    )
    .order_by(*_newest_first)
)


def _list_of(actor: Person) -> Select[Any]:
    return LIST_OF_ADMIN if actor.role == Role.ADMIN else LIST


@dataclass(frozen=True, slots=True)
class ListFilter:
    """``only``: all, unread or groups. ``search``: part of the name, ``ё`` = ``е``, any case."""

    only: str = "all"
    search: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a longer list. ``count`` is the length of the whole."""

    results: list[dict[str, Any]]
    count: int


async def list_conversations(
    conn: Conn, viewing: Viewing, actor: Person, wanted: ListFilter, offset: int, limit: int, now_ms: int
) -> Slice:
    """The actor's conversations, last activity first; entries that were deleted from the list are left out."""
    query = _list_of(actor).where(func.coalesce(participants.c.is_hidden, false()).is_(False))
    if wanted.only == "unread":
        query = query.where(participants.c.unread_count > 0)
    if wanted.only == "groups":
        query = query.where(conversations.c.is_direct.is_(False))
    if wanted.search:
        ids = await _ids_by_name(conn, viewing, actor, query, wanted.search)
        query = query.where(one_of(conn, conversations.c.id, ids))
    rows = (await conn.execute(query.limit(limit).offset(offset), {"me": actor.id})).all()
    count = offset + len(rows)
    if len(rows) == limit or (offset and not rows):
        count = await _count(conn, query, actor.id)
    return Slice([conversation_shape(viewing, row, actor, now_ms) for row in rows], count)


async def _count(conn: Conn, query: Select[Any], person_id: int) -> int:
    whole = select(func.count()).select_from(query.order_by(None).subquery())
    return int((await conn.execute(whole, {"me": person_id})).scalar_one())


async def _ids_by_name(conn: Conn, viewing: Viewing, actor: Person, query: Select[Any], search: str) -> list[int]:
    """Names of people are not in these tables, so the search runs over the actor's own few hundred entries."""
    names = query.with_only_columns(conversations.c.id, conversations.c.direct_key, conversations.c.name)
    wanted = folded(search)
    found = []
    for row in await conn.execute(names.order_by(None), {"me": actor.id}):
        other = viewing.school.find(other_of(row.direct_key, actor.id))
        if wanted in folded(other.name if other else row.name):
            found.append(row.id)
    return found


def folded(text: str) -> str:
    """For comparing names: any case, ``ё`` = ``е``, one space."""
    return " ".join(text.casefold().replace("ё", "е").split())


async def get_conversation(
    conn: Conn, viewing: Viewing, actor: Person, conversation_id: int, now_ms: int
) -> dict[str, Any]:
    """One conversation as the actor sees it, also one deleted from the list. NotFound: not a participant."""
    return (await get_conversations(conn, viewing, actor, [conversation_id], now_ms))[0]


async def get_conversations(
    conn: Conn, viewing: Viewing, actor: Person, ids: Sequence[int], now_ms: int
) -> list[dict[str, Any]]:
    rows = (await conn.execute(_list_of(actor).where(one_of(conn, conversations.c.id, ids)), {"me": actor.id})).all()
    if ids and not rows:
        raise NotFound
    return [conversation_shape(viewing, row, actor, now_ms) for row in rows]


ENTRY = (
    select(conversations, participants.c.is_manager, participants.c.cleared_id, participants.c.shown_id)
    .join(participants)
    .where(
        conversations.c.id == bindparam("conversation", type_=BigInteger),
        participants.c.person_id == _me,
        participants.c.left_ms.is_(None),
    )
)


async def get_entry(conn: Conn, actor_id: int, conversation_id: int) -> Row[Any]:
    """
    The conversation's row with the actor's ``is_manager``, ``cleared_id`` and ``shown_id``.

    Raises:
        NotFound: It does not exist or the actor is not in it; the two look the same on purpose.
    """
    row = (await conn.execute(ENTRY, {"conversation": conversation_id, "me": actor_id})).one_or_none()
    if row is None:
        raise NotFound
    return row


_cleared = select(func.coalesce(func.max(messages.c.number), 0)).where(
    messages.c.conversation_id == bindparam("conversation", type_=BigInteger),
    messages.c.id <= bindparam("cleared", type_=BigInteger),
)
MESSAGES = select(messages).where(
    messages.c.conversation_id == bindparam("conversation", type_=BigInteger),
    messages.c.id > bindparam("cleared", type_=BigInteger),
    or_(messages.c.status != "failed", messages.c.sender_id == _me),
)
NEWEST_FIRST = MESSAGES.order_by(messages.c.id.desc()).limit(bindparam("limit"))
OLDEST_FIRST = MESSAGES.order_by(messages.c.id).limit(bindparam("limit"))
BY_NUMBER = MESSAGES.where(
    messages.c.number > bindparam("after_number"), messages.c.number <= bindparam("up_to_number")
).order_by(messages.c.id)
BEFORE = NEWEST_FIRST.where(messages.c.id < bindparam("before", type_=BigInteger))
AFTER = OLDEST_FIRST.where(messages.c.id > bindparam("after", type_=BigInteger))


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of messages, oldest first. ``count``: of all that the actor can see, deleted ones too."""

    results: list[dict[str, Any]]
    count: int
    has_older: bool
    has_newer: bool


class TimelineReader:
    """The messages of one conversation as one person sees them."""

    def __init__(self, conn: Conn, viewing: Viewing, actor: Person, entry: Row[Any]) -> None:
        self.conn, self.viewing, self.actor, self.entry = conn, viewing, actor, entry
        self.at = {"conversation": entry.id, "cleared": entry.cleared_id, "me": actor.id}

    async def page(self, number: int, size: int) -> Timeline | None:
        """Page *number* counted from the newest (1), or None when there is none."""
        first, last = await self._cleared_number(), self.entry.messages_count
        up_to = last - (number - 1) * size
        if number > 1 and up_to <= first:
            return None
        after = max(first, up_to - size)
        rows = await self._rows(BY_NUMBER, {"after_number": after, "up_to_number": up_to})
        return await self._timeline(rows, last - first, has_older=after > first, has_newer=number > 1)

    async def before(self, message_id: int, limit: int) -> Timeline:
        rows = await self._rows(BEFORE, {"before": message_id, "limit": limit + 1})
        has_older = len(rows) > limit
        return await self._timeline(rows[:limit][::-1], await self._count(), has_older=has_older, has_newer=True)

    async def after(self, message_id: int, limit: int) -> Timeline:
        rows = await self._rows(AFTER, {"after": message_id, "limit": limit + 1})
        has_newer = len(rows) > limit
        return await self._timeline(rows[:limit], await self._count(), has_older=True, has_newer=has_newer)

    async def around(self, message_id: int, limit: int) -> Timeline:
        """Half of the page before the message, it itself, and the rest after it."""
        half = limit // 2
        older = await self._rows(BEFORE, {"before": message_id + 1, "limit": half + 2})
        newer = await self._rows(AFTER, {"after": message_id, "limit": limit - half})
        has_older, has_newer = len(older) > half + 1, len(newer) >= limit - half
        rows = older[: half + 1][::-1] + newer[: limit - half - 1]
        return await self._timeline(rows, await self._count(), has_older=has_older, has_newer=has_newer)

    async def _rows(self, query: Select[Any], values: dict[str, int]) -> list[Row[Any]]:
        return list((await self.conn.execute(query, {**self.at, **values})).all())

    async def _cleared_number(self) -> int:
        if not self.entry.cleared_id:
            return 0
        return int((await self.conn.execute(select(_cleared.scalar_subquery()), self.at)).scalar_one())

    async def _count(self) -> int:
        return int(self.entry.messages_count) - await self._cleared_number()

    async def _timeline(self, rows: list[Row[Any]], count: int, *, has_older: bool, has_newer: bool) -> Timeline:
        shapes = await shape_messages(self.conn, self.viewing, self.actor.id, {self.entry.id: rows})
        return Timeline(shapes, count, has_older, has_newer)


async def shape_messages(
    conn: Conn, viewing: Viewing, viewer_id: int, rows: dict[int, list[Row[Any]]]
) -> list[dict[str, Any]]:
    """The API's shapes of messages given by conversation; one statement for files, one for replies."""
    everything = [row for some in rows.values() for row in some]
    attached = await files.list_files(conn, [row.file_id for row in everything if row.file_id])
    replies = await _replies(conn, {row.reply_to_id for row in everything if row.reply_to_id})
    readers = await readers_of_all(conn, list(rows))
    return [
        message_shape(
            viewing,
            row,
            viewer_id=viewer_id,
            is_read=_is_read(readers[row.conversation_id], row, viewer_id),
            read_count=count_readers(readers[row.conversation_id], row.id, row.sender_id),
            reply=replies.get(row.reply_to_id),
            file=attached.get(row.file_id),
        )
        for row in everything
    ]


def _is_read(readers: dict[int, ReadFromTo], row: Row[Any], viewer_id: int) -> bool:
    message_id = int(row.id)
    if row.sender_id == viewer_id:
        return count_readers(readers, message_id, viewer_id) > 0
    return readers.get(viewer_id, (0, 0, 0))[1] >= message_id


async def _replies(conn: Conn, ids: Iterable[int]) -> dict[int, Row[Any]]:
    if not (wanted := list(ids)):
        return {}
    rows = await conn.execute(select(messages).where(one_of(conn, messages.c.id, wanted)))
    return {row.id: row for row in rows}


async def sum_unread(conn: Conn, person_id: int) -> int:
    """What the badge shows: unread messages in all conversations that are not muted."""
    query = select(func.coalesce(func.sum(participants.c.unread_count), 0)).where(
        participants.c.person_id == person_id,
        participants.c.left_ms.is_(None),
        participants.c.is_muted.is_(False),
    )
    return int((await conn.execute(query)).scalar_one())


async def list_participants(conn: Conn, conversation_id: int) -> list[Row[Any]]:
    """``person_id, is_manager, start_id, shown_id`` of everybody in it, managers first."""
    query = (
        select(participants.c.person_id, participants.c.is_manager, participants.c.start_id, participants.c.shown_id)
        .where(participants.c.conversation_id == conversation_id, participants.c.left_ms.is_(None))
        .order_by(participants.c.is_manager.desc(), participants.c.person_id)
    )
    return [*await conn.execute(query)]


async def list_direct_ids(conn: Conn, actor: Person) -> dict[int, int]:
    """Person id to the id of the actor's direct conversation with that person."""
    query = (
        select(conversations.c.id, conversations.c.direct_key)
        .join(participants)
        .where(participants.c.person_id == actor.id, conversations.c.is_direct)
    )
    return {other_of(row.direct_key, actor.id) or 0: row.id for row in await conn.execute(query)}


async def is_unjoined_group(conn: Conn, person_id: int, conversation_id: int) -> bool:
    """Whether it is a group conversation that the person is not in."""
    inside = exists().where(
        participants.c.conversation_id == conversations.c.id,
        participants.c.person_id == person_id,
        participants.c.left_ms.is_(None),
    )
    query = select(conversations.c.id).where(
        conversations.c.id == conversation_id, conversations.c.is_direct.is_(False), ~inside
    )
    return (await conn.execute(query)).one_or_none() is not None


async def newest_id(conn: Conn, conversation_id: int, message_id: int | None) -> int | None:
    """The id of the newest message of a conversation, or *message_id* if it is one of them; else None."""
    query = select(func.max(messages.c.id)).where(messages.c.conversation_id == conversation_id)
    if message_id is not None:
        query = query.where(messages.c.id == message_id)
    newest: int | None = (await conn.execute(query)).scalar_one_or_none()
    return newest
