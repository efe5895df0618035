"""
From the roster at rest and a read to the roster after it. Pure.

Nobody goes by accident: what a complete read lacks is kept and noted, and goes when the next complete read lacks it
too. What a source says is gone, goes at once. What is named again is there again, and its note is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bridge.errors import Invalid
from bridge.permissions.school import Enrolment, Group, Person
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster

SHOWN = 5


class BadRead(Invalid):
    """The read contradicts itself, names what is not there, or says that everybody has left."""

    code = "bad_read"


@dataclass(frozen=True)
class Settled:
    """
    Attributes:
        after: The roster as it will be, without passwords; who has left is in it as inactive.
        missing: What is kept although this read, or the last complete one, lacks it.
        removed: Who and what really goes: people who were active, groups, and enrolments that counted, those of
            people and groups that go among them.
    """

    after: Roster
    missing: Removals
    removed: Removals


def settle(before: Roster, missing: Removals, read: Read, *, is_confirmed: bool, year: str = "") -> Settled:
    """
    Args:
        before: The roster at rest, also those who have left.
        missing: The notes of the last complete read.
        is_confirmed: What a complete read lacks goes at once: somebody has seen what that is.
        year: The school year that a new group gets when the source gives it none.

    Raises:
        BadRead: See there.
    """
    check_read(before, read)
    lacking = note_missing(before, missing, read)
    going = read.removals
    if read.is_complete:
        going = _both(going, lacking if is_confirmed else _twice(lacking, missing))
    gone_people = going.people - {person.id for person in read.roster.people}
    gone_groups = going.groups - {group.id for group in read.roster.groups}
    after = Roster(
        _settle_people(before, read, gone_people),
        _settle_groups(before, read, gone_groups, year),
        _settle_enrolments(before, read, going.enrolments, gone_people, gone_groups),
    )
    return Settled(after, _still_there(lacking, before, after), removed_between(before, after))


def note_missing(before: Roster, missing: Removals, read: Read) -> Removals:
    """The notes after *read*, whether or not it is stored; what it says is gone is not missing."""
    people, groups, enrolments = _named(read)
    if read.is_complete:
        missing = Removals(
            frozenset(person.id for person in before.people if person.is_active),
            frozenset(group.id for group in before.groups),
            frozenset((e.group_id, e.person_id) for e in before.enrolments),
        )
    return Removals(
        missing.people - people - read.removals.people,
        missing.groups - groups - read.removals.groups,
        missing.enrolments - enrolments - read.removals.enrolments,
    )


def removed_between(before: Roster, after: Roster) -> Removals:
    """Who and what was there and is there no more; see ``Settled.removed``."""
    return Removals(
        _active(before) - _active(after),
        frozenset(group.id for group in before.groups) - {group.id for group in after.groups},
        effective_enrolments(before) - effective_enrolments(after),
    )


def effective_enrolments(roster: Roster) -> frozenset[tuple[int, int]]:
    """Those that count: of active people. Others wait for their person to come back."""
    active = _active(roster)
    return frozenset((e.group_id, e.person_id) for e in roster.enrolments if e.person_id in active)


def check_read(before: Roster, read: Read) -> None:
    """
    Raises:
        BadRead: See there.
    """
    roster = read.roster
    if read.is_complete and not roster.people and _active(before):
        raise BadRead("The list names nobody at all; an empty list is never taken for a school that everybody left.")
    _refuse_repeated("person id", (person.id for person in roster.people))
    _refuse_repeated("username", (person.username for person in roster.people))
    _refuse_repeated("group id", (group.id for group in roster.groups))
    _refuse_repeated("enrolment", ((e.group_id, e.person_id) for e in roster.enrolments))
    people = {person.id for person in roster.people}
    groups = {group.id for group in roster.groups}
    if not read.is_complete:
        people |= {person.id for person in before.people}
        groups |= {group.id for group in before.groups}
    _refuse_unknown("person", {e.person_id for e in roster.enrolments} - people)
    _refuse_unknown("group", {e.group_id for e in roster.enrolments} - groups)


def _refuse_repeated(what: str, values: Iterable[object]) -> None:
    seen: set[object] = set()
    repeated = {value for value in values if value in seen or seen.add(value)}  # type: ignore[func-returns-value]
    if repeated:
        raise BadRead(f"The list has the same {what} twice: {_some(repeated)}.")


def _refuse_unknown(what: str, ids: set[int]) -> None:
    if ids:
        raise BadRead(f"Enrolments name a {what} that is not there: {_some(ids)}.")


def _some(values: Iterable[object]) -> str:
    texts = sorted(map(str, values))
    more = len(texts) - SHOWN
    return ", ".join(texts[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _named(read: Read) -> tuple[set[int], set[int], set[tuple[int, int]]]:
    """An enrolment names its person and its group as well."""
    enrolments = {(e.group_id, e.person_id) for e in read.roster.enrolments}
    people = {person.id for person in read.roster.people} | {person_id for _, person_id in enrolments}
    groups = {group.id for group in read.roster.groups} | {group_id for group_id, _ in enrolments}
    return people, groups, enrolments


def _both(one: Removals, other: Removals) -> Removals:
    return Removals(one.people | other.people, one.groups | other.groups, one.enrolments | other.enrolments)


def _twice(one: Removals, other: Removals) -> Removals:
    return Removals(one.people & other.people, one.groups & other.groups, one.enrolments & other.enrolments)


def _settle_people(before: Roster, read: Read, gone: frozenset[int]) -> tuple[Person, ...]:
    named = {person.id: person for person in read.roster.people}
    usernames = {person.username for person in read.roster.people}
    kept: list[Person] = []
    for person in before.people:
        if person.id in named:
            continue
        stays = replace(person, is_active=False) if person.id in gone else person
        # Somebody else has the username now; the name on old messages stays.
        kept.append(
            replace(stays, username=free_username(person, usernames)) if person.username in usernames else stays
        )
    return tuple(sorted((*kept, *named.values()), key=lambda person: person.id))


def free_username(person: Person, taken: set[str]) -> str:
    username = f"gone-{person.id}"
    while username in taken:
        username += "-"
    return username


def _settle_groups(before: Roster, read: Read, gone: frozenset[int], year: str) -> tuple[Group, ...]:
    groups = {group.id: group for group in before.groups if group.id not in gone}
    for group in read.roster.groups:
        known = groups.get(group.id)
        groups[group.id] = replace(group, year=group.year or (known.year if known else "") or year)
    return tuple(groups[group_id] for group_id in sorted(groups))


def _settle_enrolments(
    before: Roster,
    read: Read,
    gone: frozenset[tuple[int, int]],
    gone_people: frozenset[int],
    gone_groups: frozenset[int],
) -> tuple[Enrolment, ...]:
    found = {(e.group_id, e.person_id): e for e in before.enrolments if (e.group_id, e.person_id) not in gone}
    found |= {(e.group_id, e.person_id): e for e in read.roster.enrolments}
    return tuple(found[pair] for pair in sorted(found) if pair[0] not in gone_groups and pair[1] not in gone_people)


def _still_there(lacking: Removals, before: Roster, after: Roster) -> Removals:
    """Without what has gone. *before* and *after* may be a part of the roster: notes of the rest stay."""
    gone_groups = {group.id for group in before.groups} - {group.id for group in after.groups}
    gone = _pairs(before) - _pairs(after)
    return Removals(
        lacking.people - ({person.id for person in before.people} - _active(after)),
        lacking.groups - gone_groups,
        lacking.enrolments - gone,
    )


def _pairs(roster: Roster) -> set[tuple[int, int]]:
    return {(enrolment.group_id, enrolment.person_id) for enrolment in roster.enrolments}


def _active(roster: Roster) -> frozenset[int]:
    return frozenset(person.id for person in roster.people if person.is_active)
