"""The panel's own door: one token for everything below ``/api/panel/``; without one in the config there is no door."""

from __future__ import annotations

import hmac

from aiohttp import web

from bridge.api.services import Services
from bridge.errors import NotFound, NotSignedIn


def require_panel(services: Services, request: web.Request) -> None:
    """
    Let the panel in.

    Raises:
        NotFound: The config has no ``panel.token``.
        NotSignedIn: Another token, or none. The comparison takes as long for every wrong one.
    """
    token = services.config.panel.token
    if token is None:
        raise NotFound
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
    if scheme.lower() != "bearer" or not is_right:
        raise NotSignedIn("Send the header Authorization: Bearer <panel.token of the chat's config>.")
