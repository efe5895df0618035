"""
Events of our rooms, one by one, into the read model.

Raw JSON, no typed parsing: an event of an unknown type keeps its place in the timeline. An event is taken in once, and
our own echo is recognised, but believed only where message, sender and room agree with what we have.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from sqlalchemy import Row

from bridge.chat import conversations, event_index, files, message_changes, messages, moves, reactions, revision
from bridge.chat.changes import Change
from bridge.chat.shapes import Viewing
from bridge.db.engine import Conn
from bridge.inbox import membership, room_state
from bridge.matrix import content
from bridge.matrix.fallback import POLL_STARTS, as_message
from bridge.matrix.files import mapping
from bridge.matrix.ids import Ids
from bridge.matrix.russian import NOT_READABLE
from bridge.outbox import store as outbox
from bridge.outbox.commands import Kind
from bridge.provisioning import drift

log = structlog.get_logger(__name__)

Event = dict[str, Any]
Taker = Callable[[Conn, Event, Row[Any], int], Awaitable[list[Change]]]


class EventTaker:
    """Takes in one event. Raises ValueError and its like for an event that makes no sense: it is parked."""

    def __init__(self, ids: Ids, viewing: Callable[[], Viewing], *, notes_drift: bool = False) -> None:
        self._ids, self._viewing, self._notes_drift = ids, viewing, notes_drift
        self._by_type: dict[str, Taker] = {
            "m.room.message": self._message,
            "m.sticker": self._message,
            **dict.fromkeys(POLL_STARTS, self._message),
            "m.room.encrypted": self._encrypted,
            "m.reaction": self._reaction,
            "m.room.redaction": self._redaction,
            "m.room.member": self._member,
            "m.room.name": self._name,
            "m.room.topic": self._topic,
            "m.room.tombstone": self._tombstone,
        }

    async def take_in(self, conn: Conn, event: Any, now_ms: int) -> list[Change] | None:
        """The changes to publish; None: it is of a room that is not ours."""
        if not isinstance(event, dict):
            raise TypeError("an event must be an object")
        event_id, room_id = event["event_id"], event["room_id"]
        conversation = await conversations.find_by_room(conn, room_id)
        if conversation is None:
            return await self._elsewhere(conn, event, now_ms)
        if await event_index.find_by_event(conn, event_id):
            return []
        taker = self._by_type.get(event["type"])
        changes = await taker(conn, event, conversation, now_ms) if taker else []
        if conversation.roster_key is not None and self._notes_drift and "state_key" in event:
            await drift.note(conn, event, conversation.roster_key, self._viewing().school, self._ids, now_ms)
        # Where it stands, for receipts that name it; a message has noted itself already.
        newest = await event_index.newest_in_matrix(conn, conversation.id)
        replaced = content.replaced_event(mapping(event.get("content")))
        edited_id = await event_index.find_message(conn, replaced, conversation.id)
        await event_index.remember_event(conn, event_id, conversation.id, newest, edited_id)
        return changes

    async def _elsewhere(self, conn: Conn, event: Event, now_ms: int) -> list[Change] | None:
        """In a room that was upgraded messages can still be deleted; else it is none of ours."""
        if self._notes_drift and "state_key" in event:
            await drift.note_elsewhere(conn, event, self._viewing().school, self._ids, now_ms)
        former = await moves.find_former(conn, event["room_id"]) if event["type"] == "m.room.redaction" else None
        if former is None:
            return None
        return await self._redaction(conn, event, await conversations.get_conversation(conn, former), now_ms)

    # -- messages --------------------------------------------------------------------------------------------------

    async def _message(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        if not event["content"]:  # redacted before it reached us
            return []
        sender_id = self._ids.person_id(event["sender"])
        sender = self._viewing().school.find(sender_id)
        shown = as_message(event["type"], event["content"])
        parsed = content.parse_message(shown, sender_name=sender.name if sender else "")
        if parsed.replaces_event_id is not None:
            return await self._edit(conn, event, parsed, sender_id, now_ms)
        if parsed.message_id is not None:
            echoed = await self._echo(conn, event, parsed.message_id, sender_id, conversation, now_ms)
            if echoed is not None:
                return echoed
        return await self._new(conn, event, parsed, sender_id, conversation, now_ms)

    async def _echo(
        self,
        conn: Conn,
        event: Event,
        message_id: int,
        sender_id: int | None,
        conversation: Row[Any],
        now_ms: int,
    ) -> list[Change] | None:
        """
        Recognise our own message coming back; None: it only claims to be one, and is a new message.

        The id in an event's content can be written by anybody with a Matrix client.
        """
        row = await messages.get_facts(conn, message_id)
        is_ours = row is not None and (row.sender_id, row.conversation_id) == (sender_id, conversation.id)
        # What nobody sent is the school's own, which only the bot says.
        is_ours = is_ours and (sender_id is not None or event["sender"] == self._ids.bot)
        if row is None or not is_ours or row.event_id not in (None, event["event_id"]) or row.origin != "web":
            log.warning("forged_message_id", event_id=event["event_id"], conversation_id=conversation.id)
            return None
        room = await revision.lock(conn, conversation.id, now_ms)
        return await message_changes.mark_sent(conn, self._viewing(), room, message_id, event["event_id"])

    async def _new(
        self,
        conn: Conn,
        event: Event,
        parsed: content.ParsedMessage,
        sender_id: int | None,
        conversation: Row[Any],
        now_ms: int,
    ) -> list[Change]:
        reply_id = await event_index.find_message(conn, parsed.reply_to_event_id, conversation.id)
        thread_id = await event_index.find_message(conn, parsed.thread_event_id, conversation.id)
        file = await self._file(conn, parsed, now_ms)
        is_bot = event["sender"] == self._ids.bot
        new = messages.NewMessage(
            sender_id=sender_id,
            type="SYSTEM" if is_bot else parsed.type,
            text=parsed.text,
            created_ms=_sent_ms(event, now_ms),
            status="sent",
            origin="matrix",
            file=file,
            reply=await messages.get_facts(conn, reply_id) if reply_id else None,
            thread_id=thread_id,
            mentions=self._people(parsed.mention_mxids),
            event_id=event["event_id"],
        )
        return await messages.take_in(conn, self._viewing(), conversation.id, new, now_ms)

    def _people(self, mxids: Iterable[str]) -> tuple[int, ...]:
        people = map(self._ids.person_id, mxids)
        return tuple(person_id for person_id in people if person_id is not None)

    async def _file(self, conn: Conn, parsed: content.ParsedMessage, now_ms: int) -> files.FileRow | None:
        if parsed.file is None:
            return None
        file_id = await files.save_matrix_file(conn, parsed.file, now_ms=now_ms, kind=parsed.type)
        return (await files.list_files(conn, [file_id]))[file_id]

    async def _edit(
        self, conn: Conn, event: Event, parsed: content.ParsedMessage, sender_id: int | None, now_ms: int
    ) -> list[Change]:
        """An edit counts when its sender sent the message: Client-Server API, "Validity of replacement events"."""
        found = await event_index.find_by_event(conn, parsed.replaces_event_id or "")
        row = await messages.get_facts(conn, found[1]) if found and found[2] else None
        if row is None or row.sender_id != sender_id or row.room_id != event["room_id"]:
            return []
        # Under the lock our own edit coming back is either still in the outbox or noted with its event.
        await revision.hold(conn, row.conversation_id)
        pending = await outbox.find_pending(conn, row.conversation_id, (Kind.EDIT,))
        if any(command.message_id == row.id for command in pending):
            return []  # our own, or one from another client that an edit on its way will replace
        if parsed.text == row.text or await event_index.find_by_event(conn, event["event_id"]):
            return []
        says_whom = "m.mentions" in event["content"]["m.new_content"]
        mentions = self._people(parsed.mention_mxids) if says_whom else None
        return await message_changes.take_in_edit(conn, self._viewing(), row.id, parsed.text, now_ms, mentions)

    async def say_again(self, conn: Conn, message_id: int, event: Event, now_ms: int) -> list[Change]:
        """The message says what *event* says, the original or an earlier edit: a newer edit was deleted."""
        row = await messages.get_facts(conn, message_id)
        if row is None or not event["content"]:
            return []
        await revision.hold(conn, row.conversation_id)
        pending = await outbox.find_pending(conn, row.conversation_id, (Kind.EDIT,))
        if any(command.message_id == row.id for command in pending):
            return []  # what the web says now is on its way
        sender = self._viewing().school.find(row.sender_id)
        shown = as_message(event["type"], event["content"])
        parsed = content.parse_message(shown, sender_name=sender.name if sender else "")
        if parsed.text == row.text:
            return []
        mentions = self._people(parsed.mention_mxids)
        return await message_changes.take_in_edit(conn, self._viewing(), row.id, parsed.text, now_ms, mentions)

    async def _encrypted(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        """Never "nothing": somebody said something that the school's chat cannot show."""
        if not event["content"]:  # redacted before it reached us
            return []
        parsed = content.ParsedMessage(type=content.MessageType.TEXT, text=NOT_READABLE, body=NOT_READABLE)
        sender_id = self._ids.person_id(event["sender"])
        return await self._new(conn, event, parsed, sender_id, conversation, now_ms)

    async def _reaction(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        """``m.annotation``: Client-Server API, "Reactions"."""
        relation = event["content"].get("m.relates_to")
        person_id = self._ids.person_id(event["sender"])
        if not isinstance(relation, dict) or not isinstance(relation.get("key"), str) or person_id is None:
            return []
        target_id = await event_index.find_message(conn, relation.get("event_id"), conversation.id)
        if target_id is None or relation.get("rel_type") != "m.annotation":
            return []
        viewing, key = self._viewing(), relation["key"]
        return await reactions.take_in(conn, viewing, target_id, person_id, key, event["event_id"], now_ms)

    async def _redaction(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        """Room version 11 and later carry ``redacts`` in the content, older ones beside it."""
        target = event["content"].get("redacts") or event.get("redacts")
        found = await event_index.find_by_event(conn, target) if isinstance(target, str) else None
        if not found or found[0] != conversation.id:
            return []
        if not found[2]:  # of no message: of a reaction, or of an edit, which leaves the message as it is
            return await reactions.take_back(conn, self._viewing(), str(target), now_ms)
        return await message_changes.take_in_removal(conn, self._viewing(), found[1], now_ms)

    # -- rooms -----------------------------------------------------------------------------------------------------

    async def _member(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        person_id = self._ids.person_id(event.get("state_key", ""))
        if person_id is None:
            return []
        sender_id, at_ms = self._ids.person_id(event["sender"]), _sent_ms(event, now_ms)
        return await membership.take_in(conn, self._viewing(), event, conversation, person_id, sender_id, at_ms, now_ms)

    async def _name(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        return await room_state.rename(conn, self._ids, event, conversation, now_ms)

    async def _topic(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        sent_ms = _sent_ms(event, now_ms)
        return await room_state.tell_topic(conn, self._viewing(), self._ids, event, conversation, sent_ms, now_ms)

    async def _tombstone(self, conn: Conn, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
        return await room_state.follow(conn, self._ids, event, conversation, now_ms)


def _sent_ms(event: Event, now_ms: int) -> int:
    """``origin_server_ts``, but never in the future."""
    stamp = event.get("origin_server_ts")
    return min(stamp, now_ms) if isinstance(stamp, int) and stamp > 0 else now_ms
