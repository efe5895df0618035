"""What people do to conversations through the web API, for the audit; in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bridge.audit.log import Entry, record
from bridge.db.engine import Conn
from bridge.permissions.school import Person

SOURCE = "web"


async def note(
    conn: Conn,
    actor: Person,
    action: str,
    conversation_id: int,
    now_ms: int,
    *,
    people: Iterable[int] = (),
    **details: Any,
) -> None:
    """
    Write that *actor* did it.

    Args:
        people: Whom it was done to, an entry for each; nobody: one entry of the conversation itself.
    """
    concerned: list[int | None] = [*people] or [None]
    await record(
        conn,
        [
            Entry(
                at_ms=now_ms,
                actor=f"person:{actor.id}",
                action=action,
                source=SOURCE,
                person_id=person_id,
                conversation_id=conversation_id,
                details=details,
            )
            for person_id in concerned
        ],
    )
