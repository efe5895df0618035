"""The panel's settings with some keys changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def changed(**keys: Any) -> dict[str, Any]:
    return {**settings.CLASSBRIDGE, **keys}


def without(*names: str) -> dict[str, Any]:
    return {key: value for key, value in settings.CLASSBRIDGE.items() if key not in names}
