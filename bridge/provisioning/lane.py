"""
The steps of one room, one after the other.

While somebody works on a room it is suspect in our records, so that whoever finds it after a crash looks at it first.
Matrix comes before the read model for what is added; what is removed was cut from the read model before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bridge.chat import conversations, members
from bridge.chat.changes import Change
from bridge.db.engine import Conn
from bridge.errors import HomeserverRefused
from bridge.matrix import rooms
from bridge.permissions.power import TEACHER_LEVEL
from bridge.permissions.roster_rooms import SPACE, find_group_id
from bridge.provisioning import pictures, record
from bridge.provisioning.record import Room
from bridge.provisioning.run import Run, Work
from bridge.provisioning.seen import FIXED, Seen, read_state, wanted_fixed
from bridge.provisioning.spec import (
    Admit,
    Archive,
    CreateRoom,
    Describe,
    Dismiss,
    DismissStranger,
    Levels,
    Link,
    Mend,
    Rename,
    Reopen,
    RoomStep,
    SetPower,
    Unlink,
)


async def do_room_steps(run: Run, steps: Sequence[RoomStep]) -> None:
    """
    Carry out *steps*, all of one room.

    Raises:
        HomeserverUnavailable: The room stays suspect, and the next run looks at it.
    """
    lane = _Lane(run, run.rooms[steps[0].key])
    try:
        await lane.work_off(steps)
    finally:
        lane.tell_space(lane.work.room_id)  # whatever became of it: others wait for it


class _Lane:
    def __init__(self, run: Run, work: Work) -> None:
        self.run, self.work = run, work
        self.homeserver = run.parts.homeserver

    async def work_off(self, steps: Sequence[RoomStep]) -> None:
        async with self.run.parts.db.writing() as conn:
            mark = await record.begin_work(conn, self.work.key, self.work.suspect_ms, self.run.parts.clock())
        is_whole = self.work.is_certain
        for step in steps:
            is_whole = await self.run.attempt(step, partial(self._do, step)) and is_whole
        work = self.work
        kept = Room(work.key, given_name=work.given_name, seen=work.seen)
        async with self.run.parts.db.writing() as conn:
            await record.end_work(conn, kept, mark if is_whole else None)

    def tell_space(self, room_id: str | None) -> None:
        if self.work.key == SPACE and not self.run.space_id.done():
            self.run.space_id.set_result(room_id)

    async def _do(self, step: RoomStep) -> None:  # noqa: C901 - one line for each kind of step
        match step:
            case CreateRoom():
                await self._create(step)
            case Admit():
                await self._admit(step.members)
            case SetPower():
                await self._set_power(step.members, "power.changed", is_archived=False)
            case Archive() | Reopen():
                await self._archive(step)
            case Rename():
                await self._rename(step.name)
            case Describe():
                await self._describe(step)
            case Mend():
                await self._mend(step)
            case Link() | Unlink():
                await self._link(step)
            case Dismiss():
                await self._dismiss(step)
            case DismissStranger():
                await self.homeserver.kick(self._room_id(), step.mxid, step.reason)
                others = tuple(mxid for mxid in self.work.seen.strangers if mxid != step.mxid)
                self.work.seen = replace(self.work.seen, strangers=others)

    def _room_id(self) -> str:
        """The room; a step that needs one fails where its creation was refused a moment ago."""
        if self.work.room_id is None:
            raise HomeserverRefused("The room could not be made.", errcode="M_NOT_FOUND", http_status=404)
        return self.work.room_id

    # -- members ---------------------------------------------------------------------------------------------------

    async def _create(self, step: CreateRoom) -> None:
        work, is_new = self.work, True

        def found(room_id: str, is_new_room: bool) -> None:
            nonlocal is_new
            work.room_id, is_new = room_id, is_new_room
            self.tell_space(room_id)

        spec = rooms.RoomSpec(
            conversation_id=work.conversation_id,
            alias=work.alias,
            name=step.name,
            is_direct=False,
            roster_key=step.key,
            members=dict(step.members),
            topic=step.topic,
            avatar=await pictures.ensure_uploaded(self.run, step.avatar),
            parent=await self.run.space_id if step.key != SPACE else None,
        )
        refused = None
        try:
            await rooms.ensure_room(self.homeserver, spec, None, on_found=found)
        except HomeserverRefused as error:
            # Perhaps somebody could not join; the room may be there all the same, with the others in it.
            refused, is_new = error, False
            work.room_id = await self.homeserver.find_room(self.homeserver.ids.alias(work.alias))
            if work.room_id is None:
                raise
        if is_new:
            self._take_as(spec)
        else:
            self.run.has_taken_over = self.run.has_taken_over or refused is None
            await self._look()
        await self._enter_new(step)
        if refused is not None:
            raise refused

    def _take_as(self, spec: rooms.RoomSpec) -> None:
        """A new room is as it was asked for."""
        levels = {person_id: level for person_id, level in spec.members.items() if level}
        parents = frozenset({spec.parent} if spec.parent else ())
        new = Seen(name=spec.name, topic=spec.topic, avatar=spec.avatar, levels=levels, parents=parents)
        self.work.seen = new.with_members(spec.members)

    async def _look(self) -> None:
        work, ids = self.work, self.homeserver.ids
        events = await self.homeserver.get_state(self._room_id())
        work.seen = read_state(events, ids, work.key, work.conversation_id, is_archived=False)

    async def _enter_new(self, step: CreateRoom) -> None:
        """Write the room and who is in it into the read model."""
        work, now_ms = self.work, self.run.parts.clock()
        work.given_name = step.name
        inside = {p: level for p, level in step.members.items() if work.seen.memberships.get(p) == "join"}
        async with self.run.parts.db.writing() as conn:
            changes: list[Change] = []
            if work.conversation_id is None:
                await record.save_room_id(conn, work.key, self._room_id())
            else:
                await conversations.set_room_id(conn, work.conversation_id, self._room_id())
                changes += await conversations.rename(conn, work.conversation_id, step.name, now_ms)
                changes += await members.add(conn, work.conversation_id, self._managers(inside), now_ms)
            await self.run.audit(conn, "room.created", work, details={"people": len(inside)})
            await self._audit_joined(conn, inside)
        await self.run.tell(changes)

    async def _admit(self, levels: Levels) -> None:
        refused: HomeserverRefused | None = None
        inside = levels
        try:
            banned = await rooms.admit(self.homeserver, self._room_id(), list(levels))
            inside = {p: level for p, level in levels.items() if p not in banned}
            self.work.seen = replace(
                self.work.seen, memberships={**self.work.seen.memberships, **dict.fromkeys(banned, "ban")}
            )
        except HomeserverRefused as error:
            refused = error
            found, ghost = await self.homeserver.get_members(self._room_id()), self.homeserver.ids.ghost
            inside = {p: level for p, level in levels.items() if found.get(ghost(p)) == "join"}
        self.work.seen = self.work.seen.with_members(inside)
        async with self.run.parts.db.writing() as conn:
            changes: list[Change] = []
            if self.work.conversation_id is not None:
                now_ms = self.run.parts.clock()
                changes = await members.add(conn, self.work.conversation_id, self._managers(inside), now_ms)
            await self._audit_joined(conn, inside)
        await self.run.tell(changes)
        if refused is not None:
            raise refused

    def _managers(self, levels: Levels) -> dict[int, bool]:
        """Who has a manager's level manages, in the room of a group."""
        is_group = find_group_id(self.work.key) is not None
        return {person_id: is_group and level >= TEACHER_LEVEL for person_id, level in levels.items()}

    async def _audit_joined(self, conn: Conn, people: Levels) -> None:
        """Nothing for the space: who is in it is who is at the school."""
        if people and self.work.conversation_id is not None:
            await self.run.audit(conn, "member.joined", self.work, sorted(people))

    async def _dismiss(self, step: Dismiss) -> None:
        if self.work.room_id is not None:
            await rooms.dismiss(self.homeserver, self.work.room_id, step.person_id, step.reason)
        self.work.seen = self.work.seen.without_members([step.person_id])

    # -- state -----------------------------------------------------------------------------------------------------

    async def _set_power(self, levels: Levels, action: str, *, is_archived: bool) -> None:
        """One event for the room, whatever has changed in it."""
        powers = rooms.powers_of(self.work.key, is_direct=False, is_archived=is_archived)
        if self.work.room_id is not None:
            await rooms.set_power(self.homeserver, self.work.room_id, levels, powers)
        faults = tuple(fault for fault in self.work.seen.faults if fault != "power")
        before, self.work.seen = self.work.seen, replace(self.work.seen, levels=dict(levels), faults=faults)
        if action == "power.changed":
            people = sorted(p for p in before.levels.keys() | levels.keys() if before.levels.get(p) != levels.get(p))
            async with self.run.parts.db.writing() as conn:
                await self.run.audit(conn, action, self.work, people)

    async def _archive(self, step: Archive | Reopen) -> None:
        is_archived = isinstance(step, Archive)
        await self._set_power(step.members, "", is_archived=is_archived)
        if self.work.conversation_id is None:
            return
        async with self.run.parts.db.writing() as conn:
            now_ms = self.run.parts.clock()
            changes = await conversations.archive(conn, self.work.conversation_id, now_ms, is_archived=is_archived)
            await self.run.audit(conn, "room.archived" if is_archived else "room.reopened", self.work)
        await self.run.tell(changes)

    async def _rename(self, name: str) -> None:
        await rooms.rename(self.homeserver, self._room_id(), name)
        before, self.work.given_name = self.work.given_name, name
        self.work.seen = replace(self.work.seen, name=name)
        async with self.run.parts.db.writing() as conn:
            changes: list[Change] = []
            if self.work.conversation_id is not None:
                changes = await conversations.rename(conn, self.work.conversation_id, name, self.run.parts.clock())
            await self.run.audit(conn, "room.renamed", self.work, details={"from": before, "to": name})
        await self.run.tell(changes)

    async def _describe(self, step: Describe) -> None:
        if step.topic is not None:
            await rooms.set_topic(self.homeserver, self._room_id(), step.topic)
            self.work.seen = replace(self.work.seen, topic=step.topic)
        if step.avatar is not None:
            mxc = await pictures.ensure_uploaded(self.run, step.avatar)
            await rooms.set_avatar(self.homeserver, self._room_id(), mxc)
            self.work.seen = replace(self.work.seen, avatar=mxc)

    async def _mend(self, step: Mend) -> None:
        wanted = wanted_fixed(self.homeserver.ids, self.work.key, self.work.conversation_id)
        await rooms.mend(self.homeserver, self._room_id(), {FIXED[name]: wanted[FIXED[name]] for name in step.what})
        left = tuple(fault for fault in self.work.seen.faults if fault not in step.what)
        self.work.seen = replace(self.work.seen, faults=left)

    async def _link(self, step: Link | Unlink) -> None:
        """Both sides, so that a crash between them is seen in the room."""
        space_id = await self.run.space_id
        if space_id is None:
            raise HomeserverRefused("The space could not be made.", errcode="M_NOT_FOUND", http_status=404)
        room_id, parents = self._room_id(), self.work.seen.parents
        if isinstance(step, Link):
            await rooms.link(self.homeserver, space_id, room_id, is_named=space_id in parents)
            self.work.seen = replace(self.work.seen, parents=parents | {space_id}, is_child=True)
        else:
            await rooms.unlink(self.homeserver, space_id, room_id)
            self.work.seen = replace(self.work.seen, parents=parents - {space_id}, is_child=False)
