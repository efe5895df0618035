"""``/about``: what this server is and where its doors are, in Russian and English. No script at all."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape

from aiohttp import web

from bridge.api.routes import Route
from bridge.api.services import SERVICES, Services

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem }
section { margin-block: 2rem }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
"""
STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

PAGE = """<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Classbridge</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Classbridge</h1>
{content}</main>
</body>
</html>
"""

ABOUT = """<p>Школьный чат: веб-приложение и любой клиент Matrix ведут один и тот же разговор.</p>
<p lang="en">School chat: the web app and any Matrix client are the same conversation.</p>
<section aria-labelledby="links">
<h2 id="links">Ссылки · <span lang="en">Links</span></h2>
<ul>
<li><a href="{base}/">Веб-приложение · <span lang="en">web app</span></a></li>
<li><a href="{base}/api/chat/schema/">Веб-API (OpenAPI) · <span lang="en">web API</span></a></li>
<li><a href="{homeserver}">Сервер Matrix · <span lang="en">homeserver</span></a>:
<code>{server_name}</code></li>
<li><a href="{base}/readyz">Состояние · <span lang="en">state</span></a></li>
<li><a href="{base}/metrics">Метрики · <span lang="en">metrics</span></a></li>
</ul>
</section>
"""


async def get_about(request: web.Request) -> web.Response:
    return plain_answer(_about(request.app[SERVICES]))


def plain_answer(content: str) -> web.Response:
    """A page of text and links only; *content* is HTML without scripts and styles."""
    text = PAGE.format(style=STYLE, content=content)
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=HEADERS)


def _about(services: Services) -> str:
    config = services.config
    return ABOUT.format(
        base=escape(config.server.public_url.rstrip("/")),
        homeserver=escape(config.homeserver.public_url),
        server_name=escape(config.homeserver.server_name),
    )


ROUTES = (Route("GET", "/about/", get_about, "public"),)
