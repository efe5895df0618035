"""What goes out: JSON, errors in DRF's shape, and the headers of every answer. The one place that does it."""

from __future__ import annotations

import math
import re
import secrets
import traceback
from functools import cache
from itertools import count
from time import perf_counter
from typing import Any

import orjson
import structlog
from aiohttp import web
from prometheus_client import Counter, Histogram

from bridge.api.origins import is_allowed_origin
from bridge.api.routes import Handler
from bridge.api.services import SERVICES
from bridge.config import ServerConfig
from bridge.errors import BridgeError, Invalid

log = structlog.get_logger(__name__)

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
HAS_BEGUN: web.RequestKey[bool] = web.RequestKey("has_begun", bool)

JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}

CORS_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Range, X-Requested-With",
    "Access-Control-Max-Age": "600",
}
EXPOSED = "X-Request-Id, Retry-After, Content-Disposition, Content-Range, Accept-Ranges"

HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}

SECONDS = Histogram(
    "classbridge_request_seconds",
    "Time from a request's arrival to its answer, by route.",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
)
ANSWERS = Counter("classbridge_answers", "Answers by HTTP status.", ["status"])


def json_answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with JSON. Nothing keeps it: what is in it belongs to one person."""
    return web.Response(
        body=orjson.dumps(data),
        status=status,
        headers={**JSON_HEADERS, **headers} if headers else JSON_HEADERS,
    )


def no_content() -> web.Response:
    return web.Response(status=204)


@web.middleware
async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every request, whatever happens in its handler; count and time it."""
    began_s = perf_counter()
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return web.Response(status=204, headers=CORS_HEADERS)
    try:
        response = await handler(request)
    except BridgeError as error:
        response = error_answer(error)
    except web.HTTPException as error:
        response = _http_answer(request, error)
    except Exception as error:
        if isinstance(error, ConnectionResetError) and _has_gone(request):
            raise  # there is nobody to answer, and nothing went wrong here
        _log_fault(request, error)
        if HAS_BEGUN in request:
            raise  # half an answer is out: aiohttp closes the connection, so that the client sees the fault
        response = internal_answer(request_id(request))
    _measure(request, response.status, perf_counter() - began_s)
    return response


def error_answer(error: BridgeError) -> web.Response:
    """The answer to an error of the family."""
    headers: dict[str, str] = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return json_answer(error_body(error), error.status, headers)


def error_body(error: BridgeError) -> dict[str, Any]:
    """DRF's shape: the fields at fault, or one sentence and a word for machines."""
    if isinstance(error, Invalid):
        return dict(error.fields)
    return {"detail": error.detail, "code": error.code}


def _http_answer(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    """Answer as aiohttp's own refusals say: no such path, no such method, too large."""
    if error.status < 400:
        raise error
    if error.status == 400:  # a socket's address without its handshake, for one
        return error_answer(Invalid("This address does not take such a request."))
    details = {
        404: "Not found.",
        405: f'Method "{request.method}" not allowed.',
        413: "The body is too large.",
    }
    kept = {name: error.headers[name] for name in ("Allow", "Range") if name in error.headers}
    code = HTTP_CODES.get(error.status, "error")
    return json_answer({"detail": details.get(error.status, error.reason), "code": code}, error.status, kept)


def _has_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def internal_answer(fault_id: str | None = None) -> web.Response:
    """The answer to our own fault; *fault_id* finds it in the log."""
    body = {"detail": "Something went wrong here.", "code": "internal"}
    return json_answer(body | ({"request_id": fault_id} if fault_id else {}), 500)


def _log_fault(request: web.Request, error: Exception) -> None:
    """Log the stack, but not the error's own text: a database puts the values of a statement into it."""
    resource = request.match_info.route.resource
    log.error(
        "request_failed",
        request_id=request_id(request),
        method=request.method,
        route=resource.canonical if resource is not None else None,
        error=type(error).__qualname__,
        stack="".join(traceback.format_tb(error.__traceback__)),
        cause=type(error.__cause__).__qualname__ if error.__cause__ else None,
    )


@cache
def _counter_of(status: int) -> Counter:
    return ANSWERS.labels(status)


@cache
def _seconds_of(method: str, path: str) -> Histogram:
    """Of a route, not of an address: there are only so many."""
    return SECONDS.labels(method, path.rstrip("/") or "/")


def _measure(request: web.Request, status: int, seconds: float) -> None:
    _counter_of(status).inc()
    resource = request.match_info.route.resource
    if resource is not None and status != 101:
        _seconds_of(request.method, resource.canonical).observe(seconds)


SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
PROCESS_ID = secrets.token_hex(4)
NUMBERS = count(1)


def request_id(request: web.Request) -> str:
    """The request's id in the log and in its answer; a trusted proxy's own is kept."""
    if REQUEST_ID not in request:
        given = request.headers.get("X-Request-Id", "") if _server(request).trusted_proxy else ""
        request[REQUEST_ID] = given if SAFE_REQUEST_ID.fullmatch(given) else f"{PROCESS_ID}{next(NUMBERS):08x}"
    return request[REQUEST_ID]


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put on what every answer carries, streams and sockets too; the signal ``on_response_prepare``."""
    request[HAS_BEGUN] = True
    headers = response.headers
    headers["X-Request-Id"] = request_id(request)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Server"] = "classbridge"
    headers["Vary"] = f"{headers['Vary']}, Origin" if "Vary" in headers else "Origin"
    origin = request.headers.get("Origin")
    if origin is not None and is_allowed_origin(_server(request), origin):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = EXPOSED


def _server(request: web.Request) -> ServerConfig:
    return request.app[SERVICES].config.server
