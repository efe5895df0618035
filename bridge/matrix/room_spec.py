"""A conversation as a Matrix room: the state it must have, and the request that creates it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.matrix.ids import Ids
from bridge.permissions.matrix import CONVERSATION_TYPE
from bridge.permissions.power import (
    ANNOUNCING,
    ARCHIVED,
    BLOCKED,
    DIRECT,
    GROUP,
    SPACE_ROOM,
    STAFF_ROOM,
    Powers,
    power_levels,
)
from bridge.permissions.roster_rooms import ANNOUNCEMENTS, SPACE, STAFF, find_group_id

ROOM_VERSION = "12"

StateKey = tuple[str, str]
State = dict[StateKey, Mapping[str, Any]]

MEMBER = "m.room.member"
NAME = ("m.room.name", "")
TOPIC = ("m.room.topic", "")
AVATAR = ("m.room.avatar", "")
HISTORY = ("m.room.history_visibility", "")
# MSC4171: clients do not count the bot, so a direct room has two people.
SERVICE_MEMBERS = ("io.element.functional_members", "")
PARENT = "m.space.parent"
CHILD = "m.space.child"
JOIN_RULES = ("m.room.join_rules", "")
POWER_LEVELS = ("m.room.power_levels", "")
CONVERSATION = (CONVERSATION_TYPE, "")

OPEN = {"join_rule": "public"}
CLOSED = {"join_rule": "invite"}


@dataclass(frozen=True)
class RoomSpec:
    """
    A conversation, or the school's space, as Matrix must show it.

    Attributes:
        conversation_id: None for the space, which is no conversation.
        alias: Localpart; cannot be guessed, for who knows it could join for the moment in which the room is made.
        name: Not used in a direct room: there each of the two sees the other's name.
        roster_key: Of a room that follows the roster: ``permissions.roster_rooms``.
        members: Person id to power level.
        topic: Empty: there is none.
        avatar: ``mxc://`` address; empty: none of ours.
        parent: The room id of the space that it is in.
        is_archived: Nobody writes any more.
        is_locked: The student of a direct room is blocked.
    """

    conversation_id: int | None
    alias: str
    name: str
    is_direct: bool
    roster_key: str | None
    members: Mapping[int, int]
    topic: str = ""
    avatar: str = ""
    parent: str | None = None
    is_archived: bool = False
    is_locked: bool = False

    @property
    def powers(self) -> Powers:
        return powers_of(
            self.roster_key, is_direct=self.is_direct, is_archived=self.is_archived, is_locked=self.is_locked
        )


def powers_of(roster_key: str | None, *, is_direct: bool, is_archived: bool, is_locked: bool = False) -> Powers:
    """Which levels a room needs, by what it is."""
    if is_archived:
        return ARCHIVED
    if is_direct:
        return BLOCKED if is_locked else DIRECT
    return {STAFF: STAFF_ROOM, ANNOUNCEMENTS: ANNOUNCING, SPACE: SPACE_ROOM}.get(roster_key or "", GROUP)


def power_content(ids: Ids, levels: Mapping[int, int], powers: Powers) -> dict[str, object]:
    above = {ids.ghost(person_id): level for person_id, level in levels.items() if level > 0}
    return power_levels(above, powers)


def marker_content(
    conversation_id: int | None, roster_key: str | None, pair: Iterable[int] | None = None
) -> dict[str, object]:
    """Our state event: what the room is, of whom if it is direct; so Synapse alone can tell what belongs to what."""
    content: dict[str, object] = {
        "conversation_id": conversation_id,
        "group_id": find_group_id(roster_key),
        "is_direct": pair is not None,
    }
    if pair is not None:
        content["people"] = sorted(pair)
    if roster_key is not None:
        content["roster_key"] = roster_key
    return content


def parent_content(ids: Ids) -> dict[str, object]:
    """``m.space.parent``: which space a room is in."""
    return {"via": [ids.server_name], "canonical": True}


def child_content(ids: Ids) -> dict[str, object]:
    """``m.space.child``: one room of a space."""
    return {"via": [ids.server_name]}


def fixed_state(
    ids: Ids, conversation_id: int | None, roster_key: str | None, pair: Iterable[int] | None = None
) -> State:
    """What stays the same as long as the room is there."""
    return {
        CONVERSATION: marker_content(conversation_id, roster_key, pair),
        HISTORY: {"history_visibility": "shared"},
        SERVICE_MEMBERS: {"service_members": [ids.bot]},
    }


def wanted_state(ids: Ids, spec: RoomSpec) -> State:
    """
    What the room must say of itself; members and join rule apart.

    There is no ``m.room.guest_access``: without it guests are forbidden.
    """
    state: State = {
        POWER_LEVELS: power_content(ids, spec.members, spec.powers),
        **fixed_state(ids, spec.conversation_id, spec.roster_key, spec.members if spec.is_direct else None),
    }
    if not spec.is_direct:
        state[NAME] = {"name": spec.name}
    if spec.topic:
        state[TOPIC] = {"topic": spec.topic}
    if spec.avatar:
        state[AVATAR] = {"url": spec.avatar}
    if spec.parent is not None:
        state[PARENT, spec.parent] = parent_content(ids)
    return state


def creation(ids: Ids, spec: RoomSpec) -> dict[str, Any]:
    """The body of ``/createRoom``: open, for the members to join, but in no list."""
    state = {JOIN_RULES: OPEN, **wanted_state(ids, spec)}
    room_type = {"type": "m.space"} if spec.roster_key == SPACE else {}
    return {
        # Not "private_chat", which a homeserver may be set to encrypt; all that it says is given here.
        "preset": "public_chat",
        "visibility": "private",
        "room_version": ROOM_VERSION,
        "room_alias_name": spec.alias,
        "creation_content": {"m.federate": False, **room_type},
        "initial_state": [
            {"type": kind, "state_key": state_key, "content": content} for (kind, state_key), content in state.items()
        ],
    }
