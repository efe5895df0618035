"""The panel's rows in our words: which field is which, which role is which. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bridge.config import PullConfig
from bridge.permissions.school import Role, School
from bridge.roster.panel_entries import Place

Rows = list[Any]  # what is no object stays as it is: the check says so


@dataclass
class Mapped:
    """Rows as ``panel_entries`` takes them. ``left_out``: the ids of people whose role the config leaves out."""

    users: Rows
    groups: Rows
    enrolments: Rows
    left_out: set[int] = field(default_factory=set)

    def name_row(self, place: Place) -> str:
        """What a fault is about, in a way that finds it in the panel: ``users, id 17: role``."""
        part, *rest = place
        if not rest or not isinstance(rest[0], int):
            return str(part)
        row = getattr(self, str(part))[rest[0]]
        keys = ("group_id", "user_id") if part == "enrolments" else ("id",)
        known = [f"{key} {row[key]}" for key in keys if isinstance(row, dict) and row.get(key) is not None]
        which = ", ".join(known) or f"row {rest[0] + 1}"
        return ": ".join([f"{part}, {which}", *map(str, rest[1:])])


def map_rows(config: PullConfig, users: Rows, groups: Rows, enrolments: Rows | None, school: School) -> Mapped:
    """
    Translate the panel's lists; *enrolments* None: the groups say themselves who is in them.

    Args:
        school: Knows the role of people whom *users* does not name, because they have not changed.
    """
    names = config.user_fields.model_dump(exclude_none=True)
    all_users = [_with_role(_mapped(row, names), config) for row in users]
    left_out = {row["id"] for row in all_users if _is_left_out(row) and isinstance(row.get("id"), int)}
    kept = [row for row in all_users if not _is_left_out(row)]
    names = config.group_fields.model_dump(exclude={"teachers", "students"}, exclude_none=True)
    our_groups = [_mapped(row, names) for row in groups]
    if enrolments is None:
        found = list(_embedded(config, groups, our_groups))
    else:
        names = config.enrolment_fields.model_dump(exclude_none=True)
        found = [_with_role(_mapped(row, names), config) for row in enrolments]
    if enrolments is not None and config.enrolment_fields.role is None:
        _derive_roles(found, kept, school)
    found = [row for row in found if not _is_left_out(row) and not (isinstance(row, dict) and _user(row) in left_out)]
    return Mapped(kept, our_groups, found, left_out)


def _mapped(row: Any, names: dict[str, str]) -> Any:
    """The row with our keys; what the panel does not have is left out, so that the check names it."""
    if not isinstance(row, dict):
        return row
    found = {ours: _at(row, theirs) for ours, theirs in names.items()}
    if found.get("is_active") is _ABSENT:
        found["is_active"] = None  # it has a default, but not here: nobody comes back because a field is renamed
    return {key: value for key, value in found.items() if value is not _ABSENT}


_ABSENT = object()


def _at(row: Any, path: str) -> Any:
    """The value at *path*; ``profile.role`` leads into an object."""
    for part in path.split("."):
        if not isinstance(row, dict) or part not in row:
            return _ABSENT
        row = row[part]
    return row


def _with_role(row: Any, config: PullConfig) -> Any:
    role = row.get("role") if isinstance(row, dict) else None
    if isinstance(role, (str, int)) and str(role) in config.roles:
        row["role"] = config.roles[str(role)]
    return row


def _is_left_out(row: Any) -> bool:
    return isinstance(row, dict) and row.get("role") == ""


def _user(row: dict[str, Any]) -> Any:
    user_id = row.get("user_id")
    return int(user_id) if isinstance(user_id, str) and user_id.isdecimal() else user_id


def _embedded(config: PullConfig, groups: Rows, our_groups: Rows) -> Iterator[Any]:
    """Enrolments from lists inside the groups: ids, or objects with an id, or one of either."""
    sides = ((Role.TEACHER, config.group_fields.teachers), (Role.STUDENT, config.group_fields.students))
    for row, ours in zip(groups, our_groups, strict=True):
        for role, path in sides:
            if path is None or not isinstance(row, dict):
                continue
            found = _at(row, path)
            if found is _ABSENT:
                yield {"group_id": ours.get("id"), "role": role.value}  # the check says that the user is missing
                continue
            for user in found if isinstance(found, list) else [found] if found is not None else []:
                user_id = user.get(config.user_fields.id) if isinstance(user, dict) else user
                yield {"group_id": ours.get("id"), "user_id": user_id, "role": role.value}


def _derive_roles(enrolments: Iterable[Any], users: Rows, school: School) -> None:
    """Who is a student learns in a group, everybody else teaches it."""
    roles = {str(row["id"]): row.get("role") for row in users if isinstance(row, dict) and "id" in row}
    for row in enrolments:
        if isinstance(row, dict) and (user_id := _user(row)) is not None:
            known = school.find(user_id) if isinstance(user_id, int) else None
            role = roles.get(str(user_id), known.role.value if known else None)
            row["role"] = "student" if role in (None, "student") else "teacher"
