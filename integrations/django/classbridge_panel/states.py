"""What the things that have changed are now, as the bridge is told of them."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import Error as DatabaseProblem
from django.db.models import Model

from classbridge_panel.enrolments import roles_of
from classbridge_panel.models import Kind, OutboxEntry, Told
from classbridge_panel.rows import Row, Unfit, row_of_group, row_of_user
from classbridge_panel.targets import group_model, user_model

log = logging.getLogger(__name__)

RowOf = Callable[[Model], Row | None]


class Thing(NamedTuple):
    """A user, a group or an enrolment, by its ids; 0 for the one that it has no use for."""

    kind: Kind
    group_id: int
    user_id: int

    @property
    def id(self) -> int:
        """The id of a user or a group."""
        return self.group_id or self.user_id

    def key(self) -> dict[str, Any]:
        return {"kind": self.kind, "group_id": self.group_id, "user_id": self.user_id}

    def ids(self) -> str:
        return "/".join(str(id_) for id_ in (self.group_id, self.user_id) if id_)

    def own_id(self) -> dict[str, int]:
        return {"group_id": self.group_id} if self.kind == Kind.GROUP else {"user_id": self.user_id}


def thing_of(row: OutboxEntry | Told) -> Thing:
    """What an entry of the outbox, or a note of what was told, speaks of."""
    return Thing(Kind(row.kind), row.group_id, row.user_id)


@dataclass(frozen=True)
class State:
    """
    Attributes:
        row: What the thing is; None: it is gone, or has no part in the chat.
        unfit: Why it cannot be told, or "".
    """

    thing: Thing
    row: Row | None
    unfit: str = ""

    @property
    def is_gone(self) -> bool:
        return self.row is None

    @property
    def digest(self) -> str:
        """The same for the same row; empty for what is gone."""
        return "" if self.row is None else digest_of(self.row)

    def as_event(self, event_id: str, version: int) -> dict[str, Any]:
        gone = (
            {"group_id": self.thing.group_id, "user_id": self.thing.user_id}
            if self.thing.kind == Kind.ENROLMENT
            else {"id": self.thing.id}
        )
        what = "removed" if self.row is None else "saved"
        data = gone if self.row is None else self.row
        return {"event_id": event_id, "kind": f"{self.thing.kind.value}.{what}", "version": version, "data": data}


def digest_of(row: Row) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True, default=str).encode()).hexdigest()


def read_states(things: Iterable[Thing]) -> list[State]:
    """Read them from the database: a handful of queries, however many they are."""
    wanted = list(things)
    users = _read(user_model(), {thing.user_id for thing in wanted if thing.user_id}, Kind.USER, row_of_user)
    groups = _read(group_model(), {thing.group_id for thing in wanted if thing.group_id}, Kind.GROUP, row_of_group)
    roles = roles_of((t.group_id, t.user_id) for t in wanted if t.kind == Kind.ENROLMENT)
    found: list[State] = []
    for thing in wanted:
        if thing.kind == Kind.USER:
            found.append(users[thing.user_id])
        elif thing.kind == Kind.GROUP:
            found.append(groups[thing.group_id])
        else:
            role = roles.get((thing.group_id, thing.user_id))
            found.append(_enrolment(thing, role, users[thing.user_id], groups[thing.group_id]))
    return found


def _enrolment(thing: Thing, role: str | None, user: State, group: State) -> State:
    """Without the person or the group in the chat there is no enrolment."""
    unfit = user.unfit or group.unfit
    is_there = role is not None and not user.is_gone and not group.is_gone
    row = {"group_id": thing.group_id, "user_id": thing.user_id, "role": role} if is_there else None
    return State(thing, row, unfit if role is not None else "")


def _read(model: type[Model], ids: set[int], kind: Kind, row_of: RowOf) -> dict[int, State]:
    things = {id_: Thing(kind, id_ if kind == Kind.GROUP else 0, id_ if kind == Kind.USER else 0) for id_ in ids}
    objects = model._base_manager.in_bulk(list(ids))
    return {id_: state_of(thing, objects.get(id_), row_of) for id_, thing in things.items()}


def state_of(thing: Thing, found: Model | None, row_of: RowOf) -> State:
    if found is None:
        return State(thing, None)
    try:
        return State(thing, row_of(found))
    except Unfit as error:
        return State(thing, None, unfit=str(error))
    except DatabaseProblem:
        raise
    except Exception as error:  # a fault in the panel's own function: of this object, not of all
        log.exception("The row of %s %s could not be made", thing.kind.value, thing.ids())
        return State(thing, None, unfit=f"{thing.kind.name}_ROW failed: {error!r}")
