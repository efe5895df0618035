"""What provisioning works with, and what it reports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bridge.chat.changes import Change
from bridge.db.engine import Database
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.policy import Rules
from bridge.provisioning.spec import Step

Publish = Callable[[Sequence[Change]], Awaitable[None]]
OnStep = Callable[[Step], None]


@dataclass(frozen=True)
class Parts:
    """
    What the steps work with.

    Attributes:
        publish: Tells the world what has been committed.
        clock: Milliseconds since 1970.
        rules: The school's choices, to say which direct conversations a plan closes.
    """

    db: Database
    homeserver: Homeserver
    publish: Publish
    clock: Callable[[], int]
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True)
class Failure:
    """A step that the homeserver refused, and why."""

    step: Step
    reason: str


@dataclass
class Report:
    """What became of a plan. It is ``complete`` when nothing failed."""

    done: int = 0
    failures: list[Failure] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return not self.failures
