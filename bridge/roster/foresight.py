"""What would become of a read, before anything of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.db.engine import Conn
from bridge.errors import Conflict
from bridge.permissions.school import School
from bridge.roster.aside import aside
from bridge.roster.at_rest import load_at_rest
from bridge.roster.brake import Brake, Sizes, find_brake
from bridge.roster.differences import Differences, find_differences
from bridge.roster.merge import keep_newer, with_enrolments
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.runs import Counts, Tally
from bridge.roster.school_year import school_year_at
from bridge.roster.settle import Settled, effective_enrolments, settle
from bridge.roster.versions import WHOLE, Waiting, find_seen, list_newer, list_waiting


class OlderRead(Conflict):
    """The list is no newer than the last one that was taken: its ``version``."""

    code = "older"

    def __init__(self, last: int) -> None:
        super().__init__(f"A list of the version {last} was taken already.")
        self.last = last


@dataclass(frozen=True)
class Taking:
    """
    A read, and what it meets.

    Attributes:
        before: The roster at rest, or of a small delta the part that it touches.
        missing: What the complete read before this one lacked.
        noted: The notes at rest: the same, except when a run that has waited is confirmed.
        waited: Enrolments of events that this read settles: they need not wait any more.
    """

    read: Read
    before: Roster
    missing: Removals
    noted: Removals
    waited: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Preview:
    """What ``take`` would do. ``brake``: it would wait for somebody to confirm it."""

    settled: Settled
    brake: Brake | None
    counts: Counts
    differences: Differences

    @property
    def school(self) -> School:
        """The school as it would be."""
        after = self.settled.after
        return School.of(after.people, after.groups, after.enrolments)


async def prepare(conn: Conn, read: Read, *, is_repeat: bool = False) -> Taking:
    """
    Load what *read* meets, and bring it up to date where events have told of later.

    Args:
        is_repeat: It is the last complete read once more, which is no read before it.

    Raises:
        OlderRead: Its version is not newer than that of the last list.
    """
    if read.version is not None:
        last = (await find_seen(conn, WHOLE)).version
        if read.version <= last:
            raise OlderRead(last)
    at_rest = await load_at_rest(conn)
    if read.is_complete:
        read = keep_newer(read, at_rest.roster, await list_newer(conn, read.version, read.began_ms))
    before_it = Removals() if is_repeat else at_rest.missing
    return with_waiting(Taking(read, at_rest.roster, before_it, at_rest.missing), await list_waiting(conn))


def with_waiting(taking: Taking, waiting: Sequence[Waiting]) -> Taking:
    """Let the read name the waiting enrolments whose person and group are both there by it."""
    read = taking.read
    named = {(e.group_id, e.person_id) for e in read.roster.enrolments}
    people = {person.id for person in read.roster.people}
    groups = {group.id for group in read.roster.groups}
    if not read.is_complete:
        people |= {person.id for person in taking.before.people}
        groups |= {group.id for group in taking.before.groups} - read.removals.groups
    settled: set[tuple[int, int]] = set()
    ripe = []
    for one in waiting:
        pair = (one.enrolment.group_id, one.enrolment.person_id)
        is_older = read.version is not None and one.version <= read.version
        if pair in named or is_older:
            settled.add(pair)
        elif one.enrolment.person_id in people and one.enrolment.group_id in groups:
            settled.add(pair)
            ripe.append(one.enrolment)
    return Taking(with_enrolments(read, ripe), taking.before, taking.missing, taking.noted, frozenset(settled))


async def foresee(taking: Taking, *, now_ms: int, percent: float | None, is_confirmed: bool = False) -> Preview:
    """
    What would become of it.

    Args:
        percent: The brake; None: no brake.

    Raises:
        BadRead: See there.
    """
    entries = len(taking.before.people) + len(taking.before.enrolments) + len(taking.read.roster.enrolments)
    year = school_year_at(now_ms)
    return await aside(entries, lambda: _foresee(taking, year, percent, is_confirmed=is_confirmed))


def _foresee(taking: Taking, year: str, percent: float | None, *, is_confirmed: bool) -> Preview:
    settled = settle(taking.before, taking.missing, taking.read, is_confirmed=is_confirmed, year=year)
    brake = None if percent is None or is_confirmed else find_brake(taking.before, settled, percent)
    differences = find_differences(taking.before, settled.after)
    return Preview(settled, brake, _count(taking, settled, differences), differences)


def removed_in_so_many_words(settled: Settled) -> Sizes:
    """Without the enrolments that go with their person or group."""
    removed = settled.removed
    alone = [pair for pair in removed.enrolments if pair[0] not in removed.groups and pair[1] not in removed.people]
    return Sizes(len(removed.people), len(removed.groups), len(alone))


def _count(taking: Taking, settled: Settled, differences: Differences) -> Counts:
    """Added is who was not there before: new, or back. A delta leaves the notes of the rest to complete reads."""
    missing = Sizes.of(settled.missing) if taking.read.is_complete else Sizes()
    removed, back = Sizes.of(settled.removed), effective_enrolments(settled.after) - effective_enrolments(taking.before)
    changed = [before.is_active == after.is_active for before, after in differences.people if before and after]
    came = sum(
        1 for before, after in differences.people if after and after.is_active and not (before and before.is_active)
    )
    came_groups = sum(1 for before, _ in differences.groups if before is None)
    both_groups = sum(1 for before, after in differences.groups if before and after)
    both_enrolments = sum(1 for before, after in differences.enrolments if before and after)
    return Counts(
        Tally(came, sum(changed), removed.people, missing.people),
        Tally(came_groups, both_groups, removed.groups, missing.groups),
        Tally(len(back), both_enrolments, removed.enrolments, missing.enrolments),
    )
