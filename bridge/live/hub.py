"""
Who is connected to this process, and the delivery of frames to them.

A slow reader never slows the others: each socket has a bounded queue of its own, and is closed when it is full.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Protocol

from prometheus_client import Counter, Gauge

SOCKETS = Gauge("classbridge_sockets", "Open sockets of this process")
FRAMES = Counter("classbridge_frames_total", "Frames handed to sockets of this process")


class Socket(Protocol):
    """One open WebSocket. ``conversation_id`` None: it carries all conversations of the person."""

    person_id: int
    conversation_id: int | None

    def push(self, frame: bytes) -> None:
        """Send a frame or queue it; never waits, never raises. A full queue closes the socket with 4408."""

    def close(self, code: int, reason: str) -> None:
        """Close soon; never waits, never raises."""


class Hub:
    """The sockets of this process by person."""

    def __init__(self) -> None:
        self._sockets: dict[int, set[Socket]] = {}
        self._shut: tuple[int, str] | None = None

    def add(self, socket: Socket) -> None:
        self._sockets.setdefault(socket.person_id, set()).add(socket)
        SOCKETS.inc()
        if self._shut:
            socket.close(*self._shut)

    def discard(self, socket: Socket) -> None:
        """Forget a socket; twice changes nothing."""
        mine = self._sockets.get(socket.person_id)
        if mine and socket in mine:
            mine.remove(socket)
            SOCKETS.dec()
            if not mine:
                del self._sockets[socket.person_id]

    def connected(self, people: Iterable[int]) -> list[int]:
        """Those of *people* who have a socket here."""
        return [person_id for person_id in people if person_id in self._sockets]

    def everybody(self) -> list[int]:
        return list(self._sockets)

    def people(self) -> Container[int]:
        """Who is connected, to look up in."""
        return self._sockets

    def deliver(self, conversation_id: int, frames: Mapping[int, bytes]) -> None:
        """Hand each person's frame to the sockets that carry the conversation."""
        handed = 0
        for person_id, frame in frames.items():
            for socket in tuple(self._sockets.get(person_id, ())):
                if socket.conversation_id is None or socket.conversation_id == conversation_id:
                    socket.push(frame)
                    handed += 1
        FRAMES.inc(handed)

    def deliver_shared(self, shared: Mapping[int, set[int]], frame: bytes) -> None:
        """Hand a frame to everybody in *shared*: person id to the conversations that it concerns for them."""
        for person_id, ids in shared.items():
            for socket in tuple(self._sockets.get(person_id, ())):
                if socket.conversation_id is None or socket.conversation_id in ids:
                    socket.push(frame)

    def close_conversation(self, person_id: int, conversation_id: int, code: int, reason: str) -> None:
        """Close a person's sockets of one conversation (removed from it)."""
        for socket in tuple(self._sockets.get(person_id, ())):
            if socket.conversation_id == conversation_id:
                socket.close(code, reason)

    def close_person(self, person_id: int, code: int, reason: str) -> None:
        for socket in tuple(self._sockets.get(person_id, ())):
            socket.close(code, reason)

    def shut(self, code: int, reason: str) -> None:
        """Close every socket, and each one that was just being opened."""
        self._shut = (code, reason)
        self.close_all(code, reason)

    def close_all(self, code: int, reason: str) -> None:
        for person_id in self.everybody():
            self.close_person(person_id, code, reason)
