"""What provisioning speaks of: what should be, what is, and the steps between them. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Levels = Mapping[int, int]  # person id → power level in the room


@dataclass(frozen=True)
class DesiredRoom:
    """The room of a group. ``members`` holds everybody who belongs there, with the power level there."""

    group_id: int
    name: str
    members: Levels


@dataclass(frozen=True)
class Desired:
    """
    What the roster asks for.

    Attributes:
        ghosts: Person id to display name, of everybody who is active.
        admins: May be in any room without being enrolled: they joined visibly.
    """

    ghosts: Mapping[int, str]
    rooms: Mapping[int, DesiredRoom]
    admins: frozenset[int]


@dataclass(frozen=True)
class ActualRoom:
    """
    The room of a group as the read model and the homeserver have it.

    Attributes:
        room_id: None: the conversation has no room yet.
        room_name: ``m.room.name`` in Matrix; ``name`` is the read model's.
        participants: Person id to "is a manager", in the read model.
        memberships: Person id to ``m.room.member`` membership, of ghosts, in Matrix.
        strangers: mxids that are in the room and are neither ghosts nor the bot.
        levels: Person id to power level in Matrix, of those who have more than the default.
    """

    group_id: int
    conversation_id: int
    room_id: str | None
    name: str
    room_name: str = ""
    is_archived: bool = False
    participants: Mapping[int, bool] = field(default_factory=dict)
    memberships: Mapping[int, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    levels: Levels = field(default_factory=dict)


@dataclass(frozen=True)
class Actual:
    """What was found. ``ghosts``: those that were made, with the display name they were given."""

    ghosts: Mapping[int, str] = field(default_factory=dict)
    rooms: Mapping[int, ActualRoom] = field(default_factory=dict)


@dataclass(frozen=True)
class EnsureGhost:
    person_id: int
    name: str


@dataclass(frozen=True)
class CreateRoom:
    group_id: int
    name: str
    members: Levels


@dataclass(frozen=True)
class Admit:
    group_id: int
    members: Levels


@dataclass(frozen=True)
class SetPower:
    """``members``: everybody above the default; whoever is not in it goes back to the default."""

    group_id: int
    members: Levels


@dataclass(frozen=True)
class Reopen:
    """An archived room takes part again; ``members`` as in ``SetPower``."""

    group_id: int
    members: Levels


@dataclass(frozen=True)
class Rename:
    group_id: int
    name: str


@dataclass(frozen=True)
class Dismiss:
    group_id: int
    person_id: int
    reason: str


@dataclass(frozen=True)
class DismissStranger:
    group_id: int
    mxid: str
    reason: str


@dataclass(frozen=True)
class Archive:
    """Students may read, not write; ``members`` as in ``SetPower``."""

    group_id: int
    members: Levels


RoomStep = CreateRoom | Reopen | Admit | SetPower | Rename | Dismiss | DismissStranger | Archive
Step = EnsureGhost | RoomStep

REMOVALS = (Dismiss, DismissStranger, Archive)


def step_as_json(step: Step) -> dict[str, Any]:
    """The step as people and golden files read it; it holds names, so it is not for the log."""
    return {"step": type(step).__name__, **asdict(step)}
