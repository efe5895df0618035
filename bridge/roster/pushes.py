"""
Whole lists that the panel pushes.

A panel that hears no answer in time sends its list again. A ``version`` tells that at once; without one, the same list
within a short time is the same list: what it lacks, it has not lacked twice.
"""

from __future__ import annotations

import hashlib

import orjson

from bridge.db.engine import Conn
from bridge.roster import intake, source_state
from bridge.roster.aside import aside
from bridge.roster.at_rest import lock_roster
from bridge.roster.foresight import Preview
from bridge.roster.read_json import read_as_json
from bridge.roster.reads import Read
from bridge.roster.runs import Run, RunState, list_runs

SOURCE = "panel-push"
REPEAT_MS = 10 * 60 * 1000


async def take_push(conn: Conn, read: Read, *, actor: str, now_ms: int, percent: float | None) -> Run:
    """
    As ``intake.take``; a repeat removes nobody for being missing, and the list that waits goes on waiting.

    Apart from that it is taken in: it may say again what something else has changed in between.
    """
    mark = await _mark_of(read)
    await lock_roster(conn)
    is_repeat = await _is_repeat(conn, read, mark, now_ms)
    if is_repeat and (waiting := await _find_waiting(conn)):
        return waiting
    run = await intake.take(conn, read, actor=actor, now_ms=now_ms, percent=percent, is_repeat=is_repeat)
    if not is_repeat:
        await source_state.note_read(conn, SOURCE, mark, now_ms)
    return run


async def preview_push(conn: Conn, read: Read, *, now_ms: int, percent: float | None) -> Preview:
    """As ``intake.preview``: what ``take_push`` would make of it."""
    is_repeat = await _is_repeat(conn, read, await _mark_of(read), now_ms)
    return await intake.preview(conn, read, now_ms=now_ms, percent=percent, is_repeat=is_repeat)


async def _is_repeat(conn: Conn, read: Read, mark: str, now_ms: int) -> bool:
    """From the first of several on it is so long a repeat: a panel that pushes every minute is heard nevertheless."""
    last_mark, read_ms = await source_state.find_last_read(conn, SOURCE)
    return read.version is None and mark == last_mark and now_ms - read_ms < REPEAT_MS


async def _find_waiting(conn: Conn) -> Run | None:
    """The last list, if it waits to be confirmed."""
    return next((run for run in await list_runs(conn, state=RunState.WAITING) if run.source == SOURCE), None)


async def _mark_of(read: Read) -> str:
    """The same for the same list, whatever the order of its entries."""
    return await aside(len(read.roster.people) + len(read.roster.enrolments), lambda: _digest(read))


def _digest(read: Read) -> str:
    return hashlib.sha256(orjson.dumps({**read_as_json(read), "version": None, "began_ms": None})).hexdigest()
