"""
The outbox: what has changed and is still to be told, what the bridge was told last, and who is telling.

No table holds a name: an entry says *which* user, group or enrolment has changed; what it is now is read when it is
sent.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    USER = "user", _("person")
    GROUP = "group", _("group")
    ENROLMENT = "enrolment", _("enrolment")


class OutboxEntry(models.Model):
    """
    Something has changed. Written in the transaction of the change.

    ``group_id`` and ``user_id`` say what; the one that a kind has no use for is 0.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to be sent")
        REFUSED = "refused", _("refused, look at the reason")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    group_id = models.BigIntegerField(_("group"), default=0)
    user_id = models.BigIntegerField(_("person"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("change to be sent")
        verbose_name_plural = _("changes to be sent")
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "id"], name="classbridge_outbox_next")]

    def __str__(self) -> str:
        ids = {Kind.USER: f"{self.user_id}", Kind.GROUP: f"{self.group_id}"}
        return f"{self.kind} {ids.get(Kind(self.kind), f'{self.user_id} in {self.group_id}')}"


class Told(models.Model):
    """What the bridge was told last of one thing: a digest of it; empty: that it is gone."""

    kind = models.CharField(max_length=16, choices=Kind.choices)
    group_id = models.BigIntegerField(default=0)
    user_id = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("what was told")
        verbose_name_plural = _("what was told")
        constraints = [models.UniqueConstraint(fields=["kind", "group_id", "user_id"], name="classbridge_told_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.group_id} {self.user_id}"


class Sender(models.Model):
    """
    One row: who sends now, and how it went. Whoever holds the lease is the only one who talks to the bridge.

    ``version`` grows with every request, so a later one always tells the newer state.
    """

    version = models.BigIntegerField(_("version"), default=0)
    holder = models.CharField(max_length=64, blank=True)
    held_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("last success"), null=True)
    failed_at = models.DateTimeField(_("last failure"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    reason = models.TextField(_("reason of the last failure"), blank=True)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sending")

    def __str__(self) -> str:
        return "failing" if self.failures else "in order"
