"""What provisioning speaks of: what should be, what is, and the steps between them. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bridge.permissions.roster_rooms import SPACE

Levels = Mapping[int, int]  # person id → power level in the room


@dataclass(frozen=True)
class DesiredRoom:
    """
    One room of the school; ``key`` as in ``permissions.roster_rooms``.

    Attributes:
        members: Everybody who belongs there, with the power level there.
        managers: Those of them who manage it on the web.
        topic: Empty: there is none.
        avatar: ``mxc://`` address, or ``file:<digest>`` of a picture that is not uploaded yet; None: whatever it has.
        in_space: Whether it is one of the space's rooms.
    """

    key: str
    name: str
    members: Levels
    managers: frozenset[int] = frozenset()
    topic: str = ""
    avatar: str | None = None
    in_space: bool = False


@dataclass(frozen=True)
class Desired:
    """
    What the roster asks for.

    Attributes:
        ghosts: Person id to display name, of everybody who is active.
        rooms: By key, the space among them.
        admins: May be in any group's room without being enrolled: they joined visibly.
    """

    ghosts: Mapping[int, str]
    rooms: Mapping[str, DesiredRoom]
    admins: frozenset[int]


@dataclass(frozen=True)
class ActualRoom:
    """
    A room as the read model and the homeserver have it.

    Attributes:
        room_id: None: it is not made yet.
        conversation_id: None for the space, which is no conversation.
        given_name: Which provisioning gave it last; ``name`` is the read model's, ``room_name`` is in Matrix.
        is_linked: Whether space or room name each other; ``is_half_linked``: only one of them.
        participants: Person id to "is a manager", in the read model.
        memberships: Person id to ``m.room.member`` membership, of ghosts, in Matrix.
        strangers: mxids that are in the room and are neither ghosts nor the bot.
        levels: Person id to power level in Matrix, of those who have more than the default.
        faults: What else is not as it must be: names of ``seen.FIXED``, or ``power``.
    """

    key: str
    room_id: str | None = None
    conversation_id: int | None = None
    name: str = ""
    given_name: str = ""
    room_name: str = ""
    topic: str = ""
    avatar: str = ""
    is_archived: bool = False
    is_linked: bool = False
    is_half_linked: bool = False
    participants: Mapping[int, bool] = field(default_factory=dict)
    memberships: Mapping[int, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    levels: Levels = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def has_conversation(self) -> bool:
        return self.key != SPACE


@dataclass(frozen=True)
class Actual:
    """
    What was found.

    Attributes:
        ghosts: Person id to the display name it was given, of those who are here.
        gone: Whose ghost has left, or is leaving, with everything.
        leaving: Those of ``gone`` of whom it is not sure that everything is done.
    """

    ghosts: Mapping[int, str] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    leaving: frozenset[int] = frozenset()
    rooms: Mapping[str, ActualRoom] = field(default_factory=dict)


@dataclass(frozen=True)
class EnsureGhost:
    person_id: int
    name: str


@dataclass(frozen=True)
class Retire:
    """Who has left the school leaves every room, and is signed out of every Matrix client."""

    person_id: int


@dataclass(frozen=True)
class Revive:
    """Who has come back gets the direct conversations and group chats back; the roster's rooms follow by ``Admit``."""

    person_id: int
    name: str


@dataclass(frozen=True)
class CreateRoom:
    key: str
    name: str
    members: Levels
    topic: str = ""
    avatar: str = ""


@dataclass(frozen=True)
class Admit:
    key: str
    members: Levels


@dataclass(frozen=True)
class SetPower:
    """``members``: everybody above the default; whoever is not in it goes back to the default."""

    key: str
    members: Levels


@dataclass(frozen=True)
class Reopen:
    """An archived room takes part again; ``members`` as in ``SetPower``."""

    key: str
    members: Levels


@dataclass(frozen=True)
class Rename:
    key: str
    name: str


@dataclass(frozen=True)
class Describe:
    """A new topic or picture; None: that stays."""

    key: str
    topic: str | None = None
    avatar: str | None = None


@dataclass(frozen=True)
class Mend:
    """State that never changes was changed: put it back."""

    key: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """Put the room into the space."""

    key: str


@dataclass(frozen=True)
class Unlink:
    """Take the room out of the space."""

    key: str


@dataclass(frozen=True)
class Dismiss:
    key: str
    person_id: int
    reason: str


@dataclass(frozen=True)
class DismissStranger:
    key: str
    mxid: str
    reason: str


@dataclass(frozen=True)
class Archive:
    """Everybody may read on, nobody writes; ``members`` as in ``SetPower``."""

    key: str
    members: Levels


PersonStep = EnsureGhost | Retire | Revive
RoomStep = (
    CreateRoom
    | Reopen
    | Admit
    | SetPower
    | Rename
    | Describe
    | Mend
    | Link
    | Unlink
    | Dismiss
    | DismissStranger
    | Archive
)
Step = PersonStep | RoomStep


def name_step(step: Step) -> str:
    """The step by its ids, for a list of failures: "Admit group:70"."""
    ids = [getattr(step, name) for name in ("key", "person_id") if hasattr(step, name)]
    return " ".join([type(step).__name__, *map(str, ids)])


def step_as_json(step: Step) -> dict[str, Any]:
    """The step as people and golden files read it; it holds names, so it is not for the log."""
    return {"step": type(step).__name__, **asdict(step)}
