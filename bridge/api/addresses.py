"""Where a request comes from, for what is counted by address."""

from __future__ import annotations

from aiohttp import web

from bridge.config import ServerConfig


def client_address(request: web.Request, config: ServerConfig) -> str:
    """Where a request comes from; behind a trusted proxy what it added last, which no client can write."""
    forwarded = request.headers.get("X-Forwarded-For", "") if config.trusted_proxy else ""
    return forwarded.rpartition(",")[2].strip() or request.remote or "unknown"
