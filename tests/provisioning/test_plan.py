"""The plan is the difference between the roster and what is: golden cases, and laws over random schools."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.provisioning.desired import desired_of
from bridge.provisioning.layout import Layout
from bridge.provisioning.plan import plan_rooms
from bridge.provisioning.spec import (
    Actual,
    ActualRoom,
    Admit,
    CreateRoom,
    Desired,
    Dismiss,
    SetPower,
    Step,
    step_as_json,
)
from provisioning.plan_cases import carry_out, parse_case

PLANS = sorted((Path(__file__).parent / "plans").glob("*.json"))


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_golden_plan(path: Path):
    case = json.loads(path.read_text("utf-8"))
    steps = [step_as_json(step) for step in plan_rooms(*parse_case(case))]
    assert json.loads(json.dumps(steps)) == case["steps"], case["law"]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_after_applying_a_golden_plan_nothing_is_left_to_do(path: Path):
    case = json.loads(path.read_text("utf-8"))
    desired, actual = parse_case(case)
    assert plan_rooms(desired, carry_out(actual, plan_rooms(desired, actual))) == []


patient = settings(deadline=None)  # another test may have the machine for a moment
ids = st.integers(1, 8)
group_ids = st.integers(1, 3)
names = st.sampled_from(["X", "Y", "X (2026/27)"])
layouts = st.builds(
    Layout,
    space=st.sampled_from([None, "Школа"]),
    staff_room=st.sampled_from([None, "Учительская"]),
    announcements=st.sampled_from([None, "Объявления", "X"]),
    topic=st.sampled_from(["", "{teachers}"]),
)
people = st.lists(
    st.builds(
        lambda number, name, role, active: Person(number, f"u{number}", name, "", role, active),
        ids,
        st.sampled_from("АБ"),
        st.sampled_from(Role),
        st.booleans(),
    ),
    unique_by=lambda person: person.id,
)
groups = st.builds(Group, group_ids, names, st.sampled_from(["2025/26", "2026/27"]))
schools = st.builds(
    School.of,
    people,
    st.lists(groups, unique_by=lambda group: group.id),
    st.lists(
        st.builds(Enrolment, group_ids, ids, st.sampled_from([Role.TEACHER, Role.STUDENT])),
        unique_by=lambda enrolment: (enrolment.group_id, enrolment.person_id),
    ),
)
memberships = st.sampled_from(["join", "invite", "ban", "knock"])


@st.composite
def rooms(draw: st.DrawFn, key: str) -> ActualRoom:
    is_space = key == "space"
    is_made = draw(st.booleans())
    is_linked = draw(st.booleans())
    return ActualRoom(
        key=key,
        room_id=f"!{key}" if is_made else None,
        conversation_id=None if is_space else 1,
        name="" if is_space else draw(names),
        given_name=draw(names),
        room_name=draw(names),
        topic=draw(st.sampled_from(["", "А"])),
        is_archived=not is_space and draw(st.booleans()),
        is_linked=is_made and not is_space and is_linked,
        is_half_linked=is_made and not is_space and is_linked and draw(st.booleans()),
        participants={} if is_space else draw(st.dictionaries(ids, st.booleans())),
        memberships=draw(st.dictionaries(ids, memberships)) if is_made else {},
        strangers=draw(st.sampled_from([(), ("@eve:school",)])) if is_made else (),
        levels=draw(st.dictionaries(ids, st.just(50))) if is_made else {},
        faults=draw(st.sampled_from([(), ("power",), ("join_rule", "power"), ("marker",)])) if is_made else (),
    )


@st.composite
def actuals(draw: st.DrawFn) -> Actual:
    keys = draw(st.sets(st.sampled_from(["space", "staff", "announcements", "group:1", "group:2", "group:3"])))
    ghosts = draw(st.dictionaries(ids, st.sampled_from("АБ")))
    gone = draw(st.sets(ids)) - ghosts.keys()
    leaving = {person_id for person_id in gone if draw(st.booleans())}
    found = {key: draw(rooms(key)) for key in sorted(keys)}
    return Actual(ghosts, frozenset(gone), frozenset(leaving), found)


def plan(school: School, layout: Layout, actual: Actual) -> list[Step]:
    return plan_rooms(desired_of(school, layout, actual.rooms), actual)


@patient
@given(schools, layouts, actuals())
def test_applying_twice_equals_applying_once(school: School, layout: Layout, actual: Actual):
    after = carry_out(actual, plan(school, layout, actual))
    assert plan(school, layout, after) == []


@patient
@given(schools, schools, layouts, actuals(), st.integers(0, 30), st.integers(0, 30))
def test_any_rosters_interrupted_anywhere_converge_to_the_last(
    one: School, other: School, layout: Layout, actual: Actual, done: int, done_then: int
):
    """Steps of one roster, then of another, each broken off; then the last one as a whole."""
    for school, steps in ((one, done), (other, done_then), (one, done_then)):
        actual = carry_out(actual, plan(school, layout, actual)[:steps])
    after = carry_out(actual, plan(other, layout, actual))
    assert plan(other, layout, after) == []
    assert_is_as_wanted(desired_of(other, layout, after.rooms), after)


def assert_is_as_wanted(desired: Desired, after: Actual) -> None:
    """Compared with the roster itself, not with another plan."""
    assert after.ghosts == desired.ghosts
    for key, wanted in desired.rooms.items():
        room = after.rooms.get(key)
        if room is None or room.room_id is None:
            assert not wanted.members
            continue
        banned = {person_id for person_id, how in room.memberships.items() if how == "ban"}
        inside = {person_id for person_id, how in room.memberships.items() if how == "join"}
        visible = desired.admins if key.startswith("group:") else frozenset()
        assert wanted.members.keys() - banned <= inside <= wanted.members.keys() | visible
        assert (room.room_name, room.topic, room.is_archived) == (wanted.name, wanted.topic, False)
        assert room.is_linked == wanted.in_space
    for key, room in after.rooms.items():
        if key not in desired.rooms and room.has_conversation:
            assert room.is_archived
            assert not room.is_linked


@patient
@given(schools, layouts, actuals())
def test_no_two_rooms_that_live_are_called_the_same(school: School, layout: Layout, actual: Actual):
    desired = desired_of(school, layout, actual.rooms)
    of_groups = Counter(room.name for key, room in desired.rooms.items() if key.startswith("group:"))
    assert max(of_groups.values(), default=1) == 1


@patient
@given(schools, layouts, actuals())
def test_nobody_is_dismissed_who_belongs_there(school: School, layout: Layout, actual: Actual):
    desired = desired_of(school, layout, actual.rooms)
    for step in plan_rooms(desired, actual):
        if isinstance(step, Dismiss):
            wanted = desired.rooms.get(step.key)
            assert wanted is None or step.person_id not in wanted.members
            is_admin = step.person_id in desired.admins
            assert not (is_admin and step.key.startswith("group:"))


@patient
@given(schools, layouts, actuals())
def test_no_student_is_given_power(school: School, layout: Layout, actual: Actual):
    for step in plan(school, layout, actual):
        if isinstance(step, (CreateRoom, Admit, SetPower)):
            assert all(
                level == 0 or school.people[person_id].role != Role.STUDENT for person_id, level in step.members.items()
            )
