"""What a person has chosen for the web app: sound, desktop notifications, language, quiet hours."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bridge.chat.tables import person_settings
from bridge.db.engine import Conn, upsert

DEFAULTS: dict[str, Any] = {"sound": True, "desktop": False, "language": "ru", "quiet_hours": None}


async def get_settings(conn: Conn, person_id: int) -> dict[str, Any]:
    """Give all settings of a person, the defaults where nothing was chosen."""
    return DEFAULTS | await _stored(conn, person_id)


async def change_settings(conn: Conn, person_id: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Store *changes* over what was chosen before; give all settings. Two devices at once both count."""
    if not changes:
        return await get_settings(conn, person_id)
    # The row must be there to be locked.
    empty = upsert(person_settings, conn).values(person_id=person_id, settings={})
    await conn.execute(empty.on_conflict_do_nothing(index_elements=["person_id"]))
    chosen = await _stored(conn, person_id, for_update=True) | changes
    mine = person_settings.c.person_id == person_id
    await conn.execute(person_settings.update().where(mine).values(settings=chosen))
    return DEFAULTS | chosen


async def _stored(conn: Conn, person_id: int, *, for_update: bool = False) -> dict[str, Any]:
    query = select(person_settings.c.settings).where(person_settings.c.person_id == person_id)
    query = query.with_for_update() if for_update else query
    return (await conn.execute(query)).scalar_one_or_none() or {}
