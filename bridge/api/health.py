"""``/healthz``: the process lives; ``/readyz``: it can serve; ``/metrics``: Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from bridge.api.answers import json_answer
from bridge.api.routes import Route
from bridge.api.services import SERVICES
from bridge.db.migrate import is_current
from bridge.errors import BridgeError

PATIENCE_S = 2

log = structlog.get_logger(__name__)


async def get_health(_request: web.Request) -> web.Response:
    return json_answer({"status": "ok"})


async def get_readiness(request: web.Request) -> web.Response:
    """
    200 when the database answers and its migrations are done, else 503.

    The homeserver and Redis are told, but do not count: without them people still read and write.
    """
    services = request.app[SERVICES]
    database, homeserver, redis = await asyncio.gather(
        _answers("database", lambda: is_current(services.db)),
        _answers("homeserver", services.homeserver.is_up),
        _answers("redis", services.redis_is_up) if services.redis_is_up else _none(),
    )
    status = "ok" if database else "unavailable"
    body = {"status": status, "database": database, "homeserver": homeserver, "redis": redis}
    return json_answer(body, 200 if database else 503, {} if database else {"Retry-After": "5"})


async def _answers(name: str, ask: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await ask()
    except (BridgeError, SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False


async def _none() -> None:
    return None


async def get_metrics(_request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})


ROUTES = (
    Route("GET", "/healthz", get_health, "public"),
    Route("GET", "/readyz", get_readiness, "public"),
    Route("GET", "/metrics", get_metrics, "public"),
)
