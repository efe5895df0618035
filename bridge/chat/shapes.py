"""The API's shapes, built from rows: User, Message, LastMessage, Conversation. Plain dicts, ``null`` for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from bridge.chat.files import FileAddress, FileRow, file_shape
from bridge.permissions.policy import ConversationFacts, Rules, refuse_manage, refuse_send
from bridge.permissions.school import Person, School

AVATAR_COLORS = ("#1d4ed8", "#15803d", "#b45309", "#7e22ce", "#be123c", "#0f766e", "#4338ca", "#a21caf")

Presence = Callable[[int], tuple[bool, int | None]]


@dataclass(frozen=True, slots=True)
class Viewing:
    """What every shape is built with: the school and its rules, who is online, how files are addressed."""

    school: School
    rules: Rules
    presence: Presence
    file_address: FileAddress


def iso(ms: int | None) -> str | None:
    """ISO 8601 UTC with ``Z`` and milliseconds, from milliseconds since 1970."""
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def cut(text: str, limit: int) -> str:
    """At most *limit* characters, then an ellipsis."""
    return text if len(text) <= limit else text[:limit] + "…"


def user_shape(viewing: Viewing, person: Person) -> dict[str, Any]:
    is_online, last_seen_ms = viewing.presence(person.id)
    return {
        "id": person.id,
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "role": person.role.value,
        "avatar_color": AVATAR_COLORS[person.id % len(AVATAR_COLORS)],
        "is_online": is_online,
        "last_seen": iso(last_seen_ms),
    }


def message_shape(
    viewing: Viewing,
    row: Row[Any],
    *,
    viewer_id: int = 0,
    is_read: bool = False,
    read_count: int = 0,
    reply: Row[Any] | None = None,
    file: FileRow | None = None,
) -> dict[str, Any]:
    """
    A Message.

    Args:
        viewer_id: Who sees it; 0: nobody in particular.
        is_read: For its sender: somebody else has read it; for another: that one has.
        reply: The row of the message that this one answers.
    """
    sender = viewing.school.find(row.sender_id)
    is_deleted = row.deleted_ms is not None
    return {
        "id": row.id,
        "conversation_id": row.conversation_id,
        "sender": user_shape(viewing, sender) if sender else None,
        "message_type": row.type,
        "text": "" if is_deleted else row.text,
        "file": file_shape(file, viewing.file_address) if file and not is_deleted else None,
        "created_at": iso(row.created_ms),
        "edited_at": iso(row.edited_ms),
        "is_deleted": is_deleted,
        "is_read": is_read,
        "read_count": read_count,
        "status": "read" if read_count and row.status == "sent" else row.status,
        "error": row.error,
        "reply_to": reply_shape(viewing, reply) if reply is not None else None,
        "forwarded_from": row.forwarded_from,
        "reactions": [] if is_deleted else reactions_shape(row.reactions, viewer_id),
        "mentions": row.mentions or [],
        "is_pinned": row.is_pinned,
        "client_id": row.client_id,
        "event_id": row.event_id,
        "rev": row.rev,
    }


def reactions_shape(people_by_key: dict[str, list[int]] | None, viewer_id: int) -> list[dict[str, Any]]:
    """A message's reactions, in the order in which each was given first."""
    return [
        {"key": key, "count": len(people), "mine": viewer_id in people, "users": people}
        for key, people in (people_by_key or {}).items()
    ]


def reply_shape(viewing: Viewing, row: Row[Any]) -> dict[str, Any]:
    sender = viewing.school.find(row.sender_id)
    text = "" if row.deleted_ms is not None else row.preview
    return {"id": row.id, "sender_name": sender.name if sender else "", "text": text}


def facts_of(row: Any, person_id: int, *, is_manager: bool, now_ms: int) -> ConversationFacts:
    """The facts that the rules ask, from a row of ``conversations`` or what has its columns."""
    blocked = row.blocked_by is not None and (row.blocked_until_ms is None or row.blocked_until_ms > now_ms)
    return ConversationFacts(
        is_direct=row.is_direct,
        is_archived=row.is_archived,
        other_id=other_of(row.direct_key, person_id),
        blocked_by=row.blocked_by if blocked else None,
        is_manager=is_manager,
        roster_key=row.roster_key,
    )


def other_of(direct_key: str | None, person_id: int) -> int | None:
    """The other person of a direct conversation, from its key ``"smaller:larger"``."""
    if direct_key is None:
        return None
    low, high = map(int, direct_key.split(":"))
    return high if low == person_id else low


def conversation_shape(viewing: Viewing, row: Row[Any], actor: Person, now_ms: int) -> dict[str, Any]:
    """A Conversation as *actor* sees it, from a row of ``views.CONVERSATION_COLUMNS``."""
    facts = facts_of(row, actor.id, is_manager=bool(row.is_manager), now_ms=now_ms)
    other = viewing.school.find(facts.other_id) if row.is_direct else None
    refusal = refuse_send(viewing.school, viewing.rules, actor, facts)
    return {
        "id": row.id,
        "type": "DIRECT" if row.is_direct else "GROUP",
        "is_group": not row.is_direct,
        "name": other.name if other else row.name,
        "participant": user_shape(viewing, other) if other else None,
        "participants_count": row.participants_count,
        "can_write": refusal is None,
        "cannot_write_reason": refusal.value if refusal else None,
        "is_blocked": facts.blocked_by is not None,
        "can_manage": refuse_manage(actor, facts) is None,
        "is_managed": facts.is_managed,
        "is_archived": row.is_archived,
        "is_muted": bool(row.is_muted),
        "last_message": _last_message(viewing, row, actor.id),
        "unread_count": row.unread_count or 0,
        "mention_count": row.mention_count or 0,
        "updated_at": iso(row.updated_ms),
        "room_id": row.room_id,
        "rev": max(row.rev, row.my_rev or 0),
    }


def _last_message(viewing: Viewing, row: Row[Any], person_id: int) -> dict[str, Any] | None:
    if row.m_id is None or row.m_id <= (row.cleared_id or 0):
        return None
    sender = viewing.school.find(row.m_sender_id)
    mine = row.m_sender_id == person_id
    return {
        "id": row.m_id,
        "text": cut(row.m_preview, 50),
        "message_type": row.m_type,
        "sender_id": row.m_sender_id,
        "sender_name": sender.name if sender else "",
        "timestamp": iso(row.m_created_ms),
        "is_read": bool(row.m_read_by_other) if mine else row.m_id <= (row.read_id or 0),
    }
