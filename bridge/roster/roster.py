"""What a source of the roster delivers: people, groups, enrolments; checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.permissions.school import Enrolment, Group, Person


@dataclass(frozen=True)
class Roster:
    """
    A complete read of the school's list.

    Attributes:
        passwords: Person id to a password in clear; of the demo's YAML only, empty otherwise.
    """

    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    enrolments: tuple[Enrolment, ...]
    passwords: dict[int, str] = field(default_factory=dict, repr=False)
