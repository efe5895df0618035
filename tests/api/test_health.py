"""What machines ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from conftest import Caller, MakeServices, make_app

from bridge.api.services import Services
from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from bridge.errors import HomeserverRefused


@pytest.fixture
def serve(aiohttp_client: Any) -> Any:
    async def start(services: Services) -> TestClient[Any, web.Application]:
        return await aiohttp_client(make_app(services))

    return start


async def test_alive_and_ready(call: Caller):
    assert await (await call("GET", "/healthz", None)).json() == {"status": "ok"}
    ready = await call("GET", "/readyz", None)
    body = {"status": "ok", "database": True, "homeserver": True, "redis": None}
    assert (ready.status, await ready.json()) == (200, body)


async def test_without_a_homeserver_and_redis_it_is_still_ready(make_services: MakeServices, serve: Any):
    services = await make_services()

    async def refuse() -> bool:
        raise HomeserverRefused("no", errcode="M_FORBIDDEN", http_status=403)

    async def lost() -> bool:
        raise ConnectionRefusedError

    services.homeserver.is_up = refuse  # type: ignore[method-assign]
    services.redis_is_up = lost
    ready = await (await serve(services)).get("/readyz")
    assert ready.status == 200
    assert await ready.json() == {"status": "ok", "database": True, "homeserver": False, "redis": False}


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "sqlite:///{folder}/empty.db", "postgresql://a:b@127.0.0.1:9/x"]
)
async def test_without_a_database_or_our_tables_it_is_not_ready(
    make_services: MakeServices, serve: Any, url: str, tmp_path: Path
):
    services = await make_services()
    services.db = Database(DatabaseConfig(url=url.format(folder=tmp_path), timeout_s=1))
    client = await serve(services)
    ready = await client.get("/readyz")
    assert (ready.status, (await ready.json())["database"]) == (503, False)
    assert ready.headers["Retry-After"] == "5"
    assert (await client.get("/healthz")).status == 200
    await services.db.close()
