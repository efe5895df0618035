"""
Django's signals of the panel's models become entries of the outbox.

Only ids are noted here. What the things are now is read when they are sent, so a half-saved object, an older copy in
memory or a fault of an adapter does no harm to the panel's request.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import Signal

from classbridge_panel.enrolments import Pair, Source, read_sources
from classbridge_panel.outbox import mark_enrolments, mark_group, mark_user
from classbridge_panel.targets import group_model, related_models, user_model

log = logging.getLogger(__name__)
BEFORE = "_classbridge_pairs_before"


@dataclass(frozen=True)
class Routes:
    """Which models mean what, as the settings say."""

    user: type[Model]
    group: type[Model]
    tables: tuple[Source, ...]
    hidden: dict[type[Model], Source]
    related: dict[type[Model], str]


def read_routes() -> Routes:
    """
    Read them from the settings.

    Raises:
        ImproperlyConfigured: A model or field does not exist.
    """
    sources = read_sources()
    return Routes(
        user_model(),
        group_model(),
        tuple(source for source in sources if not source.is_hidden),
        {source.model: source for source in sources if source.is_hidden},
        related_models(),
    )


class Receivers:
    """Listens to every model's signals, so that proxies and children of the panel's models are heard too."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    def connect(self) -> None:
        for signal, receiver in self._pairs():
            signal.connect(receiver, weak=False, dispatch_uid=f"classbridge_panel.{receiver.__name__}")

    def disconnect(self) -> None:
        for signal, receiver in self._pairs():
            signal.disconnect(dispatch_uid=f"classbridge_panel.{receiver.__name__}")

    def _pairs(self) -> Iterable[tuple[Signal, Any]]:
        return (
            (pre_save, self.before_save),
            (post_save, self.after_save),
            (post_delete, self.after_delete),
            (m2m_changed, self.many_to_many),
        )

    def before_save(self, sender: type[Model], instance: Model, using: str, **_: Any) -> None:
        """Remember which enrolment a row stood for: it may be about to move to another group or person."""
        sources = [source for source in self._routes.tables if issubclass(sender, source.model)]
        if sources and instance.pk is not None and not instance._state.adding:
            pairs: set[Pair] = set()
            for source in sources:
                rows = source.model._base_manager.using(using).filter(pk=instance.pk)
                pairs.update(pair for pair in rows.values_list(source.group, source.user) if None not in pair)
            setattr(instance, BEFORE, pairs)

    def after_save(self, sender: type[Model], instance: Model, using: str, **_: Any) -> None:
        self._mark(sender, instance, using, before=instance.__dict__.pop(BEFORE, set()))

    def after_delete(self, sender: type[Model], instance: Model, using: str, **_: Any) -> None:
        self._mark(sender, instance, using, before=set())

    def many_to_many(
        self,
        sender: type[Model],
        instance: Model,
        action: str,
        reverse: bool,
        pk_set: set[int] | None,
        using: str,
        **_: Any,
    ) -> None:
        source = self._routes.hidden.get(sender)
        if source is None or action not in {"post_add", "post_remove", "pre_clear"}:
            return
        is_group = source.is_groups != reverse  # whether *instance* is the group, and the others its users
        if action == "pre_clear":
            column = source.group if is_group else source.user
            rows = sender._base_manager.using(using).filter(**{column: instance.pk})
            mark_enrolments(rows.values_list(source.group, source.user), using=using)
        else:
            others = pk_set or set()
            mark_enrolments(((instance.pk, pk) if is_group else (pk, instance.pk) for pk in others), using=using)

    def _mark(self, sender: type[Model], instance: Model, using: str, *, before: set[Pair]) -> None:
        routes = self._routes
        if issubclass(sender, routes.user):
            mark_user(instance.pk, using=using)
        if issubclass(sender, routes.group):
            mark_group(instance.pk, using=using)
        tables = [source for source in routes.tables if issubclass(sender, source.model)]
        mark_enrolments({*before, *(pair for source in tables for pair in source.pairs_of(instance))}, using=using)
        for model, path in routes.related.items():
            if issubclass(sender, model):
                self._mark_related(instance, path, using)

    def _mark_related(self, instance: Model, path: str, using: str) -> None:
        target: Any = instance
        try:
            for name in path.split("."):
                target = getattr(target, name, None)
        except ObjectDoesNotExist:
            return  # deleted together with what it belonged to, and that has its own signal
        if isinstance(target, self._routes.user):
            mark_user(target.pk, using=using)
        elif isinstance(target, self._routes.group):
            mark_group(target.pk, using=using)


_connected: list[Receivers] = []


def connect() -> None:
    """
    Listen as the settings say; begin anew if they have changed.

    Wrong settings stop nothing of the panel: they are logged, ``manage.py check`` says them, and nothing is noted.
    """
    while _connected:
        _connected.pop().disconnect()
    try:
        receivers = Receivers(read_routes())
    except ImproperlyConfigured as error:
        log.error("Classbridge is told of nothing: %s", error)  # noqa: TRY400 - the sentence says it all
        return
    receivers.connect()
    _connected.append(receivers)
