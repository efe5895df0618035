"""The web app is served whole and may run nothing else; without a build a page says what to do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest
from conftest import Caller, MakeCaller

from bridge.api import web_page

SCRIPT, STYLE, ICON = "index-Bq3d9E_z.js", "index-D4cmYyQ1.css", "icon.svg"
INDEX = f"""<!doctype html>
<html lang="ru"><head><meta property="csp-nonce" nonce="__CSP_NONCE__">
<link rel="stylesheet" nonce="__CSP_NONCE__" href="/assets/{STYLE}">
<script type="module" nonce="__CSP_NONCE__" src="/assets/{SCRIPT}"></script></head><body></body></html>
"""
CODE = "export const answer = 42;\n" * 100


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the build leaves it."""
    (tmp_path / "assets/emoji/ru").mkdir(parents=True)
    (tmp_path / "index.html").write_text(INDEX, "utf-8")
    (tmp_path / "secret.txt").write_text("beside the files", "utf-8")
    for name, text in {SCRIPT: CODE, STYLE: "body {}", ICON: "<svg/>", "emoji/ru/data.json": "[]"}.items():
        (tmp_path / "assets" / name).write_text(text, "utf-8")
    (tmp_path / f"assets/{SCRIPT}.gz").write_bytes(gzip.compress(CODE.encode()))
    monkeypatch.setattr(web_page, "PAGE_FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_page, "PAGE_FOLDER", tmp_path / "nothing")


def _rules(policy: str) -> dict[str, list[str]]:
    return {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}


@pytest.mark.usefixtures("built")
async def test_the_page_is_served_anew_each_time_with_a_nonce_of_its_own(call: Caller):
    nonces = set()
    for _ in range(2):
        response = await call("GET", "/", None)
        page = await response.text()
        assert (response.status, response.content_type, response.charset) == (200, "text/html", "utf-8")
        assert response.headers["Cache-Control"] == "no-store"
        assert "__CSP_NONCE__" not in page
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', page))
        assert f"'nonce-{nonce}'" in response.headers["Content-Security-Policy"]
        assert len(nonce) >= 22  # 128 bits, as the standard wants at least
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.usefixtures("built")
async def test_the_policy_lets_only_our_own_files_run(call: Caller):
    response = await call("GET", "/", None)
    policy = response.headers["Content-Security-Policy"]
    rules = _rules(policy)
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == ["'self'"]
    assert rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert rules["frame-ancestors"] == ["'self'"]
    assert rules["connect-src"] == ["'self'", "https://chat.school.test", "wss://chat.school.test"]
    assert rules["img-src"] == ["'self'", "https://chat.school.test", "blob:", "data:"]
    assert "unsafe" not in policy
    assert "*" not in policy


@pytest.mark.usefixtures("built")
async def test_every_name_of_this_machine_may_open_the_demos_sockets(make_caller: MakeCaller):
    call = await make_caller(server={"public_url": "http://127.0.0.1:8123"})
    rules = _rules((await call("GET", "/", None)).headers["Content-Security-Policy"])
    assert {"ws://127.0.0.1:8123", "ws://localhost:8123"} <= set(rules["connect-src"])
    assert "http://127.0.0.1:8123" in rules["img-src"]
    assert [source for source in rules["connect-src"] if "[" in source] == []  # browsers refuse such a source


@pytest.mark.usefixtures("built")
async def test_the_config_says_who_may_frame_the_page(make_caller: MakeCaller):
    server = {"public_url": "https://chat.school.test", "frame_ancestors": ["https://panel.school.test"]}
    call = await make_caller(server=server)
    rules = _rules((await call("GET", "/", None)).headers["Content-Security-Policy"])
    assert rules["frame-ancestors"] == ["'self'", "https://panel.school.test"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("name", "content_type", "cached"),
    [
        (SCRIPT, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        (STYLE, "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        (ICON, "image/svg+xml", "no-cache"),
        ("emoji/ru/data.json", "application/json; charset=utf-8", "no-cache"),
    ],
)
async def test_files_have_their_type_and_only_hashed_ones_are_kept_for_ever(
    call: Caller, name: str, content_type: str, cached: str
):
    response = await call("GET", f"/assets/{name}", None)
    assert response.status == 200
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Cache-Control"] == cached
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("built")
async def test_who_takes_gzip_gets_the_smaller_file_and_caches_know(call: Caller):
    for encoding in ("gzip", "identity"):
        async with call.client.get(
            f"/assets/{SCRIPT}", headers={"Accept-Encoding": encoding}, auto_decompress=False
        ) as response:
            body = await response.read()
        assert response.headers["Content-Type"].startswith("text/javascript")
        assert response.headers.get("Content-Encoding") == (encoding if encoding == "gzip" else None)
        assert (gzip.decompress(body) if encoding == "gzip" else body).decode() == CODE
        if encoding == "gzip":
            assert len(body) < len(CODE) / 10
            assert {word.strip() for word in response.headers["Vary"].split(",")} == {"Accept-Encoding", "Origin"}


@pytest.mark.usefixtures("built")
async def test_a_file_that_is_still_the_same_is_not_sent_again(call: Caller):
    etag = (await call("GET", f"/assets/{ICON}", None)).headers["ETag"]
    again = await call("GET", f"/assets/{ICON}", None, headers={"If-None-Match": etag})
    assert (again.status, await again.read()) == (304, b"")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    ["index-00000000.js", "../index.html", "..%2Findex.html", "%2e%2e/secret.txt", "emoji", "emoji/", f"{SCRIPT}.gz"],
)
async def test_nothing_but_the_builds_files_is_served(call: Caller, path: str):
    response = await call.client.get(f"/assets/{path}", allow_redirects=False)
    assert response.status == 404


@pytest.mark.usefixtures("built")
async def test_the_page_may_be_asked_for_without_its_body(call: Caller):
    response = await call("HEAD", "/", None)
    assert (response.status, await response.read()) == (200, b"")


@pytest.mark.usefixtures("not_built")
async def test_without_a_build_a_page_says_what_to_run(call: Caller):
    response = await call("GET", "/", None)
    page = await response.text()
    assert response.status == 200
    assert "make demo" in page
    assert "scripts/build-web" in page
    assert 'href="/about"' in page
    assert (await call("GET", f"/assets/{SCRIPT}", None)).status == 404


async def test_about_has_the_links(call: Caller):
    page = await (await call("GET", "/about", None)).text()
    for link in ("https://chat.school.test/api/chat/schema/", "https://matrix.school.test", "/readyz", "/metrics"):
        assert link in page


@pytest.mark.usefixtures("not_built")
@pytest.mark.parametrize("path", ["/", "/about"])
async def test_a_plain_page_needs_no_script_and_its_style_is_the_one_allowed(call: Caller, path: str):
    response = await call("GET", path, None)
    page, policy = await response.text(), response.headers["Content-Security-Policy"]
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert _rules(policy)["default-src"] == ["'none'"]
    assert _rules(policy)["style-src"] == [f"'sha256-{digest}'"]
    assert "<script" not in page
    assert " style=" not in page


@pytest.mark.skipif(not (web_page.PAGE_FOLDER / "index.html").exists(), reason="the web app is not built here")
async def test_every_file_that_the_real_page_names_is_there(call: Caller):
    page = await (await call("GET", "/", None)).text()
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert any(name.endswith(".js") for name in named)
    for name in named:
        assert name.startswith("/assets/"), name
        assert (await call("GET", name, None)).status == 200, name
    built = web_page.find_page(web_page.PAGE_FOLDER)
    assert built is not None
    assert {path.suffix for path in built.files.values()} <= web_page.TYPES.keys()


def test_what_has_a_hash_is_told_from_what_has_none():
    hashed = [SCRIPT, STYLE, "emoji-panel-Ab12cd34.js", "ding-C0ffee00.mp3", "x-DI--_a9b.woff2"]
    plain = [ICON, "data.json", "icon-192.png", "emoji-messages.json", "Ab12cd34.js"]
    assert [name for name in hashed if not web_page.has_hash(name)] == []
    assert [name for name in plain if web_page.has_hash(name)] == []
