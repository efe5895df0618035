"""What the bridge knows already: a delta is checked against it and completed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.permissions.school import Group, Person, School
from bridge.roster.sourced_ids import FIRST_GIVEN_ID, SourcedId

PERSON, GROUP = "person", "group"


@dataclass(frozen=True)
class Known:
    """``ids``: those given to text ids so far. ``school``: the roster as stored."""

    ids: Mapping[SourcedId, int] = field(default_factory=dict)
    school: School = field(default_factory=School)


class Ids:
    """
    From a ``sourcedId`` to the bridge's own integer.

    A plain positive integer below 10**12 is the id itself (the panel's, where the school's program took it from
    there); every other text gets one from 10**12 up, once and for ever.

    Attributes:
        given: Those given by this read.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._next = max((FIRST_GIVEN_ID - 1, *known.ids.values())) + 1
        self.given: dict[SourcedId, int] = {}

    def find(self, kind: str, sourced_id: str) -> int | None:
        if _is_plain(sourced_id):
            return int(sourced_id)
        key = (kind, sourced_id)
        return self._known.ids.get(key) or self.given.get(key)

    def give(self, kind: str, sourced_id: str) -> int:
        found = self.find(kind, sourced_id)
        if found is None:
            found = self.given[kind, sourced_id] = self._next
            self._next += 1
        return found

    def find_person(self, sourced_id: str) -> Person | None:
        """Somebody in the roster as stored."""
        return self._known.school.find(self.find(PERSON, sourced_id))

    def find_group(self, sourced_id: str) -> Group | None:
        """A group of the roster as stored."""
        id_ = self.find(GROUP, sourced_id)
        return None if id_ is None else self._known.school.groups.get(id_)


def _is_plain(sourced_id: str) -> bool:
    return sourced_id.isascii() and sourced_id.isdigit() and sourced_id[0] != "0" and int(sourced_id) < FIRST_GIVEN_ID
