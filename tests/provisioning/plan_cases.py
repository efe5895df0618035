"""Plans as data: golden cases read from JSON, and what steps do in a world where nothing fails. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bridge.permissions.school import Group, School
from bridge.provisioning.desired import desired_of
from bridge.provisioning.layout import Layout
from bridge.provisioning.spec import (
    Actual,
    ActualRoom,
    Admit,
    Archive,
    CreateRoom,
    Describe,
    Desired,
    Dismiss,
    DismissStranger,
    EnsureGhost,
    Link,
    Mend,
    Rename,
    Reopen,
    Retire,
    Revive,
    RoomStep,
    SetPower,
    Step,
    Unlink,
)
from bridge.roster.yaml_source import parse_roster


def parse_case(case: Mapping[str, Any]) -> tuple[Desired, Actual]:
    """The school is written as in a school file; groups may have ``year`` and ``course`` besides."""
    more = {group["id"]: {k: group.get(k, "") for k in ("year", "course")} for group in case["groups"]}
    groups = [{k: v for k, v in group.items() if k not in ("year", "course")} for group in case["groups"]]
    roster = parse_roster(json.dumps({"people": case["people"], "groups": groups}), name="case")
    dated = [Group(group.id, group.name, **more[group.id]) for group in roster.groups]
    rooms = [_room(room) for room in case["rooms"]]
    actual = Actual(
        ghosts=_by_id(case["ghosts"]),
        gone=frozenset(case.get("gone", ())),
        leaving=frozenset(case.get("leaving", ())),
        rooms={room.key: room for room in rooms},
    )
    school = School.of(roster.people, dated, roster.enrolments)
    layout = Layout(**{"topic": "", **case.get("layout", {})})
    return desired_of(school, layout, actual.rooms, avatar=case.get("avatar")), actual


def _room(document: Mapping[str, Any]) -> ActualRoom:
    by_person = {key: _by_id(document.get(key, {})) for key in ("participants", "memberships", "levels")}
    lists = {key: tuple(document.get(key, ())) for key in ("strangers", "faults")}
    return ActualRoom(**{"given_name": document.get("name", ""), **document, **by_person, **lists})


def _by_id(values: Mapping[str, Any]) -> dict[int, Any]:
    return {int(person_id): value for person_id, value in values.items()}


def carry_out(actual: Actual, steps: Sequence[Step]) -> Actual:
    """What the steps do."""
    for step in steps:
        if isinstance(step, (EnsureGhost, Retire, Revive)):
            actual = _after_person_step(actual, step)
        else:
            actual = replace(actual, rooms={**actual.rooms, step.key: _after(actual.rooms.get(step.key), step)})
    return actual


def _after_person_step(actual: Actual, step: EnsureGhost | Retire | Revive) -> Actual:
    person_id = step.person_id
    if isinstance(step, EnsureGhost | Revive):
        left = actual.gone - {person_id}
        ghosts = {**actual.ghosts, person_id: step.name}
        return replace(actual, ghosts=ghosts, gone=left, leaving=actual.leaving - {person_id})
    return replace(
        actual,
        ghosts={k: v for k, v in actual.ghosts.items() if k != person_id},
        gone=actual.gone | {person_id},
        leaving=actual.leaving - {person_id},
        rooms={key: _left(room, person_id) for key, room in actual.rooms.items()},
    )


def _left(room: ActualRoom, person_id: int) -> ActualRoom:
    """Out of the room, unless there is only an invite, from which nobody can leave."""
    gone = _without(room, person_id)
    is_invited = room.memberships.get(person_id) in ("invite", "knock")
    return replace(gone, memberships=room.memberships) if is_invited else gone


def _without(room: ActualRoom, person_id: int) -> ActualRoom:
    return replace(
        room,
        participants={k: v for k, v in room.participants.items() if k != person_id},
        memberships={k: v for k, v in room.memberships.items() if k != person_id},
    )


def _after(room: ActualRoom | None, step: RoomStep) -> ActualRoom:  # noqa: C901 - a line for each kind of step
    room = room or ActualRoom(step.key)
    match step:
        case CreateRoom():
            room = _created(room, step)
        case Admit(_, members):
            room = _joined(room, members)
        case SetPower(_, members):
            room = replace(room, levels=dict(members), faults=_but_power(room))
        case Rename(_, name):
            room = replace(room, given_name=name, name=name, room_name=name)
        case Describe(_, topic, avatar):
            room = replace(
                room,
                topic=room.topic if topic is None else topic,
                avatar=room.avatar if avatar is None else avatar,
            )
        case Mend(_, what):
            room = replace(room, faults=tuple(fault for fault in room.faults if fault not in what))
        case Link() | Unlink():
            room = replace(room, is_linked=isinstance(step, Link), is_half_linked=False)
        case Dismiss(_, person_id, _):
            room = _without(room, person_id)
        case DismissStranger(_, mxid, _):
            room = replace(room, strangers=tuple(m for m in room.strangers if m != mxid))
        case Archive(_, members) | Reopen(_, members):
            is_archived = isinstance(step, Archive)
            room = replace(room, is_archived=is_archived, levels=dict(members), faults=_but_power(room))
    return room


def _created(room: ActualRoom, step: CreateRoom) -> ActualRoom:
    made = ActualRoom(
        key=step.key,
        room_id=f"!{step.key}",
        conversation_id=None if step.key == "space" else 1,
        name=step.name,
        given_name=step.name,
        room_name=step.name,
        topic=step.topic,
        avatar=step.avatar,
        participants=room.participants,
        levels={person_id: level for person_id, level in step.members.items() if level},
    )
    return _joined(made, step.members)


def _joined(room: ActualRoom, levels: Mapping[int, int]) -> ActualRoom:
    is_group = room.key.startswith("group:")
    managers = {person_id: is_group and level >= 50 for person_id, level in levels.items()}
    participants = {**room.participants, **managers} if room.has_conversation else {}
    return replace(room, participants=participants, memberships={**room.memberships, **dict.fromkeys(levels, "join")})


def _but_power(room: ActualRoom) -> tuple[str, ...]:
    return tuple(fault for fault in room.faults if fault != "power")
