"""
What a socket carries, as JSON text in UTF-8. Pure: the contract of the sockets in one place.

A message is encoded once for all its readers; a frame wraps it with what is each reader's own.
"""

from __future__ import annotations

from typing import Any

import orjson

from bridge.chat.changes import Change, MessageAdded, MessageRead, MessageUpdated


def encode(frame: dict[str, Any]) -> bytes:
    return orjson.dumps(frame)


def frames_of(change: Change) -> dict[int, bytes]:
    """
    One frame for each person of the audience, for changes that carry all they need.

    Persons with equal frames share one. ``ConversationUpdated`` and ``ConversationRemoved`` are not handled
    here: the first differs for each viewer and is loaded, the second closes sockets.
    """
    if isinstance(change, MessageAdded):
        return _added(change)
    if isinstance(change, MessageUpdated):
        return _updated(change)
    if isinstance(change, MessageRead):
        return dict.fromkeys(change.audience, _read(change))
    return {}


def _added(change: MessageAdded) -> dict[int, bytes]:
    message = orjson.Fragment(orjson.dumps(change.message))
    by_count = {
        count: encode(_frame("message.new", change, message=message, unread_count=count))
        for count in set(change.audience.values())
    }
    return {person_id: by_count[count] for person_id, count in change.audience.items()}


def _updated(change: MessageUpdated) -> dict[int, bytes]:
    made: dict[tuple[bool, tuple[bool, ...]], bytes] = {}
    told = {}
    for person_id, is_read in change.audience.items():
        mine = tuple(person_id in each["users"] for each in change.message["reactions"])
        if (is_read, mine) not in made:
            made[is_read, mine] = encode(_frame("message.updated", change, message=_as_seen(change, is_read, mine)))
        told[person_id] = made[is_read, mine]
    return told


def _as_seen(change: MessageUpdated, is_read: bool, mine: tuple[bool, ...]) -> dict[str, Any]:
    reactions = [{**each, "mine": own} for each, own in zip(change.message["reactions"], mine, strict=True)]
    return {**change.message, "is_read": is_read, "reactions": reactions}


def _read(change: MessageRead) -> bytes:
    return encode(
        _frame(
            "message.read",
            change,
            user_id=change.person_id,
            message_id=change.message_id,
            read_at=change.read_at,
        )
    )


def _frame(kind: str, change: Change, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "conversation_id": change.conversation_id, "rev": change.rev, **payload}


def conversation_updated(conversation: dict[str, Any]) -> bytes:
    return encode(
        {
            "type": "conversation.updated",
            "conversation_id": conversation["id"],
            "rev": conversation["rev"],
            "conversation": conversation,
        }
    )


def conversation_removed(conversation_id: int, rev: int) -> bytes:
    return encode({"type": "conversation.removed", "conversation_id": conversation_id, "rev": rev})


def typing(conversation_id: int, person_id: int, name: str, *, is_typing: bool) -> bytes:
    """Signals have no ``rev``: they change nothing that is kept."""
    return encode(
        {
            "type": "typing.start" if is_typing else "typing.stop",
            "conversation_id": conversation_id,
            "rev": None,
            "user_id": person_id,
            "user_name": name,
        }
    )


def presence(person_id: int, *, is_online: bool, last_seen: str | None) -> bytes:
    return encode(
        {
            "type": "presence.changed",
            "conversation_id": None,
            "rev": None,
            "user_id": person_id,
            "is_online": is_online,
            "last_seen": last_seen,
        }
    )


def ack(client_id: str | None, message: dict[str, Any]) -> bytes:
    return encode(
        {
            "type": "ack",
            "conversation_id": message["conversation_id"],
            "rev": message["rev"],
            "client_id": client_id,
            "message": message,
        }
    )


def error(client_id: str | None, code: str, detail: str, conversation_id: int | None = None) -> bytes:
    return encode(
        {
            "type": "error",
            "conversation_id": conversation_id,
            "rev": None,
            "client_id": client_id,
            "code": code,
            "detail": detail,
        }
    )


PONG = encode({"type": "pong", "conversation_id": None, "rev": None})
