"""A conversation as a Matrix room: the state it must have, and the request that creates it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.matrix.content import CONVERSATION_TYPE
from bridge.matrix.ids import Ids
from bridge.permissions.power import power_levels

ROOM_VERSION = "12"

StateKey = tuple[str, str]
State = dict[StateKey, Mapping[str, Any]]

MEMBER = "m.room.member"
JOIN_RULES = ("m.room.join_rules", "")
POWER_LEVELS = ("m.room.power_levels", "")
CONVERSATION = (CONVERSATION_TYPE, "")

OPEN = {"join_rule": "public"}
CLOSED = {"join_rule": "invite"}


@dataclass(frozen=True)
class RoomSpec:
    """
    A conversation as Matrix must show it.

    Attributes:
        alias: Localpart; random, for who knows it could join for the moment in which the room is made.
        name: Not used in a direct room: there each of the two sees the other's name.
        members: Person id to power level.
        is_archived: Only staff may write.
        is_locked: The same for a direct room in which the student is blocked.
    """

    conversation_id: int
    alias: str
    name: str
    is_direct: bool
    group_id: int | None
    members: Mapping[int, int]
    is_archived: bool = False
    is_locked: bool = False


def power_content(ids: Ids, levels: Mapping[int, int], *, is_direct: bool, is_locked: bool) -> dict[str, object]:
    managers = {ids.ghost(person_id): level for person_id, level in levels.items() if level > 0}
    return power_levels(managers, is_direct=is_direct, is_locked=is_locked)


def wanted_state(ids: Ids, spec: RoomSpec) -> State:
    """
    What the room must say of itself; members and join rule apart.

    There is no ``m.room.guest_access``: without it guests are forbidden.
    """
    conversation = {
        "conversation_id": spec.conversation_id,
        "group_id": spec.group_id,
        "is_direct": spec.is_direct,
    }
    is_locked = spec.is_archived or spec.is_locked
    state: State = {
        POWER_LEVELS: power_content(ids, spec.members, is_direct=spec.is_direct, is_locked=is_locked),
        CONVERSATION: conversation,
        ("m.room.history_visibility", ""): {"history_visibility": "shared"},
        # MSC4171: clients do not count the bot, so a direct room has two people.
        ("io.element.functional_members", ""): {"service_members": [ids.bot]},
    }
    if not spec.is_direct:
        state["m.room.name", ""] = {"name": spec.name}
    return state


def creation(ids: Ids, spec: RoomSpec) -> dict[str, Any]:
    """The body of ``/createRoom``: open, for the members to join, but in no list."""
    state = {JOIN_RULES: OPEN, **wanted_state(ids, spec)}
    return {
        # Not "private_chat", which a homeserver may be set to encrypt; all that it says is given here.
        "preset": "public_chat",
        "visibility": "private",
        "room_version": ROOM_VERSION,
        "room_alias_name": spec.alias,
        "creation_content": {"m.federate": False},
        "initial_state": [
            {"type": kind, "state_key": state_key, "content": content} for (kind, state_key), content in state.items()
        ],
    }
