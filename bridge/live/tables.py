"""The table of presence; only this folder reads or writes it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table

from bridge.db.engine import metadata

last_seen = Table(
    "last_seen",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_ms", BigInteger, nullable=False),
)
