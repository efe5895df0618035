"""The whole roster in one request: at the beginning, each night, and after changes that sent no signal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from classbridge_panel.client import call
from classbridge_panel.enrolments import all_roles
from classbridge_panel.lease import hold_lease
from classbridge_panel.models import Kind, OutboxEntry, Told
from classbridge_panel.rows import Row, row_of_group, row_of_user
from classbridge_panel.states import RowOf, Thing, digest_of, state_of, thing_of
from classbridge_panel.targets import group_model, user_model

TIMEOUT_S = 120.0
HELD = timedelta(minutes=10)  # reading a large panel and sending it
NOT_TAKEN = {"older", "planned", "waiting"}


class Busy(Exception):
    """Another process sends at this moment."""


class UnfitRoster(Exception):
    """Some of the panel's objects cannot be told of; a line each."""


def read_roster() -> dict[str, list[Row]]:
    """
    Everybody, every group and who is in it, as they are now.

    Raises:
        UnfitRoster: An adapter gives what the bridge cannot take; all of them at once.
    """
    faults: list[str] = []
    with transaction.atomic():
        users = _rows(user_model(), Kind.USER, row_of_user, faults)
        groups = _rows(group_model(), Kind.GROUP, row_of_group, faults)
        roles = all_roles()
    if faults:
        raise UnfitRoster("\n".join(faults))
    people, places = {row["id"] for row in users}, {row["id"] for row in groups}
    enrolments = [
        {"group_id": group_id, "user_id": user_id, "role": role}
        for (group_id, user_id), role in sorted(roles.items())
        if group_id in places and user_id in people
    ]
    return {"users": users, "groups": groups, "enrolments": enrolments}


def _rows(model: type[Model], kind: Kind, row_of: RowOf, faults: list[str]) -> list[Row]:
    rows: list[Row] = []
    for found in model._base_manager.order_by("pk").iterator():
        thing = Thing(kind, found.pk if kind == Kind.GROUP else 0, found.pk if kind == Kind.USER else 0)
        state = state_of(thing, found, row_of)
        if state.unfit:
            faults.append(f"{kind.value} {found.pk}: {state.unfit}")
        elif state.row is not None:
            rows.append(state.row)
    return rows


def sync(*, is_dry_run: bool = False) -> dict[str, Any]:
    """
    Tell the bridge the whole roster; gives its answer (``state``, ``sentence``, ``confirm``).

    What it was told before and is not there any more follows as removals through the outbox.

    Raises:
        Busy: Another process sends now.
        UnfitRoster, BridgeAway, WrongRequest: Nothing was taken.
    """
    if is_dry_run:
        answer: dict[str, Any] = call("PUT", "roster/?dry_run=1", read_roster(), timeout_s=TIMEOUT_S)
        return answer
    with hold_lease() as lease:
        if lease is None:
            raise Busy
        version = lease.next_version(held=HELD)
        roster = read_roster()
        answer = call("PUT", "roster/", {"version": version, **roster}, timeout_s=TIMEOUT_S)
        if answer.get("state") not in NOT_TAKEN:
            _note(roster)
        lease.succeeded()
    return answer


def _note(roster: dict[str, list[Row]]) -> None:
    digests = {
        **{Thing(Kind.USER, 0, row["id"]): digest_of(row) for row in roster["users"]},
        **{Thing(Kind.GROUP, row["id"], 0): digest_of(row) for row in roster["groups"]},
        **{Thing(Kind.ENROLMENT, row["group_id"], row["user_id"]): digest_of(row) for row in roster["enrolments"]},
    }
    with transaction.atomic():
        gone = [thing for row in Told.objects.exclude(digest="") if (thing := thing_of(row)) not in digests]
        OutboxEntry.objects.bulk_create([OutboxEntry(**thing.key()) for thing in gone], batch_size=500)
        Told.objects.all().delete()
        told = [Told(**thing.key(), digest=digest) for thing, digest in digests.items()]
        Told.objects.bulk_create(told, batch_size=500)
