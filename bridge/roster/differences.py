"""What differs between two rosters: what is to be written, and what the audit tells. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bridge.permissions.school import Enrolment, Group, Person
from bridge.roster.roster import Roster

Thing = TypeVar("Thing")
Pair = tuple[Thing | None, Thing | None]


@dataclass(frozen=True)
class Differences:
    """Before and after of everything that differs; None: it is not there. In the order of the ids."""

    people: tuple[Pair[Person], ...]
    groups: tuple[Pair[Group], ...]
    enrolments: tuple[Pair[Enrolment], ...]

    def __bool__(self) -> bool:
        return bool(self.people or self.groups or self.enrolments)


def find_differences(before: Roster, after: Roster) -> Differences:
    return Differences(
        _pairs(_by_id(before.people), _by_id(after.people)),
        _pairs(_by_id(before.groups), _by_id(after.groups)),
        _pairs(_by_pair(before.enrolments), _by_pair(after.enrolments)),
    )


def _by_id(things: Iterable[Any]) -> dict[Any, Any]:
    return {thing.id: thing for thing in things}


def _by_pair(enrolments: Iterable[Enrolment]) -> dict[Any, Enrolment]:
    return {(enrolment.group_id, enrolment.person_id): enrolment for enrolment in enrolments}


def _pairs(before: Mapping[Any, Thing], after: Mapping[Any, Thing]) -> tuple[Pair[Thing], ...]:
    keys: set[Hashable] = {key for key, thing in after.items() if before.get(key) != thing}
    keys |= before.keys() - after.keys()
    return tuple((before.get(key), after.get(key)) for key in sorted(keys))  # type: ignore[type-var]


@dataclass(frozen=True)
class Told:
    """A change in the words of the audit; see ``audit.log.Entry``."""

    action: str
    person_id: int | None
    group_id: int | None
    details: dict[str, Any]


def tell_differences(differences: Differences) -> list[Told]:
    told: list[Told] = []
    for person_before, person in differences.people:
        if person is not None:
            told += _tell_person(person_before, person)
    for group_before, group in differences.groups:
        told += _tell_group(group_before, group)
    for enrolment_before, enrolment in differences.enrolments:
        told += _tell_enrolment(enrolment_before, enrolment)
    return told


def _tell_person(before: Person | None, after: Person) -> Iterable[Told]:
    if before is None:
        details = {"name": after.name, "role": after.role.value, "is_active": after.is_active}
        yield Told("person.added", after.id, None, details)
        return
    if (before.name, before.username) != (after.name, after.username):
        changed = {"from": before.name, "to": after.name}
        if before.username != after.username:
            changed |= {"username_from": before.username, "username_to": after.username}
        yield Told("person.renamed", after.id, None, changed)
    if before.role != after.role:
        yield Told("person.role_changed", after.id, None, {"from": before.role.value, "to": after.role.value})
    if before.is_active != after.is_active:
        yield Told("person.reactivated" if after.is_active else "person.deactivated", after.id, None, {})


def _tell_group(before: Group | None, after: Group | None) -> Iterable[Told]:
    if before is None and after is not None:
        yield Told("group.added", None, after.id, {"name": after.name, "year": after.year, "course": after.course})
    elif before is not None and after is None:
        yield Told("group.removed", None, before.id, {"name": before.name, "year": before.year})
    elif before is not None and after is not None:
        if before.name != after.name:
            yield Told("group.renamed", None, after.id, {"from": before.name, "to": after.name})
        for key in ("year", "course"):
            one, other = getattr(before, key), getattr(after, key)
            if one != other:
                yield Told(f"group.{key}_changed", None, after.id, {"from": one, "to": other})


def _tell_enrolment(before: Enrolment | None, after: Enrolment | None) -> Iterable[Told]:
    if after is None and before is not None:
        yield Told("enrolment.removed", before.person_id, before.group_id, {"role": before.role.value})
    elif before is None and after is not None:
        yield Told("enrolment.added", after.person_id, after.group_id, {"role": after.role.value})
    elif before is not None and after is not None:
        changed = {"from": before.role.value, "to": after.role.value}
        yield Told("enrolment.role_changed", after.person_id, after.group_id, changed)
