"""What the bridge wants the homeserver to do. A command is one row; ``payload`` is all that its kind needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    ROOM = "room"  # make the conversation's room, with its members
    MESSAGE = "message"
    EDIT = "edit"  # payload: text
    REDACT = "redact"
    RECEIPT = "receipt"
    ADMIT = "admit"  # payload: people
    DISMISS = "dismiss"  # payload: person_id
    RENAME = "rename"  # payload: name
    POWER = "power"  # members' levels and whether the room is locked, as they are when the command runs


@dataclass(frozen=True, slots=True)
class Command:
    """
    One thing to do, in the order of its conversation.

    Attributes:
        person_id: As whom; None: the bot.
        id: Of the row; 0 before it is written. Part of the Matrix ``txnId``, so a repeat is recognised.
    """

    conversation_id: int
    kind: Kind
    person_id: int | None = None
    message_id: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    attempts: int = 0
    created_ms: int = 0

    @property
    def people(self) -> list[int]:
        """Whom ADMIT and DISMISS are about."""
        return [int(person_id) for person_id in self.payload.get("people", [self.payload.get("person_id", 0)])]
