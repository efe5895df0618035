"""The web doors' own table; only this folder reads or writes it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from bridge.db.engine import metadata

# One-time tickets for sockets; whichever process is asked takes the row away. The ticket itself is not kept.
ws_tickets = Table(
    "ws_tickets",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),  # SHA-256 in hex
    Column("person_id", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False, index=True),
)
