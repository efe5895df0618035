"""
The intake: a source's read becomes the roster at rest, or waits for somebody to confirm it.

Everything that belongs together is written in one transaction: the roster and its version, the notes of what is
missing, the run and the audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import structlog

from bridge.audit.log import Entry, record
from bridge.db.engine import Conn
from bridge.errors import Conflict, NotFound
from bridge.roster import runs
from bridge.roster.at_rest import (
    grow_version,
    load_at_rest,
    lock_roster,
    save_missing,
    save_password_hashes,
    write_differences,
)
from bridge.roster.brake import Sizes
from bridge.roster.differences import tell_differences
from bridge.roster.foresight import OlderRead, Preview, Taking, foresee, prepare, removed_in_so_many_words
from bridge.roster.merge import overlay
from bridge.roster.read_json import read_as_json, read_of_json, removals_as_json, removals_of_json, say_the_same
from bridge.roster.reads import Read
from bridge.roster.runs import Run, RunState
from bridge.roster.settle import BadRead, note_missing
from bridge.roster.store import get_version
from bridge.roster.versions import WHOLE, Seen, drop_waiting, find_seen, save_seen

__all__ = ["BRAKE_PERCENT", "BadRead", "OlderRead", "Preview", "confirm", "preview", "preview_waiting", "take"]

log = structlog.get_logger(__name__)

BRAKE_PERCENT = 10.0


async def take(
    conn: Conn,
    read: Read,
    *,
    actor: str,
    now_ms: int,
    percent: float | None = BRAKE_PERCENT,
    is_confirmed: bool = False,
    is_repeat: bool = False,
    password_hashes: Mapping[int, str] | None = None,
) -> Run:
    """
    Settle *read* against the roster at rest and store what comes out, with its run and its audit.

    Call it in ``db.writing()``: two takes at once wait for each other.

    Args:
        percent: The brake; None: no brake.
        is_confirmed: Somebody has seen what goes: no brake, and what a complete read lacks goes at once.
        is_repeat: It is the last complete read once more: what it lacks is not lacking twice.

    Raises:
        BadRead: It contradicts itself, names what is not there, or is empty; nothing is changed.
        OlderRead: Its version is not newer than that of the last list; nothing is changed.
    """
    await lock_roster(conn)
    taking = await prepare(conn, read, is_repeat=is_repeat)
    found = await foresee(taking, now_ms=now_ms, percent=percent, is_confirmed=is_confirmed)
    return await conclude(conn, taking, found, actor=actor, now_ms=now_ms, password_hashes=password_hashes)


async def preview(
    conn: Conn,
    read: Read,
    *,
    now_ms: int,
    percent: float | None = BRAKE_PERCENT,
    is_confirmed: bool = False,
    is_repeat: bool = False,
) -> Preview:
    """
    What ``take`` would make of *read*; nothing is stored, so ``db.reading()`` will do.

    Raises:
        BadRead, OlderRead: As ``take``.
    """
    taking = await prepare(conn, read, is_repeat=is_repeat)
    return await foresee(taking, now_ms=now_ms, percent=percent, is_confirmed=is_confirmed)


async def confirm(conn: Conn, run_id: int, *, actor: str, now_ms: int) -> Run:
    """
    Store a waiting run after all, and write ``run.confirmed`` into the audit.

    What goes is what the brake told of: what the list lacked twice. What changed since then stays changed.

    Raises:
        NotFound: No such run.
        Conflict: It does not wait (any more); ``not_waiting``.
    """
    await lock_roster(conn)
    run, taking = await _find_waiting(conn, run_id)
    found = await foresee(taking, now_ms=now_ms, percent=None)
    details = {"brake": run.brake.sentence if run.brake else ""}
    await record(conn, [Entry(now_ms, actor, "run.confirmed", run.source, run.id, details=details)])
    await runs.forget_removed(conn, run.source)
    return await _store(conn, taking, found, run=replace(run, actor=actor), now_ms=now_ms, password_hashes={})


async def preview_waiting(conn: Conn, run_id: int, *, now_ms: int) -> Preview:
    """
    What ``confirm`` would do.

    Raises:
        NotFound, Conflict: As ``confirm``.
    """
    _, taking = await _find_waiting(conn, run_id)
    return await foresee(taking, now_ms=now_ms, percent=None)


async def _find_waiting(conn: Conn, run_id: int) -> tuple[Run, Taking]:
    for run, waiting in await runs.list_waiting_runs(conn):
        if run.id == run_id:
            at_rest = await load_at_rest(conn)
            missing = removals_of_json(waiting["missing"])
            return run, Taking(read_of_json(waiting["read"]), at_rest.roster, missing, at_rest.missing)
    if await runs.find_run(conn, run_id) is None:
        raise NotFound
    raise Conflict(f"The run {run_id} does not wait to be confirmed (any more).", code="not_waiting")


async def conclude(
    conn: Conn,
    taking: Taking,
    found: Preview,
    *,
    actor: str,
    now_ms: int,
    password_hashes: Mapping[int, str] | None = None,
) -> Run:
    """Store what was foreseen, or let it wait; the roster is locked."""
    run = Run(0, taking.read.source, actor, now_ms, None, RunState.STORED, None, found.counts, found.brake)
    if found.brake is not None:
        return await _wait(conn, taking, run, now_ms)
    return await _store(conn, taking, found, run=run, now_ms=now_ms, password_hashes=password_hashes or {})


async def _store(
    conn: Conn, taking: Taking, found: Preview, *, run: Run, now_ms: int, password_hashes: Mapping[int, str]
) -> Run:
    read = taking.read
    await write_differences(conn, found.differences)
    has_new_hashes = await save_password_hashes(conn, password_hashes)
    await save_missing(conn, taking.noted, found.settled.missing)
    await drop_waiting(conn, taking.waited)
    is_changed = bool(found.differences) or has_new_hashes
    run = replace(
        run,
        counts=found.counts,
        state=RunState.STORED if is_changed else RunState.UNCHANGED,
        finished_ms=None if is_changed else now_ms,
        version=await grow_version(conn) if is_changed else await get_version(conn),
    )
    if run.id:  # it has waited, and somebody has confirmed what it removes
        await runs.rewrite_run(conn, run, removed=Sizes(), waiting=None)
    else:
        run = await runs.add_run(conn, run, removed=removed_in_so_many_words(found.settled), waiting=None)
    if read.is_complete:
        await _supersede_before(conn, run.id, now_ms)
        if read.version is not None and read.version > (await find_seen(conn, WHOLE)).version:
            await save_seen(conn, WHOLE, Seen(read.version), now_ms)
    else:
        await _amend_waiting(conn, read, found)
    told = tell_differences(found.differences)
    await record(
        conn,
        (
            Entry(now_ms, run.actor, one.action, run.source, run.id, one.person_id, one.group_id, details=one.details)
            for one in told
        ),
    )
    return run


async def _supersede_before(conn: Conn, run_id: int, now_ms: int) -> None:
    older = [run.id for run, _ in await runs.list_waiting_runs(conn) if run.id < run_id]
    if older:
        await runs.supersede(conn, older, now_ms)


async def _amend_waiting(conn: Conn, read: Read, found: Preview) -> None:
    """What changes now must not be undone when a run that waits is confirmed later."""
    for run, waiting in await runs.list_waiting_runs(conn):
        amended = overlay(read_of_json(waiting["read"]), read, found.settled.after)
        await runs.rewrite_run(conn, run, removed=Sizes(), waiting={**waiting, "read": read_as_json(amended)})


async def _wait(conn: Conn, taking: Taking, run: Run, now_ms: int) -> Run:
    """Keep the read in its run. Of the notes only those of things that are named again are forgotten, and new made."""
    read = taking.read
    await save_missing(conn, taking.noted, note_missing(taking.before, taking.missing, read))
    run = replace(run, state=RunState.WAITING)
    waiting = {"read": read_as_json(read), "missing": removals_as_json(taking.missing)}
    for other, kept in await runs.list_waiting_runs(conn):
        if other.source == run.source and say_the_same(kept["read"], waiting["read"]):
            # The same list again, by a timer: whoever looks at the run may go on looking.
            await runs.rewrite_run(conn, other, removed=Sizes(), waiting={**waiting, "missing": kept["missing"]})
            return other
    run = await runs.add_run(conn, run, removed=Sizes(), waiting=waiting)
    log.warning("roster_waits_for_a_person", run_id=run.id, source=run.source)
    if read.is_complete:
        await _supersede_before(conn, run.id, now_ms)
    return run


async def wait_together(conn: Conn, taking: Taking, found: Preview, *, actor: str, now_ms: int) -> Run:
    """As ``conclude`` of an event that must wait: all such events share one run, to be confirmed once."""
    alike = [pair for pair in await runs.list_waiting_runs(conn) if pair[0].source == taking.read.source]
    if not alike:
        return await conclude(conn, taking, found, actor=actor, now_ms=now_ms)
    run, kept = alike[0]
    read = overlay(read_of_json(kept["read"]), taking.read, found.settled.after)
    at_rest = await load_at_rest(conn)
    whole = await foresee(Taking(read, at_rest.roster, at_rest.missing, at_rest.missing), now_ms=now_ms, percent=None)
    run = replace(run, counts=whole.counts, brake=found.brake)
    await runs.rewrite_run(conn, run, removed=Sizes(), waiting={**kept, "read": read_as_json(read)})
    return run
