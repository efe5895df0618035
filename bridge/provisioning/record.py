"""What provisioning has done so far, at rest: read and write its tables."""

from __future__ import annotations

from sqlalchemy import select

from bridge.db.engine import Conn, upsert
from bridge.provisioning.tables import provisioned_ghosts, provisioning_state


async def list_ghosts(conn: Conn) -> dict[int, str]:
    """Person id to display name of every ghost that was made."""
    rows = await conn.execute(select(provisioned_ghosts))
    return {row.person_id: row.display_name for row in rows}


async def save_ghost(conn: Conn, person_id: int, display_name: str) -> None:
    statement = upsert(provisioned_ghosts, conn).values(person_id=person_id, display_name=display_name)
    renamed = {"display_name": statement.excluded.display_name}
    await conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=renamed))


async def get_applied_version(conn: Conn) -> int:
    """The roster version that was last applied to its end; 0 before the first time."""
    return (await conn.execute(select(provisioning_state.c.roster_version))).scalar_one_or_none() or 0


async def save_applied_version(conn: Conn, version: int) -> None:
    statement = upsert(provisioning_state, conn).values(id=1, roster_version=version)
    later = {"roster_version": statement.excluded.roster_version}
    await conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=later))
