"""The inbox's tables; only this folder reads or writes them."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, String, Table, Text

from bridge.db.engine import GrowingId, metadata

# The homeserver repeats a transaction until it is answered with 200; here is which ones were taken in.
push_transactions = Table(
    "push_transactions",
    metadata,
    Column("push_txn_id", String(255), primary_key=True),
    Column("received_ms", BigInteger, nullable=False, index=True),
)

# The newest event of each room that came by the homeserver's own feed, see ``inbox.positions``.
inbox_positions = Table(
    "inbox_positions",
    metadata,
    Column("room_id", String(255), primary_key=True),
    Column("event_id", String(255), nullable=False),
)

# Events that our code could not take in. Nothing is lost: the event and the traceback are here.
parked_events = Table(
    "parked_events",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("push_txn_id", String(255), nullable=False),
    Column("event_id", String(255), nullable=True),
    Column("room_id", String(255), nullable=True),
    Column("type", String(255), nullable=True),
    Column("event", JSON, nullable=False),
    Column("traceback", Text, nullable=False),
    Column("parked_ms", BigInteger, nullable=False),
)
