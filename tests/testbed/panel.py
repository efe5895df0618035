"""A teaching panel as the bridge reads it: DRF pages over real HTTP, and all that can go wrong with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bridge.roster.roster import Roster

TOKEN = "the panel's own token, 32 letters"

Twist = Callable[[web.Request, web.Response], web.StreamResponse]


def rows_of(roster: Roster) -> dict[str, list[dict[str, Any]]]:
    """The lists as the panel's serializers would write them; also the body of a push."""
    return {
        "users": [
            {
                "id": p.id,
                "username": p.username,
                "first_name": p.first_name,
                "last_name": p.last_name,
                "role": p.role.value,
                "is_active": p.is_active,
            }
            for p in roster.people
        ],
        "groups": [{"id": g.id, "name": g.name, "year": g.year, "course": g.course} for g in roster.groups],
        "enrolments": [
            {"group_id": e.group_id, "user_id": e.person_id, "role": e.role.value} for e in roster.enrolments
        ],
    }


@dataclass
class Panel:
    """
    Attributes:
        rows: By list: ``users``, ``groups``, ``enrolments``; changed rows show at the next call.
        changed: What ``?modified_since=`` gives, by list; None: the parameter is not known.
        twist: Changes an answer before it goes out; for everything that can go wrong.
        asked: Path with query of every request, and the answer's status.
    """

    rows: dict[str, list[Any]]
    page_size: int = 3
    has_etags: bool = True
    changed: dict[str, list[Any]] | None = None
    twist: Twist | None = None
    url: str = ""
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            response = web.json_response({"detail": "Invalid token."}, status=401)
        else:
            response = self._page(request)
            response = self.twist(request, response) if self.twist else response
        self.asked.append((request.path_qs, response.status))
        return response

    def _page(self, request: web.Request) -> web.Response:
        name, number = request.match_info["name"], int(request.query.get("page", "1"))
        rows = self.rows[name]
        if self.changed is not None and "modified_since" in request.query:
            rows = self.changed.get(name, [])
        start = (number - 1) * self.page_size
        following = str(request.url.update_query(page=number + 1)) if start + self.page_size < len(rows) else None
        page = {"count": len(rows), "next": following, "results": rows[start : start + self.page_size]}
        body = json.dumps(page, ensure_ascii=False)
        etag = f'W/"{hashlib.sha1(body.encode()).hexdigest()}"'
        if self.has_etags and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag} if self.has_etags else {}
        return web.Response(text=body, content_type="application/json", headers=headers)


@asynccontextmanager
async def open_panel(rows: dict[str, list[Any]]) -> AsyncIterator[Panel]:
    panel = Panel(rows)
    app = web.Application()
    app.router.add_get("/api/{name}/", panel.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    panel.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield panel
    finally:
        await runner.cleanup()


def pull_config(panel: Panel, **changes: Any) -> dict[str, Any]:
    """The section ``panel`` of the config by which the bridge reads that panel."""
    pull = {"users": "api/users/", "groups": "/api/groups/", "enrolments": "api/enrolments/", "token": TOKEN}
    return {"url": panel.url, "pull": pull | changes}
