"""
From the outbox to the bridge: what has changed is read as it is now, and told in batches, by one process at a time.

The version of a request is taken before its content is read, so a later version always holds the later state, and the
bridge can drop an older one that comes late.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import Error as DatabaseProblem
from django.db import transaction

from classbridge_panel.client import BridgeAway, WrongRequest, call
from classbridge_panel.enrolments import pairs_around
from classbridge_panel.lease import Lease, LeaseLost, hold_lease
from classbridge_panel.models import Kind, OutboxEntry, Told
from classbridge_panel.outbox import mark_enrolments
from classbridge_panel.states import State, Thing, read_states, thing_of

log = logging.getLogger(__name__)

BATCH = 200
LONGEST_PAUSE_S = 300.0
Seen = dict[Thing, list[int]]  # a thing to the entries that speak of it, oldest first
PLACE = re.compile(r"(\d+)[.:]\s*(.*)", re.DOTALL)


@dataclass
class Outcome:
    """
    Attributes:
        sent: How many things the bridge was told of.
        refused: How many were set aside; the admin shows why.
        failure: Why not all could be sent, or "". It is tried again.
        is_busy: Another process is sending.
    """

    sent: int = 0
    refused: int = 0
    failure: str = ""
    is_busy: bool = False


def pause_s(failures: int) -> float:
    """How long to wait after so many failures in a row: 1 s, 2 s, 4 s, … 5 min."""
    return min(2.0 ** (failures - 1), LONGEST_PAUSE_S)


def send_pending() -> Outcome:
    """Send all that waits; ends at the first failure. Safe to call from anywhere, as often as one likes."""
    outcome = Outcome()
    try:
        if OutboxEntry.objects.filter(state=OutboxEntry.State.WAITING).exists():
            with hold_lease() as lease:
                _send_all(lease, outcome)
    except DatabaseProblem as error:
        outcome.failure = f"the panel's own database: {error}"
        log.warning("Classbridge could not be told: %s", outcome.failure)
    return outcome


def _send_all(lease: Lease | None, outcome: Outcome) -> None:
    if lease is None:
        outcome.is_busy = True
        return
    try:
        while _send_batch(lease, outcome):
            pass
    except LeaseLost:
        outcome.is_busy = True
    except BridgeAway as error:
        outcome.failure = str(error)
        lease.failed(outcome.failure)
        log.warning("Classbridge could not be told: %s", outcome.failure)


def _send_batch(lease: Lease, outcome: Outcome) -> bool:
    """Tell of the oldest entries. Gives whether there were any."""
    seen: Seen = {}
    for entry in OutboxEntry.objects.filter(state=OutboxEntry.State.WAITING)[:BATCH]:
        seen.setdefault(thing_of(entry), []).append(entry.pk)
    if not seen:
        return False
    version = lease.next_version()
    told = _told(seen)
    states = read_states(seen)
    for state in states:
        if state.unfit:
            _set_aside(state.thing, seen, state.unfit, outcome)
    fit = [state for state in states if not state.unfit]
    changed = [state for state in fit if _digest(told, state.thing) != state.digest]
    _finish([state for state in fit if state not in changed], seen, told)
    if changed:
        _tell(lease, version, changed, seen, outcome)
        lease.succeeded()
    return True


def _tell(lease: Lease, version: int, states: list[State], seen: Seen, outcome: Outcome) -> None:
    """Send, and set aside what the bridge refuses, until the rest is taken."""
    events = [state.as_event(f"{version}.{number}", version) for number, state in enumerate(states)]
    try:
        answer = call("POST", "events/", {"events": events})
    except WrongRequest as error:
        reasons = _reasons(error, len(states))
        for number, reason in reasons.items():
            _set_aside(states[number].thing, seen, reason, outcome)
        rest = [state for number, state in enumerate(states) if number not in reasons]
        # Without a hint which ones are wrong, halves find them.
        middle = len(rest) // 2 if not reasons else 0
        for part in (rest[:middle], rest[middle:]):
            if part:
                _tell(lease, lease.next_version(), part, seen, outcome)
        return
    refused = _contradictions(answer, events)
    for number, reason in refused.items():
        _set_aside(states[number].thing, seen, reason, outcome)
    taken = [state for number, state in enumerate(states) if number not in refused]
    if taken:
        _finish(taken, seen, _told(seen))
    outcome.sent += len(taken)


def _contradictions(answer: Any, events: list[dict[str, Any]]) -> dict[int, str]:
    """Which events contradict what the bridge knows, and why; it took the others of the same request."""
    results = answer.get("results", []) if isinstance(answer, dict) else []
    refused = {
        result.get("event_id"): str(result.get("detail") or "it contradicts the roster")
        for result in results
        if isinstance(result, dict) and result.get("outcome") == "refused"
    }
    return {number: refused[e["event_id"]] for number, e in enumerate(events) if e["event_id"] in refused}


def _reasons(error: WrongRequest, count: int) -> dict[int, str]:
    """Which of the events are wrong, and why: ``{"events": ["2.data.username: This field may not be blank."]}``."""
    listed = error.body.get("events", []) if isinstance(error.body, dict) else []
    found: dict[int, str] = {}
    for text in listed if isinstance(listed, list) else []:
        match = PLACE.match(str(text))
        if match and int(match[1]) < count:
            found.setdefault(int(match[1]), match[2])
    return found if found or count > 1 else {0: str(error)}


def _told(things: Iterable[Thing]) -> dict[Thing, Told]:
    groups, users = zip(*((thing.group_id, thing.user_id) for thing in things), strict=True)
    rows = Told.objects.filter(group_id__in=set(groups), user_id__in=set(users))
    return {thing_of(row): row for row in rows}


def _digest(told: dict[Thing, Told], thing: Thing) -> str | None:
    """What the bridge was told last; None: nothing."""
    row = told.get(thing)
    return None if row is None else row.digest


def _finish(states: list[State], seen: Seen, told: dict[Thing, Told]) -> None:
    """The bridge knows: forget the entries that led to it, and note what it was told."""
    changed = [state for state in states if _digest(told, state.thing) != state.digest]
    done = _entries_of([state.thing for state in states], seen)
    with transaction.atomic():
        OutboxEntry.objects.filter(pk__in=done).delete()
        Told.objects.filter(pk__in=[told[state.thing].pk for state in changed if state.thing in told]).delete()
        Told.objects.bulk_create(Told(**state.thing.key(), digest=state.digest) for state in changed)
        for state in states:
            if state.thing.kind != Kind.ENROLMENT:
                _try_enrolments_again(state, _digest(told, state.thing))


def _entries_of(things: list[Thing], seen: Seen) -> list[int]:
    """
    The entries that were *seen*, and older ones that were refused: the ids of those that may be forgotten.

    Not "all up to the newest": one with a smaller id may have been committed since the state was read.
    """
    refused = OutboxEntry.objects.filter(
        state=OutboxEntry.State.REFUSED,
        group_id__in={thing.group_id for thing in things},
        user_id__in={thing.user_id for thing in things},
    )
    done = [pk for thing in things for pk in seen[thing]]
    return [*done, *(entry.pk for entry in refused if thing_of(entry) in things)]


def _try_enrolments_again(state: State, before: str | None) -> None:
    """A user or a group has been told: what was said of their enrolments before may have been in vain."""
    thing = state.thing
    refused = OutboxEntry.objects.filter(kind=Kind.ENROLMENT, state=OutboxEntry.State.REFUSED, **thing.own_id())
    refused.update(state=OutboxEntry.State.WAITING)
    if state.is_gone:  # the bridge has ended its enrolments with it
        Told.objects.filter(kind=Kind.ENROLMENT, **thing.own_id()).delete()
    elif not before:  # new, or back again
        mark_enrolments(pairs_around(thing.kind, thing.id))


def _set_aside(thing: Thing, seen: Seen, reason: str, outcome: Outcome) -> None:
    """Keep one entry that says why; the next change of the thing tries again."""
    outcome.refused += 1
    log.error("Classbridge refuses %s %s: %s", thing.kind, thing.ids(), reason)
    *older, kept = seen[thing]
    done = _entries_of([thing], {thing: older})
    with transaction.atomic():
        OutboxEntry.objects.filter(pk__in=done).delete()
        OutboxEntry.objects.filter(pk=kept).update(state=OutboxEntry.State.REFUSED, reason=reason)


def describe(outcome: Outcome) -> str:
    """The outcome in one line, for a person."""
    parts: list[Any] = [f"{outcome.sent} sent"]
    if outcome.refused:
        parts.append(f"{outcome.refused} refused (see the admin)")
    if outcome.is_busy:
        parts.append("another process is sending")
    if outcome.failure:
        parts.append(outcome.failure)
    return ", ".join(parts)
