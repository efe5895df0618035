"""``settings.CLASSBRIDGE``, read once and checked; see the README for each key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

NAME = "CLASSBRIDGE"


@dataclass(frozen=True)
class PanelSettings:
    """
    The keys of ``CLASSBRIDGE``, in small letters here.

    Attributes:
        url: The bridge's own address, ``https://chat.school.example``.
        token: ``panel.token`` of the bridge's config.
        group_model: ``school.StudyGroup``: a class or course, one chat each.
        user_model: Empty: ``AUTH_USER_MODEL``.
        enrolments: Who is in which group; each entry as ``classbridge_panel.enrolments`` reads it.
        role: Dotted path of a function from a user to ``student``, ``teacher``, ``admin`` or None (not in the chat).
        roles: What the panel calls these, where ``role`` is left to the user's own field ``role``.
        user_row: Dotted path of a function from a user to what the bridge is told, or None.
        group_row: Likewise of a group.
        related: Model to the path from it to the user or group that its change changes: ``{"school.Profile": "user"}``.
        send: ``command``: a worker sends. ``thread``: a thread of the process that made the change does.
        timeout_s: How long one request to the bridge may take.
        token_key: Signs the chat tokens; ``auth.secret`` of the bridge's config. Empty: there are none.
        token_lifetime: How long a chat token holds.
        token_claims: Further claims of a token: ``iss``, ``aud``.
    """

    url: str = ""
    token: str = field(default="", repr=False)
    group_model: str = ""
    user_model: str = ""
    enrolments: tuple[Mapping[str, str], ...] = ()
    role: str = "classbridge_panel.rows.role_of"
    roles: Mapping[str, str | None] = field(default_factory=dict)
    user_row: str = "classbridge_panel.rows.user_row"
    group_row: str = "classbridge_panel.rows.group_row"
    related: Mapping[str, str] = field(default_factory=dict)
    send: Literal["command", "thread"] = "command"
    timeout_s: float = 10
    token_key: str = field(default="", repr=False)
    token_lifetime: timedelta = timedelta(hours=1)
    token_claims: Mapping[str, Any] = field(default_factory=dict)

    def function(self, name: str) -> Callable[..., Any]:
        """The function that the dotted path in the setting *name* leads to."""
        found: Callable[..., Any] = import_string(getattr(self, name))
        return found


KEYS = {item.name.upper(): item.name for item in fields(PanelSettings)}


@lru_cache(maxsize=1)
def get_settings() -> PanelSettings:
    """
    Read the settings.

    Raises:
        ImproperlyConfigured: ``CLASSBRIDGE`` is missing, no dict, or has a key that is not known.
    """
    given = getattr(settings, NAME, None)
    if not isinstance(given, dict):
        raise ImproperlyConfigured(f"settings.{NAME} must be a dict such as {{'URL': …, 'TOKEN': …}}; see the README")
    if unknown := sorted(given.keys() - KEYS.keys()):
        raise ImproperlyConfigured(f"settings.{NAME} has the unknown key {unknown[0]}; there are {', '.join(KEYS)}")
    values = {KEYS[key]: value for key, value in given.items()}
    return PanelSettings(**{**values, "enrolments": tuple(values.get("enrolments", ()))})
