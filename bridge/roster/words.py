"""The numbers of a run in words, for people."""

from __future__ import annotations

from dataclasses import asdict

from bridge.roster.runs import Counts


def counts_in_words(counts: Counts) -> str:
    """``people: 3 added, 1 missing; groups: 1 changed``."""
    parts = []
    for kind, tally in asdict(counts).items():
        numbers = [f"{number} {what}" for what, number in tally.items() if number]
        if numbers:
            parts.append(f"{kind}: {', '.join(numbers)}")
    return "; ".join(parts) or "nothing changed"
