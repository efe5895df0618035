"""The brake: a read that would remove too much of a school stops, and somebody is asked. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bridge.roster.reads import Removals
from bridge.roster.roster import Roster
from bridge.roster.settle import Settled, effective_enrolments

EVENTS_FLOOR = 5


@dataclass(frozen=True)
class Sizes:
    """How many people, groups and enrolments."""

    people: int = 0
    groups: int = 0
    enrolments: int = 0

    @classmethod
    def of(cls, removals: Removals) -> Sizes:
        return cls(len(removals.people), len(removals.groups), len(removals.enrolments))

    def __add__(self, other: Sizes) -> Sizes:
        return Sizes(self.people + other.people, self.groups + other.groups, self.enrolments + other.enrolments)


@dataclass(frozen=True)
class Share:
    """``kind``: people, groups or enrolments."""

    kind: str
    removed: int
    total: int


@dataclass(frozen=True)
class Brake:
    """Why a run waits: which kinds lose more than *percent* % of what there is."""

    percent: float
    shares: tuple[Share, ...]

    @property
    def sentence(self) -> str:
        shares = ", ".join(f"{share.removed} of {share.total} {share.kind}" for share in self.shares)
        return f"It would remove {shares}: more than {self.percent:g} %."

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "sentence": self.sentence}

    @classmethod
    def of_json(cls, found: dict[str, Any]) -> Brake:
        return cls(found["percent"], tuple(Share(**share) for share in found["shares"]))


def sizes_of(roster: Roster) -> Sizes:
    """Of those who are there: active people, groups, and the enrolments of active people."""
    active = sum(person.is_active for person in roster.people)
    return Sizes(active, len(roster.groups), len(effective_enrolments(roster)))


def find_brake(before: Roster, settled: Settled, percent: float) -> Brake | None:
    """Whether more than *percent* % of the people, the groups or the enrolments would go."""
    return find_excess(Sizes.of(settled.removed), sizes_of(before), percent)


def find_excess(removed: Sizes, total: Sizes, percent: float, *, floor: int = 0) -> Brake | None:
    """As ``find_brake``, by numbers; *floor* or fewer of a kind are never too many."""
    shares = [
        Share(kind, lost, there)
        for kind, lost, there in (
            ("people", removed.people, total.people),
            ("groups", removed.groups, total.groups),
            ("enrolments", removed.enrolments, total.enrolments),
        )
        if lost > floor and lost * 100 > there * percent
    ]
    return Brake(percent, tuple(shares)) if shares else None
