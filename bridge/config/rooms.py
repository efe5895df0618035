"""The sections about the rooms that follow the roster, and what is done when somebody changes them by hand."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, Field

from bridge.config.values import Section

NAME_FIELDS = frozenset({"name", "course", "year"})
TOPIC_FIELDS = NAME_FIELDS | {"teachers"}


def _template(text: str, fields: frozenset[str]) -> str:
    """Refuse what is not plain text with ``{field}`` in it."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"is no template: {error}; a brace in the text is written twice") from error
    for _, field, form, conversion in parts:
        if field is not None and (field not in fields or form or conversion):
            known = ", ".join(f"{{{name}}}" for name in sorted(fields))
            raise ValueError(f"{{{field}}} is no field; there are {known}")
    return text


def _of_names(text: str) -> str:
    text = _template(text, NAME_FIELDS)
    if "{name}" not in text:
        raise ValueError("must hold {name}, or all rooms would be called the same")
    return text


def _of_topics(text: str) -> str:
    return _template(text, TOPIC_FIELDS)


RoomName = Annotated[str, Field(min_length=1, max_length=255)]


class RoomsConfig(Section):
    """Which rooms there are besides those of the groups (null: not this one), and what rooms are called."""

    space: RoomName | None = None
    staff_room: RoomName | None = None
    announcements: RoomName | None = None
    name: Annotated[str, Field(max_length=255), AfterValidator(_of_names)] = "{name}"
    topic: Annotated[str, Field(max_length=500), AfterValidator(_of_topics)] = "{course} · {year} · {teachers}"
    avatar_file: Path | None = None


class DriftConfig(Section):
    """How often, in an hour, what was changed by hand in one room is put right; 0: by `roster apply` only."""

    repairs_per_hour: int = Field(6, ge=0)
