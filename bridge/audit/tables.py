"""
The audit's table; only this folder reads or writes it.

Append-only: triggers of the migration refuse UPDATE and DELETE (and TRUNCATE on PostgreSQL), whoever asks.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, String, Table

from bridge.db.engine import GrowingId, metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("actor", String(128), nullable=False),
    Column("source", String(32), nullable=False),
    Column("run_id", BigInteger, nullable=True),
    Column("action", String(32), nullable=False),
    Column("person_id", BigInteger, nullable=True),
    Column("group_id", BigInteger, nullable=True),
    Column("conversation_id", BigInteger, nullable=True),
    Column("details", JSON, nullable=False),
    Index(None, "person_id", "id"),
    Index(None, "group_id", "id"),
    sqlite_autoincrement=True,
)
