"""The roster's runs and events, the audit, and what provisioning remembers of rooms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _groups()
    _roster()
    _audit()
    _provisioning()
    _sources()


def _groups() -> None:
    op.add_column("groups", sa.Column("year", sa.String(length=32), server_default="", nullable=False))
    op.add_column("groups", sa.Column("course", sa.String(length=255), server_default="", nullable=False))


def _roster() -> None:
    _missing()
    _runs()
    _events()
    _waiting()
    _ids()


def _missing() -> None:
    op.create_table(
        "roster_missing",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "group_id", "person_id", name=op.f("roster_missing_pkey")),
    )


def _runs() -> None:
    op.create_table(
        "roster_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("brake", sa.JSON(), nullable=True),
        sa.Column("removed_people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("removed_groups", sa.Integer(), server_default="0", nullable=False),
        sa.Column("removed_enrolments", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=True),
        sa.Column("applying_ms", sa.BigInteger(), nullable=True),
        sa.Column("steps_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("steps_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("roster_runs_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("roster_runs_state_id_idx"), "roster_runs", ["state", "id"], unique=False)


def _events() -> None:
    """Which events were taken, and the newest version of each thing they spoke of."""
    op.create_table(
        "roster_events",
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("roster_events_pkey")),
    )
    op.create_index(op.f("roster_events_taken_ms_idx"), "roster_events", ["taken_ms"], unique=False)
    op.create_table(
        "roster_versions",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("removed_version", sa.BigInteger(), nullable=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "group_id", "person_id", name=op.f("roster_versions_pkey")),
    )
    op.create_index(op.f("roster_versions_person_id_idx"), "roster_versions", ["person_id"], unique=False)
    op.create_index(op.f("roster_versions_seen_ms_idx"), "roster_versions", ["seen_ms"], unique=False)


def _waiting() -> None:
    op.create_table(
        "roster_waiting",
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("roster_waiting_pkey")),
    )
    op.create_index(op.f("roster_waiting_person_id_idx"), "roster_waiting", ["person_id"], unique=False)
    op.create_index(op.f("roster_waiting_since_ms_idx"), "roster_waiting", ["since_ms"], unique=False)


def _ids() -> None:
    op.create_table(
        "roster_ids",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sourced_id", sa.String(length=255), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "sourced_id", name=op.f("roster_ids_pkey")),
        sa.UniqueConstraint("kind", "id", name=op.f("roster_ids_kind_id_key")),
    )


def _audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_log_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("audit_log_at_ms_idx"), "audit_log", ["at_ms"], unique=False)
    op.create_index(op.f("audit_log_person_id_id_idx"), "audit_log", ["person_id", "id"], unique=False)
    op.create_index(op.f("audit_log_group_id_id_idx"), "audit_log", ["group_id", "id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END"
            )
        # REPLACE deletes without asking the trigger above.
        op.execute(
            "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log "
            "WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
    )


# ---- provisioning and chat: conversations.roster_key, provisioned rooms, the lease ----


def _provisioning() -> None:
    _roster_keys()
    op.add_column("provisioned_ghosts", sa.Column("state", sa.String(length=8), server_default="here", nullable=False))
    op.add_column("provisioned_ghosts", sa.Column("left_ids", sa.JSON(), nullable=True))
    op.add_column("provisioned_ghosts", sa.Column("suspect_ms", sa.BigInteger(), nullable=True))
    op.add_column("provisioned_ghosts", sa.Column("repairs", sa.JSON(), nullable=True))
    op.create_index(op.f("provisioned_ghosts_suspect_ms_idx"), "provisioned_ghosts", ["suspect_ms"], unique=False)
    op.add_column("provisioning_state", sa.Column("holder", sa.String(length=16), nullable=True))
    op.add_column("provisioning_state", sa.Column("until_ms", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("provisioning_state", sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "provisioned_rooms",
        sa.Column("roster_key", sa.String(length=32), nullable=False),
        sa.Column("alias", sa.String(length=64), nullable=True),
        sa.Column("room_id", sa.String(length=255), nullable=True),
        sa.Column("given_name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("seen", sa.JSON(), nullable=True),
        sa.Column("suspect_ms", sa.BigInteger(), nullable=True),
        sa.Column("repairs", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("roster_key", name=op.f("provisioned_rooms_pkey")),
        sa.UniqueConstraint("room_id", name=op.f("provisioned_rooms_room_id_key")),
    )
    op.create_index(op.f("provisioned_rooms_suspect_ms_idx"), "provisioned_rooms", ["suspect_ms"], unique=False)
    op.create_table(
        "provisioned_files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mxc", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("provisioned_files_pkey")),
    )


def _roster_keys() -> None:
    """``conversations.group_id`` 70 becomes ``roster_key`` "group:70"; its unique constraint keeps its name."""
    # SQLite: a rename, for a new table in the old one's place would delete what refers to it. The column's declared
    # type stays BIGINT there, which holds text as well.
    op.execute("ALTER TABLE conversations RENAME COLUMN group_id TO roster_key")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE conversations SET roster_key = 'group:' || roster_key WHERE roster_key IS NOT NULL")
        return
    op.execute("ALTER TABLE conversations ALTER COLUMN roster_key TYPE VARCHAR(32) USING 'group:' || roster_key")


# ---- sources of the roster that the bridge reads by itself ----


def _sources() -> None:
    op.create_table(
        "roster_sources",
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=128), nullable=False),
        sa.Column("read_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("roster_sources_pkey")),
    )
