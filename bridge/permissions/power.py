"""Matrix power levels of a school's room: Client-Server API, "m.room.power_levels"; room version 12."""

from __future__ import annotations

from bridge.permissions.school import Person, Role

TEACHER_LEVEL = 50
STUDENT_LEVEL = 0
BOT_ONLY = 100


def level_of(person: Person) -> int:
    """What *person* has in a room of the school: staff 50, students 0. The bot, as creator, is above all."""
    return STUDENT_LEVEL if person.role == Role.STUDENT else TEACHER_LEVEL


def power_levels(managers: dict[str, int], *, is_direct: bool, is_locked: bool = False) -> dict[str, object]:
    """
    The content of ``m.room.power_levels``.

    Args:
        managers: mxid to level, for everybody above 0. The creator must not be in it (room version 12).
        is_direct: Nobody but the bot changes the room or its members.
        is_locked: Archived: only staff may write.
    """
    manage = BOT_ONLY if is_direct else TEACHER_LEVEL
    return {
        "users": dict(sorted(managers.items())),
        "users_default": STUDENT_LEVEL,
        "events_default": TEACHER_LEVEL if is_locked else 0,
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
