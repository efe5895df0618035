"""The outbox's table; only this folder reads or writes it."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, text

from bridge.db.engine import GrowingId, metadata

# A lane is the commands of one conversation. Only its oldest command, the head, has a ``ready_ms``: when it may be
# taken. Taking it moves ``ready_ms`` into the future (a lease, ``taken_by`` says whose), a failure too (a back-off),
# success deletes the row and makes the next one the head.
outbox = Table(
    "outbox",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("conversation_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=True),
    Column("kind", String(16), nullable=False),
    Column("message_id", BigInteger, nullable=True),
    Column("payload", JSON, nullable=False),
    Column("ready_ms", BigInteger, nullable=True),
    Column("taken_by", String(16), nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_ms", BigInteger, nullable=False),
    Index(None, "conversation_id", "id"),
    Index("outbox_ready_idx", "ready_ms", postgresql_where=text("ready_ms IS NOT NULL")),
    sqlite_autoincrement=True,
)
