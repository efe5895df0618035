"""``manage.py check``: the settings, each fault in a sentence that says what to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import connections
from django.db.models import AutoField, BigAutoField, IntegerField, Model
from django.db.utils import DEFAULT_DB_ALIAS

from classbridge_panel.conf import PanelSettings, get_settings
from classbridge_panel.signals import read_routes

SECRET_CHARACTERS = 16
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@register(Tags.compatibility)
def check_settings(**_: Any) -> list[CheckMessage]:
    try:
        chosen = get_settings()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="classbridge.E001")]
    return [
        *_check_bridge(chosen),
        *_check_functions(chosen),
        *_check_models(chosen),
        *_check_tokens(chosen),
        *_advise(),
    ]


def _check_bridge(chosen: PanelSettings) -> Iterator[CheckMessage]:
    address = urlsplit(chosen.url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        hint = "Write the bridge's address, such as 'https://chat.school.example'."
        yield Error("CLASSBRIDGE['URL'] is no http or https address.", hint=hint, id="classbridge.E002")
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        text = "CLASSBRIDGE['URL'] is not https: names and the token travel in the open."
        yield Warning(text, hint="Fine only inside a network of your own.", id="classbridge.W001")
    if len(chosen.token) < SECRET_CHARACTERS:
        hint = "It is panel.token of the bridge's config; make one by: openssl rand -hex 32"
        yield Error("CLASSBRIDGE['TOKEN'] is missing or too short.", hint=hint, id="classbridge.E003")
    if chosen.send not in {"command", "thread"}:
        yield Error("CLASSBRIDGE['SEND'] must be 'command' or 'thread'.", id="classbridge.E004")


def _check_functions(chosen: PanelSettings) -> Iterator[CheckMessage]:
    for name in ("role", "user_row", "group_row"):
        try:
            function: Callable[..., Any] | None = chosen.function(name)
        except ImportError as error:
            yield Error(f"CLASSBRIDGE[{name.upper()!r}] leads nowhere: {error}", id="classbridge.E005")
        else:
            if not callable(function):
                yield Error(f"CLASSBRIDGE[{name.upper()!r}] is no function.", id="classbridge.E005")


def _check_models(chosen: PanelSettings) -> Iterator[CheckMessage]:
    if not chosen.group_model:
        hint = "Name the model of a class or course, such as 'school.StudyGroup'."
        yield Error("CLASSBRIDGE['GROUP_MODEL'] is missing.", hint=hint, id="classbridge.E006")
        return
    if not chosen.enrolments:
        hint = "Say where the panel keeps who is in which group; see the README for the three forms."
        yield Error("CLASSBRIDGE['ENROLMENTS'] is missing.", hint=hint, id="classbridge.E007")
    try:
        routes = read_routes()
    except ImproperlyConfigured as error:
        yield Error(str(error), id="classbridge.E008")
        return
    for model in (routes.user, routes.group):
        if not isinstance(model._meta.pk, AutoField | BigAutoField | IntegerField):
            yield Error(f"The primary key of {model._meta.label} is no integer.", id="classbridge.E009")
    if chosen.role == PanelSettings.role and not _has_role(routes.user):
        hint = "Set CLASSBRIDGE['ROLE'] to a function from a user to 'student', 'teacher', 'admin' or None."
        yield Error(f"{routes.user._meta.label} has no field `role`.", hint=hint, id="classbridge.E010")


def _has_role(model: type[Model]) -> bool:
    try:
        model._meta.get_field("role")
    except FieldDoesNotExist:
        return isinstance(getattr(model, "role", None), property)
    return True


def _check_tokens(chosen: PanelSettings) -> Iterator[CheckMessage]:
    if not chosen.token_key:
        return
    if len(chosen.token_key) < SECRET_CHARACTERS:
        hint = "It is auth.secret of the bridge's config; make one by: openssl rand -hex 32"
        yield Error("CLASSBRIDGE['TOKEN_KEY'] is too short.", hint=hint, id="classbridge.E011")
    if chosen.token_key == settings.SECRET_KEY:
        hint = "Whoever reads the bridge's config could sign the panel's sessions. Give the chat a key of its own."
        yield Warning("CLASSBRIDGE['TOKEN_KEY'] is the panel's SECRET_KEY.", hint=hint, id="classbridge.W002")
    if chosen.token_lifetime > timedelta(days=1):
        hint = "A token holds until it expires, whatever happens to the session."
        yield Warning("CLASSBRIDGE['TOKEN_LIFETIME'] is more than a day.", hint=hint, id="classbridge.W003")


def _advise() -> Iterator[CheckMessage]:
    if not connections[DEFAULT_DB_ALIAS].settings_dict.get("ATOMIC_REQUESTS"):
        text = "ATOMIC_REQUESTS is off: a change outside of transaction.atomic() and its note are two transactions."
        hint = "Turn it on, or let `manage.py classbridge_sync` run each night, which mends what was lost between them."
        yield Warning(text, hint=hint, id="classbridge.W004")
