"""
What people may do in Matrix clients. Pure: the homeserver's module asks, and adds nothing of its own.

The rules are those of the web (``permissions.policy``); here are the doors that only Matrix has. Every answer is a
``Reason`` that refuses, or None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.permissions.matrix_events import refuse_content
from bridge.permissions.policy import ConversationFacts, Reason, refuse_begin, refuse_direct, refuse_edit, refuse_send
from bridge.permissions.roster_rooms import belongs_into
from bridge.permissions.school import Person, Role
from bridge.permissions.snapshot import Snapshot

# The bridge's state event in each room, which says what the room is.
CONVERSATION_TYPE = "org.classbridge.conversation"
# What a manager may change in a room; all other state is the school's alone (levels, join rule, encryption, …).
MANAGED_STATE = frozenset({"m.room.name", "m.room.topic", "m.room.avatar", "m.room.pinned_events"})
MEMBER = "m.room.member"
REDACTION = "m.room.redaction"
TOPIC_CHARACTERS = 1000
# The one device of each ghost through which the bridge sends; a test holds it to ``bridge.matrix.ids``.
BRIDGE_DEVICE = "CLASSBRIDGE"


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """
    What a room says of itself in the bridge's state event; it never changes.

    Attributes:
        people: The two of a direct conversation; empty for all other rooms.
    """

    is_direct: bool
    roster_key: str | None = None
    people: tuple[int, ...] = ()


def read_marker(content: Mapping[str, Any]) -> RoomFacts:
    """Read the bridge's state event; what does not make sense in it is left out."""
    people = content.get("people")
    key = content.get("roster_key")
    return RoomFacts(
        is_direct=content.get("is_direct") is True,
        roster_key=key if isinstance(key, str) else None,
        people=tuple(p for p in people if isinstance(p, int)) if isinstance(people, list | tuple) else (),
    )


@dataclass(frozen=True, slots=True)
class EventFacts:
    """
    What the rules need to know of an event that another one is about.

    Attributes:
        sender_id: None: the bot, or somebody who is not of the school.
        sent_ms: In milliseconds since 1970.
    """

    sender_id: int | None
    sent_ms: int
    is_state: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What a ``/createRoom`` asks for: Client-Server API, "Creation".

    Attributes:
        people: Everybody who is invited.
        is_direct: A conversation of two, by the flag or because one person is invited into a room without a name.
    """

    people: tuple[int, ...]
    name: str
    is_direct: bool
    topic: str = ""


def read_wish(snapshot: Snapshot, request: Mapping[str, Any]) -> Wish | Reason:
    """Read the body of a ``/createRoom``; a reason when it asks for what no school has."""
    invited = request.get("invite") or []
    content = request.get("creation_content") or {}
    if request.get("invite_3pid") or not isinstance(invited, list) or not isinstance(content, Mapping):
        return Reason.PERSON_INACTIVE
    if content.get("type") is not None:
        return Reason.ONLY_THE_SCHOOL  # a space, or a room of another kind
    people = tuple(dict.fromkeys(snapshot.identity.person_id(str(mxid)) for mxid in invited))
    known = tuple(person_id for person_id in people if person_id is not None)
    if len(known) != len(people):
        return Reason.PERSON_INACTIVE
    name, topic = (_text(request.get(key)) for key in ("name", "topic"))
    is_direct = len(known) == 1 and (request.get("is_direct") is True or not name)
    return Wish(known, name, is_direct, topic[:TOPIC_CHARACTERS])


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def refuse_create(snapshot: Snapshot, actor: Person, wish: Wish) -> Reason | None:
    """
    May *actor* begin this conversation? Asked before the bridge is; the bridge asks again.

    The bridge alone knows which conversations there are: a student does not begin with an admin, and finds the one that
    an admin has begun.
    """
    people = [snapshot.school.find(person_id) for person_id in wish.people]
    if not wish.is_direct and actor.role == Role.STUDENT:
        return Reason.ROLE
    others = [person for person in people if wish.is_direct or person is None or person.id != actor.id]
    return _first(refuse_direct(snapshot.school, snapshot.rules, actor, other) for other in others)


def refuse_invite(snapshot: Snapshot, actor: Person, room: RoomFacts, invitee: str) -> Reason | None:
    """May *actor* invite *invitee*? That *actor* manages the room is asked by its power levels."""
    if room.is_direct:
        return Reason.DIRECT
    if actor.role == Role.STUDENT:
        return Reason.NOT_MANAGER
    other = snapshot.school.find(snapshot.identity.person_id(invitee))
    return refuse_direct(snapshot.school, snapshot.rules, actor, other)


def refuse_join(snapshot: Snapshot, actor: Person, room: RoomFacts, *, is_invited: bool) -> Reason | None:
    """
    May *actor* come into the room? Who is in already is not asked.

    The rooms of the school are closed; this holds when one is open, for the moment in which the bridge makes it.
    """
    if not actor.is_active:
        return Reason.PERSON_INACTIVE
    if room.is_direct:
        return None if actor.id in room.people else Reason.DIRECT
    if room.roster_key is None or is_invited or actor.role == Role.ADMIN:
        return None
    return None if belongs_into(snapshot.school, room.roster_key, actor) else Reason.NOT_A_PARTICIPANT


def refuse_state(actor: Person, room: RoomFacts, event_type: str, state_key: str, *, own_mxid: str) -> Reason | None:
    """May *actor* send this state event? That *actor* manages the room is asked by its power levels."""
    if event_type == MEMBER:
        # One's own: a name for this room alone, which would let a pupil be "Mr Teacher" in it.
        return Reason.ONLY_THE_SCHOOL if state_key == own_mxid else None
    if event_type not in MANAGED_STATE or room.is_direct:
        return Reason.ONLY_THE_SCHOOL
    return Reason.NOT_MANAGER if actor.role == Role.STUDENT else None


def refuse_event(
    snapshot: Snapshot, actor: Person, room_id: str, room: RoomFacts, event_type: str, content: Mapping[str, Any]
) -> Reason | None:
    """May *actor* send this event now? Deleting what was said is always possible; the room's levels say whose."""
    if not actor.is_active:
        return Reason.PERSON_INACTIVE
    if event_type == REDACTION:
        return None
    return refuse_content(snapshot.files, event_type, content) or refuse_send(
        snapshot.school, snapshot.rules, actor, facts_of(snapshot, actor, room_id, room)
    )


def edited_event_id(content: Mapping[str, Any]) -> str | None:
    """Which event this one replaces: Client-Server API, "Event replacements"."""
    relation = content.get("m.relates_to")
    if not isinstance(relation, Mapping) or relation.get("rel_type") != "m.replace":
        return None
    event_id = relation.get("event_id")
    return event_id if isinstance(event_id, str) else None


def refuse_edit_of(snapshot: Snapshot, actor: Person, edited: EventFacts | None, now_ms: int) -> Reason | None:
    """May *actor* replace the message now? None: it is no edit."""
    if edited is None:
        return None
    return refuse_edit(snapshot.rules, actor, edited.sender_id, (now_ms - edited.sent_ms) / 1000)


def refuse_redaction(actor: Person, room: RoomFacts, redacted: EventFacts | None) -> Reason | None:
    """
    May *actor* delete that event? That staff manage the group is asked by its power levels.

    What a room is, who is in it and what the bridge has written into it, is no message: without it the rules would not
    know the room any more.
    """
    if redacted is None:
        return None  # Synapse says that there is no such event
    if redacted.is_state:
        return Reason.ONLY_THE_SCHOOL
    if redacted.sender_id == actor.id or actor.role == Role.ADMIN:
        return None
    if room.is_direct:
        return Reason.NOT_SENDER
    return Reason.NOT_MANAGER if actor.role == Role.STUDENT else None


def refuse_removal(
    snapshot: Snapshot, actor: Person, room: RoomFacts, member_id: int | None, *, is_manager: bool
) -> Reason | None:
    """
    May *actor* end this person's being in the room: kick, ban, or leave? As the web answers.

    Who has left the school leaves.
    """
    if not actor.is_active:
        return None
    if room.is_direct:
        return Reason.DIRECT
    is_another = actor.id != member_id
    if is_another and not is_manager:
        return Reason.NOT_MANAGER
    member, key = snapshot.school.find_active(member_id), room.roster_key
    if member is not None and key is not None and belongs_into(snapshot.school, key, member):
        return Reason.ROSTER_MANAGED
    return Reason.NOT_MANAGER if actor.role == Role.STUDENT and not is_another else None


def may_remove(levels: Mapping[str, Any], mxid: str) -> bool:
    """Whether *mxid* manages the members, by the content of ``m.room.power_levels``, which the bridge has written."""
    users = levels.get("users")
    own = users.get(mxid) if isinstance(users, Mapping) else None
    level, needed = levels.get("users_default", 0) if own is None else own, levels.get("kick", 50)
    return isinstance(level, int) and isinstance(needed, int) and level >= needed


def facts_of(snapshot: Snapshot, actor: Person, room_id: str, room: RoomFacts) -> ConversationFacts:
    """The room as the rules of the web see a conversation."""
    is_locked, blocked_by = room_id in snapshot.locked, snapshot.locked.get(room_id)
    other_id = next((person_id for person_id in room.people if person_id != actor.id), None)
    return ConversationFacts(
        is_direct=room.is_direct,
        is_archived=is_locked and blocked_by is None,
        other_id=other_id,
        blocked_by=blocked_by,
        roster_key=room.roster_key,
    )


def may_find(snapshot: Snapshot, actor: Person, other: Person) -> bool:
    """Does the directory show *other* to *actor*? Whom one may write to, and who shares a group."""
    if not other.is_active:
        return False
    if refuse_begin(snapshot.school, snapshot.rules, actor, other) is None:
        return True
    return snapshot.school.share_a_group(actor.id, other.id)


def _first(reasons: Iterable[Reason | None]) -> Reason | None:
    return next((reason for reason in reasons if reason), None)
