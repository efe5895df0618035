"""
What a school's room is in Matrix, and how to make one again and again without making two.

The bot creates every room (room version 12: its creator is supreme for ever). People join by themselves: one
event each, with an invite it would be two. So a room is open for the moment in which it is made. It is in no
list then, its id is a hash and its alias cannot be guessed; the step that closes it is always taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

import structlog

from bridge.errors import HomeserverRefused
from bridge.matrix.homeserver import Homeserver
from bridge.matrix.room_spec import (
    AVATAR,
    CHILD,
    CLOSED,
    CONVERSATION,
    JOIN_RULES,
    MEMBER,
    NAME,
    PARENT,
    POWER_LEVELS,
    TOPIC,
    RoomSpec,
    State,
    child_content,
    creation,
    parent_content,
    power_content,
    powers_of,
    wanted_state,
)
from bridge.permissions.power import Powers

__all__ = [
    "RoomSpec",
    "admit",
    "dismiss",
    "ensure_room",
    "leave_all",
    "link",
    "mark_direct",
    "mend",
    "powers_of",
    "rename",
    "set_avatar",
    "set_power",
    "set_topic",
    "unlink",
]

log = structlog.get_logger(__name__)

# Synapse lets people into one room one after the other; a few more are on their way meanwhile.
JOINS_AT_ONCE = 6
# How long another process may take to make the room whose alias is there already.
WAITS_S = (0.2, 0.5, 1, 2, 0)

OnFound = Callable[[str, bool], None]


async def ensure_room(
    homeserver: Homeserver,
    spec: RoomSpec,
    room_id: str | None,
    *,
    known_room_ids: Collection[str] | None = None,
    marks_direct: bool = True,
    on_found: OnFound | None = None,
) -> str:
    """
    Find or make the room of *spec*, finish it if it is half made, and return its id. Twice changes nothing.

    Its state becomes that of *spec* and its members are let in. Nobody is removed, except strangers from a
    room that was still open; who was banned stays banned.

    Args:
        room_id: The room, when it is known.
        known_room_ids: Rooms of other conversations. When given, the bot's remaining rooms are searched for
            this conversation's id before a new one is made; None: the alias is enough.
        marks_direct: Whether to tell both clients of a direct room; who makes many calls `mark_direct` for each
            person once.
        on_found: Told the room's id and whether the room is new, before its members come in.
    """
    on_found = on_found or _not_told
    async with homeserver.lock_of(spec.alias):
        if room_id is None and known_room_ids is not None:
            room_id = await _find_room(homeserver, spec, known_room_ids)
        if room_id is None:
            room_id = await _create_or_finish(homeserver, spec, on_found)
        else:
            on_found(room_id, False)
            await _finish(homeserver, spec, room_id, await _read_state(homeserver, room_id))
    if spec.is_direct and marks_direct:
        one, other = spec.members
        await mark_direct(homeserver, one, {other: room_id})
        await mark_direct(homeserver, other, {one: room_id})
    return room_id


async def admit(homeserver: Homeserver, room_id: str, person_ids: Iterable[int]) -> set[int]:
    """
    Let people in: invite and join; who is in already costs nothing.

    Returns:
        Who was banned in the room by a person, and therefore was not let in.
    """
    return await _admit(homeserver, room_id, person_ids, await homeserver.get_members(room_id))


async def admit_again(homeserver: Homeserver, room_id: str, person_ids: Iterable[int]) -> None:
    """Let people in whom somebody who may has just asked in: that ends a ban, too."""
    members = await homeserver.get_members(room_id)
    ghosts = {person_id: homeserver.ids.ghost(person_id) for person_id in person_ids}
    for mxid in ghosts.values():
        if members.get(mxid) == "ban":
            await homeserver.unban(room_id, mxid)
            members[mxid] = "leave"
    await _admit(homeserver, room_id, ghosts, members)


async def dismiss(homeserver: Homeserver, room_id: str, person_id: int, reason: str) -> None:
    """Remove a person, or take back the invite; who is not in costs nothing."""
    mxid = homeserver.ids.ghost(person_id)
    member = await homeserver.find_state(room_id, "m.room.member", mxid)
    if member is not None and _is_in(str(member.get("membership"))):
        await homeserver.kick(room_id, mxid, reason)


async def rename(homeserver: Homeserver, room_id: str, name: str) -> None:
    await homeserver.set_state(room_id, *NAME, {"name": name})


async def set_power(homeserver: Homeserver, room_id: str, levels: Mapping[int, int], powers: Powers) -> None:
    """Say who may do what, by person id; who is not named has 0."""
    await homeserver.set_state(room_id, *POWER_LEVELS, power_content(homeserver.ids, levels, powers))


async def set_topic(homeserver: Homeserver, room_id: str, topic: str) -> None:
    await homeserver.set_state(room_id, *TOPIC, {"topic": topic})


async def set_avatar(homeserver: Homeserver, room_id: str, mxc: str) -> None:
    await homeserver.set_state(room_id, *AVATAR, {"url": mxc} if mxc else {})


async def link(homeserver: Homeserver, space_id: str, room_id: str, *, is_named: bool) -> None:
    """
    Put a room into the space, and say so in the room before: Client-Server API, "Spaces".

    *is_named*: the room names the space already.
    """
    ids = homeserver.ids
    if not is_named:
        await homeserver.set_state(room_id, PARENT, space_id, parent_content(ids))
    await homeserver.set_state(space_id, CHILD, room_id, child_content(ids))


async def unlink(homeserver: Homeserver, space_id: str, room_id: str) -> None:
    """Take a room out of the space, and out of the room's own words last: an empty content ends both events."""
    await homeserver.set_state(space_id, CHILD, room_id, {})
    await homeserver.set_state(room_id, PARENT, space_id, {})


async def mend(homeserver: Homeserver, room_id: str, state: State) -> None:
    """Put back state that was changed; closing the room comes first."""
    for key, content in sorted(state.items(), key=lambda item: item[0] != JOIN_RULES):
        await homeserver.set_state(room_id, *key, content)


async def leave_all(homeserver: Homeserver, person_id: int) -> None:
    """Let the person's ghost leave every room that it is in, also those that the bridge does not know."""
    room_ids = await homeserver.joined_rooms(person_id)
    failures = await _all(homeserver.leave(person_id, room_id) for room_id in room_ids)
    if failures:
        raise failures[0]


async def mark_direct(homeserver: Homeserver, person_id: int, room_ids: Mapping[int, str]) -> None:
    """
    Say in a person's account data which rooms are the direct ones with whom ("Direct Messaging", ``m.direct``).

    What is there stays. Twice changes nothing.
    """

    def with_rooms(content: dict[str, Any]) -> dict[str, Any]:
        merged = dict(content)
        for other_id, room_id in room_ids.items():
            other = homeserver.ids.ghost(other_id)
            known = merged.get(other)
            marked = known if isinstance(known, list) else []
            merged[other] = marked if room_id in marked else [*marked, room_id]
        return merged

    await homeserver.change_account_data(person_id, "m.direct", with_rooms)


async def _find_room(homeserver: Homeserver, spec: RoomSpec, known_room_ids: Collection[str]) -> str | None:
    """
    By the alias, else by our state event; then the alias is put back.

    A database that came from a backup gives ids again: a room with other people in it is another conversation's.
    """
    alias = homeserver.ids.alias(spec.alias)
    if await homeserver.find_room(alias) is not None:
        return None  # `_create_or_finish` meets it, and knows what to do when nobody is in it
    for room_id in sorted(set(await homeserver.joined_rooms()) - set(known_room_ids)):
        content = await homeserver.find_state(room_id, *CONVERSATION)
        if content is None or content.get("conversation_id") != spec.conversation_id:
            continue
        if not await _list_others(homeserver, spec, room_id):
            await homeserver.set_alias(alias, room_id)
            return room_id
    return None


async def _create_or_finish(homeserver: Homeserver, spec: RoomSpec, on_found: OnFound) -> str:
    """Create first and ask afterwards: nearly always the alias is free, and one request is saved."""
    content = creation(homeserver.ids, spec)
    try:
        room_id = await homeserver.create_room(content)
    except HomeserverRefused:
        taken = await homeserver.find_room(homeserver.ids.alias(spec.alias))
        if taken is None:
            raise
        state = await _wait_for_state(homeserver, taken)
        if state is not None:
            on_found(taken, False)
            await _finish(homeserver, spec, taken, state)
            return taken
        # Synapse died after it had taken the alias and before anybody, even the bot, was in.
        log.warning("room_abandoned", room_id=taken, conversation_id=spec.conversation_id)
        await homeserver.delete_alias(homeserver.ids.alias(spec.alias))
        room_id = await homeserver.create_room(content)
    on_found(room_id, True)
    await _fill(homeserver, spec, room_id)
    return room_id


def _not_told(_room_id: str, _is_new: bool) -> None:
    return None


async def _fill(homeserver: Homeserver, spec: RoomSpec, room_id: str) -> None:
    """Let the members join the new room, and close it whatever happened to them."""
    failures = await _all(homeserver.join(person_id, room_id) for person_id in spec.members)
    await _close(homeserver, spec, room_id)
    if failures:
        raise failures[0]


async def _close(homeserver: Homeserver, spec: RoomSpec, room_id: str) -> None:
    """Let nobody in any more without an invite, and send away who came in unasked while the room was open."""
    await homeserver.set_state(room_id, *JOIN_RULES, CLOSED)
    for mxid in await _list_others(homeserver, spec, room_id):
        log.warning("stranger_removed", room_id=room_id, conversation_id=spec.conversation_id)
        await homeserver.kick(room_id, mxid, "This conversation is not yours.")


async def _list_others(homeserver: Homeserver, spec: RoomSpec, room_id: str) -> list[str]:
    """Who is in the room, or on the way, and does not belong there."""
    expected = {homeserver.ids.bot, *map(homeserver.ids.ghost, spec.members)}
    members = await homeserver.get_members(room_id)
    return [mxid for mxid, membership in members.items() if _is_in(membership) and mxid not in expected]


async def _read_state(homeserver: Homeserver, room_id: str) -> State:
    return {(event["type"], event["state_key"]): event["content"] for event in await homeserver.get_state(room_id)}


async def _wait_for_state(homeserver: Homeserver, room_id: str) -> State | None:
    """None for a room that the bot is not in, even after the time that another process may need to make it."""
    for wait_s in WAITS_S:
        try:
            state = await _read_state(homeserver, room_id)
        except HomeserverRefused as refused:
            if refused.http_status not in (403, 404):
                raise
        else:
            if state.get((MEMBER, homeserver.ids.bot), {}).get("membership") == "join":
                return state
        await asyncio.sleep(wait_s)
    return None


async def _finish(homeserver: Homeserver, spec: RoomSpec, room_id: str, state: State) -> None:
    """Bring a room from *state* to what *spec* says; closing it comes first."""
    if state.get(JOIN_RULES) != CLOSED:
        await _close(homeserver, spec, room_id)
    for key, content in wanted_state(homeserver.ids, spec).items():
        if state.get(key) != content:
            await homeserver.set_state(room_id, *key, content)
    members = {key: str(content.get("membership")) for (kind, key), content in state.items() if kind == MEMBER}
    await _admit(homeserver, room_id, spec.members, members)


async def _admit(
    homeserver: Homeserver, room_id: str, person_ids: Iterable[int], members: Mapping[str, str]
) -> set[int]:
    found = {person_id: members.get(homeserver.ids.ghost(person_id)) for person_id in person_ids}
    banned = {person_id for person_id, membership in found.items() if membership == "ban"}
    for person_id in sorted(banned):
        log.warning("person_is_banned", room_id=room_id, person_id=person_id)

    async def let_in(person_id: int, membership: str | None) -> None:
        if membership != "invite":
            await homeserver.invite(room_id, homeserver.ids.ghost(person_id))
        await homeserver.join(person_id, room_id)

    failures = await _all(
        let_in(person_id, membership) for person_id, membership in found.items() if membership not in ("join", "ban")
    )
    if failures:
        raise failures[0]
    return banned


async def _all(steps: Iterable[Awaitable[None]]) -> list[BaseException]:
    """Take all steps, a few at a time; one that fails does not stop the others."""
    gate = asyncio.Semaphore(JOINS_AT_ONCE)

    async def take(step: Awaitable[None]) -> None:
        async with gate:
            await step

    results = await asyncio.gather(*(take(step) for step in steps), return_exceptions=True)
    return [result for result in results if result is not None]


def _is_in(membership: str) -> bool:
    return membership in ("join", "invite", "knock")
