"""The numbers of a run in words, for people."""

from __future__ import annotations

from dataclasses import asdict

from bridge.roster.runs import Counts


def counted(number: int, one: str, many: str = "") -> str:
    """``1 room``, ``2 rooms``; *many* where it is not *one* with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def counts_in_words(counts: Counts) -> str:
    """``people: 3 added, 1 missing; groups: 1 changed``."""
    parts = []
    for kind, tally in asdict(counts).items():
        numbers = [f"{number} {what}" for what, number in tally.items() if number]
        if numbers:
            parts.append(f"{kind}: {', '.join(numbers)}")
    return "; ".join(parts) or "nothing changed"
