"""What is there now: the read model's conversations, and how their rooms stand in Matrix."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from bridge.chat.conversations import RosterConversation, list_roster_conversations
from bridge.db.engine import Database
from bridge.errors import HomeserverRefused
from bridge.matrix.homeserver import Homeserver
from bridge.matrix.ids import Ids
from bridge.provisioning import record
from bridge.provisioning.parallel import in_parallel
from bridge.provisioning.spec import Actual, ActualRoom

ROOMS_AT_ONCE = 8


async def read_actual(db: Database, homeserver: Homeserver) -> Actual:
    """
    Look at everything that a plan may change: two statements, and one call for each room.

    Raises:
        HomeserverUnavailable, HomeserverRefused: A room could not be looked at; half a picture would make a
            wrong plan.
    """
    async with db.reading() as conn:
        ghosts = await record.list_ghosts(conn)
        found = await list_roster_conversations(conn)
    rooms = await in_parallel(found, partial(_look_at, homeserver), at_once=ROOMS_AT_ONCE)
    return Actual(ghosts, {room.group_id: room for room in rooms})


async def _look_at(homeserver: Homeserver, conversation: RosterConversation) -> ActualRoom:
    if conversation.room_id is None:
        return _room(conversation)
    try:
        state = await homeserver.get_state(conversation.room_id)
    except HomeserverRefused as refused:
        why = f"The homeserver does not know the room of conversation {conversation.id}; was its data replaced?"
        raise HomeserverRefused(why, errcode=refused.errcode, http_status=refused.http_status) from refused
    return read_state(conversation, state, homeserver.ids)


def read_state(conversation: RosterConversation, state: Iterable[dict[str, Any]], ids: Ids) -> ActualRoom:
    """The room as its state events have it: Client-Server API, "Room state"."""
    memberships: dict[int, str] = {}
    strangers: list[str] = []
    levels: dict[int, int] = {}
    room_name = ""
    for event in state:
        content, state_key = event.get("content", {}), event.get("state_key", "")
        match event.get("type"):
            case "m.room.member" if state_key != ids.bot:
                person_id, membership = ids.person_id(state_key), content.get("membership")
                if person_id is not None:
                    memberships[person_id] = membership
                elif membership in ("join", "invite", "knock"):
                    strangers.append(state_key)
            case "m.room.name":
                room_name = content.get("name", "")
            case "m.room.power_levels":
                levels = _levels(content, ids)
    return _room(
        conversation,
        room_name=room_name,
        memberships=memberships,
        strangers=tuple(sorted(strangers)),
        levels=levels,
    )


def _levels(content: dict[str, Any], ids: Ids) -> dict[int, int]:
    default = content.get("users_default", 0)
    people = ((ids.person_id(mxid), level) for mxid, level in content.get("users", {}).items())
    return {person_id: level for person_id, level in people if person_id is not None and level != default}


def _room(conversation: RosterConversation, **seen: Any) -> ActualRoom:
    return ActualRoom(
        group_id=conversation.group_id,
        conversation_id=conversation.id,
        room_id=conversation.room_id,
        name=conversation.name,
        is_archived=conversation.is_archived,
        participants=conversation.participants,
        **seen,
    )
