"""
``/``: the web app, built by ``scripts/build-web`` into the folder ``page`` beside this file, and its files.

What is under ``/assets/`` has its content's hash in its name, so browsers keep it for ever; the page itself names
those files and is asked for each time. Its policy lets nothing run that is not from here.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiohttp import web
from yarl import URL

from bridge.api.about_page import plain_answer
from bridge.api.origins import allowed_origins
from bridge.api.routes import Route
from bridge.api.services import SERVICES
from bridge.config import ServerConfig
from bridge.errors import NotFound

PAGE_FOLDER = Path(__file__).with_name("page")
NONCE_PLACE = "__CSP_NONCE__"  # vite.config.ts puts it where a nonce belongs

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # kept, but asked for by its ETag: a file whose name has no hash
COMPRESSED = {".br", ".gz"}
HASHED = re.compile(r"-(?=[\w-]*[A-Z0-9])[\w-]{8}\.\w+$")  # Rollup's form: -BqRq9d3E.js

# Not the machine's own table: it differs from system to system, and nosniff makes a wrong type fatal.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

NOT_BUILT = """<p>Веб-приложение ещё не собрано. В папке проекта выполните <code>make demo</code> или
<code>scripts/build-web</code> и запустите сервер снова; нужен Node.js 20.19 или новее, без него возьмётся тот, что
есть в PyPI. Веб-API уже работает.</p>
<p lang="en">The web app is not built yet. In the project's folder run <code>make demo</code>, or
<code>scripts/build-web</code>, and start the server again; it takes Node.js 20.19 or newer, or else the one from PyPI.
The web API is working already.</p>
<p><a href="/about">Подробнее · <span lang="en">About</span></a></p>
"""


@dataclass(frozen=True)
class BuiltPage:
    """The files of one build. They do not change while a process runs."""

    template: str
    files: dict[str, Path]  # by their path below ``/assets/``


@lru_cache(maxsize=4)
def find_page(folder: Path) -> BuiltPage | None:
    """Read what was built; None: nothing was, as in a fresh checkout."""
    index = folder / "index.html"
    if not index.is_file():
        return None
    assets = folder / "assets"
    files = {
        path.relative_to(assets).as_posix(): path
        for path in assets.rglob("*")
        if path.suffix not in COMPRESSED and path.is_file()
    }
    return BuiltPage(index.read_text("utf-8"), files)


async def get_page(request: web.Request) -> web.Response:
    page = find_page(PAGE_FOLDER)
    if page is None:
        return plain_answer(NOT_BUILT)
    nonce = secrets.token_urlsafe(16)
    return web.Response(
        text=page.template.replace(NONCE_PLACE, nonce),
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": content_security_policy(request.app[SERVICES].config.server, nonce),
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
            "Cache-Control": "no-store",
        },
    )


async def get_asset(request: web.Request) -> web.FileResponse:
    """One file of the build; the smaller ``.br`` or ``.gz`` beside it where the browser takes that."""
    name = request.match_info["name"]
    page = find_page(PAGE_FOLDER)
    path = page.files.get(name) if page else None
    if path is None:
        raise NotFound
    return web.FileResponse(
        path,
        headers={
            "Content-Type": TYPES.get(path.suffix, "application/octet-stream"),
            "Cache-Control": FOR_EVER if has_hash(path.name) else ASK_AGAIN,
        },
    )


def has_hash(name: str) -> bool:
    """Whether a file is named as the build names by content: ``index-BqRq9d3E.js``."""
    return HASHED.search(name) is not None


def content_security_policy(config: ServerConfig, nonce: str) -> str:
    """
    Level 3 of the standard: nothing but our own files, style elements only with the answer's nonce.

    Sockets and the addresses of files are named in full: a page opened as ``localhost`` gets files from
    ``public_url``, and not every browser counts ``ws:`` to ``'self'``.
    """
    origins, sockets = _own_origins(config.public_url)
    ancestors = " ".join(["'self'", *config.frame_ancestors])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"img-src 'self' {origins} blob: data:",
            f"media-src 'self' {origins} blob:",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"connect-src 'self' {origins} {sockets}",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {ancestors}",
        ]
    )


@lru_cache(maxsize=4)
def _own_origins(public_url: str) -> tuple[str, str]:
    """
    The page's own origins for files and for sockets, as one writes them in a policy.

    A policy cannot name an IPv6 address; for a page opened there ``'self'`` has to do.
    """
    origins = sorted(origin for origin in allowed_origins(public_url, ()) if "[" not in origin)
    sockets = [str(URL(origin).with_scheme("wss" if origin.startswith("https:") else "ws")) for origin in origins]
    return " ".join(origins), " ".join(socket.rstrip("/") for socket in sockets)


ROUTES = (
    Route("GET", "/", get_page, "public"),
    Route("GET", "/assets/{name:.+}", get_asset, "public"),
)
