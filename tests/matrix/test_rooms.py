"""A school's rooms on a real Synapse: made once, finished after any crash, closed to strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from testbed.homeserver import TestedSynapse

from bridge.errors import HomeserverRefused
from bridge.matrix.content import message
from bridge.matrix.homeserver import Homeserver
from bridge.matrix.room_spec import CLOSED, OPEN, RoomSpec, creation
from bridge.matrix.rooms import admit, dismiss, ensure_room, mark_direct, rename, set_power
from bridge.permissions.matrix import CONVERSATION_TYPE
from bridge.permissions.power import BLOCKED, DIRECT

NewPerson = Callable[[], Awaitable[int]]


@pytest.fixture
async def direct(new_person: NewPerson, conversation_id: int) -> RoomSpec:
    teacher_id, student_id = await new_person(), await new_person()
    members = {teacher_id: 50, student_id: 0}
    return RoomSpec(conversation_id, f"school_c_d{conversation_id}", "", True, None, members)


@pytest.fixture
async def group(new_person: NewPerson, conversation_id: int) -> RoomSpec:
    members = {await new_person(): 50, await new_person(): 0, await new_person(): 0}
    return RoomSpec(conversation_id, f"school_c_g{conversation_id}", "Class 5b", False, "group:55", members)


async def state_of(homeserver: Homeserver, room_id: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(e["type"], e["state_key"]): e["content"] for e in await homeserver.get_state(room_id)}


async def event_ids(homeserver: Homeserver, room_id: str) -> list[str]:
    page = await homeserver.messages(room_id, None, "b", 200)
    return [event["event_id"] for event in page["chunk"]]


def members_of(homeserver: Homeserver, spec: RoomSpec) -> dict[str, str]:
    return {homeserver.ids.bot: "join"} | {homeserver.ids.ghost(person_id): "join" for person_id in spec.members}


async def assert_finished(homeserver: Homeserver, spec: RoomSpec, room_id: str) -> None:
    state = await state_of(homeserver, room_id)
    assert state["m.room.join_rules", ""] == CLOSED
    assert state["m.room.history_visibility", ""] == {"history_visibility": "shared"}
    assert state[CONVERSATION_TYPE, ""]["conversation_id"] == spec.conversation_id
    assert state["m.room.power_levels", ""]["users"] == {
        homeserver.ids.ghost(person_id): level for person_id, level in spec.members.items() if level
    }
    assert await homeserver.get_members(room_id) == members_of(homeserver, spec)
    assert await homeserver.find_room(homeserver.ids.alias(spec.alias)) == room_id


async def test_a_group_s_room_is_what_the_school_wants(homeserver: Homeserver, group: RoomSpec) -> None:
    room_id = await ensure_room(homeserver, group, None)
    await assert_finished(homeserver, group, room_id)
    state = await state_of(homeserver, room_id)
    assert state["m.room.create", ""] == {"room_version": "12", "m.federate": False}
    assert state["m.room.name", ""] == {"name": "Class 5b"}
    assert state["io.element.functional_members", ""] == {"service_members": [homeserver.ids.bot]}
    assert state[CONVERSATION_TYPE, ""]["group_id"] == 55
    assert ("m.room.encryption", "") not in state
    assert ("m.room.guest_access", "") not in state


async def test_a_direct_room_has_no_name_and_is_marked_for_both(homeserver: Homeserver, direct: RoomSpec) -> None:
    one, other = direct.members
    await homeserver.set_account_data(one, "m.direct", {"@old:school.test": ["!old:school.test"]})
    room_id = await ensure_room(homeserver, direct, None)
    await assert_finished(homeserver, direct, room_id)
    assert ("m.room.name", "") not in await state_of(homeserver, room_id)
    assert await homeserver.get_account_data(one, "m.direct") == {
        "@old:school.test": ["!old:school.test"],
        homeserver.ids.ghost(other): [room_id],
    }
    assert await homeserver.get_account_data(other, "m.direct") == {homeserver.ids.ghost(one): [room_id]}


async def test_many_marks_are_merged(homeserver: Homeserver, direct: RoomSpec) -> None:
    one, other = direct.members
    room_id = await ensure_room(homeserver, direct, None, marks_direct=False)
    assert await homeserver.get_account_data(one, "m.direct") == {}
    await asyncio.gather(*(mark_direct(homeserver, one, {number: f"!{number}:x"}) for number in range(1, 5)))
    for _ in range(2):
        await mark_direct(homeserver, one, {other: room_id})
    marks = {homeserver.ids.ghost(number): [f"!{number}:x"] for number in range(1, 5)}
    assert await homeserver.get_account_data(one, "m.direct") == marks | {homeserver.ids.ghost(other): [room_id]}


async def test_nobody_is_invited_on_the_way(homeserver: Homeserver, direct: RoomSpec) -> None:
    room_id = await ensure_room(homeserver, direct, None)
    page = await homeserver.messages(room_id, None, "b", 100)
    members = [event for event in page["chunk"] if event["type"] == "m.room.member"]
    assert [event["content"]["membership"] for event in members] == ["join"] * 3


@pytest.mark.parametrize("is_direct", [True, False])
async def test_twice_is_the_same_room_and_no_new_event(
    homeserver: Homeserver, direct: RoomSpec, is_direct: bool
) -> None:
    spec = replace(direct, is_direct=is_direct)
    room_id = await ensure_room(homeserver, spec, None)
    before = await event_ids(homeserver, room_id)
    assert await ensure_room(homeserver, spec, None) == room_id
    assert await ensure_room(homeserver, spec, None, known_room_ids=set()) == room_id
    assert await ensure_room(homeserver, spec, room_id) == room_id
    assert await event_ids(homeserver, room_id) == before


async def test_two_at_once_make_one_room(homeserver: Homeserver, group: RoomSpec) -> None:
    rooms = await asyncio.gather(*(ensure_room(homeserver, group, None) for _ in range(2)))
    assert len(set(rooms)) == 1
    await assert_finished(homeserver, group, rooms[0])


async def test_an_outsider_cannot_join(homeserver: Homeserver, new_person: NewPerson, group: RoomSpec) -> None:
    room_id = await ensure_room(homeserver, group, None)
    outsider_id = await new_person()
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await homeserver.join(outsider_id, room_id)


@pytest.mark.parametrize(
    "left_out",
    [
        ("org.classbridge.conversation", "m.room.power_levels", "m.room.name", "m.room.join_rules"),
        (),
    ],
)
async def test_a_room_of_which_only_the_alias_stood_is_finished(
    homeserver: Homeserver, new_person: NewPerson, group: RoomSpec, left_out: tuple[str, ...]
) -> None:
    content = creation(homeserver.ids, group)
    content["initial_state"] = [event for event in content["initial_state"] if event["type"] not in left_out]
    half_made = await homeserver.create_room(content)
    first, stranger_id = next(iter(group.members)), await new_person()
    await homeserver.join(first, half_made)
    await homeserver.join(stranger_id, half_made)
    assert await ensure_room(homeserver, group, None) == half_made
    members = await homeserver.get_members(half_made)
    assert members.pop(homeserver.ids.ghost(stranger_id)) == "leave"
    assert members == members_of(homeserver, group)
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await homeserver.join(stranger_id, half_made)


async def test_a_room_without_its_alias_is_found_by_its_state(
    homeserver: Homeserver, direct: RoomSpec, group: RoomSpec
) -> None:
    content = creation(homeserver.ids, group)
    del content["room_alias_name"]
    half_made = await homeserver.create_room(content)
    known = set(await homeserver.joined_rooms()) - {half_made}
    other = replace(direct, conversation_id=direct.conversation_id + 1_000_000)
    other_room_id = await ensure_room(homeserver, other, None, known_room_ids=known)
    assert other_room_id != half_made
    assert await ensure_room(homeserver, group, None, known_room_ids=known) == half_made
    await assert_finished(homeserver, group, half_made)


async def test_a_room_of_other_people_is_never_taken_whatever_its_state_says(
    homeserver: Homeserver, new_person: NewPerson, direct: RoomSpec
) -> None:
    """A bridge whose database came from a backup counts its conversations anew; Synapse still has their rooms."""
    theirs = await ensure_room(homeserver, direct, None)
    known = set(await homeserver.joined_rooms()) - {theirs}
    members = {await new_person(): 50, await new_person(): 0}
    same_id = replace(direct, alias=f"{direct.alias}_again", members=members)
    ours = await ensure_room(homeserver, same_id, None, known_room_ids=known)
    assert ours != theirs
    await assert_finished(homeserver, direct, theirs)
    await assert_finished(homeserver, same_id, ours)


async def test_an_alias_of_a_room_that_nobody_is_in_is_taken_over(homeserver: Homeserver, direct: RoomSpec) -> None:
    abandoned = await homeserver.create_room({"room_alias_name": direct.alias, "room_version": "12"})
    await homeserver.leave(None, abandoned)
    room_id = await ensure_room(homeserver, direct, None)
    assert room_id != abandoned
    await assert_finished(homeserver, direct, room_id)


@pytest.mark.parametrize("after_s", [0.01, 0.06, 0.12, 0.2])
async def test_a_crash_while_it_is_made_leaves_one_room(
    synapse: TestedSynapse, homeserver: Homeserver, group: RoomSpec, after_s: float
) -> None:
    making = asyncio.create_task(ensure_room(homeserver, group, None))
    await asyncio.wait({making}, timeout=after_s)
    await synapse.kill()
    await asyncio.wait({making})
    await synapse.start()
    room_id = await ensure_room(homeserver, group, None)
    await assert_finished(homeserver, group, room_id)
    assert making.exception() is not None or making.result() == room_id


async def test_a_member_who_cannot_join_leaves_no_open_room(homeserver: Homeserver, group: RoomSpec) -> None:
    nobody_id = 399_999_999
    spec = replace(group, members={nobody_id: 0, **group.members})
    with pytest.raises(HomeserverRefused):
        await ensure_room(homeserver, spec, None)
    room_id = await homeserver.find_room(homeserver.ids.alias(spec.alias))
    assert room_id is not None
    await assert_finished(homeserver, group, room_id)


async def test_people_are_let_in_and_sent_away(homeserver: Homeserver, new_person: NewPerson, group: RoomSpec) -> None:
    room_id = await ensure_room(homeserver, group, None)
    new_ids = [await new_person() for _ in range(3)]
    await homeserver.invite(room_id, homeserver.ids.ghost(new_ids[0]))
    assert await admit(homeserver, room_id, [*group.members, *new_ids]) == set()
    before = await event_ids(homeserver, room_id)
    assert await admit(homeserver, room_id, new_ids) == set()
    assert await event_ids(homeserver, room_id) == before
    for _ in range(2):
        await dismiss(homeserver, room_id, new_ids[0], "left the class")
    await dismiss(homeserver, room_id, await new_person(), "was never there")
    assert len(await event_ids(homeserver, room_id)) == len(before) + 1
    members = await homeserver.get_members(room_id)
    assert members[homeserver.ids.ghost(new_ids[0])] == "leave"
    assert members[homeserver.ids.ghost(new_ids[1])] == "join"


async def test_who_was_banned_by_a_teacher_stays_out(
    synapse: TestedSynapse, homeserver: Homeserver, group: RoomSpec
) -> None:
    room_id = await ensure_room(homeserver, group, None)
    teacher_id, student_id, _ = group.members
    body = {"user_id": homeserver.ids.ghost(student_id)}
    await synapse.as_bridge("POST", f"rooms/{room_id}/ban", body, person_id=teacher_id)
    assert await admit(homeserver, room_id, group.members) == {student_id}
    assert await ensure_room(homeserver, group, room_id) == room_id
    assert (await homeserver.get_members(room_id))[homeserver.ids.ghost(student_id)] == "ban"


async def test_a_locked_room_can_be_read_but_only_staff_write(homeserver: Homeserver, direct: RoomSpec) -> None:
    room_id = await ensure_room(homeserver, direct, None)
    teacher_id, student_id = direct.members
    await set_power(homeserver, room_id, direct.members, BLOCKED)
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await send(homeserver, student_id, room_id)
    await send(homeserver, teacher_id, room_id)
    locked = await event_ids(homeserver, room_id)
    await ensure_room(homeserver, replace(direct, is_locked=True), room_id)
    assert await event_ids(homeserver, room_id) == locked
    await set_power(homeserver, room_id, direct.members, DIRECT)
    await send(homeserver, student_id, room_id)


async def test_a_room_is_renamed(homeserver: Homeserver, group: RoomSpec) -> None:
    room_id = await ensure_room(homeserver, group, None)
    for _ in range(2):
        await rename(homeserver, room_id, "Class 6b")
    assert await homeserver.find_state(room_id, "m.room.name") == {"name": "Class 6b"}


async def test_students_cannot_change_the_room(homeserver: Homeserver, group: RoomSpec) -> None:
    room_id = await ensure_room(homeserver, group, None)
    teacher_id, student_id, _ = group.members
    for event_type, content in (
        ("m.room.name", {"name": "ha"}),
        ("m.room.join_rules", OPEN),
        ("m.room.power_levels", {"users": {}}),
        (CONVERSATION_TYPE, {"conversation_id": 1}),
    ):
        with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
            await homeserver.set_state(room_id, event_type, "", content, as_user=student_id)
    await homeserver.set_state(room_id, "m.room.name", "", {"name": "5b!"}, as_user=teacher_id)
    with pytest.raises(HomeserverRefused, match="M_FORBIDDEN"):
        await homeserver.set_state(room_id, "m.room.join_rules", "", OPEN, as_user=teacher_id)


async def send(homeserver: Homeserver, person_id: int, room_id: str) -> None:
    content = message("hi", message_id=1)
    await homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id=f"hi-{room_id}")
