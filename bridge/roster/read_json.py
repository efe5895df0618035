"""A read as JSON and back, for a run that waits. Passwords stay out."""

from __future__ import annotations

from typing import Any

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster


def read_as_json(read: Read) -> dict[str, Any]:
    """The same for two reads that say the same, whatever the order of their entries."""
    roster = read.roster
    return {
        "source": read.source,
        "is_complete": read.is_complete,
        "version": read.version,
        "began_ms": read.began_ms,
        "people": sorted(
            [p.id, p.username, p.first_name, p.last_name, p.role.value, p.is_active] for p in roster.people
        ),
        "groups": sorted([g.id, g.name, g.year, g.course] for g in roster.groups),
        "enrolments": sorted([e.group_id, e.person_id, e.role.value] for e in roster.enrolments),
        "removals": removals_as_json(read.removals),
    }


def read_of_json(found: dict[str, Any]) -> Read:
    roster = Roster(
        tuple(
            Person(person_id, username, first_name, last_name, Role(role), is_active)
            for person_id, username, first_name, last_name, role, is_active in found["people"]
        ),
        tuple(Group(*values) for values in found["groups"]),
        tuple(Enrolment(group_id, person_id, Role(role)) for group_id, person_id, role in found["enrolments"]),
    )
    removals = removals_of_json(found["removals"])
    return Read(found["source"], roster, found["is_complete"], removals, found["version"], found["began_ms"])


def removals_as_json(removals: Removals) -> dict[str, Any]:
    return {
        "people": sorted(removals.people),
        "groups": sorted(removals.groups),
        "enrolments": sorted(map(list, removals.enrolments)),
    }


def removals_of_json(found: dict[str, Any]) -> Removals:
    pairs = frozenset((group_id, person_id) for group_id, person_id in found["enrolments"])
    return Removals(frozenset(found["people"]), frozenset(found["groups"]), pairs)


def say_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two reads name and remove the same; their versions and times may differ."""
    return {**one, "version": None, "began_ms": None} == {**other, "version": None, "began_ms": None}
