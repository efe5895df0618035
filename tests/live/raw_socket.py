"""A WebSocket client that reads only when it is told to: RFC 6455 by hand, over a small receive buffer."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

CLOSE = 8


@dataclass
class RawSocket:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @staticmethod
    async def open(base: str, path: str) -> RawSocket:
        where = urlsplit(base)
        assert where.hostname
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # little fits into the network on the way to us
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, (where.hostname, where.port))
        reader, writer = await asyncio.open_connection(sock=plain, limit=1024)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert b"101" in await reader.readuntil(b"\r\n\r\n")
        return RawSocket(reader, writer)

    async def close_code(self) -> int | None:
        """Read to the end; the code of the close frame, None when the connection was cut without one."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                first, second = await self.reader.readexactly(2)
                size = second & 0x7F
                if size >= 126:
                    size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
                payload = await self.reader.readexactly(size)
                if first & 0x0F == CLOSE:
                    return int.from_bytes(payload[:2], "big")
        return None

    def close(self) -> None:
        self.writer.close()
