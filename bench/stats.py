"""Quantiles and ratios: of each round by itself, so that drift between rounds cancels out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Series:
    """One thing measured in several rounds: milliseconds, and what went wrong."""

    name: str
    rounds: list[list[float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def add(self, ms: float) -> None:
        self.rounds[-1].append(ms)

    @property
    def all(self) -> list[float]:
        return [ms for one in self.rounds for ms in one]

    def at(self, share: float) -> float | None:
        """The quantile of everything measured, None where nothing was."""
        return quantile(self.all, share) if self.all else None

    def as_json(self) -> dict[str, Any]:
        return {
            "n": len(self.all),
            "p50_ms": _round(self.at(0.5)),
            "p95_ms": _round(self.at(0.95)),
            "rounds_p50_ms": [_round(quantile(one, 0.5)) for one in self.rounds if one],
            "errors": self.errors,
            **self.more,
        }


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds' ratios, and the lowest and highest of them."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f}-{self.high:.2f})"

    def as_json(self) -> dict[str, float]:
        return {"median": round(self.middle, 3), "low": round(self.low, 3), "high": round(self.high, 3)}


def ratio_of(values: Sequence[float], others: Sequence[float]) -> Ratio | None:
    """*values* divided by *others*, round by round; rounds in which one is missing are left out."""
    found = [value / other for value, other in zip(values, others, strict=False) if other]
    return Ratio(median(found), min(found), max(found)) if found else None


def ratio_at(one: Series, other: Series, share: float) -> Ratio | None:
    pairs = [(a, b) for a, b in zip(one.rounds, other.rounds, strict=False) if a and b]
    return ratio_of([quantile(a, share) for a, _ in pairs], [quantile(b, share) for _, b in pairs])


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
