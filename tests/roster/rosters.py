"""Small rosters for tests: from golden JSON, and at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster

NOTHING = Removals()
IDS = range(1, 7)
GROUP_IDS = range(70, 74)


def person(person_id: int, role: str = "student", **more: Any) -> Person:
    values = {"username": f"u{person_id}", "first_name": "Имя", "last_name": "", "is_active": True, **more}
    return Person(id=person_id, role=Role(role), **values)


def enrolment(group_id: int, person_id: int, role: str = "student") -> Enrolment:
    return Enrolment(group_id, person_id, Role(role))


def roster_of(case: dict[str, Any]) -> Roster:
    return Roster(
        tuple(person(entry["id"], **{k: v for k, v in entry.items() if k != "id"}) for entry in case["people"]),
        tuple(Group(**entry) for entry in case["groups"]),
        tuple(enrolment(*entry) for entry in case["enrolments"]),
    )


def removals_of(case: dict[str, Any]) -> Removals:
    pairs = frozenset((group_id, person_id) for group_id, person_id in case.get("enrolments", []))
    return Removals(frozenset(case.get("people", [])), frozenset(case.get("groups", [])), pairs)


def read_of(case: dict[str, Any]) -> Read:
    return Read("oneroster", roster_of(case), case["is_complete"], removals_of(case.get("removals", {})))


def complete(roster: Roster) -> Read:
    return Read("yaml", roster, is_complete=True)


def delta(
    people: tuple[Person, ...] = (),
    groups: tuple[Group, ...] = (),
    enrolments: tuple[Enrolment, ...] = (),
    gone: Removals = NOTHING,
) -> Read:
    return Read("oneroster", Roster(people, groups, enrolments), is_complete=False, removals=gone)


def active(roster: Roster) -> set[int]:
    return {one.id for one in roster.people if one.is_active}


def pairs(roster: Roster) -> set[tuple[int, int]]:
    return {(one.group_id, one.person_id) for one in roster.enrolments}


@st.composite
def rosters(draw: st.DrawFn, *, min_people: int = 0) -> Roster:
    """Any roster that agrees with itself, in any order."""
    person_ids = draw(st.lists(st.sampled_from(IDS), min_size=min_people, unique=True))
    group_ids = draw(st.lists(st.sampled_from(GROUP_IDS), unique=True))
    people = tuple(
        person(
            person_id,
            draw(st.sampled_from(Role)),
            first_name=draw(st.sampled_from("АБ")),
            is_active=draw(st.sampled_from([True, True, False])),
        )
        for person_id in person_ids
    )
    groups = tuple(Group(group_id, draw(st.sampled_from(["7Б", "8А"])), "2026/27") for group_id in group_ids)
    possible = [(group_id, person_id) for group_id in group_ids for person_id in person_ids]
    chosen = draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []
    roles = st.sampled_from([Role.STUDENT, Role.TEACHER])
    return Roster(people, groups, tuple(Enrolment(*pair, draw(roles)) for pair in chosen))


removals = st.builds(
    Removals,
    st.frozensets(st.sampled_from(IDS), max_size=2),
    st.frozensets(st.sampled_from(GROUP_IDS), max_size=1),
    st.frozensets(st.tuples(st.sampled_from(GROUP_IDS), st.sampled_from(IDS)), max_size=3),
)


def sorted_roster(roster: Roster) -> Roster:
    return Roster(
        tuple(sorted(roster.people, key=lambda one: one.id)),
        tuple(sorted(roster.groups, key=lambda one: one.id)),
        tuple(sorted(roster.enrolments, key=lambda one: (one.group_id, one.person_id))),
    )
