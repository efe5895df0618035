"""One run of the applier: what all of its parts share, and how a step is tried."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bridge.audit import log as audit
from bridge.audit.log import Entry
from bridge.chat.changes import Change
from bridge.db.engine import Conn
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.permissions.roster_rooms import find_group_id
from bridge.provisioning.found import Found
from bridge.provisioning.layout import Layout
from bridge.provisioning.lease import Lease
from bridge.provisioning.parts import Failure, OnStep, Parts, Report
from bridge.provisioning.seen import Seen
from bridge.provisioning.spec import Step

log = structlog.get_logger(__name__)

TRIES = 5
FIRST_WAIT_S = 0.5
PROGRESS_MS = 500
NOTHING: Mapping[str, object] = {}

Progress = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Origin:
    """Why it is done, for the audit."""

    actor: str = "bridge"
    source: str = "roster"
    run_id: int | None = None


@dataclass
class Work:
    """
    The room of one key while it is worked on.

    Attributes:
        seen: As it is now, as far as we have got.
        is_certain: Whether *seen* can be relied on; a suspect room that nobody has looked at stays suspect.
        suspect_ms: Since when it was suspect when it was looked at.
    """

    key: str
    conversation_id: int | None
    alias: str
    room_id: str | None
    given_name: str
    seen: Seen
    is_certain: bool
    suspect_ms: int | None = None


@dataclass
class Run:
    """
    What the parts of one run share.

    Attributes:
        space_id: The space's room, or None when there is none; there as soon as it is known.
        has_taken_over: A room that was to be made was there already, with whomever in it: plan anew.
        progress: Told how many steps are done, now and then.
    """

    parts: Parts
    layout: Layout
    found: Found
    lease: Lease
    on_step: OnStep
    progress: Progress
    origin: Origin = Origin()
    report: Report = field(default_factory=Report)
    rooms: dict[str, Work] = field(default_factory=dict)
    space_id: asyncio.Future[str | None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    has_taken_over: bool = False
    uploading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _told_ms: int = 0

    async def attempt(self, step: Step, do: Callable[[], Awaitable[None]]) -> bool:
        """Do one step, again while the homeserver does not answer; False: it was refused, and is reported."""
        self.lease.require()
        try:
            await _patiently(do)
        except HomeserverRefused as refused:
            self.report.failures.append(Failure(step, refused.detail))
            log.warning("provisioning_step_refused", errcode=refused.errcode, **_ids(step))
            is_done = False
        else:
            self.report.done += 1
            log.debug("provisioning_step_done", **_ids(step))
            is_done = True
        self.on_step(step)
        now_ms = self.parts.clock()
        if now_ms - self._told_ms >= PROGRESS_MS:
            self._told_ms = now_ms
            await self.progress(self.report.done)
        return is_done

    async def tell(self, changes: Sequence[Change]) -> None:
        if changes:
            await self.parts.publish(changes)

    async def audit(
        self,
        conn: Conn,
        action: str,
        work: Work | None,
        people: Sequence[int] = (),
        details: Mapping[str, object] = NOTHING,
    ) -> None:
        """Write into the audit what was done; one entry for each of *people*, or one without any."""
        entries = [
            Entry(
                at_ms=self.parts.clock(),
                actor=self.origin.actor,
                action=action,
                source=self.origin.source,
                run_id=self.origin.run_id,
                person_id=person_id,
                group_id=find_group_id(work.key) if work else None,
                conversation_id=work.conversation_id if work else None,
                details={**({"room": work.key} if work else {}), **details},
            )
            for person_id in (people or (None,))
        ]
        await audit.record(conn, entries)


async def _patiently(do: Callable[[], Awaitable[None]]) -> None:
    """Call *do* until the homeserver answers, for as long as its restart may take."""
    for attempt in range(TRIES - 1):
        try:
            return await do()
        except HomeserverUnavailable:
            await asyncio.sleep(FIRST_WAIT_S * 2**attempt)
    return await do()


def _ids(step: Step) -> dict[str, object]:
    ids = ("key", "person_id")
    return {"step": type(step).__name__, **{name: getattr(step, name) for name in ids if hasattr(step, name)}}
