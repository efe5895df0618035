"""Which web pages may call: the config's origins and the bridge's own."""

from __future__ import annotations

from functools import lru_cache

from yarl import URL

from bridge.config import ServerConfig

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_allowed_origin(config: ServerConfig, origin: str | None) -> bool:
    """Whether a page of *origin* may call. None: not a browser, or a page of our own without CORS."""
    return origin is None or origin.lower() in allowed_origins(config.public_url, tuple(config.allowed_origins))


@lru_cache(maxsize=8)
def allowed_origins(public_url: str, configured: tuple[str, ...]) -> frozenset[str]:
    """All origins, as browsers write them. One name of this machine stands for all of them."""
    own = URL(public_url).origin()
    names = LOOPBACK if own.raw_host in {"127.0.0.1", "localhost", "::1"} else ()
    port = "" if own.is_default_port() else f":{own.port}"
    others = {f"{own.scheme}://{name}{port}" for name in names}
    return frozenset({_as_browsers_write(url) for url in (public_url, *configured)} | others)


def _as_browsers_write(url: str) -> str:
    return str(URL(url).origin()).lower()
