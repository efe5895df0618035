"""What the command line asks for, and the sizes that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SECTIONS = ("delivery", "list", "history", "throughput", "memory", "rules")
STAGED = SECTIONS[:-1]  # rules has homeservers of its own
GRACE_S = 45


@dataclass(frozen=True)
class Options:
    """
    One run.

    Attributes:
        scale: Of durations and of how often things are repeated; below 0.5 also of the rooms for the list.
        senders: Sizes of the throughput measurement: so many people write at once.
        matrix_rooms: How many rooms the Matrix user of the list measurement is in.
        sqlite: The bridge on SQLite and without Redis, as a small school; else on PostgreSQL and with Redis.
        profile: Where to write the bridge's stacks during throughput.
        limit_s: After so many seconds no section, and no further round of throughput, begins; what is not done
            ``GRACE_S`` later is broken off.
    """

    only: tuple[str, ...] = SECTIONS
    scale: float = 1.0
    senders: tuple[int, ...] = (16, 64)
    matrix_rooms: int = 100
    sqlite: bool = False
    json: Path | None = None
    profile: Path | None = None
    limit_s: float = 250

    def wants(self, *sections: str) -> bool:
        return bool(set(sections) & set(self.only))

    @property
    def rooms(self) -> int:
        return max(4, round(self.matrix_rooms * min(1.0, 2 * self.scale)))

    def times(self, count: int, least: int = 2) -> int:
        """*count* in a run of scale 1."""
        return max(least, round(count * self.scale))

    def seconds(self, count: float) -> float:
        return max(0.5, count * self.scale)
