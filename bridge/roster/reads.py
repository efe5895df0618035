"""What a source has read: a whole school or a change of it, and what it says is gone."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.roster.roster import Roster


@dataclass(frozen=True)
class Removals:
    """People, groups and enrolments by id; an enrolment is (group_id, person_id)."""

    people: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    enrolments: frozenset[tuple[int, int]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.people or self.groups or self.enrolments)


@dataclass(frozen=True)
class Read:
    """
    One read of a source that came to its end; a read that broke off is an error, never a ``Read``.

    Attributes:
        source: ``yaml``, ``oneroster``, ``panel-pull``, ``panel-push`` or ``panel-event``.
        roster: What it names.
        is_complete: Whether it is the whole school, so that what it does not name is missing; False: the rest
            stays as it is.
        removals: What it says, in so many words, is gone. What the same read also names is not.
        version: Of the whole list, where the panel gives one: what its events told of later versions stays as it is,
            so lists and events must be numbered together (milliseconds are such numbers).
        began_ms: When the reading of a whole list began, where it takes a while: what events told since then stays.
    """

    source: str
    roster: Roster
    is_complete: bool
    removals: Removals = Removals()
    version: int | None = None
    began_ms: int | None = None
