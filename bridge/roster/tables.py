"""The roster's tables; only this folder reads or writes them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bridge.db.engine import GrowingId, metadata

people = Table(
    "people",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("username", String(150), nullable=False, unique=True),
    Column("first_name", String(150), nullable=False),
    Column("last_name", String(150), nullable=False),
    Column("role", String(16), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("password_hash", Text, nullable=True),  # of the demo's sign-in only
)

groups = Table(
    "groups",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(255), nullable=False),
    Column("year", String(32), nullable=False, server_default=""),
    Column("course", String(255), nullable=False, server_default=""),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("group_id", BigInteger, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", String(16), nullable=False),
)

# One row: how often the roster has changed. Who holds a School in memory compares its version with this.
roster_state = Table(
    "roster_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)

# What the last complete read lacked: kept until the next one lacks it too. An id that does not apply is 0.
roster_missing = Table(
    "roster_missing",
    metadata,
    Column("kind", String(16), primary_key=True),  # person, group, enrolment
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
)

# One row for each read that was taken in, and what became of it; the newest are kept, see roster.runs.
roster_runs = Table(
    "roster_runs",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("source", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger, nullable=True),
    Column("state", String(16), nullable=False),
    Column("version", BigInteger, nullable=True),
    Column("counts", JSON, nullable=False),
    Column("brake", JSON(none_as_null=True), nullable=True),
    Column("removed_people", Integer, nullable=False, server_default="0"),
    Column("removed_groups", Integer, nullable=False, server_default="0"),
    Column("removed_enrolments", Integer, nullable=False, server_default="0"),
    Column("waiting", JSON(none_as_null=True), nullable=True),  # the read of a waiting run; holds no passwords
    Column("applying_ms", BigInteger, nullable=True),
    Column("steps_total", Integer, nullable=False, server_default="0"),
    Column("steps_done", Integer, nullable=False, server_default="0"),
    Column("failures", JSON, nullable=False),
    Index(None, "state", "id"),
    sqlite_autoincrement=True,
)

# The panel's events that were taken: one that comes again changes nothing.
roster_events = Table(
    "roster_events",
    metadata,
    Column("event_id", String(255), primary_key=True),
    Column("taken_ms", BigInteger, nullable=False, index=True),
)

# The newest version that the panel told of each object, and the newest at which it told that it is gone. The row
# of the kind "roster" is of its whole list.
roster_versions = Table(
    "roster_versions",
    metadata,
    Column("kind", String(16), primary_key=True),  # person, group, enrolment, roster
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("version", BigInteger, nullable=False),
    Column("removed_version", BigInteger, nullable=True),
    Column("seen_ms", BigInteger, nullable=False, index=True),
)

# Enrolments that the panel told of before their person or group.
roster_waiting = Table(
    "roster_waiting",
    metadata,
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("role", String(16), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("since_ms", BigInteger, nullable=False, index=True),
)

# The ids that were given to a source's own text ids, once and for ever.
roster_ids = Table(
    "roster_ids",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("sourced_id", String(255), primary_key=True),
    Column("id", BigInteger, nullable=False),
    UniqueConstraint("kind", "id"),
)

# What was last read from each source that the bridge reads by itself: two processes, or a restart, must not take one
# list for two that say the same.
roster_sources = Table(
    "roster_sources",
    metadata,
    Column("source", String(32), primary_key=True),
    Column("mark", String(128), nullable=False),  # of a file its names, sizes and times; of a panel the process's own
    Column("read_ms", BigInteger, nullable=False),  # when the reading began
)
