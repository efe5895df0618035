"""The panel's door as the tests use it: opened by its own token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import orjson
from api_school import roster
from conftest import Caller, MakeCaller
from testbed.panel import rows_of

TOKEN = "the panel's token, quite long enough"
ROSTER = "/api/panel/roster/"
EVENTS = "/api/panel/events/"
RUNS = "/api/panel/runs/"

Ask = Callable[..., Awaitable[tuple[int, Any]]]


async def open_door(make_caller: MakeCaller, **sections: Any) -> Caller:
    sections.setdefault("panel", {"token": TOKEN})
    call = await make_caller(**sections)
    call.services.live = SimpleNamespace(publish=None)  # of a plan nothing is published
    return call


def asker(call: Caller) -> Ask:
    """``status, body = await ask("PUT", path, document)`` with the panel's token."""

    async def ask(method: str, path: str, document: Any = None, *, token: str | None = TOKEN) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = await call(method, path, None, headers=headers, json=document)
        return response.status, orjson.loads(await response.read())

    return ask


def school() -> dict[str, Any]:
    """The body of the whole school as it stands."""
    return rows_of(roster())


async def current(call: Caller) -> Any:
    return await call.services.school.refresh()
