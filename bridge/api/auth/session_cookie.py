"""
The stand-alone page's session: the refresh token in a cookie that no script can read.

The cookie goes to ``/api/auth/`` only, and opens nothing there unless our own page sent the request. That it is not
stored anywhere else is all there is to forgetting it: a token holds until it expires, as SimpleJWT's do.
"""

from __future__ import annotations

from aiohttp import web

from bridge.api.origins import allowed_origins
from bridge.config import AuthConfig, ServerConfig
from bridge.errors import Forbidden

NAME = "classbridge_session"
PATH = "/api/auth/"
HEADER = "X-Session"


def is_asked_for(request: web.Request) -> bool:
    """Whether the caller is a page that wants its refresh token in a cookie: ``X-Session: cookie``."""
    return request.headers.get(HEADER, "").lower() == "cookie"


def find_token(request: web.Request, server: ServerConfig) -> str | None:
    """
    The refresh token of the cookie; None: there is no session.

    Raises:
        Forbidden: There is one, but no page of ours sent the request (OWASP, "Verifying Origin With Standard
            Headers"). Every browser names the origin of a POST.
    """
    token = request.cookies.get(NAME)
    if not token:
        return None
    if request.headers.get("Origin", "").lower() not in allowed_origins(server.public_url, ()):
        raise Forbidden("The session's cookie counts only for our own pages.", code="origin_not_allowed")
    return token


def put_token(response: web.Response, token: str, server: ServerConfig, auth: AuthConfig) -> None:
    response.set_cookie(
        NAME,
        token,
        path=PATH,
        max_age=max(auth.access_lifetime_s, auth.refresh_lifetime_s),
        secure=_is_https(server),
        httponly=True,
        samesite="Strict",
    )


def clear(response: web.Response, server: ServerConfig) -> None:
    response.del_cookie(NAME, path=PATH, secure=_is_https(server), httponly=True, samesite="Strict")


def _is_https(server: ServerConfig) -> bool:
    return server.public_url.lower().startswith("https:")
