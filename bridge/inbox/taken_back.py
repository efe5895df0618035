"""
An edit that was deleted in a Matrix client: the message says again what it said before.

What that is the homeserver knows: it shows a message with the newest edit that is left (Client-Server API,
"Server-side replacement of content"). So it is asked, after the redaction has been taken in; a repeat does no harm.
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import Row

from bridge.chat import event_index, messages, moves
from bridge.chat.changes import Change
from bridge.db.engine import Database
from bridge.errors import HomeserverRefused
from bridge.inbox.intake import Intake
from bridge.matrix.files import mapping
from bridge.matrix.homeserver import Homeserver

log = structlog.get_logger(__name__)


class TakenBackEdits:
    """Raises what ``Homeserver`` raises when it is away: the transaction is repeated then."""

    def __init__(self, db: Database, homeserver: Homeserver, intake: Intake) -> None:
        self._db, self._homeserver, self._intake = db, homeserver, intake

    async def follow(self, events: list[Any]) -> list[Change]:
        """Look at the redactions among *events*; the changes to publish."""
        changes: list[Change] = []
        for event in events:
            if isinstance(event, dict) and event.get("type") == "m.room.redaction":
                changes += await self._one(event)
        return changes

    async def _one(self, redaction: dict[str, Any]) -> list[Change]:
        target = mapping(redaction.get("content")).get("redacts") or redaction.get("redacts")
        found = await self._find_edited(target)
        if found is None:
            return []
        row, room_id = found
        try:
            shown = await self._homeserver.get_event(room_id, str(row.event_id))
        except HomeserverRefused as refused:
            log.warning("edited_message_not_found", event_id=row.event_id, errcode=refused.errcode)
            return []
        return await self._intake.say_again(row.id, _as_it_stands(shown))

    async def _find_edited(self, target: object) -> tuple[Row[Any], str] | None:
        """The message that the event *target* has edited, with its room; None: it is no edit."""
        if not isinstance(target, str) or not target.isprintable():
            return None
        async with self._db.reading() as conn:
            stands = await event_index.find_by_event(conn, target)
            if stands is None or stands[2]:
                return None
            message_id = await event_index.find_message(conn, target, stands[0])
            row = None if message_id is None else await messages.get_facts(conn, message_id)
            if row is None or row.event_id is None or row.deleted_ms is not None:
                return None
            return row, await moves.room_of(conn, row)


def _as_it_stands(event: dict[str, Any]) -> dict[str, Any]:
    """The newest edit of a message, or the message itself; each with its ``type`` and ``content``."""
    relations = mapping(mapping(event.get("unsigned")).get("m.relations"))
    edit = mapping(relations.get("m.replace"))
    return dict(edit) if mapping(edit.get("content")) else event
