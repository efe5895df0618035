"""
Carry out a plan: ghosts first, then the rooms, several at once, the steps of each room in their order.

Every step is idempotent: Matrix first, then the read model, so that the next plan finds what was interrupted between
the two. A step that the homeserver refuses is reported and the others go on: one person whom it does not let in must
not keep a class out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

import structlog

from bridge.chat import conversations, members
from bridge.chat.changes import Change
from bridge.db.engine import Conn, Database
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix import rooms
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.power import TEACHER_LEVEL
from bridge.provisioning import record
from bridge.provisioning.parallel import in_parallel
from bridge.provisioning.spec import (
    Admit,
    Archive,
    CreateRoom,
    Dismiss,
    DismissStranger,
    EnsureGhost,
    Levels,
    Rename,
    Reopen,
    RoomStep,
    SetPower,
    Step,
)

log = structlog.get_logger(__name__)

GHOSTS_AT_ONCE = 16
ROOMS_AT_ONCE = 6
TRIES = 5
FIRST_WAIT_S = 0.5

Publish = Callable[[Sequence[Change]], Awaitable[None]]
OnStep = Callable[[Step], None]


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


@dataclass
class _Room:
    """The conversation whose room the steps of one group work on."""

    conversation_id: int
    alias: str
    room_id: str | None


@dataclass(frozen=True)
class Parts:
    """
    What the steps work with.

    Attributes:
        publish: Tells the world what has been committed.
        clock: Milliseconds since 1970.
    """

    db: Database
    homeserver: Homeserver
    publish: Publish
    clock: Callable[[], int]


async def apply_plan(parts: Parts, steps: Sequence[Step], on_step: OnStep) -> Report:
    """
    Do all *steps*; *on_step* is called after each, done or failed.

    Raises:
        HomeserverUnavailable: It does not answer for longer than a restart takes; the next run goes on.
    """
    run = _Run(parts, on_step)
    ghosts = [step for step in steps if isinstance(step, EnsureGhost)]
    await in_parallel(ghosts, run.ghost, at_once=GHOSTS_AT_ONCE)
    of_rooms = [step for step in steps if not isinstance(step, EnsureGhost)]
    by_group = [list(of_group) for _, of_group in groupby(of_rooms, key=lambda step: step.group_id)]
    await run.ensure_conversations(of_rooms)
    await in_parallel(by_group, run.steps_of_room, at_once=ROOMS_AT_ONCE)
    return run.report


class _Run:
    def __init__(self, parts: Parts, on_step: OnStep) -> None:
        self.parts = parts
        self.report = Report()
        self._on_step = on_step
        self._rooms: dict[int, _Room] = {}

    async def ensure_conversations(self, steps: Sequence[RoomStep]) -> None:
        """Write what a room is made for before the room, so that whatever happens it is found again."""
        async with self.parts.db.writing() as conn:
            for step in steps:
                if isinstance(step, CreateRoom):
                    await conversations.create_group_conversation(
                        conn,
                        name=step.name,
                        group_id=step.group_id,
                        created_by=None,
                        now_ms=self.parts.clock(),
                    )
            found = await conversations.list_roster_conversations(conn)
        self._rooms = {each.group_id: _Room(each.id, each.alias, each.room_id) for each in found}

    async def ghost(self, step: EnsureGhost) -> None:
        async def ensure() -> None:
            await self.parts.homeserver.register_ghost(step.person_id, step.name)
            async with self.parts.db.writing() as conn:
                await record.save_ghost(conn, step.person_id, step.name)

        await self._try(step, ensure)

    async def steps_of_room(self, steps: Sequence[RoomStep]) -> None:
        for step in steps:
            await self._try(step, partial(self._do, step))

    async def _try(self, step: Step, do: Callable[[], Awaitable[None]]) -> None:
        """Do one step, again while the homeserver does not answer."""
        try:
            await _patiently(do)
        except HomeserverRefused as refused:
            self.report.failures.append(Failure(step, refused.detail))
            log.warning("provisioning_step_refused", errcode=refused.errcode, **_ids(step))
        else:
            self.report.done += 1
            log.debug("provisioning_step_done", **_ids(step))
        self._on_step(step)

    async def _do(self, step: RoomStep) -> None:
        room = self._rooms[step.group_id]
        if isinstance(step, CreateRoom):
            await self._create(step, room)
        elif isinstance(step, Admit):
            await self._admit(step, room)
        else:
            if room.room_id is not None:
                await _in_matrix(self.parts.homeserver, room.room_id, step)
            async with self.parts.db.writing() as conn:
                changes = await _in_read_model(conn, room.conversation_id, step, self.parts.clock())
            await self.parts.publish(changes)

    async def _create(self, step: CreateRoom, room: _Room) -> None:
        spec = rooms.RoomSpec(
            conversation_id=room.conversation_id,
            alias=room.alias,
            name=step.name,
            is_direct=False,
            group_id=step.group_id,
            members=dict(step.members),
        )
        homeserver = self.parts.homeserver
        try:
            room.room_id = await rooms.ensure_room(homeserver, spec, None)
        except HomeserverRefused:
            # Perhaps somebody could not join; the room may be there all the same, with the others in it.
            room.room_id = await homeserver.find_room(homeserver.ids.alias(room.alias))
            if room.room_id is not None:
                await self._enter_joined(room, room.room_id, step.members)
            raise
        await self._enter(room, step.members)
        async with self.parts.db.writing() as conn:
            changes = await conversations.rename(conn, room.conversation_id, step.name, self.parts.clock())
        await self.parts.publish(changes)

    async def _admit(self, step: Admit, room: _Room) -> None:
        if room.room_id is None:
            return  # its creation was refused a moment ago
        try:
            banned = await rooms.admit(self.parts.homeserver, room.room_id, list(step.members))
        except HomeserverRefused:
            await self._enter_joined(room, room.room_id, step.members)
            raise
        await self._enter(room, {p: level for p, level in step.members.items() if p not in banned})

    async def _enter_joined(self, room: _Room, room_id: str, levels: Levels) -> None:
        """Enter those of *levels* who are in the room."""
        joined = await self.parts.homeserver.get_members(room_id)
        ghost = self.parts.homeserver.ids.ghost
        await self._enter(room, {p: level for p, level in levels.items() if joined.get(ghost(p)) == "join"})

    async def _enter(self, room: _Room, levels: Levels) -> None:
        """Write the room and its members into the read model."""
        now_ms = self.parts.clock()
        managers = {person_id: level >= TEACHER_LEVEL for person_id, level in levels.items()}
        async with self.parts.db.writing() as conn:
            if room.room_id is not None:
                await conversations.set_room_id(conn, room.conversation_id, room.room_id)
            changes = await members.add(conn, room.conversation_id, managers, now_ms)
        await self.parts.publish(changes)


async def _in_matrix(homeserver: Homeserver, room_id: str, step: RoomStep) -> None:
    match step:
        case SetPower():
            await rooms.set_power(homeserver, room_id, step.members, is_direct=False)
        case Rename():
            await rooms.rename(homeserver, room_id, step.name)
        case Dismiss():
            await rooms.dismiss(homeserver, room_id, step.person_id, step.reason)
        case DismissStranger():
            await homeserver.kick(room_id, step.mxid, step.reason)
        case Archive() | Reopen():
            is_locked = isinstance(step, Archive)
            await rooms.set_power(homeserver, room_id, step.members, is_direct=False, is_locked=is_locked)


async def _in_read_model(conn: Conn, conversation_id: int, step: RoomStep, now_ms: int) -> list[Change]:
    changes: list[Change] = []
    match step:
        case Rename():
            changes = await conversations.rename(conn, conversation_id, step.name, now_ms)
        case Dismiss():
            changes = await members.remove(conn, conversation_id, step.person_id, now_ms)
        case Archive() | Reopen():
            is_archived = isinstance(step, Archive)
            changes = await conversations.archive(conn, conversation_id, now_ms, is_archived=is_archived)
    return changes


def _ids(step: Step) -> dict[str, object]:
    ids = ("group_id", "person_id")
    return {"step": type(step).__name__, **{name: getattr(step, name) for name in ids if hasattr(step, name)}}


async def _patiently(do: Callable[[], Awaitable[None]]) -> None:
    """Call *do* until the homeserver answers, for as long as its restart may take."""
    for attempt in range(TRIES - 1):
        try:
            return await do()
        except HomeserverUnavailable:
            await asyncio.sleep(FIRST_WAIT_S * 2**attempt)
    return await do()
