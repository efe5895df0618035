"""A room as its state events have it: Client-Server API, "Room state". Read from them, and kept as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.matrix.ids import Ids
from bridge.matrix.room_spec import (
    AVATAR,
    CHILD,
    CLOSED,
    CONVERSATION,
    HISTORY,
    JOIN_RULES,
    MEMBER,
    NAME,
    PARENT,
    POWER_LEVELS,
    SERVICE_MEMBERS,
    TOPIC,
    State,
    StateKey,
    fixed_state,
    power_content,
    powers_of,
)

# Grows when rooms are to look different in a way that no roster says: then each is looked at once more.
SHAPE = 1

JOIN, INSIDE = "join", ("join", "invite", "knock")
FIXED: dict[str, StateKey] = {
    "marker": CONVERSATION,
    "history": HISTORY,
    "service_members": SERVICE_MEMBERS,
    "join_rule": JOIN_RULES,
}


@dataclass(frozen=True)
class Seen:
    """
    What a room says of itself.

    Attributes:
        memberships: Person id to membership, of ghosts; who has left is not in it.
        parents: The ids of the spaces that the room names.
        children: Of the space, when it was just looked at: the ids of its rooms. Not kept.
        is_child: Whether the space names the room; kept, for the room's own state does not say.
        strangers, levels, faults: As in ``spec.ActualRoom``.
    """

    name: str = ""
    topic: str = ""
    avatar: str = ""
    memberships: Mapping[int, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    levels: Mapping[int, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    parents: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    is_child: bool = False

    def with_members(self, people: Iterable[int]) -> Seen:
        return replace(self, memberships={**self.memberships, **dict.fromkeys(people, JOIN)})

    def without_joined(self, people: Iterable[int]) -> Seen:
        """They leave by themselves; who was only invited is still to be dismissed."""
        return self.without_members(p for p in people if self.memberships.get(p) == JOIN)

    def without_members(self, people: Iterable[int]) -> Seen:
        gone = set(people)
        return replace(self, memberships={p: how for p, how in self.memberships.items() if p not in gone})


def as_json(seen: Seen) -> dict[str, Any]:
    others = {str(p): how for p, how in seen.memberships.items() if how != JOIN}
    return {
        "shape": SHAPE,
        "name": seen.name,
        "topic": seen.topic,
        "avatar": seen.avatar,
        "joined": sorted(p for p, how in seen.memberships.items() if how == JOIN),
        "others": others,
        "strangers": list(seen.strangers),
        "levels": {str(p): level for p, level in seen.levels.items()},
        "faults": list(seen.faults),
        "parents": sorted(seen.parents),
        "is_child": seen.is_child,
    }


def from_json(document: Mapping[str, Any] | None) -> Seen | None:
    """What was kept; None: nothing, or it was kept for rooms of another shape."""
    if document is None or document.get("shape") != SHAPE:
        return None
    others = {int(p): str(how) for p, how in document["others"].items()}
    return Seen(
        name=document["name"],
        topic=document["topic"],
        avatar=document["avatar"],
        memberships={**dict.fromkeys(document["joined"], JOIN), **others},
        strangers=tuple(document["strangers"]),
        levels={int(p): level for p, level in document["levels"].items()},
        faults=tuple(document["faults"]),
        parents=frozenset(document["parents"]),
        is_child=document["is_child"],
    )


def read_state(
    events: Iterable[dict[str, Any]], ids: Ids, key: str, conversation_id: int | None, *, is_archived: bool
) -> Seen:
    """The room of *key* as its state events have it; *is_archived* says which levels it needs."""
    state: State = {(event["type"], event["state_key"]): event.get("content", {}) for event in events}
    memberships: dict[int, str] = {}
    strangers: list[str] = []
    for (kind, mxid), content in state.items():
        if kind != MEMBER or mxid == ids.bot:
            continue
        person_id, membership = ids.person_id(mxid), content.get("membership")
        if person_id is not None and membership in (*INSIDE, "ban"):
            memberships[person_id] = str(membership)
        elif person_id is None and membership in INSIDE:
            strangers.append(mxid)
    return Seen(
        name=_text(state.get(NAME, {}).get("name")),
        topic=_text(state.get(TOPIC, {}).get("topic")),
        avatar=_text(state.get(AVATAR, {}).get("url")),
        memberships=memberships,
        strangers=tuple(sorted(strangers)),
        levels=_levels(state.get(POWER_LEVELS, {}), ids),
        faults=tuple(_list_faults(state, ids, key, conversation_id, is_archived=is_archived)),
        parents=frozenset(other for (kind, other), content in state.items() if kind == PARENT and content),
        children=frozenset(other for (kind, other), content in state.items() if kind == CHILD and content),
    )


def wanted_fixed(ids: Ids, key: str, conversation_id: int | None) -> State:
    """What never changes in the room of *key*, the join rule with it."""
    return {**fixed_state(ids, conversation_id, key), JOIN_RULES: CLOSED}


def _list_faults(state: State, ids: Ids, key: str, conversation_id: int | None, *, is_archived: bool) -> Iterable[str]:
    wanted = wanted_fixed(ids, key, conversation_id)
    yield from (name for name, place in FIXED.items() if state.get(place) != wanted[place])
    power = dict(state.get(POWER_LEVELS, {}))
    users = power.pop("users", {})
    expected = power_content(ids, {}, powers_of(key, is_direct=False, is_archived=is_archived))
    expected.pop("users")
    others = [mxid for mxid in users if ids.person_id(mxid) is None]
    if power != expected or others:
        yield "power"


def _levels(content: Mapping[str, Any], ids: Ids) -> dict[int, int]:
    default = content.get("users_default", 0)
    people = ((ids.person_id(mxid), level) for mxid, level in content.get("users", {}).items())
    return {person_id: level for person_id, level in people if person_id is not None and level != default}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
