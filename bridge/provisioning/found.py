"""
What is there now, from our own records.

The homeserver is asked only for rooms that are suspect (an event has changed them, or somebody who worked on them has
died), that were never looked at, or when a full look is wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from bridge.chat.conversations import RosterConversation, list_roster_conversations
from bridge.errors import HomeserverRefused
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.roster_rooms import SPACE
from bridge.provisioning import lease, record
from bridge.provisioning.parallel import in_parallel
from bridge.provisioning.parts import Parts
from bridge.provisioning.record import GONE, HERE, LEAVING, Ghost, Room
from bridge.provisioning.seen import Seen, read_state
from bridge.provisioning.spec import Actual, ActualRoom

LOOKS_AT_ONCE = 8


@dataclass(frozen=True)
class FoundRoom:
    """
    A room in our records: what provisioning keeps of it, and its conversation.

    Attributes:
        adopted: The room in Matrix that nobody had noted: who made it died over it.
    """

    record: Room
    conversation: RosterConversation | None = None
    adopted: str | None = None

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def room_id(self) -> str | None:
        noted = self.conversation.room_id if self.conversation else self.record.room_id
        return noted or self.adopted

    @property
    def alias(self) -> str | None:
        return self.conversation.alias if self.conversation else self.record.alias

    @property
    def seen(self) -> Seen:
        return self.record.seen or Seen()

    def named(self) -> FoundRoom:
        """A room that is older than our records was given the name that its conversation has."""
        if self.record.given_name or self.conversation is None:
            return self
        return replace(self, record=replace(self.record, given_name=self.conversation.name))

    def with_seen(self, seen: Seen) -> FoundRoom:
        return replace(self, record=replace(self.record, seen=seen))


@dataclass(frozen=True)
class Found:
    """
    Everything that a plan may change.

    Attributes:
        looked: The rooms whose state was just read from the homeserver.
        turn: Of the lease; when it has grown, somebody has applied something since. None: somebody was just applying.
    """

    ghosts: Mapping[int, Ghost] = field(default_factory=dict)
    rooms: Mapping[str, FoundRoom] = field(default_factory=dict)
    looked: frozenset[str] = frozenset()
    turn: int | None = 0

    def actual(self) -> Actual:
        space = self.rooms.get(SPACE)
        return Actual(
            ghosts={ghost.person_id: ghost.display_name for ghost in self.ghosts.values() if ghost.state == HERE},
            gone=frozenset(ghost.person_id for ghost in self.ghosts.values() if ghost.state in (LEAVING, GONE)),
            leaving=frozenset(ghost.person_id for ghost in self.ghosts.values() if ghost.state == LEAVING),
            rooms={key: _actual(room, space) for key, room in self.rooms.items()},
        )


def _actual(room: FoundRoom, space: FoundRoom | None) -> ActualRoom:
    seen, conversation = room.seen, room.conversation
    is_named = space is not None and space.room_id in seen.parents
    return ActualRoom(
        key=room.key,
        room_id=room.room_id,
        conversation_id=conversation.id if conversation else None,
        name=conversation.name if conversation else "",
        given_name=room.record.given_name,
        room_name=seen.name,
        topic=seen.topic,
        avatar=seen.avatar,
        is_archived=bool(conversation and conversation.is_archived),
        is_linked=is_named or seen.is_child,
        is_half_linked=is_named != seen.is_child,
        participants=conversation.participants if conversation else {},
        memberships=seen.memberships,
        strangers=seen.strangers,
        levels=seen.levels,
        faults=seen.faults,
    )


async def find(parts: Parts, *, look: bool = False, spare: Collection[str | int] = ()) -> Found:
    """
    Read our records: five statements, and one call for each room that is to be looked at.

    Args:
        look: Look at every room.
        spare: Suspect rooms that are left for later.

    Raises:
        HomeserverUnavailable, HomeserverRefused: A room could not be looked at; half a picture would make a
            wrong plan.
    """
    async with parts.db.reading() as conn:
        turn = await lease.get_turn(conn, parts.clock())
        ghosts = await record.list_ghosts(conn)
        recorded = await record.list_rooms(conn)
        conversations = await list_roster_conversations(conn)
    rooms = {
        each.roster_key: FoundRoom(recorded.get(each.roster_key, Room(each.roster_key)), each) for each in conversations
    }
    if SPACE in recorded:
        rooms[SPACE] = FoundRoom(recorded[SPACE])
    leaving = [ghost.person_id for ghost in ghosts.values() if ghost.state == LEAVING]
    wanted = [room for room in rooms.values() if _is_doubtful(room, spare) or (look and room.room_id)]

    async def look_at(room: FoundRoom) -> FoundRoom:
        if room.room_id is None:
            found = await _adopt(parts.homeserver, room)
        else:
            seen = await _look(parts.homeserver, room)
            found = room.named().with_seen(replace(seen, is_child=room.seen.is_child))
        # They will have left by the time that the rooms are worked on, also those who come back now.
        return found.with_seen(found.record.seen.without_joined(leaving)) if found.record.seen else found

    looked = {room.key: room for room in await in_parallel(wanted, look_at, at_once=LOOKS_AT_ONCE)}
    rooms |= looked
    if SPACE in looked:
        rooms = {key: _placed(room, looked[SPACE].seen.children) for key, room in rooms.items()}
    return Found(ghosts, rooms, frozenset(looked), turn)


def _placed(room: FoundRoom, children: Collection[str]) -> FoundRoom:
    """The space was looked at, and knows better which rooms it names."""
    is_child = room.room_id in children
    return room if room.record.seen is None else room.with_seen(replace(room.record.seen, is_child=is_child))


def _is_doubtful(room: FoundRoom, spare: Collection[str | int]) -> bool:
    if room.record.seen is None and room.room_id is not None:
        return True
    return room.record.suspect_ms is not None and room.key not in spare


async def _adopt(homeserver: Homeserver, room: FoundRoom) -> FoundRoom:
    """Look by the alias for the room whose maker died; perhaps it is there, open and half made."""
    room_id = await homeserver.find_room(homeserver.ids.alias(room.alias)) if room.alias else None
    if room_id is None:
        return room
    try:
        found = replace(room, adopted=room_id)
        return found.named().with_seen(await _look(homeserver, found))
    except HomeserverRefused as refused:
        if refused.http_status not in (403, 404):
            raise
        return room  # not even the bot is in it: `rooms.ensure_room` knows what to do then


async def _look(homeserver: Homeserver, room: FoundRoom) -> Seen:
    conversation = room.conversation
    try:
        events = await homeserver.get_state(room.room_id or "")
    except HomeserverRefused as refused:
        name = f"the room of conversation {conversation.id}" if conversation else "the school's space"
        why = f"The homeserver does not know {name}; was its data replaced?"
        raise HomeserverRefused(why, errcode=refused.errcode, http_status=refused.http_status) from refused
    return read_state(
        events,
        homeserver.ids,
        room.key,
        conversation.id if conversation else None,
        is_archived=bool(conversation and conversation.is_archived),
    )
