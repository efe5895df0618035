"""What provisioning remembers of its own work; only this folder reads or writes it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from bridge.db.engine import metadata

# The ghosts that were made, with the name that each was given: asking the homeserver takes a call a person.
provisioned_ghosts = Table(
    "provisioned_ghosts",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("display_name", String(512), nullable=False),
)

# One row: the roster version that was last applied to its end. While it is current, a start looks no further.
provisioning_state = Table(
    "provisioning_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("roster_version", BigInteger, nullable=False),
)
