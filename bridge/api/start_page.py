"""``/``: what this server is, in Russian and English, and in the demo how to sign in. No script at all."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from html import escape

from aiohttp import web

from bridge.api.routes import Route
from bridge.api.services import SERVICES, DemoSignIn, Services

SHOWN = 60  # a synthetic school has hundreds; they are in its target file

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem }
section { margin-block: 2rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse }
th, td { border: 1px solid #888; padding: .35rem .7rem; text-align: start }
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
<p>Школьный чат: веб-приложение и любой клиент Matrix ведут один и тот же разговор.</p>
<p lang="en">School chat: the web app and any Matrix client are the same conversation.</p>
{sign_ins}
<section aria-labelledby="links">
<h2 id="links">Ссылки · <span lang="en">Links</span></h2>
<ul>
<li><a href="{base}/api/chat/schema/">Веб-API (OpenAPI) · <span lang="en">web API</span></a></li>
<li><a href="{homeserver}">Сервер Matrix · <span lang="en">homeserver</span></a>:
<code>{server_name}</code></li>
<li><a href="{base}/readyz">Состояние · <span lang="en">state</span></a></li>
<li><a href="{base}/metrics">Метрики · <span lang="en">metrics</span></a></li>
</ul>
</section>
</main>
</body>
</html>
"""

SIGN_INS = """<section aria-labelledby="people">
<h2 id="people">Кто может войти · <span lang="en">Who can sign in</span></h2>
<p>Логин и пароль — для веб-API (<code>POST /api/auth/token/</code>); тот же пароль с Matrix ID — для
сервера Matrix.</p>
<p lang="en">Username and password are for the web API (<code>POST /api/auth/token/</code>); the same password
with the Matrix ID is for the homeserver.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="people">
<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
{more}</section>"""

HEADS = (
    ("Имя", "Name"),
    ("Роль", "Role"),
    ("Логин", "Username"),
    ("Пароль", "Password"),
    ("Matrix ID", ""),
)
ROLES = {"teacher": "преподаватель", "student": "ученик", "admin": "администратор"}


async def get_start_page(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    return web.Response(text=_page(services), content_type="text/html", charset="utf-8", headers=HEADERS)


def _page(services: Services) -> str:
    config = services.config
    shown = services.demo_sign_ins if config.sign_in_is_on else ()
    return PAGE.format(
        style=STYLE,
        sign_ins=_sign_ins(shown) if shown else "",
        base=escape(config.server.public_url.rstrip("/")),
        homeserver=escape(config.homeserver.public_url),
        server_name=escape(config.homeserver.server_name),
    )


def _sign_ins(people: Sequence[DemoSignIn]) -> str:
    hidden = len(people) - SHOWN
    more = f'<p>И ещё {hidden}. <span lang="en">And {hidden} more.</span></p>\n' if hidden > 0 else ""
    return SIGN_INS.format(
        heads="".join(f'<th scope="col">{_both(*head)}</th>' for head in HEADS),
        rows="\n".join(map(_row, people[:SHOWN])),
        more=more,
    )


def _row(person: DemoSignIn) -> str:
    role = _both(ROLES.get(person.role, person.role), person.role)
    codes = "".join(f"<td><code>{escape(text)}</code></td>" for text in (person.username, person.password, person.mxid))
    return f'<tr><th scope="row">{escape(person.name)}</th><td>{role}</td>{codes}</tr>'


def _both(russian: str, english: str) -> str:
    return f'{escape(russian)} · <span lang="en">{escape(english)}</span>' if english else escape(russian)


ROUTES = (Route("GET", "/", get_start_page, "public"),)
