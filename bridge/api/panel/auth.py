"""The panel's own door: one token for everything below ``/api/panel/``; without one in the config there is no door."""

from __future__ import annotations

import hmac

from aiohttp import web

from bridge.api.addresses import client_address
from bridge.api.services import Services
from bridge.errors import NotFound, NotSignedIn


def require_panel(services: Services, request: web.Request) -> None:
    """
    Let the panel in.

    Wrong tokens are counted for each address, and whoever has used them up is not even compared: else a fast guesser
    would learn of the right one all the same. Right ones are never counted.

    Raises:
        NotFound: The config has no ``panel.token``.
        NotSignedIn: Another token, or none. The comparison takes as long for every wrong one.
        TooMany: Too many wrong ones came from this address.
    """
    token = services.config.panel.token
    if token is None:
        raise NotFound
    header = request.headers.get("Authorization")
    if header is not None:
        address = client_address(request, services.config.server)
        services.limits.require("panel_token", address)
        scheme, _, given = header.partition(" ")
        is_right = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
        if scheme.lower() == "bearer" and is_right:
            return
        services.limits.take("panel_token", address)
    raise NotSignedIn("Send the header Authorization: Bearer <panel.token of the chat's config>.")
