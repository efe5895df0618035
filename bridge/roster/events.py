"""
The panel's events: one saved or removed person, group or enrolment each.

They may come twice, late and in any order: of each object the newest version wins, and what was removed takes along
the enrolments that were told of before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bridge.db.engine import Conn
from bridge.permissions.school import Enrolment, Group, Person
from bridge.roster.at_rest import AtRest, count_sizes, load_near, lock_roster
from bridge.roster.brake import EVENTS_FLOOR, Brake, Sizes, find_excess
from bridge.roster.foresight import Preview, Taking, foresee, removed_in_so_many_words, with_waiting
from bridge.roster.intake import BRAKE_PERCENT, conclude, wait_together
from bridge.roster.merge import Key, with_enrolments
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.runs import Run, RunState, sum_removed
from bridge.roster.versions import (
    WHOLE,
    Seen,
    Waiting,
    add_waiting,
    drop_older_waiting,
    drop_waiting,
    find_seen,
    forget_old,
    list_enrolment_versions,
    list_waiting,
    remember_event,
    save_seen,
)

SOURCE = "panel-event"
BRAKE_WINDOW_MS = 3600 * 1000


@dataclass(frozen=True)
class Gone:
    """A person (``person_id``), a group (``group_id``) or, with both, an enrolment that was removed."""

    group_id: int = 0
    person_id: int = 0


@dataclass(frozen=True)
class PanelEvent:
    """``version``: the panel's version of that object, or the time of its change in milliseconds."""

    event_id: str
    version: int
    value: Person | Group | Enrolment | Gone

    @property
    def key(self) -> Key:
        value = self.value
        if isinstance(value, Person):
            return Key("person", 0, value.id)
        if isinstance(value, Group):
            return Key("group", value.id)
        if isinstance(value, Enrolment) or (value.group_id and value.person_id):
            return Key("enrolment", value.group_id, value.person_id)
        return Key("group", value.group_id) if value.group_id else Key("person", 0, value.person_id)


class Outcome(StrEnum):
    TAKEN = "taken"
    REPEATED = "repeated"
    OLDER = "older"
    WAITS = "waits"


@dataclass(frozen=True)
class TakenEvent:
    """
    Attributes:
        run: Of a taken event; its state is ``waiting`` when the panel removes so much that somebody must confirm it.
    """

    outcome: Outcome
    run: Run | None = None


@dataclass(frozen=True)
class _Turn:
    """What belongs to one call."""

    conn: Conn
    event: PanelEvent
    actor: str
    now_ms: int
    percent: float | None


async def take_event(
    conn: Conn, event: PanelEvent, *, actor: str, now_ms: int, percent: float | None = BRAKE_PERCENT
) -> TakenEvent:
    """
    Take in one event of the panel; call it in ``db.writing()``.

    The same event again changes nothing (``repeated``), one that is older than what is known of its object neither
    (``older``); an enrolment whose person or group is not known yet is kept until both are (``waits``).

    Args:
        percent: The brake: together, the removals of an hour may not take more than this part of the school, unless
            they are few; None: no brake.
    """
    await lock_roster(conn)
    await forget_old(conn, now_ms)
    if not await remember_event(conn, event.event_id, now_ms):
        return TakenEvent(Outcome.REPEATED)
    turn = _Turn(conn, event, actor, now_ms, percent)
    if event.version < (await find_seen(conn, WHOLE)).version:
        return TakenEvent(Outcome.OLDER)
    if isinstance(event.value, Gone):
        return await _removed(turn)
    return await _enrolled(turn, event.value) if isinstance(event.value, Enrolment) else await _saved(turn)


async def _saved(turn: _Turn) -> TakenEvent:
    """A person or a group; enrolments that waited for it come along."""
    key, value = turn.event.key, turn.event.value
    if not await _is_newest(turn):
        return TakenEvent(Outcome.OLDER)
    people = (value,) if isinstance(value, Person) else ()
    groups = (value,) if isinstance(value, Group) else ()
    waiting = await list_waiting(turn.conn, key)
    return await _take(turn, Read(SOURCE, Roster(people, groups, ()), is_complete=False), waiting=waiting)


async def _is_newest(turn: _Turn) -> bool:
    """Whether the event is the newest of its object; then it is remembered as that."""
    seen = await find_seen(turn.conn, turn.event.key)
    if turn.event.version < seen.version:
        return False
    await save_seen(turn.conn, turn.event.key, replace(seen, version=turn.event.version), turn.now_ms)
    return True


async def _enrolled(turn: _Turn, enrolment: Enrolment) -> TakenEvent:
    conn, version = turn.conn, turn.event.version
    for owner in (Key("person", 0, enrolment.person_id), Key("group", enrolment.group_id)):
        if version < (await find_seen(conn, owner)).removed_version:
            return TakenEvent(Outcome.OLDER)  # it went when its person or group went
    if not await _is_newest(turn):
        return TakenEvent(Outcome.OLDER)
    read = Read(SOURCE, Roster((), (), (enrolment,)), is_complete=False)
    near = await load_near(conn, read)
    if near.roster.people and near.roster.groups:
        await drop_waiting(conn, [(enrolment.group_id, enrolment.person_id)])
        return await _take(turn, read, near=near)
    await add_waiting(conn, [Waiting(enrolment, version)], turn.now_ms)
    return TakenEvent(Outcome.WAITS)


async def _removed(turn: _Turn) -> TakenEvent:
    conn, key, version = turn.conn, turn.event.key, turn.event.version
    seen = await find_seen(conn, key)
    is_newest = version >= seen.version
    latest = Seen(max(version, seen.version), max(version, seen.removed_version))
    await save_seen(conn, key, latest, turn.now_ms)
    if key.kind == "enrolment":
        if not is_newest:
            return TakenEvent(Outcome.OLDER)
        pair = (key.group_id, key.person_id)
        await drop_waiting(conn, [pair])
        return await _take(turn, _removal(Removals(enrolments=frozenset({pair}))))
    await drop_older_waiting(conn, key, version)
    told = await list_enrolment_versions(conn, key)
    if not is_newest:
        return await _late_removal(turn, [pair for pair, told_version in told.items() if told_version < version])
    ids = frozenset({key.person_id or key.group_id})
    removals = Removals(people=ids) if key.kind == "person" else Removals(groups=ids)
    newer = {pair: told_version for pair, told_version in told.items() if told_version > version}
    return await _take(turn, _removal(removals), newer=newer)


async def _late_removal(turn: _Turn, older: list[tuple[int, int]]) -> TakenEvent:
    """The person or group has come back since then, but not the enrolments that went with it."""
    removals = Removals(enrolments=frozenset(older))
    taken = await _take(turn, _removal(removals)) if older else TakenEvent(Outcome.OLDER)
    is_nothing = taken.run is None or taken.run.state == RunState.UNCHANGED
    return TakenEvent(Outcome.OLDER) if is_nothing else taken


def _removal(removals: Removals) -> Read:
    return Read(SOURCE, Roster((), (), ()), is_complete=False, removals=removals)


async def _take(
    turn: _Turn,
    read: Read,
    *,
    near: AtRest | None = None,
    waiting: Sequence[Waiting] = (),
    newer: Mapping[tuple[int, int], int] | None = None,
) -> TakenEvent:
    """
    Args:
        near: What the read touches, where it was loaded before.
        waiting: Enrolments that may be ripe now.
        newer: Versions of enrolments that were told of after this removal: they wait for what comes back.
    """
    conn = turn.conn
    if near is None:
        near = await load_near(conn, with_enrolments(read, (one.enrolment for one in waiting)))
    taking = with_waiting(Taking(read, near.roster, near.missing, near.missing), waiting)
    found = await foresee(taking, now_ms=turn.now_ms, percent=None)
    brake = await _find_brake(turn, found)
    if brake is not None:
        braked = replace(found, brake=brake)
        run = await wait_together(conn, taking, braked, actor=turn.actor, now_ms=turn.now_ms)
        return TakenEvent(Outcome.TAKEN, run)
    run = await conclude(conn, taking, found, actor=turn.actor, now_ms=turn.now_ms)
    there = {(e.group_id, e.person_id): e for e in near.roster.enrolments}
    waits = [Waiting(there[pair], version) for pair, version in (newer or {}).items() if pair in there]
    await add_waiting(conn, waits, turn.now_ms)
    return TakenEvent(Outcome.TAKEN, run)


async def _find_brake(turn: _Turn, found: Preview) -> Brake | None:
    """A single event is an explicit fact; a panel gone mad sends many."""
    removed = removed_in_so_many_words(found.settled)
    if turn.percent is None or removed == Sizes():
        return None
    lately = await sum_removed(turn.conn, SOURCE, turn.now_ms - BRAKE_WINDOW_MS)
    there = await count_sizes(turn.conn)
    return find_excess(removed + lately, there + lately, turn.percent, floor=EVENTS_FLOOR)
