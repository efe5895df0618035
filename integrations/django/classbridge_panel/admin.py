"""What waits, what was refused and why, and how the sending goes."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from classbridge_panel.models import OutboxEntry, Sender


class ReadOnly:
    """Nobody writes these rows by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "state", "reason", "created_at"]
    list_filter = ["state", "kind"]
    search_fields = ["=user_id", "=group_id"]
    actions = ["try_again"]

    @admin.action(description=_("Try the chosen ones again"), permissions=["delete"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[OutboxEntry]) -> None:
        count = chosen.update(state=OutboxEntry.State.WAITING, reason="")
        self.message_user(request, _("%d will be sent again.") % count)


@admin.register(Sender)
class SenderAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "sent_at", "failures", "failed_at", "reason"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False
