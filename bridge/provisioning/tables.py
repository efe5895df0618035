"""What provisioning remembers of its own work; only this folder reads or writes it."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table

from bridge.db.engine import metadata

# The ghosts that were made, with the name that each was given: asking the homeserver takes a call a person. Before
# somebody is taken out of everything the state becomes "leaving", when it is done "gone".
provisioned_ghosts = Table(
    "provisioned_ghosts",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("display_name", String(512), nullable=False),
    Column("state", String(8), nullable=False, server_default="here"),  # here, leaving, gone
    Column("left_ids", JSON, nullable=True),  # group chats that were left, to come back to
    Column("suspect_ms", BigInteger, nullable=True, index=True),  # since when display_name is another than we gave
    Column("repairs", JSON, nullable=True),  # when that was put right, in the last hour
)

# Each room of the roster as it was last made or looked at, so that a plan needs no homeserver. While somebody works
# on it, and when an event has changed it, it is suspect: what stands here may not hold.
provisioned_rooms = Table(
    "provisioned_rooms",
    metadata,
    Column("roster_key", String(32), primary_key=True),
    Column("alias", String(64), nullable=True),  # of the space; other rooms have theirs with the conversation
    Column("room_id", String(255), nullable=True, unique=True),  # likewise
    Column("given_name", String(255), nullable=False, server_default=""),
    Column("seen", JSON, nullable=True),  # see `seen`
    Column("suspect_ms", BigInteger, nullable=True, index=True),
    Column("repairs", JSON, nullable=False),  # when it was put right, in the last hour
)

# Pictures that were uploaded: SHA-256 of the bytes and the address that they got.
provisioned_files = Table(
    "provisioned_files",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("mxc", String(255), nullable=False),
)

# One row: the roster version that was last applied to its end, and the lease: who applies now, until when unless it
# is renewed, and how often somebody has.
provisioning_state = Table(
    "provisioning_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("roster_version", BigInteger, nullable=False),
    Column("holder", String(16), nullable=True),
    Column("until_ms", BigInteger, nullable=False, server_default="0"),
    Column("turn", BigInteger, nullable=False, server_default="0"),
)
