"""What this panel tells the chat of its own objects."""

from __future__ import annotations

from typing import Any

from classbridge_panel import rows


def user_row(user: Any) -> dict[str, Any] | None:
    """The first name of the profile, where there is one."""
    row = rows.user_row(user)
    profile = getattr(user, "profile", None)
    return {**row, "first_name": profile.first_name} if row and profile else row


def group_row(group: Any) -> dict[str, Any] | None:
    return None if group.is_closed else rows.group_row(group)
