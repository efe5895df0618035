"""``/ws/chat/`` and ``/ws/chat/{conversation_id}/``: the sockets' door."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from prometheus_client import Counter

from bridge.api import socket_frames
from bridge.api.auth.person import authenticate_socket
from bridge.api.parse import path_id
from bridge.api.sending import join_as_admin
from bridge.api.services import SERVICES, Services
from bridge.chat import views
from bridge.config import LiveConfig
from bridge.errors import BridgeError, Forbidden, NotFound, NotSignedIn
from bridge.permissions.school import Person

log = structlog.get_logger(__name__)

NOT_SIGNED_IN = 4401
NOT_A_PARTICIPANT = 4403
SLOW_READER = 4408

BEHIND_BYTES = 1 << 16  # what may lie in the connection's own buffer

SLOW = Counter("classbridge_slow_readers_total", "Sockets closed because their reader was too slow")


class ChatSocket:
    """
    One open socket as the hub sees it.

    A frame goes to the network at once, in the same turn of the event loop. For a reader who is behind there is a
    bounded queue, and a task that empties it while there is something in it.
    """

    def __init__(
        self, ws: web.WebSocketResponse, request: web.Request, person: Person, conversation_id: int | None
    ) -> None:
        self.person_id, self.conversation_id = person.id, conversation_id
        self._ws, self._transport = ws, request.transport
        config: LiveConfig = request.app[SERVICES].config.live
        self._most_frames, self._most_bytes = config.queue_frames, config.queue_bytes
        self._waiting: deque[bytes] | None = None
        self._bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._closer: asyncio.Task[None] | None = None

    def push(self, frame: bytes) -> None:
        transport = self._transport
        if self._closer or self._ws.closed or transport is None or transport.is_closing():
            return  # whoever reads it notices too
        if self._writer is None and transport.get_write_buffer_size() < BEHIND_BYTES:
            transport.write(_as_text(frame))
        else:
            self._enqueue(frame)

    def _enqueue(self, frame: bytes) -> None:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(frame)
        self._bytes += len(frame)
        if len(self._waiting) > self._most_frames or self._bytes > self._most_bytes:
            SLOW.inc()
            self.close(SLOW_READER, "slow reader")
        elif self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._empty())

    async def _empty(self) -> None:
        try:
            while self._waiting:
                frame = self._waiting.popleft()
                self._bytes -= len(frame)
                await self._ws.send_frame(frame, WSMsgType.TEXT)
        except ConnectionError:
            self._waiting = None  # it is gone; whoever reads it notices too
        finally:
            self._writer = None

    def close(self, code: int, reason: str) -> None:
        """Close when what waits was sent; a slow reader at once."""
        if self._closer:
            return
        if code == SLOW_READER:
            self._waiting = None
            if self._writer:
                self._writer.cancel()
        self._closer = asyncio.get_running_loop().create_task(self._close(code, reason))

    async def _close(self, code: int, reason: str) -> None:
        """Say goodbye; one who does not even read that is cut off."""
        is_cut_off = code == SLOW_READER
        try:
            async with asyncio.timeout(2):
                if self._writer and not is_cut_off:
                    await asyncio.wait([self._writer])
                await self._ws.close(code=code, message=reason.encode(), drain=False)
        except (TimeoutError, ConnectionError):
            is_cut_off = True
            log.debug("socket_cut_off", person_id=self.person_id)
        finally:
            if is_cut_off and self._transport and not self._transport.is_closing():
                self._transport.abort()


def _as_text(frame: bytes) -> bytes:
    """An unfragmented text frame, not masked, as a server sends it: RFC 6455, section 5.2."""
    size = len(frame)
    if size < 126:
        return bytes((0x81, size)) + frame
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + frame
    return b"\x81\x7f" + size.to_bytes(8, "big") + frame


async def get_socket(request: web.Request) -> web.WebSocketResponse:
    """Open a socket. Refusals are close codes: a browser does not see the status of a failed upgrade."""
    services = request.app[SERVICES]
    config = services.config
    protocols = ("bearer",) if "bearer" in request.headers.get("Sec-WebSocket-Protocol", "") else ()
    ws = web.WebSocketResponse(
        heartbeat=config.live.ping_s,
        max_msg_size=config.limits.body_bytes,
        protocols=protocols,
        compress=False,
        timeout=2,
    )
    try:
        person, _ = await authenticate_socket(services, request)
        conversation_id = await _find_conversation(services, request, person)
    except (NotSignedIn, NotFound) as error:
        await ws.prepare(request)
        code = NOT_SIGNED_IN if isinstance(error, NotSignedIn) else NOT_A_PARTICIPANT
        await ws.close(code=code, message=error.code.encode())
        return ws
    await ws.prepare(request)
    await _serve(services, request, ws, person, conversation_id)
    return ws


async def _find_conversation(services: Services, request: web.Request, person: Person) -> int | None:
    if "id" not in request.match_info:
        return None
    conversation_id = path_id(request)
    await join_as_admin(services, person, conversation_id)
    async with services.db.reading() as conn:
        await views.get_entry(conn, person.id, conversation_id)
    return conversation_id


async def _serve(
    services: Services,
    request: web.Request,
    ws: web.WebSocketResponse,
    person: Person,
    conversation_id: int | None,
) -> None:
    socket = ChatSocket(ws, request, person, conversation_id)
    live = services.live
    live.hub.add(socket)
    live.presence.opened(person.id)
    try:
        if conversation_id is not None:
            await _still_there(services, person, conversation_id)
        async for message in ws:
            if message.type == WSMsgType.TEXT:
                await _take(services, socket, person, message.data)
            elif message.type == WSMsgType.BINARY:
                socket.push(socket_frames.refusal(None, Forbidden("Send text frames.", code="invalid")))
    except NotFound:
        await ws.close(code=NOT_A_PARTICIPANT, message=b"not_found")
    finally:
        live.hub.discard(socket)
        live.presence.closed(person.id)


async def _still_there(services: Services, person: Person, conversation_id: int) -> None:
    """Ask again now that the hub knows the socket: a removal in between would not have closed it."""
    async with services.db.reading() as conn:
        await views.get_entry(conn, person.id, conversation_id)


async def _take(services: Services, socket: ChatSocket, person: Person, data: str) -> None:
    """One frame from the client. Whatever is wrong with it is answered, and the socket stays open."""
    current = services.school.current.find_active(person.id)
    if current is None:
        socket.close(NOT_SIGNED_IN, "user_inactive")
        return
    frame: dict[str, Any] = {}
    try:
        frame = socket_frames.parse(data)
        await socket_frames.take(services, socket, current, frame)
    except BridgeError as error:
        socket.push(socket_frames.refusal(frame.get("client_id"), error, socket.conversation_id))
    except Exception:
        log.exception("socket_frame_fault", person_id=person.id)
        await socket._ws.close(code=WSCloseCode.INTERNAL_ERROR, message=b"internal")  # noqa: SLF001 - same file


def routes() -> list[web.RouteDef]:
    """Both addresses, with and without the trailing slash."""
    return [
        web.get(path, get_socket) for path in ("/ws/chat", "/ws/chat/", "/ws/chat/{id:[^/]+}", "/ws/chat/{id:[^/]+}/")
    ]
