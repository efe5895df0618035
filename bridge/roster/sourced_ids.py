"""The ids that the bridge gives to a source's own text ids (OneRoster's ``sourcedId``): once, and for ever."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert, select

from bridge.db.engine import Conn
from bridge.errors import Conflict
from bridge.roster.at_rest import lock_roster
from bridge.roster.tables import roster_ids

FIRST_GIVEN_ID = 10**12

SourcedId = tuple[str, str]  # kind ("person", "group") and sourcedId


async def load_sourced_ids(conn: Conn) -> dict[SourcedId, int]:
    """All that were given so far."""
    rows = await conn.execute(select(roster_ids))
    return {(row.kind, row.sourced_id): row.id for row in rows}


async def save_sourced_ids(conn: Conn, given: Mapping[SourcedId, int]) -> None:
    """
    Store newly given ids; in the transaction that takes in the read they were given for.

    Raises:
        Conflict: Another process has given one of the ids, or has given one of these its own, in the meantime.
    """
    if not given:
        return
    await lock_roster(conn)
    known = await load_sourced_ids(conn)
    taken = {(kind, id_): sourced_id for (kind, sourced_id), id_ in known.items()}
    for (kind, sourced_id), id_ in given.items():
        if known.get((kind, sourced_id), id_) != id_ or taken.get((kind, id_), sourced_id) != sourced_id:
            raise Conflict("Another process has read a roster at the same time; read it again.")
    rows = [
        {"kind": kind, "sourced_id": sourced_id, "id": id_}
        for (kind, sourced_id), id_ in given.items()
        if (kind, sourced_id) not in known
    ]
    if rows:
        await conn.execute(insert(roster_ids), rows)
