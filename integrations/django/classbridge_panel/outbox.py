"""Note that something has changed, in the transaction of the change. Nothing here talks to the bridge."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS, transaction

from classbridge_panel.conf import get_settings
from classbridge_panel.models import Kind, OutboxEntry
from classbridge_panel.worker import WORKER


def mark_user(user_id: int, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """The user has changed, is new, or is gone."""
    _append([OutboxEntry(kind=Kind.USER, user_id=user_id)], using)


def mark_group(group_id: int, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """The group has changed, is new, or is gone."""
    _append([OutboxEntry(kind=Kind.GROUP, group_id=group_id)], using)


def mark_enrolment(group_id: int, user_id: int, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """The user has come into the group, has left it, or has another role there."""
    mark_enrolments([(group_id, user_id)], using=using)


def mark_enrolments(pairs: Iterable[tuple[int, int]], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Likewise of many: pairs of a group's and a user's id."""
    _append([OutboxEntry(kind=Kind.ENROLMENT, group_id=g, user_id=u) for g, u in sorted(set(pairs))], using)


def _append(entries: list[OutboxEntry], using: str) -> None:
    if not entries:
        return
    OutboxEntry.objects.using(using).bulk_create(entries, batch_size=500)
    if get_settings().send == "thread":
        transaction.on_commit(WORKER.wake, using=using)
