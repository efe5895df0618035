"""The panel's own models that the settings name."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from classbridge_panel.conf import get_settings


def user_model() -> type[Model]:
    return _get("USER_MODEL", get_settings().user_model or settings.AUTH_USER_MODEL)


def group_model() -> type[Model]:
    return _get("GROUP_MODEL", get_settings().group_model)


def related_models() -> dict[type[Model], str]:
    """Models whose changes change a user or a group, and the way from them to it."""
    return {_get("RELATED", label): path for label, path in get_settings().related.items()}


def _get(setting: str, label: str) -> type[Model]:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise ImproperlyConfigured(f"CLASSBRIDGE[{setting!r}] must name a model as 'app.Model': {error}") from error
