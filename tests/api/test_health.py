"""What machines ask, and what a person sees first."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from conftest import Caller, MakeServices, make_app

from bridge.api.services import DemoSignIn, Services
from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from bridge.errors import HomeserverRefused

SIGN_INS = (
    DemoSignIn("anna", "correct horse", "teacher", "Анна <b>Иванова</b>", "@school_1:school.test"),
    DemoSignIn("boris", "battery & staple", "student", "Борис Ким", "@school_2:school.test"),
)


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


async def test_the_start_page_lists_the_demos_sign_ins_and_links(make_services: MakeServices, serve: Any):
    services = await make_services()
    services.demo_sign_ins = SIGN_INS
    response = await (await serve(services)).get("/")
    page = await response.text()
    assert response.content_type == "text/html"
    for shown in ("anna", "correct horse", "battery &amp; staple", "преподаватель", "@school_2:school.test"):
        assert shown in page
    assert "Анна &lt;b&gt;Иванова" in page
    for link in ("https://chat.school.test/api/chat/schema/", "https://matrix.school.test", "/readyz"):
        assert link in page


async def test_the_start_page_needs_no_script_and_allows_none(call: Caller):
    response = await call("GET", "/", None)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = await response.text()
    assert "<script" not in page
    assert " style=" not in page
    assert " on" not in page.partition("<body>")[2].replace(" on ", "")


async def test_the_pages_style_is_the_one_that_the_policy_allows(call: Caller):
    response = await call("GET", "/", None)
    style = (await response.text()).partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in response.headers["Content-Security-Policy"]


async def test_with_a_panel_no_sign_in_is_shown(make_services: MakeServices, serve: Any):
    services = await make_services(panel={"url": "https://panel.school.test"})
    services.demo_sign_ins = SIGN_INS
    assert "anna" not in await (await (await serve(services)).get("/")).text()


async def test_a_large_school_is_not_listed_whole(make_services: MakeServices, serve: Any):
    services = await make_services()
    services.demo_sign_ins = SIGN_INS * 250
    page = await (await (await serve(services)).get("/")).text()
    assert page.count("<tr>") == 61
    assert "440" in page
