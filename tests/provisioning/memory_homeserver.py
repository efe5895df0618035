"""
A homeserver in memory for laws over thousands of worlds: rooms, members and state, and a death at any call.

It keeps Matrix's rules as far as provisioning meets them: who may join, who is banned, whom an alias belongs to. That
the real one agrees is what ``test_apply`` and ``test_school_rooms`` show.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from bridge.errors import HomeserverRefused
from bridge.matrix.ids import Ids

MEMBER = "m.room.member"


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours may catch it and go on."""


class MemoryHomeserver:
    """``calls_left``: after so many calls the process dies, before or after the call has had its effect."""

    def __init__(self) -> None:
        self.ids = Ids("school.test")
        self.rooms: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self.aliases: dict[str, str] = {}
        self.ghosts: dict[int, str] = {}
        self.calls: list[str] = []
        self.calls_left: int | None = None
        self._locks: defaultdict[object, asyncio.Lock] = defaultdict(asyncio.Lock)

    def lock_of(self, thing: object) -> asyncio.Lock:
        return self._locks[thing]

    def reserved_alias(self, thing: str) -> str:
        return f"school_r_{thing.replace(':', '_')}"

    def die_after(self, calls: int | None) -> None:
        self.calls_left = calls
        self._locks.clear()

    async def _call(self, name: str, effect: Callable[[], Any]) -> Any:
        self.calls.append(name)
        await asyncio.sleep(0)
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left == 0 and len(self.calls) % 2:
                raise Killed
        if self.calls_left is not None and self.calls_left < 0:
            raise Killed
        answer = effect()
        if self.calls_left == 0:
            raise Killed
        return answer

    # -- people ----------------------------------------------------------------------------------------------------

    async def register_ghost(self, person_id: int, name: str) -> None:
        await self._call("register", lambda: self.ghosts.update({person_id: name}))

    async def end_sessions(self, person_id: int) -> None:
        await self._call("end_sessions", lambda: person_id)

    async def joined_rooms(self, as_user: int | None = None) -> list[str]:
        mxid = self.ids.mxid(as_user)
        return await self._call("joined_rooms", lambda: [r for r in self.rooms if self._membership(r, mxid) == "join"])

    # -- rooms -----------------------------------------------------------------------------------------------------

    async def create_room(self, content: Mapping[str, Any]) -> str:
        return await self._call("create_room", lambda: self._create(content))

    def _create(self, content: Mapping[str, Any]) -> str:
        alias = self.ids.alias(content["room_alias_name"])
        if alias in self.aliases:
            raise HomeserverRefused("Taken.", errcode="M_ROOM_IN_USE", http_status=400)
        room_id = f"!room{len(self.rooms)}"
        state = {(event["type"], event["state_key"]): dict(event["content"]) for event in content["initial_state"]}
        self.rooms[room_id] = {**state, (MEMBER, self.ids.bot): {"membership": "join"}}
        self.aliases[alias] = room_id
        return room_id

    async def find_room(self, alias: str) -> str | None:
        return await self._call("find_room", lambda: self.aliases.get(alias))

    async def join(self, as_user: int | None, room_id: str) -> None:
        await self._call("join", lambda: self._join(self.ids.mxid(as_user), room_id))

    def _join(self, mxid: str, room_id: str) -> None:
        before, state = self._membership(room_id, mxid), self.rooms[room_id]
        is_open = state.get(("m.room.join_rules", "")) == {"join_rule": "public"}
        if before == "ban" or not (is_open or before in ("invite", "join")):
            raise HomeserverRefused("No.", errcode="M_FORBIDDEN", http_status=403)
        state[MEMBER, mxid] = {"membership": "join"}

    async def invite(self, room_id: str, mxid: str, as_user: int | None = None) -> None:
        await self._call("invite", lambda: self._invite(room_id, mxid))

    def _invite(self, room_id: str, mxid: str) -> None:
        if self._membership(room_id, mxid) in ("join", "ban"):
            raise HomeserverRefused("No.", errcode="M_FORBIDDEN", http_status=403)
        self.rooms[room_id][MEMBER, mxid] = {"membership": "invite"}

    async def leave(self, as_user: int | None, room_id: str) -> None:
        await self._call("leave", lambda: self._leave(room_id, self.ids.mxid(as_user)))

    async def kick(self, room_id: str, mxid: str, reason: str) -> None:
        await self._call("kick", lambda: self._leave(room_id, mxid))

    def _leave(self, room_id: str, mxid: str) -> None:
        self.rooms[room_id][MEMBER, mxid] = {"membership": "leave"}

    async def set_state(
        self, room_id: str, event_type: str, state_key: str, content: Mapping[str, Any], as_user: int | None = None
    ) -> str:
        return await self._call(
            "set_state", lambda: self.rooms[room_id].update({(event_type, state_key): dict(content)}) or "$event"
        )

    async def find_state(self, room_id: str, event_type: str, state_key: str = "") -> dict[str, Any] | None:
        return await self._call("find_state", lambda: self.rooms[room_id].get((event_type, state_key)))

    async def get_state(self, room_id: str) -> list[dict[str, Any]]:
        return await self._call(
            "get_state",
            lambda: [
                {"type": kind, "state_key": key, "content": content}
                for (kind, key), content in self.rooms[room_id].items()
            ],
        )

    async def get_members(self, room_id: str) -> dict[str, str]:
        return await self._call("get_members", lambda: self.members(room_id))

    # -- what the tests ask ----------------------------------------------------------------------------------------

    def members(self, room_id: str) -> dict[str, str]:
        state = self.rooms[room_id]
        return {key: content["membership"] for (kind, key), content in state.items() if kind == MEMBER}

    def joined(self, room_id: str) -> set[int]:
        found = {self.ids.person_id(mxid) for mxid, how in self.members(room_id).items() if how == "join"}
        return {person_id for person_id in found if person_id is not None}

    def rooms_of(self, key: str) -> list[str]:
        """The rooms that say they are that of *key*: never two."""
        marker = ("org.classbridge.conversation", "")
        return [room_id for room_id, state in self.rooms.items() if state.get(marker, {}).get("roster_key") == key]

    def _membership(self, room_id: str, mxid: str) -> str | None:
        return self.rooms[room_id].get((MEMBER, mxid), {}).get("membership")
