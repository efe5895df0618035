"""
The database's function ``accept_message``: a plain text is stored in one call. PostgreSQL only.

It does what ``chat.messages.accept`` does in several statements, where nothing has to be looked at more closely. It
gives no row, and writes nothing, where the conversation is archived or blocked, the sender is not in it, or the roster
has another version than the rules were asked with: ``accept`` finds out what to say then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Row, Text, bindparam, func, select

from bridge.chat.messages import Accepted, Draft, NewMessage, accepted_as, preview
from bridge.chat.shapes import Viewing, facts_of
from bridge.chat.tables import conversations
from bridge.db.engine import Conn
from bridge.permissions.policy import refuse_send
from bridge.permissions.school import Person
from bridge.roster.store import CURRENT_VERSION

ACCEPTED = func.accept_message(
    bindparam("conversation", type_=BigInteger),
    bindparam("sender", type_=BigInteger),
    bindparam("text", type_=Text),
    bindparam("preview", type_=Text),
    bindparam("client", type_=Text),
    bindparam("now_ms", type_=BigInteger),
    bindparam("version", type_=BigInteger) == CURRENT_VERSION,
).table_valued("id", "number", "rev", "readers", "unread", name="accepted")

_FOR_GOOD = select(conversations.c.is_direct, conversations.c.direct_key, conversations.c.roster_key).where(
    conversations.c.id == bindparam("conversation", type_=BigInteger)
)


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """What a conversation is for good, and as ``accept_message`` insists on finding it."""

    is_direct: bool
    direct_key: str | None
    roster_key: str | None
    is_archived: ClassVar[bool] = False
    blocked_by: ClassVar[int | None] = None


async def find_for_good(conn: Conn, conversation_id: int) -> OpenConversation | None:
    row = (await conn.execute(_FOR_GOOD, {"conversation": conversation_id})).one_or_none()
    return OpenConversation(*row) if row else None


def may_be_called(viewing: Viewing, actor: Person, conversation: OpenConversation, draft: Draft, now_ms: int) -> bool:
    """Whether the draft is a text and nothing else, and the actor may write while the conversation is open."""
    if draft.file_id or draft.reply_to or draft.mentions:
        return False
    facts = facts_of(conversation, actor.id, is_manager=False, now_ms=now_ms)
    return refuse_send(viewing.school, viewing.rules, actor, facts) is None


def values_of(viewing: Viewing, actor: Person, conversation_id: int, draft: Draft, now_ms: int) -> dict[str, Any]:
    """The parameters of ``ACCEPTED``."""
    return {
        "conversation": conversation_id,
        "sender": actor.id,
        "text": draft.text,
        "preview": preview(draft.text),
        "client": draft.client_id,
        "now_ms": now_ms,
        "version": viewing.school.version,
    }


def accepted_by(
    viewing: Viewing, actor: Person, conversation_id: int, draft: Draft, now_ms: int, row: Row[Any]
) -> Accepted:
    """What the call has stored, from its row."""
    new = NewMessage(actor.id, "TEXT", draft.text, now_ms, "pending", "web", client_id=draft.client_id)
    stored = new.stored(conversation_id, row.id, row.number, row.rev)
    return accepted_as(viewing, stored, dict(zip(row.readers, row.unread, strict=True)))
