"""The plan is the difference between the roster and what is: golden cases, and laws over random schools."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.provisioning.desired import desired_of
from bridge.provisioning.plan import plan_rooms
from bridge.provisioning.spec import (
    Actual,
    ActualRoom,
    Admit,
    Archive,
    CreateRoom,
    Desired,
    Dismiss,
    DismissStranger,
    EnsureGhost,
    Rename,
    Reopen,
    RoomStep,
    SetPower,
    Step,
    step_as_json,
)
from bridge.roster.yaml_source import parse_roster

PLANS = sorted((Path(__file__).parent / "plans").glob("*.json"))


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_golden_plan(path: Path):
    case = json.loads(path.read_text("utf-8"))
    steps = [step_as_json(step) for step in plan_rooms(*parse_case(case))]
    assert json.loads(json.dumps(steps)) == case["steps"], case["law"]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_after_applying_a_golden_plan_nothing_is_left_to_do(path: Path):
    desired, actual = parse_case(json.loads(path.read_text("utf-8")))
    assert plan_rooms(desired, carry_out(actual, plan_rooms(desired, actual))) == []


ids = st.integers(1, 8)
memberships = st.sampled_from(["join", "invite", "leave", "ban", "knock"])
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
schools = st.builds(
    School.of,
    people,
    st.lists(st.builds(Group, st.integers(1, 3), st.sampled_from("XY")), unique_by=lambda group: group.id),
    st.lists(st.builds(Enrolment, st.integers(1, 3), ids, st.sampled_from([Role.TEACHER, Role.STUDENT]))),
)
rooms = st.builds(
    ActualRoom,
    group_id=st.integers(1, 3),
    conversation_id=st.just(1),
    room_id=st.sampled_from([None, "!a"]),
    name=st.sampled_from("XY"),
    room_name=st.sampled_from("XY"),
    is_archived=st.booleans(),
    participants=st.dictionaries(ids, st.booleans()),
    memberships=st.dictionaries(ids, memberships),
    strangers=st.sampled_from([(), ("@eve:school",)]),
    levels=st.dictionaries(ids, st.just(50)),
)
actuals = st.builds(
    Actual,
    st.dictionaries(ids, st.sampled_from("АБ")),
    st.lists(rooms, unique_by=lambda room: room.group_id).map(lambda found: {r.group_id: r for r in found}),
)


@given(schools, actuals)
def test_applying_twice_equals_applying_once(school: School, actual: Actual):
    desired = desired_of(school)
    after = carry_out(actual, plan_rooms(desired, actual))
    assert plan_rooms(desired, after) == []


@given(schools, actuals, st.integers(0, 30))
def test_a_plan_that_was_interrupted_is_finished_by_the_next(school: School, actual: Actual, done: int):
    desired = desired_of(school)
    halfway = carry_out(actual, plan_rooms(desired, actual)[:done])
    assert plan_rooms(desired, carry_out(halfway, plan_rooms(desired, halfway))) == []


@given(schools, actuals)
def test_nobody_is_dismissed_who_belongs_there(school: School, actual: Actual):
    for step in plan_rooms(desired_of(school), actual):
        if isinstance(step, Dismiss):
            person = school.find_active(step.person_id)
            assert person is None or (
                step.group_id not in school.groups_of.get(person.id, ()) and person.role != Role.ADMIN
            )


@given(schools, actuals)
def test_no_student_is_given_power(school: School, actual: Actual):
    for step in plan_rooms(desired_of(school), actual):
        if isinstance(step, (CreateRoom, Admit, SetPower)):
            assert all(
                level == 0 or school.people[person_id].role != Role.STUDENT for person_id, level in step.members.items()
            )


def carry_out(actual: Actual, steps: list[Step]) -> Actual:
    """What the steps do, in a world where nothing fails."""
    ghosts, found = dict(actual.ghosts), dict(actual.rooms)
    for step in steps:
        if isinstance(step, EnsureGhost):
            ghosts[step.person_id] = step.name
        else:
            found[step.group_id] = _after(found.get(step.group_id), step)
    return Actual(ghosts, found)


def _after(room: ActualRoom | None, step: RoomStep) -> ActualRoom:
    if isinstance(step, CreateRoom):
        kept = dict(room.participants) if room else {}
        managers = {person_id: level >= 50 for person_id, level in step.members.items()}
        joined = dict.fromkeys(step.members, "join")
        levels = {person_id: level for person_id, level in step.members.items() if level}
        return ActualRoom(step.group_id, 1, "!new", step.name, step.name, False, kept | managers, joined, (), levels)
    assert room is not None
    return replace(room, **_fields_after(room, step))


def _fields_after(room: ActualRoom, step: RoomStep) -> dict[str, Any]:
    match step:
        case Admit(_, members):
            managers = {person_id: level >= 50 for person_id, level in members.items()}
            joined = dict.fromkeys(members, "join")
            fields = {
                "participants": {**room.participants, **managers},
                "memberships": {**room.memberships, **joined},
            }
        case SetPower(_, members):
            fields = {"levels": dict(members)}
        case Rename(_, name):
            fields = {"name": name, "room_name": name}
        case Dismiss(_, person_id, _):
            left = {person_id: "leave"} if person_id in room.memberships else {}
            participants = {k: v for k, v in room.participants.items() if k != person_id}
            fields = {"participants": participants, "memberships": {**room.memberships, **left}}
        case DismissStranger(_, mxid, _):
            fields = {"strangers": tuple(m for m in room.strangers if m != mxid)}
        case Archive(_, members):
            fields = {"is_archived": True, "levels": dict(members)}
        case Reopen(_, members):
            fields = {"is_archived": False, "levels": dict(members)}
    return fields


def parse_case(case: dict[str, Any]) -> tuple[Desired, Actual]:
    # JSON is YAML, so the school is written as in a school file.
    school_file = json.dumps({"people": case["people"], "groups": case["groups"]})
    roster = parse_roster(school_file, name="case")
    rooms = [_room(room) for room in case["rooms"]]
    return (
        desired_of(School.of(roster.people, roster.groups, roster.enrolments)),
        Actual(_by_id(case["ghosts"]), {room.group_id: room for room in rooms}),
    )


def _room(document: dict[str, Any]) -> ActualRoom:
    by_person = {key: _by_id(document[key]) for key in ("participants", "memberships", "levels")}
    strangers = tuple(document.get("strangers", ()))
    return ActualRoom(**{**document, **by_person, "strangers": strangers})


def _by_id(values: dict[str, Any]) -> dict[int, Any]:
    return {int(person_id): value for person_id, value in values.items()}
