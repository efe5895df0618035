"""
The server under the application: what comes before any route, too, is answered in the API's form.

aiohttp answers what it cannot read as HTTP with its own text and version, repeats a part of it, and logs a stack for
each: anybody could fill the log, and a header that is too long would leave a piece of a token there.
"""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bridge.api.answers import error_answer, internal_answer
from bridge.errors import Invalid

log = structlog.get_logger(__name__)

UNREADABLE = "This request cannot be read: it is not HTTP, or a line of it is too long."


class Protocol(RequestHandler):
    """One connection."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what no handler saw, and close the connection."""
        if isinstance(exc, ConnectionError):
            log.debug("caller_gone")  # in the middle of its body; nobody will read the answer
            answer = internal_answer()
        elif status >= 500 or request.writer.output_size > 0:
            super().handle_error(request, status, exc, message)  # logs; raises where an answer has begun
            answer = internal_answer()
        else:
            log.debug("request_unreadable", error=type(exc).__name__)
            answer = error_answer(Invalid(UNREADABLE))
        answer.headers.update({"Server": "classbridge", "X-Content-Type-Options": "nosniff"})
        answer.force_close()
        return answer


class Server(web.Server):
    def __call__(self) -> RequestHandler:
        return Protocol(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Runs the application behind ``Server``."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return Server(made.request_handler, request_factory=made.request_factory, **self._kwargs)
