"""Matrix power levels of a school's room: Client-Server API, "m.room.power_levels"; room version 12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.permissions.school import Person, Role

TEACHER_LEVEL = 50
STUDENT_LEVEL = 0
BOT_ONLY = 100


@dataclass(frozen=True, slots=True)
class Powers:
    """Which level writing needs, and which one managing: members, name, others' messages."""

    write: int = STUDENT_LEVEL
    manage: int = TEACHER_LEVEL


GROUP = Powers()
DIRECT = Powers(manage=BOT_ONLY)
BLOCKED = Powers(write=TEACHER_LEVEL, manage=BOT_ONLY)  # of the two only who has blocked has that level
ARCHIVED = Powers(write=BOT_ONLY, manage=BOT_ONLY)
STAFF_ROOM = Powers(manage=BOT_ONLY)
ANNOUNCING = Powers(write=TEACHER_LEVEL, manage=BOT_ONLY)
SPACE_ROOM = Powers(write=BOT_ONLY, manage=BOT_ONLY)


def level_of(person: Person) -> int:
    """What *person* has in a room of the school: staff 50, students 0. The bot, as creator, is above all."""
    return STUDENT_LEVEL if person.role == Role.STUDENT else TEACHER_LEVEL


def power_levels(people: Mapping[str, int], powers: Powers) -> dict[str, object]:
    """
    The content of ``m.room.power_levels``.

    Args:
        people: mxid to level, for everybody above 0. The creator must not be in it (room version 12).
    """
    manage = powers.manage
    return {
        "users": dict(sorted(people.items())),
        "users_default": STUDENT_LEVEL,
        "events_default": powers.write,
        "state_default": BOT_ONLY,
        "invite": manage,
        "kick": manage,
        "ban": manage,
        "redact": manage,
        "events": {
            "m.room.name": manage,
            "m.room.topic": manage,
            "m.room.avatar": manage,
            "m.room.pinned_events": manage,
            "m.room.power_levels": manage,
            "m.room.encryption": BOT_ONLY,
            "m.room.tombstone": BOT_ONLY,
            "m.room.history_visibility": BOT_ONLY,
            "m.room.join_rules": BOT_ONLY,
            "m.room.server_acl": BOT_ONLY,
        },
    }
