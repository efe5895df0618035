"""A school of this year: what a package says of last year's classes is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bridge.roster.roster import Roster
from bridge.roster.school_year import school_year


def in_this_year(roster: Roster) -> Roster:
    year = school_year(datetime.now(UTC).date())
    return replace(roster, groups=tuple(replace(group, year=year) for group in roster.groups))
