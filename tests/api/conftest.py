"""A small app with the real doors and a real database; only the homeserver's ids are needed of Matrix."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from api_school import config_with, roster, token_of

from bridge.api.application import build_api
from bridge.api.limits import Limits
from bridge.api.routes import Route, add_routes
from bridge.api.services import Services
from bridge.api.tokens.check import TokenCheck
from bridge.config import Config
from bridge.db.engine import Database
from bridge.matrix.ids import Ids
from bridge.roster.passwords import hash_password
from bridge.roster.store import SchoolCache, save_roster


class TestClock:
    """Wall time that a test may move."""

    __test__ = False

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now_s(self) -> float:
        return time.time() + self.ahead_s

    def now_ms(self) -> int:
        return round(self.now_s() * 1000)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


async def _yes() -> bool:
    return True


@pytest.fixture
def api_database(sqlite_database: Database) -> Database:
    """SQLite: the doors do not know the difference. A module that does replaces this by ``database``."""
    return sqlite_database


@pytest.fixture(scope="session")
async def password_hashes() -> dict[int, str]:
    return {person_id: await hash_password(password) for person_id, password in roster().passwords.items()}


MakeServices = Callable[..., Awaitable[Services]]


@pytest.fixture
async def make_services(api_database: Database, clock: TestClock, password_hashes: dict[int, str]) -> MakeServices:
    """``services = await make_services(limits={...})``: sections of the config replaced."""

    async def make(**sections: Any) -> Services:
        config: Config = config_with(api_database.config.url, **sections)
        school = SchoolCache(api_database)
        async with api_database.writing() as conn:
            await save_roster(conn, roster(), password_hashes)
        await school.refresh()
        nobody: Any = None
        homeserver: Any = SimpleNamespace(ids=Ids("school.test"), is_up=_yes)
        return Services(
            config=config,
            db=api_database,
            school=school,
            homeserver=homeserver,
            live=nobody,
            presence=lambda _person_id: (False, None),
            file_address=lambda file_id, name, _width: f"https://school.test/{file_id}/{name}",
            sender=None,
            limits=Limits(config.limits, clock.now_s),
            tokens=TokenCheck(config.auth, clock.now_s),
            clock=clock.now_ms,
        )

    return make


def make_app(services: Services, *more: Route) -> web.Application:
    app = build_api(services)
    add_routes(app, more)
    return app


class Caller:
    """A client that sends the token of whom it speaks for."""

    def __init__(self, client: TestClient[Any, Any], services: Services) -> None:
        self.client = client
        self.services = services

    async def __call__(
        self,
        method: str,
        path: str,
        person_id: int | None = 1,
        *,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> Any:
        token = {} if person_id is None else {"Authorization": f"Bearer {token_of(person_id)}"}
        return await self.client.request(method, path, headers={**token, **(headers or {})}, **more)


MakeCaller = Callable[..., Awaitable[Caller]]


@pytest.fixture
async def make_caller(aiohttp_client: Any, make_services: MakeServices) -> MakeCaller:
    """``call = await make_caller(*routes, limits={...})``, then ``await call("GET", path, person_id)``."""

    async def make(*routes: Route, **sections: Any) -> Caller:
        services = await make_services(**sections)
        return Caller(await aiohttp_client(make_app(services, *routes)), services)

    return make


@pytest.fixture
async def call(make_caller: MakeCaller) -> Caller:
    return await make_caller()
