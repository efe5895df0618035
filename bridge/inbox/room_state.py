"""What becomes of a room itself in Matrix clients: its name, its topic, and the room that follows it."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import Row

from bridge.chat import conversations, messages, moves
from bridge.chat.changes import Change
from bridge.chat.shapes import Viewing
from bridge.db.engine import Conn
from bridge.matrix import russian
from bridge.matrix.ids import Ids
from bridge.matrix.text import plain_to_markdown, sanitize_text
from bridge.outbox import store as outbox
from bridge.outbox.commands import Command, Kind

log = structlog.get_logger(__name__)

LONGEST_NAME = 255
LONGEST_TOPIC = 1000
LONGEST_ROOM_ID = 255

Event = dict[str, Any]


async def rename(conn: Conn, ids: Ids, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
    """A manager renamed the room in a Matrix client. A direct conversation is named by its people."""
    name = sanitize_text(str(event["content"].get("name", ""))).strip()[:LONGEST_NAME]
    pending = await outbox.find_pending(conn, conversation.id, (Kind.RENAME,))
    if not name or conversation.is_direct or pending or event["sender"] == ids.bot:
        return []
    return await conversations.rename(conn, conversation.id, name, now_ms)


async def tell_topic(
    conn: Conn, viewing: Viewing, ids: Ids, event: Event, conversation: Row[Any], sent_ms: int, now_ms: int
) -> list[Change]:
    """A conversation of the web has no topic; that somebody sets one is told in the timeline, as clients do."""
    sender = viewing.school.find(ids.person_id(event["sender"]))
    if sender is None:
        return []
    topic = " ".join(sanitize_text(str(event["content"].get("topic") or "")).split())[:LONGEST_TOPIC]
    said = (russian.TOPIC if topic else russian.NO_TOPIC).format(name=sender.name, topic=topic)
    new = messages.NewMessage(
        sender_id=None,
        type="SYSTEM",
        text=plain_to_markdown(said),
        created_ms=sent_ms,
        status="sent",
        origin="matrix",
        event_id=event["event_id"],
    )
    return await messages.take_in(conn, viewing, conversation.id, new, now_ms)


async def follow(conn: Conn, ids: Ids, event: Event, conversation: Row[Any], now_ms: int) -> list[Change]:
    """
    The room was upgraded: the conversation goes on in the new one, and everybody is let in there.

    Only the bot can end a room. Client-Server API, "Room upgrades".
    """
    room_id = event["content"].get("replacement_room")
    is_room = isinstance(room_id, str) and room_id.startswith("!") and len(room_id) <= LONGEST_ROOM_ID
    if event["sender"] != ids.bot or not is_room or await conversations.find_by_room(conn, room_id):
        log.warning("tombstone_not_followed", room_id=event["room_id"], event_id=event["event_id"])
        return []
    changes = await moves.move(conn, conversation.id, room_id, now_ms)
    await outbox.append(conn, Command(conversation.id, Kind.ROOM), now_ms)
    log.info("room_followed", conversation_id=conversation.id, room_id=room_id)
    return changes
