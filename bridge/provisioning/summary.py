"""What a plan comes to, in numbers and in one sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bridge.permissions.roster_rooms import STAFF, find_group_id
from bridge.provisioning.spec import (
    Actual,
    Admit,
    Archive,
    CreateRoom,
    Dismiss,
    EnsureGhost,
    Rename,
    Reopen,
    Retire,
    Revive,
    Step,
)
from bridge.roster.words import counted

NOTHING = "Nothing to do: Matrix follows the roster."


@dataclass(frozen=True)
class Summary:
    """
    The numbers of a plan.

    Attributes:
        people_added, people_removed: Places in rooms of groups and in the staff room, those of who leaves the school
            among them; the space and the announcements follow by themselves and are not counted.
        people_new, people_renamed: Matrix users made, and names changed.
        people_leaving, people_returning: Who leaves the school or comes back to it.
        other_steps: What else is put right: powers, topics, links.
        directs_closed: Direct conversations that can be written to now and will only be readable.
    """

    rooms_created: int = 0
    rooms_renamed: int = 0
    rooms_archived: int = 0
    rooms_reopened: int = 0
    people_added: int = 0
    people_removed: int = 0
    people_new: int = 0
    people_renamed: int = 0
    people_leaving: int = 0
    people_returning: int = 0
    other_steps: int = 0
    directs_closed: int = 0
    steps: int = 0


_COUNTED: dict[type, str] = {
    Retire: "people_leaving",
    Revive: "people_returning",
    CreateRoom: "rooms_created",
    Rename: "rooms_renamed",
    Archive: "rooms_archived",
    Reopen: "rooms_reopened",
}


def summarize(steps: Sequence[Step], known: Collection[int], actual: Actual, directs_closed: int) -> Summary:
    """Count *steps*; *known*: the people who have a ghost already, *actual*: what the steps are planned for."""
    numbers: Counter[str] = Counter()
    for step in steps:
        match step:
            case EnsureGhost():
                numbers["people_renamed" if step.person_id in known else "people_new"] += 1
            case Dismiss():
                numbers["people_removed"] += _places(step.key, 1)
            case Admit():
                numbers["people_added"] += _places(step.key, len(step.members))
            case _:
                numbers[_COUNTED.get(type(step), "other_steps")] += 1
        if isinstance(step, CreateRoom):
            numbers["people_added"] += _places(step.key, len(step.members))
    leaving = {step.person_id for step in steps if isinstance(step, Retire)}
    for room in actual.rooms.values():
        numbers["people_removed"] += _places(room.key, len(leaving & room.participants.keys()))
    return Summary(**numbers, directs_closed=directs_closed, steps=len(steps))


def _places(key: str, people: int) -> int:
    return people if key == STAFF or find_group_id(key) is not None else 0


def sentence(summary: Summary) -> str:
    """
    The plan in one sentence.

    "12 rooms created, 340 people added, 18 removed, 3 renamed; nobody loses a direct conversation".
    """
    if not summary.steps:
        return NOTHING
    parts = [
        f"{counted(summary.rooms_created, 'room')} created",
        f"{counted(summary.people_added, 'person', 'people')} added",
        f"{summary.people_removed} removed",
        f"{summary.rooms_renamed} renamed",
    ]
    parts += [
        text
        for number, text in (
            (summary.rooms_archived, counted(summary.rooms_archived, "room") + " archived"),
            (summary.rooms_reopened, counted(summary.rooms_reopened, "room") + " reopened"),
            (summary.people_leaving, counted(summary.people_leaving, "person leaves", "people leave") + " the school"),
            (summary.people_returning, counted(summary.people_returning, "person comes", "people come") + " back"),
            (summary.people_renamed, counted(summary.people_renamed, "person has", "people have") + " a new name"),
        )
        if number
    ]
    if not any(text[0] != "0" for text in parts):  # what else goes without saying
        parts += [
            text
            for number, text in (
                (summary.people_new, counted(summary.people_new, "new person", "new people")),
                (summary.other_steps, counted(summary.other_steps, "setting") + " put right"),
            )
            if number
        ]
    closed = summary.directs_closed
    ends = f"{counted(closed, 'direct conversation becomes', 'direct conversations become')} read-only"
    return f"{', '.join(parts)}; {ends if closed else 'nobody loses a direct conversation'}"
