"""
The school as Matrix has it, read through the plain Client-Server API and compared with a roster.

It shares no code with provisioning: what it expects is written out here, from the issue's words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp

from bridge.permissions.school import Role
from bridge.roster.roster import Roster
from testbed.homeserver import SERVER_NAME, TestedSynapse

AT_ONCE = 8
MANAGES = 50  # the power level of a group's teachers
NOBODY_WRITES = 100


@dataclass(frozen=True)
class RoomInMatrix:
    """A room of the roster, by its state events."""

    room_id: str
    key: str
    name: str
    joined: frozenset[int]
    managers: frozenset[int]
    is_archived: bool
    state: dict[tuple[str, str], dict[str, Any]]


async def read_rooms(synapse: TestedSynapse) -> dict[str, RoomInMatrix]:
    """Roster key to room, of every room of the roster that the bot is in; two of one key are a fault."""
    headers = {"Authorization": f"Bearer {synapse.appservice.as_token}"}
    async with aiohttp.ClientSession(synapse.url, headers=headers, raise_for_status=True) as session:

        async def get(path: str) -> Any:
            async with session.get(f"/_matrix/client/v3/{path}") as answer:
                return await answer.json()

        turns = asyncio.Semaphore(AT_ONCE)

        async def read(room_id: str) -> RoomInMatrix | None:
            async with turns:
                return _room(room_id, await get(f"rooms/{room_id}/state"))

        found = await asyncio.gather(*(read(room_id) for room_id in (await get("joined_rooms"))["joined_rooms"]))
    rooms = [room for room in found if room is not None]
    keys = [room.key for room in rooms]
    assert len(keys) == len(set(keys)), f"two rooms for one: {sorted(k for k in keys if keys.count(k) > 1)}"
    return {room.key: room for room in rooms}


def _room(room_id: str, events: Iterable[dict[str, Any]]) -> RoomInMatrix | None:
    state = {(event["type"], event["state_key"]): event["content"] for event in events}
    marker = state.get(("org.classbridge.conversation", ""), {})
    if "roster_key" not in marker:
        return None
    power = state["m.room.power_levels", ""]
    members = {key: content for (kind, key), content in state.items() if kind == "m.room.member"}
    joined = {_person_id(mxid) for mxid, content in members.items() if content["membership"] == "join"}
    managers = {_person_id(mxid) for mxid, level in power.get("users", {}).items() if level >= MANAGES}
    return RoomInMatrix(
        room_id,
        marker["roster_key"],
        state.get(("m.room.name", ""), {}).get("name", ""),
        frozenset(person_id for person_id in joined if person_id is not None),
        frozenset(person_id for person_id in managers if person_id is not None),
        power.get("events_default", 0) >= NOBODY_WRITES,
        state,
    )


def _person_id(mxid: str) -> int | None:
    digits = mxid.removeprefix("@school_").removesuffix(f":{SERVER_NAME}")
    return int(digits) if digits.isdecimal() else None


def differences(roster: Roster, rooms: dict[str, RoomInMatrix]) -> list[str]:
    """What is not as the roster says, in words. The room of a group that is not in it any more must be archived."""
    found: list[str] = []
    active = {person.id for person in roster.people if person.is_active}
    staff = {person.id for person in roster.people if person.role != Role.STUDENT}
    wanted: dict[int, tuple[set[int], set[int]]] = {group.id: (set(), set()) for group in roster.groups}
    for enrolment in roster.enrolments:
        if enrolment.person_id in active:
            members, managers = wanted[enrolment.group_id]
            members.add(enrolment.person_id)
            if enrolment.role == Role.TEACHER and enrolment.person_id in staff:
                managers.add(enrolment.person_id)
    for group in roster.groups:
        members, managers = wanted[group.id]
        room = rooms.get(f"group:{group.id}")
        if room is None:
            found += [f"{group.name} has no room"] if members else []
            continue
        told = {
            "name": (room.name, group.name),
            "members": (room.joined, members),
            "managers": (room.managers, managers),
            "archived": (room.is_archived, False),
        }
        found += [
            f"{group.name}: {what} {is_} instead of {wants}" for what, (is_, wants) in told.items() if is_ != wants
        ]
        found += _list_settings(group.name, room)
    known = {f"group:{group_id}" for group_id in wanted} | {"space", "staff", "announcements"}
    return found + [f"{key} is not archived" for key in rooms.keys() - known if not rooms[key].is_archived]


def _list_settings(name: str, room: RoomInMatrix) -> list[str]:
    """What is the same in every room of a group."""
    content = room.state
    told = {
        "join rule": content["m.room.join_rules", ""]["join_rule"] in {"invite", "restricted"},
        "history": content["m.room.history_visibility", ""]["history_visibility"] == "shared",
        "federation": content["m.room.create", ""].get("m.federate") is False,
        "no encryption": ("m.room.encryption", "") not in content,
        "encryption refused": content["m.room.power_levels", ""]["events"]["m.room.encryption"] >= 100,
        "nobody invited": all(
            each.get("membership") != "invite" for (kind, _), each in content.items() if kind == "m.room.member"
        ),
    }
    return [f"{name}: {what}" for what, is_so in told.items() if not is_so]
