"""
What was changed by hand: the inbox tells which rooms, the follower puts them right, not too often.

A room in which people and bridge undo each other's changes would never come to rest; so each room is put right a few
times in an hour at most, and then stays as it is for a while.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bridge.db.engine import Conn
from bridge.matrix.ids import Ids
from bridge.matrix.room_spec import CHILD, MEMBER, PARENT, POWER_LEVELS
from bridge.matrix.text import sanitize_text
from bridge.permissions.roster_rooms import belongs_into
from bridge.permissions.school import School
from bridge.provisioning import record
from bridge.provisioning.desired import DISPLAY_NAME_CHARACTERS, display_name_of
from bridge.provisioning.record import HOUR_MS
from bridge.provisioning.run import Run
from bridge.provisioning.seen import FIXED, INSIDE
from bridge.provisioning.spec import EnsureGhost, Retire, Revive, Step

log = structlog.get_logger(__name__)

MANAGED = frozenset(
    {MEMBER, CHILD, PARENT, POWER_LEVELS[0], "m.room.name", "m.room.topic", "m.room.avatar", "m.room.encryption"}
    | {kind for kind, _ in FIXED.values()}
)
ANY_KEY = frozenset({MEMBER, CHILD, PARENT})


def is_drift(event: Mapping[str, Any], key: str, school: School, ids: Ids) -> bool:
    """
    Whether a state event of the room of *key* changes what the roster wants there. Pure.

    What the bot does is our own doing, and so is who comes in where they belong. Somebody whom a manager has added
    stays until the roster is applied next, an admin may look into any group.
    """
    kind, state_key = event.get("type"), event.get("state_key")
    if kind not in MANAGED or event.get("sender") == ids.bot or not isinstance(state_key, str):
        return False
    if kind != MEMBER:
        return state_key == "" or kind in ANY_KEY
    membership = event["content"].get("membership")
    person = school.find_active(ids.person_id(state_key))
    if person is None:
        return membership in INSIDE
    return membership in ("leave", "ban") and belongs_into(school, key, person)


def find_wrong_name(event: Mapping[str, Any], school: School, ids: Ids) -> tuple[int, str] | None:
    """Who calls themselves otherwise than the roster does, and how. Pure."""
    if event.get("type") != MEMBER or event["content"].get("membership") != "join":
        return None
    person = school.find_active(ids.person_id(str(event.get("state_key"))))
    name = event["content"].get("displayname")
    if person is None or name == display_name_of(person):
        return None
    return person.id, sanitize_text(str(name or ""))[:DISPLAY_NAME_CHARACTERS]


async def note(conn: Conn, event: Mapping[str, Any], key: str, school: School, ids: Ids, now_ms: int) -> None:
    """Remember what has to be looked at, if *event*, of the room of *key*, says so."""
    if is_drift(event, key, school, ids):
        log.info("drift_found", key=key, type=event["type"], event_id=event.get("event_id"))
        await record.suspect(conn, [key], now_ms)
    if wrong := find_wrong_name(event, school, ids):
        log.info("drift_found", person_id=wrong[0], type=event["type"], event_id=event.get("event_id"))
        await record.note_name(conn, *wrong, now_ms)


async def note_elsewhere(conn: Conn, event: Mapping[str, Any], school: School, ids: Ids, now_ms: int) -> None:
    """The same for an event of a room that is no conversation: of the space, if it is that."""
    if event.get("type") in MANAGED and event.get("sender") != ids.bot:
        key = await record.find_key_of_room(conn, str(event.get("room_id")))
        if key is not None:
            await note(conn, event, key, school, ids, now_ms)


async def list_due(conn: Conn, repairs_per_hour: int, now_ms: int) -> tuple[set[str | int], set[str | int]]:
    """Rooms by key and people by id that are not as they should be: those to put right now, and those for later."""
    suspects = await record.list_suspects(conn)
    # Without repairs nothing is noted: what is suspect then was left so by somebody who has died.
    most = repairs_per_hour or math.inf
    later = {what for what, repairs in suspects.items() if len(_recent(repairs, now_ms)) >= most}
    return suspects.keys() - later, later


def _recent(repairs: Sequence[int], now_ms: int) -> tuple[int, ...]:
    return tuple(at_ms for at_ms in repairs if at_ms > now_ms - HOUR_MS)


async def begin_repairs(run: Run, steps: Sequence[Step]) -> None:
    """Count the repairs before they are tried: what fails must not be tried without end either."""
    now_ms = run.parts.clock()
    async with run.parts.db.writing() as conn:
        suspects = await record.list_suspects(conn)
        wanted = {*_kinds(run, steps), *(step.person_id for step in steps if isinstance(step, EnsureGhost))}
        for what in sorted(suspects.keys() & wanted, key=str):
            await record.save_repairs(conn, what, (*_recent(suspects[what], now_ms), now_ms))


async def note_repairs(run: Run, steps: Sequence[Step]) -> None:
    """Write into log and audit what was put right."""
    names = [step.person_id for step in steps if isinstance(step, EnsureGhost) and step.person_id in run.found.ghosts]
    async with run.parts.db.writing() as conn:
        for key, counted in sorted(_kinds(run, steps).items()):
            log.info("drift_repaired", key=key, steps=dict(counted))
            await run.audit(conn, "drift.repaired", run.rooms[key], details={"steps": dict(counted)})
        if names:
            log.info("drift_repaired", names=len(names))
            await run.audit(conn, "drift.repaired", None, names, {"steps": {"EnsureGhost": 1}})


def _kinds(run: Run, steps: Sequence[Step]) -> dict[str, Counter[str]]:
    """The rooms that were looked at and on which there is something to do, with how many steps of each kind."""
    kinds: dict[str, Counter[str]] = {}
    for step in steps:
        if not isinstance(step, (EnsureGhost, Retire, Revive)) and step.key in run.found.looked:
            kinds.setdefault(step.key, Counter())[type(step).__name__] += 1
    return kinds
