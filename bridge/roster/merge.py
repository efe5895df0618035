"""
Reads that meet each other: which of two says how it is, where one is newer. Pure.

A list that waits to be confirmed is old by the time that somebody confirms it, and a list that is pulled is old by the
time that it has come. What was told of a person, a group or an enrolment in the meantime stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeVar

from bridge.permissions.school import Enrolment
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.settle import free_username

Id = TypeVar("Id")
Thing = TypeVar("Thing")


class Key(NamedTuple):
    """An object of the roster: ``person``, ``group`` or ``enrolment``; an id that does not apply is 0."""

    kind: str
    group_id: int = 0
    person_id: int = 0


class _Named:
    """What a read names, by id."""

    def __init__(self, roster: Roster) -> None:
        self.people = {person.id: person for person in roster.people}
        self.groups = {group.id: group for group in roster.groups}
        self.enrolments = {(e.group_id, e.person_id): e for e in roster.enrolments}

    def as_roster(self, newest: Collection[int]) -> Roster:
        """Whole again; a username that *newest* people have is theirs, an enrolment of nobody is none."""
        usernames = {self.people[person_id].username for person_id in newest if person_id in self.people}
        people = [
            replace(person, username=free_username(person, usernames))
            if person.username in usernames and person.id not in newest
            else person
            for person in self.people.values()
        ]
        return Roster(tuple(people), tuple(self.groups.values()), tuple(self.enrolments.values()))


def keep_newer(read: Read, at_rest: Roster, newer: Iterable[Key]) -> Read:
    """A complete *read*, with everything in *newer* as it is *at_rest*."""
    named, there = _Named(read.roster), _Named(at_rest)
    newer = list(newer)
    for key in newer:
        if key.kind == "person":
            _copy(there.people, named.people, key.person_id)
        elif key.kind == "group":
            _copy(there.groups, named.groups, key.group_id)
    for key in newer:
        if key.kind == "enrolment":
            _copy(there.enrolments, named.enrolments, (key.group_id, key.person_id))
    named.enrolments = {
        pair: enrolment
        for pair, enrolment in named.enrolments.items()
        if pair[0] in named.groups and pair[1] in named.people
    }
    return replace(read, roster=named.as_roster({key.person_id for key in newer if key.kind == "person"}))


def _copy(source: Mapping[Id, Thing], target: dict[Id, Thing], key: Id) -> None:
    if key in source:
        target[key] = source[key]
    else:
        target.pop(key, None)


def overlay(earlier: Read, later: Read, at_rest: Roster) -> Read:
    """
    An *earlier* read that waits, with a *later* change that does not.

    Args:
        at_rest: The roster after the change, or the part of it that the change touches.
    """
    named, new, there = _Named(earlier.roster), _Named(later.roster), _Named(at_rest)
    gone = later.removals
    gone_people, gone_groups = gone.people - new.people.keys(), gone.groups - new.groups.keys()
    named.people = {**_without(named.people, gone_people), **new.people}
    named.groups = {**_without(named.groups, gone_groups), **new.groups}
    named.enrolments = {**_without(named.enrolments, gone.enrolments), **new.enrolments}
    named.enrolments = {
        pair: enrolment
        for pair, enrolment in named.enrolments.items()
        if pair[0] not in gone_groups and pair[1] not in gone_people
    }
    if earlier.is_complete:
        _name_enrolled(named, new.enrolments, there)
    removals = Removals(
        (earlier.removals.people - new.people.keys()) | gone_people,
        (earlier.removals.groups - new.groups.keys()) | gone_groups,
        (earlier.removals.enrolments - new.enrolments.keys()) | (gone.enrolments - new.enrolments.keys()),
    )
    return replace(earlier, roster=named.as_roster(new.people.keys()), removals=removals)


def _name_enrolled(named: _Named, enrolled: Iterable[tuple[int, int]], there: _Named) -> None:
    """Who was enrolled after the list was made is not missing from it."""
    for group_id, person_id in enrolled:
        if group_id in there.groups:
            named.groups.setdefault(group_id, there.groups[group_id])
        if person_id in there.people:
            named.people.setdefault(person_id, there.people[person_id])


def _without(things: Mapping[Id, Thing], keys: Collection[Id]) -> dict[Id, Thing]:
    return {key: thing for key, thing in things.items() if key not in keys}


def with_enrolments(read: Read, enrolments: Iterable[Enrolment]) -> Read:
    """*read*, naming *enrolments* too."""
    roster = read.roster
    more = tuple(enrolments)
    return replace(read, roster=replace(roster, enrolments=(*roster.enrolments, *more))) if more else read
