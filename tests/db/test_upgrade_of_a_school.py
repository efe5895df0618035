"""A database of the first version, with a school in it, becomes one of this version."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, text

from bridge.chat.conversations import create_group_conversation, list_roster_conversations
from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from bridge.db.migrate import MIGRATIONS, upgrade

COLUMNS = "is_direct, name, group_id, direct_key, alias, room_id, messages_count, participants_count, is_archived"
ROWS = [
    "false, '7Б', 70, NULL, 'school_c_a', '!a', 1, 1, false",
    "false, 'Кружок', NULL, NULL, 'school_c_b', '!b', 0, 0, false",
    "true, '', NULL, '1:2', 'school_c_c', NULL, 0, 0, false",
]
PARTICIPANT = "(conversation_id, person_id, is_manager, joined_ms, rev) VALUES (1, 2, true, 1, 1)"


@pytest.fixture
async def old_database(database: Database) -> AsyncIterator[Database]:
    """As version 0.1.0 left it."""
    old = database
    if database.is_sqlite:
        old = Database(DatabaseConfig(url=f"{database.config.url}.old"))
    async with old.writing() as conn:
        if not old.is_sqlite:
            await conn.execute(text("DROP SCHEMA public CASCADE"))
            await conn.execute(text("CREATE SCHEMA public"))
        await conn.run_sync(_to_first_version)
        for row in ROWS:
            await conn.execute(
                text(f"INSERT INTO conversations ({COLUMNS}, created_ms, updated_ms, rev) VALUES ({row}, 1, 1, 1)")
            )
        await conn.execute(text(f"INSERT INTO participants {PARTICIPANT}"))
        await conn.execute(text("INSERT INTO provisioned_ghosts (person_id, display_name) VALUES (2, 'Анна Петрова')"))
    yield old
    if old is not database:
        await old.close()


def _to_first_version(conn: Connection) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    command.upgrade(config, "0001")


async def test_the_rooms_of_groups_keep_their_people_and_get_their_keys(old_database: Database):
    await upgrade(old_database)
    async with old_database.reading() as conn:
        found = await list_roster_conversations(conn)
        keys = (await conn.execute(text("SELECT roster_key FROM conversations ORDER BY id"))).scalars().all()
    assert keys == ["group:70", None, None]
    assert [(each.id, each.group_id, each.room_id, each.participants) for each in found] == [(1, 70, "!a", {2: True})]


async def test_a_key_is_still_one_conversations(old_database: Database):
    await upgrade(old_database)
    async with old_database.writing() as conn:
        same = await create_group_conversation(conn, name="7Б", created_by=None, now_ms=2, roster_key="group:70")
        staff = await create_group_conversation(conn, name="У", created_by=None, now_ms=2, roster_key="staff")
        again = await create_group_conversation(conn, name="У", created_by=None, now_ms=2, roster_key="staff")
    assert same == 1
    assert staff == again != same
