"""
The steps between which a test may cut: each is a place just before or after one call inside the bridge.

The bridge's own code knows nothing of this. A process of ``nursery.py`` wraps the calls; at each of them it looks for
the file that a test writes to arm a point, and kills whom it names: the bridge itself, the homeserver, or both.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import os
import signal
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SELF = 0


@dataclass(frozen=True)
class Point:
    """
    A moment in the bridge's work.

    Attributes:
        call: ``module:attribute.of.it`` of an async function, as its callers look it up.
        task: Only in tasks whose name begins so: the outbox's lanes are named ``outbox-…``.
    """

    name: str
    call: str
    is_before: bool
    task: str = ""

    def __str__(self) -> str:
        return self.name.replace(": ", "/").replace(" ", "-")


def before(name: str, call: str, *, task: str = "") -> Point:
    return Point(name, call, is_before=True, task=task)


def after(name: str, call: str, *, task: str = "") -> Point:
    return Point(name, call, is_before=False, task=task)


LANE = "outbox-"

# A plain text of the web, which PostgreSQL takes in one call.
CALLING = [
    before("call: nothing written", "bridge.outbox.accept_call:AcceptCall.accept"),
    after("call: all written and committed, not published", "bridge.outbox.accept_call:AcceptCall.accept"),
]

# Any other message of the web, from the request to the next one, in order.
SENDING = [
    before("accept: nothing written", "bridge.chat.messages:accept"),
    after("accept: message written, not its command", "bridge.chat.messages:accept"),
    after("accept: both written, not committed", "bridge.outbox.store:append_taken"),
    after("accept: committed, not published", "bridge.api.sending:_accept"),
    after("accept: published, not answered", "bridge.api.sending:send"),
    before("lane: begun", "bridge.outbox.execute:Executor.execute", task=LANE),
    before("lane: about to send", "bridge.matrix.homeserver:Homeserver.send_event", task=LANE),
    after("lane: the homeserver has answered", "bridge.matrix.homeserver:Homeserver.send_event", task=LANE),
    before("lane: about to record", "bridge.outbox.sender:Sender._record", task=LANE),
    after("lane: recorded, not finished", "bridge.outbox.sender:Sender._record", task=LANE),
    after("lane: finished, not committed", "bridge.outbox.store:finish", task=LANE),
    before("lane: committed, not published", "bridge.live.live:Live.publish", task=LANE),
    after("lane: published, the next not begun", "bridge.outbox.sender:Sender._end", task=LANE),
]

# Commands that were not handed over in memory: an edit and a deletion, and whatever a start finds.
TAKING = [
    after("edit: written, not its command", "bridge.chat.message_changes:edit"),
    after("edit: both written, not committed", "bridge.outbox.store:append"),
    before("outbox: about to take", "bridge.outbox.store:take"),
    after("outbox: taken, not committed", "bridge.outbox.store:take"),
    before("deletion: about to go", "bridge.matrix.homeserver:Homeserver.redact", task=LANE),
    after("deletion: the homeserver has answered", "bridge.matrix.homeserver:Homeserver.redact", task=LANE),
]

ROOM = [
    after("room: a ghost registered", "bridge.matrix.homeserver:Homeserver.register_ghost", task=LANE),
    before("room: about to create", "bridge.matrix.homeserver:Homeserver.create_room", task=LANE),
    after("room: created", "bridge.matrix.homeserver:Homeserver.create_room", task=LANE),
    after("room: somebody joined", "bridge.matrix.homeserver:Homeserver.join"),
    after("room: closed", "bridge.matrix.homeserver:Homeserver.set_state", task=LANE),
    after("room: one side knows that it is direct", "bridge.matrix.homeserver:Homeserver.change_account_data"),
    after("room: complete", "bridge.matrix.rooms:ensure_room", task=LANE),
    after("room: its id written, not committed", "bridge.chat.conversations:set_room_id", task=LANE),
]

# A transaction of the homeserver with some events, in order.
PUSHED = [
    before("push: arrived", "bridge.inbox.transactions:TransactionDoor._take_in"),
    before("push: nothing written", "bridge.inbox.intake:_is_new"),
    after("push: noted as seen", "bridge.inbox.intake:_is_new"),
    before("push: before an event", "bridge.inbox.events:EventTaker.take_in"),
    after("push: after an event", "bridge.inbox.events:EventTaker.take_in"),
    before("push: all events written", "bridge.inbox.positions:save"),
    after("push: position written, not committed", "bridge.inbox.positions:save"),
    after("push: committed, not published", "bridge.inbox.intake:Intake.take_in"),
    before("push: published", "bridge.inbox.ephemeral:EphemeralTaker.take_in"),
    after("push: done, not answered", "bridge.inbox.transactions:TransactionDoor._take_in"),
]

ALL = {point.name: point for point in (*CALLING, *SENDING, *TAKING, *ROOM, *PUSHED)}


@dataclass(frozen=True)
class Arm:
    """
    What shall happen where, once.

    Attributes:
        nth: At which time that the point is reached, counted from the arming.
        victims: Process ids to kill, in order; ``SELF`` is the bridge.
        delay_s: Kill so long after the point, while the bridge goes on.
    """

    point: str
    nth: int = 1
    victims: tuple[int, ...] = (SELF,)
    delay_s: float = 0

    def write(self, path: Path) -> None:
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(self)))
        new.replace(path)


class Faults:
    """In the bridge's process: counts how often a point is reached, and strikes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counts: Counter[str] = Counter()

    def install(self) -> None:
        for point in ALL.values():
            self._wrap(point)

    def _wrap(self, point: Point) -> None:
        module, _, attribute = point.call.partition(":")
        owner: Any = importlib.import_module(module)
        *path, name = attribute.split(".")
        for part in path:
            owner = getattr(owner, part)
        call = getattr(owner, name)

        @functools.wraps(call)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            if point.is_before:
                self._reach(point)
            result = await call(*args, **kwargs)
            if not point.is_before:
                self._reach(point)
            return result

        setattr(owner, name, wrapped)

    def _reach(self, point: Point) -> None:
        task = asyncio.current_task()
        if not self._path.exists() or (point.task and not (task and task.get_name().startswith(point.task))):
            return
        arm = Arm(**json.loads(self._path.read_text()))
        if arm.point != point.name:
            return
        self._counts[point.name] += 1
        if self._counts[point.name] < arm.nth:
            return
        self._counts.clear()
        self._path.unlink()
        if arm.delay_s:
            asyncio.get_running_loop().call_later(arm.delay_s, _strike, arm.victims)
        else:
            _strike(arm.victims)


def _strike(victims: list[int]) -> None:
    for pid in victims:
        os.kill(pid or os.getpid(), signal.SIGKILL)
