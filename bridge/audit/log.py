"""
The audit: who or what changed which person, group, room or permission, when, from which source and run.

Entries are added and read, never changed. They are written in the transaction of the change that they tell of, so
neither is there without the other. An actor is ``panel``, ``cli:<user of the system>``, ``bridge`` or ``person:<id>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, insert, select

from bridge.audit.tables import audit_log
from bridge.db.engine import Conn

ROWS_A_STATEMENT = 500
LISTED = 100
MOST_LISTED = 1000


@dataclass(frozen=True)
class Entry:
    """
    One change.

    Attributes:
        action: A stable word: ``person.added``, ``room.created``, ``member.removed``, …
        source: Where the change came from: ``yaml``, ``oneroster``, ``panel-event``, ``api``, ``matrix``, …
        run_id: The run of the roster that it belongs to.
        details: What else is worth knowing, ``{"from": …, "to": …}`` of a rename; no secrets, no message texts.
    """

    at_ms: int
    actor: str
    action: str
    source: str = ""
    run_id: int | None = None
    person_id: int | None = None
    group_id: int | None = None
    conversation_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """An entry as it stands in the log; ``id`` grows."""

    id: int
    entry: Entry


async def record(conn: Conn, entries: Iterable[Entry]) -> None:
    """Add *entries*, in their order: one statement for every 500."""
    rows = [_as_row(entry) for entry in entries]
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        await conn.execute(insert(audit_log), rows[start : start + ROWS_A_STATEMENT])


def _as_row(entry: Entry) -> dict[str, Any]:
    return {
        "at_ms": entry.at_ms,
        "actor": entry.actor,
        "source": entry.source,
        "run_id": entry.run_id,
        "action": entry.action,
        "person_id": entry.person_id,
        "group_id": entry.group_id,
        "conversation_id": entry.conversation_id,
        "details": dict(entry.details),
    }


async def list_entries(
    conn: Conn,
    *,
    since_ms: int | None = None,
    person_id: int | None = None,
    group_id: int | None = None,
    conversation_id: int | None = None,
    before_id: int | None = None,
    limit: int = LISTED,
) -> list[Listed]:
    """
    Give the entries that fit, newest first.

    Args:
        before_id: Go on after a page: its last ``id``.
        limit: 1 to 1000.
    """
    columns = audit_log.c
    wanted: list[ColumnElement[bool]] = []
    if since_ms is not None:
        wanted.append(columns.at_ms >= since_ms)
    if before_id is not None:
        wanted.append(columns.id < before_id)
    for column, value in (
        (columns.person_id, person_id),
        (columns.group_id, group_id),
        (columns.conversation_id, conversation_id),
    ):
        if value is not None:
            wanted.append(column == value)
    query = select(audit_log).where(*wanted).order_by(columns.id.desc()).limit(max(1, min(limit, MOST_LISTED)))
    return [Listed(row.id, _as_entry(row)) for row in await conn.execute(query)]


def _as_entry(row: Any) -> Entry:
    return Entry(
        at_ms=row.at_ms,
        actor=row.actor,
        action=row.action,
        source=row.source,
        run_id=row.run_id,
        person_id=row.person_id,
        group_id=row.group_id,
        conversation_id=row.conversation_id,
        details=row.details,
    )
