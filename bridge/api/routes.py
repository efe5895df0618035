"""How a path becomes a route: with and without the trailing slash, and guarded unless it says otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

PREFIX = "/api/chat"
PANEL_PREFIX = "/api/panel"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Which limit a call counts against; "public": no token is asked for, and no limit of a person applies; "panel": the
# school's panel, by its own token.
Access = Literal["send", "upload", "other", "public", "panel"]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. ``path`` is whole and ends with a slash: ``/api/chat/messages/{id}/``."""

    method: str
    path: str
    handler: Handler
    access: Access = "other"


ACCESS: web.AppKey[dict[tuple[str, str], Access]] = web.AppKey("access", dict)


def chat(method: str, path: str, handler: Handler, *, access: Access = "other") -> Route:
    """Describe a route below ``/api/chat/``; *path* as api.md writes it: ``messages/{id}/``."""
    return Route(method, f"{PREFIX}/{path}", handler, access)


def panel(method: str, path: str, handler: Handler) -> Route:
    """Describe a route below ``/api/panel/``, which only the panel may call."""
    return Route(method, f"{PANEL_PREFIX}/{path}", handler, "panel")


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Register *routes*; each answers with and without its last slash, never by a redirect (POST bodies)."""
    access = app.setdefault(ACCESS, {})
    for route in routes:
        for path in {route.path, route.path.rstrip("/") or "/"}:
            _add(app, route, path)
            access[route.method, path] = route.access
            if route.method == "GET":
                access["HEAD", path] = route.access


def _add(app: web.Application, route: Route, path: str) -> None:
    if route.method == "GET":
        app.router.add_get(path, route.handler)
    else:
        app.router.add_route(route.method, path, route.handler)


def access_of(request: web.Request) -> Access:
    """
    What the matched route asks for.

    The route decides, not the path's spelling; what is below ``/api/chat`` without an entry is guarded, and
    so is a path that matched nothing there: a stranger does not learn which paths exist.
    """
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else request.path
    found = request.app[ACCESS].get((request.method, path))
    if found is not None:
        return found
    if path.startswith(PANEL_PREFIX):
        return "panel"
    return "other" if path.startswith(PREFIX) else "public"
