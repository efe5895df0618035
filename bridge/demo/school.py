"""Which school the demo shows: the example, somebody's file, or a synthetic one with a history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge.roster.roster import Roster
from bridge.roster.synthetic import SyntheticSchool, parse_synthetic, synthetic_roster
from bridge.roster.yaml_source import load_roster

EXAMPLE = Path(__file__).with_name("school.yaml")


@dataclass(frozen=True)
class DemoSchool:
    """``synthetic`` is None for a school from a file: it begins without history."""

    roster: Roster
    synthetic: SyntheticSchool | None = None


def load_school_for(choice: str | None) -> DemoSchool:
    """
    Load what ``--school`` names.

    Raises:
        ConfigError: There is no such file, or it has faults; all of them.
    """
    if choice is not None and choice.startswith("synthetic:"):
        synthetic = parse_synthetic(choice)
        return DemoSchool(synthetic_roster(synthetic), synthetic)
    return DemoSchool(load_roster(Path(choice) if choice else EXAMPLE))
