"""From the panel's objects to what the bridge is told of them; each function can be replaced by a dotted path."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from classbridge_panel.conf import get_settings

ROLES = ("student", "teacher", "admin")
Row = dict[str, Any]


class Unfit(Exception):
    """An object cannot be told of; the sentence says why, and what to do."""


def role_of(user: Any) -> str | None:
    """
    The user's own field ``role``, by ``ROLES`` of the settings where the panel has other words.

    Raises:
        Unfit: The word is not known.
    """
    word = user.role
    words: dict[Any, str | None] = {role: role for role in ROLES}
    words.update(get_settings().roles)
    if word not in words:
        raise Unfit(f"the role {word!r} is none of {', '.join(map(repr, words))}; add it to CLASSBRIDGE['ROLES']")
    return words[word]


def user_row(user: Any) -> Row | None:
    """What the bridge is told of a person; None: has no part in the chat."""
    role = get_settings().function("role")(user)
    if role is None:
        return None
    return {
        "id": user.pk,
        "username": user.get_username(),
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": role,
        "is_active": user.is_active,
    }


def group_row(group: Any) -> Row | None:
    """What the bridge is told of a group: its ``name``; ``year`` ("2026/27") and ``course`` where they are texts."""
    more = {key: getattr(group, key, None) for key in ("year", "course")}
    return {"id": group.pk, "name": group.name, **{key: text for key, text in more.items() if isinstance(text, str)}}


def row_of_user(user: Model) -> Row | None:
    """By the setting ``USER_ROW``, checked."""
    row = get_settings().function("user_row")(user)
    if row is not None and row.get("role") not in ROLES:
        raise Unfit(f"USER_ROW gave the role {row.get('role')!r}; it must be one of {', '.join(ROLES)}")
    return _with_id(row, user, "USER_ROW")


def row_of_group(group: Model) -> Row | None:
    """By the setting ``GROUP_ROW``, checked."""
    return _with_id(get_settings().function("group_row")(group), group, "GROUP_ROW")


def _with_id(row: Row | None, thing: Model, setting: str) -> Row | None:
    if row is not None and row.get("id") != thing.pk:
        raise Unfit(f"{setting} gave the id {row.get('id')!r} to {thing.pk}; the id is the primary key")
    return None if row is None else {key: value for key, value in row.items() if value is not None}
