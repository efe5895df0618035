"""The app: on start it begins to listen to the panel's models."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.signals import setting_changed
from django.utils.translation import gettext_lazy as _


class ClassbridgePanelConfig(AppConfig):
    name = "classbridge_panel"
    verbose_name = _("Classbridge")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from classbridge_panel import checks, signals  # noqa: PLC0415, F401 - models are there only now

        signals.connect()
        setting_changed.connect(_begin_anew, dispatch_uid="classbridge_panel.settings")


def _begin_anew(*, setting: str, **_: Any) -> None:
    """``override_settings`` of a test has changed them."""
    from classbridge_panel import conf, enrolments, signals  # noqa: PLC0415

    if setting in {conf.NAME, "AUTH_USER_MODEL"}:
        conf.get_settings.cache_clear()
        enrolments.read_sources.cache_clear()
        signals.connect()
