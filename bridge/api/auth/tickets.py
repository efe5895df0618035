"""One-time tickets: a browser cannot send a header with a socket, and tokens in addresses end up in logs."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import delete, insert, select

from bridge.api.auth.tables import ws_tickets
from bridge.db.engine import Conn

LIFETIME_S = 30


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "surrogateescape")).hexdigest()


async def issue_ticket(conn: Conn, person_id: int, now_ms: int) -> str:
    """Make a ticket for *person_id*, and sweep those that nobody used in time."""
    await conn.execute(delete(ws_tickets).where(ws_tickets.c.expires_ms <= now_ms))
    ticket = secrets.token_urlsafe(24)
    row = {"ticket_hash": _hash(ticket), "person_id": person_id, "expires_ms": now_ms + LIFETIME_S * 1000}
    await conn.execute(insert(ws_tickets).values(row))
    return ticket


async def is_ticket(conn: Conn, ticket: str, now_ms: int) -> bool:
    """Whether it looks as if ``redeem_ticket`` would take it; somebody may be quicker."""
    wanted = (ws_tickets.c.ticket_hash == _hash(ticket), ws_tickets.c.expires_ms > now_ms)
    return (await conn.execute(select(ws_tickets.c.person_id).where(*wanted))).first() is not None


async def redeem_ticket(conn: Conn, ticket: str, now_ms: int) -> int | None:
    """Take a ticket away and give its person's id, once; None: unknown, used or too old."""
    taken = delete(ws_tickets).where(ws_tickets.c.ticket_hash == _hash(ticket))
    row = (await conn.execute(taken.returning(ws_tickets.c.person_id, ws_tickets.c.expires_ms))).one_or_none()
    return row.person_id if row is not None and row.expires_ms > now_ms else None
