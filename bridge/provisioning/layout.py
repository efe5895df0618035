"""How the school's rooms are to look: the config's choices, ready for ``desired``. Pure but for the picture's bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bridge.config import RoomsConfig
from bridge.errors import ConfigError
from bridge.permissions.school import Group

PART = " · "
TOPIC_CHARACTERS = 500
NAME_CHARACTERS = 255

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif"}


@dataclass(frozen=True)
class Picture:
    """The school's picture; ``digest`` is the SHA-256 of its bytes, by which it is known again."""

    path: Path
    size: int
    mime_type: str
    digest: str


@dataclass(frozen=True)
class Layout:
    """
    What the config asks of the rooms.

    Attributes:
        space: The name of the school's space; None: there is none. Likewise the two rooms.
        name: Template of a group room's name; fields ``{name} {course} {year}``.
        topic: Template of its topic; ``{teachers}`` besides. Parts between `` · `` that come out empty are left out.
        picture: Of the space and of the rooms in it that are not a group's; None: whatever they have.
    """

    space: str | None = None
    staff_room: str | None = None
    announcements: str | None = None
    name: str = "{name}"
    topic: str = "{course} · {year} · {teachers}"
    picture: Picture | None = None

    def name_of(self, group: Group) -> str:
        filled = self.name.format(name=group.name, course=group.course, year=group.year)
        return " ".join(filled.split())[:NAME_CHARACTERS] or group.name

    def topic_of(self, group: Group, teachers: str) -> str:
        filled = self.topic.format(name=group.name, course=group.course, year=group.year, teachers=teachers)
        parts = (" ".join(part.split()) for part in filled.split(PART.strip()))
        return PART.join(part for part in parts if part)[:TOPIC_CHARACTERS]


def layout_of(config: RoomsConfig) -> Layout:
    """
    Read the choices of the config.

    Raises:
        ConfigError: The picture cannot be read or is of another type.
    """
    return Layout(
        space=config.space,
        staff_room=config.staff_room,
        announcements=config.announcements,
        name=config.name,
        topic=config.topic,
        picture=_picture(config.avatar_file) if config.avatar_file else None,
    )


def _picture(path: Path) -> Picture:
    mime_type = _TYPES.get(path.suffix.lower())
    if mime_type is None:
        raise ConfigError(f"roster.rooms.avatar_file: {path.name} must be a png, jpg, webp or gif")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"roster.rooms.avatar_file: cannot read {path}: {error.strerror}") from error
    return Picture(path, len(content), mime_type, hashlib.sha256(content).hexdigest())
