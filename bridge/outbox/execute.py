"""
Carry out one command on the homeserver.

Every call is safe to repeat: events carry a ``txnId`` made of our own ids and the ghost's device (Client-Server API,
"Transaction identifiers"), the rest is idempotent by nature.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bridge.chat import conversations, event_index, files, members, messages, moves
from bridge.db.engine import Conn, Database
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix import content, rooms
from bridge.matrix.homeserver import Homeserver
from bridge.outbox import store
from bridge.outbox.commands import Command, Kind
from bridge.permissions.power import STUDENT_LEVEL, TEACHER_LEVEL, level_of
from bridge.permissions.roster_rooms import ANNOUNCEMENTS, STAFF, levels_in
from bridge.permissions.school import Role
from bridge.roster.store import SchoolCache


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the homeserver answered: the id of the new event or room, if the command makes one."""

    event_id: str | None = None
    room_id: str | None = None


class Executor:
    """Knows how to do each kind of command. Raises what ``Homeserver`` raises."""

    def __init__(self, db: Database, homeserver: Homeserver, school: SchoolCache, clock: Callable[[], int]) -> None:
        self._db, self._homeserver, self._school, self._clock = db, homeserver, school, clock
        self._with_messages: dict[Kind, Callable[[Command, Row[Any]], Awaitable[Outcome]]] = {
            Kind.MESSAGE: self._message,
            Kind.EDIT: self._edit,
            Kind.REDACT: self._redact,
            Kind.RECEIPT: self._receipt,
        }
        self._with_rooms: dict[Kind, Callable[[Command, Row[Any]], Awaitable[Outcome]]] = {
            Kind.ROOM: self._room,
            Kind.ADMIT: self._admit,
            Kind.DISMISS: self._dismiss,
            Kind.RENAME: self._rename,
            Kind.POWER: self._power,
        }

    async def execute(self, command: Command) -> Outcome:
        """Do what the command says, with the message or the conversation as it is now."""
        do = self._with_messages.get(command.kind)
        async with self._db.reading() as conn:
            row = await (self._get_message(conn, command) if do else self._get_conversation(conn, command))
        if row.room_id is None and command.kind != Kind.ROOM:
            raise HomeserverUnavailable("The room of this conversation is not made yet.", code="no_room")
        if do is None:
            return await self._with_rooms[command.kind](command, row)
        try:
            return await do(command, row)
        except HomeserverRefused as refused:
            if refused.errcode != "M_FORBIDDEN" or not await self._let_in(command):
                raise
        async with self._db.reading() as conn:
            row = await self._get_message(conn, command)
        return await do(command, row)

    async def _let_in(self, command: Command) -> bool:
        """The room was upgraded while the command waited: let people in before it, not behind it; is it so?"""
        async with self._db.reading() as conn:
            waiting = await store.find_pending(conn, command.conversation_id, (Kind.ROOM,))
            conversation = await self._get_conversation(conn, command)
        if not waiting:
            return False
        await self._room(waiting[0], conversation)
        return True

    async def _get_message(self, conn: Conn, command: Command) -> Row[Any]:
        row = await messages.get_facts(conn, command.message_id or 0)
        if row is None:
            raise LookupError(f"command {command.id} names message {command.message_id}, which does not exist")
        return row

    async def _get_conversation(self, conn: Conn, command: Command) -> Row[Any]:
        return await conversations.get_conversation(conn, command.conversation_id)

    # -- messages --------------------------------------------------------------------------------------------------

    async def _message(self, _command: Command, row: Row[Any]) -> Outcome:
        if row.event_id is not None:  # it went out before a crash, and came back before the repeat
            return Outcome(row.event_id)
        reply, file = await self._attachments(row)
        told = {
            "message_id": row.id,
            "reply_to_event_id": reply.event_id if reply else None,
            "thread_event_id": await self._find_thread(row),
            "mention_mxids": self._mentions(row),
        }
        if file:
            body = content.file_message(*files.as_matrix_file(file), caption=row.text, **told)
        else:
            body = content.message(row.text, **told)
        if row.type == "SYSTEM":
            body["msgtype"] = "m.notice"
        event_id = await self._homeserver.send_event(
            row.sender_id,
            row.room_id,
            "m.room.message",
            body,
            txn_id=f"message-{_only_once(row)}",
            ts_ms=row.created_ms,
        )
        return Outcome(event_id)

    async def _attachments(self, row: Row[Any]) -> tuple[Row[Any] | None, files.FileRow | None]:
        """The message that this one answers, and its file; most messages have neither."""
        if row.reply_to_id is None and row.file_id is None:
            return None, None
        async with self._db.reading() as conn:
            reply = await messages.get_facts(conn, row.reply_to_id) if row.reply_to_id else None
            file = await files.find_file(conn, row.file_id) if row.file_id else None
        return reply, file

    async def _find_thread(self, row: Row[Any]) -> str | None:
        """The event with which the thread of an answer began."""
        if row.thread_id is None:
            return None
        async with self._db.reading() as conn:
            first = await messages.get_facts(conn, row.thread_id)
        return first.event_id if first else None

    def _mentions(self, row: Row[Any]) -> list[str]:
        return [self._homeserver.ids.ghost(person_id) for person_id in row.mentions or []]

    async def _edit(self, command: Command, row: Row[Any]) -> Outcome:
        if row.event_id is None:
            return Outcome()
        _, file = await self._attachments(row)
        body = content.edit(
            command.payload["text"],
            message_id=row.id,
            replaces_event_id=row.event_id,
            mention_mxids=self._mentions(row),
            file=files.as_matrix_file(file) if file else None,
        )
        room_id = await self._room_of(row)
        event_id = await self._homeserver.send_event(
            command.person_id, room_id, "m.room.message", body, txn_id=f"edit-{_only_once(row)}-{command.id}"
        )
        return Outcome(event_id)

    async def _redact(self, command: Command, row: Row[Any]) -> Outcome:
        if row.event_id is None:
            return Outcome()
        redactor, room_id = self._redactor(command.person_id, row.sender_id), await self._room_of(row)
        txn_id = f"redact-{_only_once(row)}"
        try:
            event_id = await self._homeserver.redact(redactor, room_id, row.event_id, txn_id=txn_id)
        except HomeserverRefused as refused:
            if redactor is None or refused.errcode != "M_FORBIDDEN":
                raise
            # The school's rules have let them, the room's levels do not: it is archived, or they have left it.
            event_id = await self._homeserver.redact(None, room_id, row.event_id, txn_id=f"{txn_id}-bot")
        return Outcome(event_id)

    async def _room_of(self, row: Row[Any]) -> str:
        """Where the message is: not in the conversation's room, when that was upgraded since."""
        async with self._db.reading() as conn:
            return await moves.room_of(conn, row)

    def _redactor(self, person_id: int | None, sender_id: int | None) -> int | None:
        """An admin has no power in a room that they did not join; the bot redacts for them."""
        person = self._school.current.find(person_id)
        return None if person and person.role == Role.ADMIN and person_id != sender_id else person_id

    async def _receipt(self, command: Command, row: Row[Any]) -> Outcome:
        event_id = row.event_id
        if event_id is None:  # the homeserver refused that message, or never had it: those before it are read too
            async with self._db.reading() as conn:
                event_id = await event_index.find_event_before(conn, row.conversation_id, row.id)
        if event_id is not None and command.person_id is not None:
            await self._homeserver.send_receipt(command.person_id, row.room_id, event_id)
        return Outcome()

    # -- rooms -----------------------------------------------------------------------------------------------------

    async def _room(self, command: Command, conversation: Row[Any]) -> Outcome:
        async with self._db.reading() as conn:
            spec = await self._spec(conn, conversation, command)
            known = await conversations.list_room_ids(conn)
        for person_id in spec.members:
            person = self._school.current.people[person_id]
            await self._homeserver.register_ghost(person_id, person.name)
        room_id = await rooms.ensure_room(
            self._homeserver, spec, conversation.room_id, known_room_ids=known - {conversation.room_id}
        )
        return Outcome(room_id=room_id)

    async def _spec(self, conn: Conn, conversation: Row[Any], command: Command) -> rooms.RoomSpec:
        """
        The room as the read model has it now, but open for the messages that wait between *command* and its end.

        Whoever is removed, and whatever is locked, by a command behind them stays so long: they were accepted.
        """
        later = [
            each
            for each in await store.find_pending(conn, conversation.id, (Kind.DISMISS, Kind.POWER))
            if each.id > command.id
        ]
        is_open = any(each.kind == Kind.POWER for each in later)
        leaving = {int(each.payload["person_id"]): False for each in later if each.kind == Kind.DISMISS}
        managers = leaving | await members.list_managers(conn, conversation.id)
        return rooms.RoomSpec(
            conversation_id=conversation.id,
            alias=conversation.alias,
            name=conversation.name,
            is_direct=conversation.is_direct,
            roster_key=conversation.roster_key,
            members=self._levels(conversation, managers),
            is_archived=conversation.is_archived and not is_open,
            is_locked=_is_blocked(conversation, self._clock()) and not is_open,
        )

    def _levels(self, conversation: Row[Any], managers: Mapping[int, bool]) -> dict[int, int]:
        known = {p: is_manager for p, is_manager in managers.items() if self._school.current.find(p)}
        if conversation.roster_key in (STAFF, ANNOUNCEMENTS):
            levels = levels_in(self._school.current, conversation.roster_key)
            return {person_id: levels.get(person_id, STUDENT_LEVEL) for person_id in known}
        return {p: self._level(conversation, p, is_manager=is_manager) for p, is_manager in known.items()}

    def _level(self, conversation: Row[Any], person_id: int, *, is_manager: bool) -> int:
        """In a group its managers', who need not be all its teachers; in a direct room who may write while locked."""
        if not conversation.is_direct:
            return TEACHER_LEVEL if is_manager else STUDENT_LEVEL
        if _is_blocked(conversation, self._clock()):
            return TEACHER_LEVEL if person_id == conversation.blocked_by else STUDENT_LEVEL
        return level_of(self._school.current.people[person_id])

    async def _admit(self, command: Command, conversation: Row[Any]) -> Outcome:
        people = [int(person_id) for person_id in command.payload["people"]]
        for person_id in people:
            await self._homeserver.register_ghost(person_id, self._school.current.people[person_id].name)
        await rooms.admit_again(self._homeserver, conversation.room_id, people)
        return await self._power(command, conversation)

    async def _dismiss(self, command: Command, conversation: Row[Any]) -> Outcome:
        person_id = int(command.payload["person_id"])
        await rooms.dismiss(self._homeserver, conversation.room_id, person_id, "removed in the school's chat")
        return Outcome()

    async def _rename(self, command: Command, conversation: Row[Any]) -> Outcome:
        await rooms.rename(self._homeserver, conversation.room_id, command.payload["name"])
        return Outcome()

    async def _power(self, command: Command, conversation: Row[Any]) -> Outcome:
        async with self._db.reading() as conn:
            spec = await self._spec(conn, conversation, command)
        await rooms.set_power(
            self._homeserver,
            conversation.room_id,
            spec.members,
            spec.powers,
        )
        return Outcome()


def _only_once(message: Row[Any]) -> str:
    """The message's id and time: a database that came from a backup gives ids again, which Synapse has seen."""
    return f"{message.id}-{message.created_ms}"


def _is_blocked(conversation: Row[Any], now_ms: int) -> bool:
    until_ms = conversation.blocked_until_ms
    return conversation.blocked_by is not None and (until_ms is None or until_ms > now_ms)
