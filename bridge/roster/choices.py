"""What the school has chosen in its config, as the rules take it: ``permissions`` knows the standard library only."""

from __future__ import annotations

from bridge.config import PermissionsConfig
from bridge.permissions.policy import Rules


def rules_of(config: PermissionsConfig) -> Rules:
    return Rules(config.students_may_message_students, config.edit_window_s)
