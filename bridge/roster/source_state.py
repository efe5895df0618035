"""What was last read from which source, across processes and restarts."""

from __future__ import annotations

from sqlalchemy import select, update

from bridge.db.engine import Conn, upsert
from bridge.roster.tables import roster_sources


async def claim(conn: Conn, source: str, now_ms: int, every_ms: int) -> bool:
    """
    Ask whether it is this process that reads *source* now.

    Of several processes one reads at a time, and none sooner than *every_ms* after the last: what one list lacks must
    not be taken for two lists that lack it.
    """
    row = upsert(roster_sources, conn).values(source=source, mark="", read_ms=0)
    await conn.execute(row.on_conflict_do_nothing(index_elements=["source"]))
    due = (roster_sources.c.source == source, roster_sources.c.read_ms <= now_ms - every_ms)
    claimed = await conn.execute(update(roster_sources).where(*due).values(read_ms=now_ms))
    return bool(claimed.rowcount)


async def get_mark(conn: Conn, source: str) -> str:
    """The mark of what was last taken in from *source*; empty: nothing."""
    query = select(roster_sources.c.mark).where(roster_sources.c.source == source)
    return (await conn.execute(query)).scalar_one_or_none() or ""


async def set_mark(conn: Conn, source: str, mark: str, now_ms: int) -> None:
    """In the transaction that takes it in."""
    statement = upsert(roster_sources, conn).values(source=source, mark=mark, read_ms=now_ms)
    taken = {"mark": statement.excluded.mark}
    await conn.execute(statement.on_conflict_do_update(index_elements=["source"], set_=taken))


async def find_last_read(conn: Conn, source: str) -> tuple[str, int]:
    """The mark of what ``note_read`` noted last of *source*, and when that was; ("", 0): nothing."""
    query = select(roster_sources.c.mark, roster_sources.c.read_ms).where(roster_sources.c.source == source)
    row = (await conn.execute(query)).one_or_none()
    return (row.mark, row.read_ms) if row else ("", 0)


async def note_read(conn: Conn, source: str, mark: str, now_ms: int) -> None:
    """In the transaction that takes it in."""
    noted = {"mark": mark, "read_ms": now_ms}
    statement = upsert(roster_sources, conn).values(source=source, **noted)
    await conn.execute(statement.on_conflict_do_update(index_elements=["source"], set_=noted))
