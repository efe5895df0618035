"""Which school year a day belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime

FIRST_MONTH = 7  # lists of the coming year are made in summer


def school_year(day: date) -> str:
    """``2026/27`` from 1 July 2026 to 30 June 2027."""
    first = day.year if day.month >= FIRST_MONTH else day.year - 1
    return f"{first}/{(first + 1) % 100:02}"


def school_year_at(now_ms: int) -> str:
    return school_year(datetime.fromtimestamp(now_ms / 1000, UTC).date())
