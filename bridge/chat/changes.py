"""
What happened: the outcome of a write, published when it has committed.

Pure data. ``audience`` is computed inside the write's own transaction: who is removed by it is not in it any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A new message. ``message`` is the API's shape as the sender sees it; ``audience``: unread count of each."""

    conversation_id: int
    rev: int
    message: dict[str, Any]
    audience: dict[int, int]


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    """Edited, deleted, sent, failed. ``audience``: whether the message counts as read for each."""

    conversation_id: int
    rev: int
    message: dict[str, Any]
    audience: dict[int, bool]


@dataclass(frozen=True, slots=True)
class MessageRead:
    """Somebody has read up to a message. ``read_at`` as the API writes it."""

    conversation_id: int
    rev: int
    person_id: int
    message_id: int
    read_at: str
    audience: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConversationUpdated:
    """Name, members, rights, mute, archive: each of ``audience`` gets the conversation as it is for them."""

    conversation_id: int
    rev: int
    audience: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConversationRemoved:
    """It is gone for ``audience``: removed, left, or deleted from the own list. Their sockets of it are closed."""

    conversation_id: int
    rev: int
    audience: tuple[int, ...]
    still_participant: bool = False


Change = MessageAdded | MessageUpdated | MessageRead | ConversationUpdated | ConversationRemoved
