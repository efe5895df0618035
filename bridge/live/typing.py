"""
Who is typing where. Typing ends by itself after some seconds; it is never shown to the one who types.

Both directions: what a browser reports goes to Matrix (Client-Server API, "Typing Notifications"), what Matrix reports
goes to the sockets. Nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from bridge.chat import conversations, members
from bridge.db.engine import Database
from bridge.errors import BridgeError
from bridge.live import frames
from bridge.live.bus import Bus
from bridge.live.hub import Hub
from bridge.roster.store import SchoolCache

log = structlog.get_logger(__name__)

MATRIX_S = 30  # longer than any client's own limit: a lost "stopped" must not leave somebody typing for ever
ECHO_S = 2  # for so long after the end Matrix may still list one who typed in the browser

TellMatrix = Callable[[int, str, bool], None]


@dataclass(slots=True)
class _Typer:
    """One who types. ``is_web``: in a browser, here or at another process; then Matrix has it from us."""

    timer: asyncio.TimerHandle
    is_web: bool


class Typing:
    """The people who type now, as this process knows them."""

    def __init__(
        self, db: Database, hub: Hub, bus: Bus, school: SchoolCache, lasts_s: float, tell_matrix: TellMatrix
    ) -> None:
        self._db, self._hub, self._bus, self._school = db, hub, bus, school
        self._lasts_s, self._tell_matrix = lasts_s, tell_matrix
        self._typers: dict[tuple[int, int], _Typer] = {}
        self._ended: dict[tuple[int, int], float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def stop(self) -> None:
        for typer in self._typers.values():
            typer.timer.cancel()
        for task in tuple(self._tasks):
            task.cancel()

    async def from_web(self, conversation_id: int, room_id: str | None, person_id: int, *, is_typing: bool) -> None:
        """A browser says that its person types, or has stopped."""
        if room_id:
            self._tell_matrix(person_id, room_id, is_typing)
        if is_typing:
            await self._start(conversation_id, person_id, self._lasts_s, is_web=True)
        else:
            await self._stop(conversation_id, person_id)

    async def from_matrix(self, conversation_id: int, people: set[int]) -> None:
        """All who type in the room now. Those of a browser are known better by their browser."""
        now = asyncio.get_running_loop().time()
        for person_id in people:
            key = (conversation_id, person_id)
            typer, ended = self._typers.get(key), self._ended.get(key, 0.0)
            if not (typer and typer.is_web) and now - ended > ECHO_S:
                await self._start(conversation_id, person_id, MATRIX_S, is_web=False)
        for conversation, person_id in list(self._typers):
            typer = self._typers[conversation, person_id]
            if conversation == conversation_id and person_id not in people and not typer.is_web:
                await self._stop(conversation_id, person_id)

    async def _start(self, conversation_id: int, person_id: int, lasts_s: float, *, is_web: bool) -> None:
        key = (conversation_id, person_id)
        known = self._typers.get(key)
        if known:
            known.timer.cancel()
        timer = asyncio.get_running_loop().call_later(lasts_s, self._over, conversation_id, person_id)
        self._typers[key] = _Typer(timer, is_web)
        body = _body(conversation_id, person_id, is_typing=True) | {"is_web": is_web, "lasts_s": lasts_s}
        if known:
            self._bus.publish("typing", body)  # the others wait on
        else:
            await self._tell(body)

    async def _stop(self, conversation_id: int, person_id: int) -> None:
        typer = self._typers.pop((conversation_id, person_id), None)
        if typer:
            typer.timer.cancel()
            if typer.is_web:
                self._remember_end(conversation_id, person_id)
            await self._tell(_body(conversation_id, person_id, is_typing=False))

    def _remember_end(self, conversation_id: int, person_id: int) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._ended) > 1000:
            self._ended = {key: at for key, at in self._ended.items() if now - at <= ECHO_S}
        self._ended[conversation_id, person_id] = now

    def _over(self, conversation_id: int, person_id: int) -> None:
        task = asyncio.get_running_loop().create_task(self._end(conversation_id, person_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self, conversation_id: int, person_id: int) -> None:
        """The time is over: tell the sockets, and Matrix if it had heard it from us."""
        typer = self._typers.get((conversation_id, person_id))
        try:
            if typer and typer.is_web:
                async with self._db.reading() as conn:
                    room_id = (await conversations.get_conversation(conn, conversation_id)).room_id
                if room_id:
                    self._tell_matrix(person_id, room_id, False)
            await self._stop(conversation_id, person_id)
        except BridgeError as error:
            self._typers.pop((conversation_id, person_id), None)
            log.warning("typing_end_not_told", code=error.code, conversation_id=conversation_id)

    async def _tell(self, body: dict[str, Any]) -> None:
        async with self._db.reading() as conn:
            audience = await members.list_ids(conn, body["conversation_id"])
        body["audience"] = [other for other in audience if other != body["person_id"]]
        self._bus.publish("typing", body)
        self._show(body)

    def receive(self, body: dict[str, Any]) -> None:
        """Another process tells: show it if it is new here, and know it, for Matrix will tell of it too."""
        key = (body["conversation_id"], body["person_id"])
        known = self._typers.pop(key, None)
        if known:
            known.timer.cancel()
        if body["is_typing"]:
            over = {**body, "is_typing": False}  # that process may die
            timer = asyncio.get_running_loop().call_later(body["lasts_s"] + ECHO_S, self.receive, over)
            self._typers[key] = _Typer(timer, body["is_web"])
        elif known and known.is_web:
            self._remember_end(*key)
        if (known is None) == body["is_typing"]:
            self._show(body)

    def _show(self, body: dict[str, Any]) -> None:
        """Tell the sockets of this process."""
        person = self._school.current.find(body["person_id"])
        name = person.name if person else ""
        frame = frames.typing(body["conversation_id"], body["person_id"], name, is_typing=body["is_typing"])
        self._hub.deliver(body["conversation_id"], dict.fromkeys(body["audience"], frame))


def _body(conversation_id: int, person_id: int, *, is_typing: bool) -> dict[str, Any]:
    """What the processes tell each other. Who repeats that somebody types names no audience."""
    return {"conversation_id": conversation_id, "person_id": person_id, "is_typing": is_typing, "audience": []}
