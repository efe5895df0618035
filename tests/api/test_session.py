"""The page's session: the refresh token in a cookie that only our own page can use and no script can read."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
from api_school import GONE, TEACHER, token_of
from conftest import Caller, MakeCaller, MakeServices, TestClock, make_app

from bridge.api.services import DemoSignIn

TOKEN, REFRESH, SIGN_OUT = "/api/auth/token/", "/api/auth/token/refresh/", "/api/auth/sign-out/"
SIGN_INS = "/api/auth/demo-sign-ins/"
OWN = {"Origin": "https://chat.school.test"}
ASKED = {"X-Session": "cookie"}
NAME = "classbridge_session"


def _cookie(response: Any) -> Morsel[str] | None:
    cookies: SimpleCookie = SimpleCookie()
    for header in response.headers.getall("Set-Cookie", []):
        cookies.load(header)
    return cookies.get(NAME)


async def _post(call: Caller, path: str, *, cookie: str | None = None, json: Any = None, **headers: str) -> Any:
    sent = {**headers, **({"Cookie": f"{NAME}={cookie}"} if cookie else {})}
    return await call("POST", path, None, headers=sent, json=json)


async def _sign_in(call: Caller, **headers: str) -> Any:
    return await _post(call, TOKEN, json={"username": "anna", "password": "correct horse"}, **headers)


async def _session(call: Caller) -> str:
    cookie = _cookie(await _sign_in(call, **ASKED))
    assert cookie is not None
    return cookie.value


async def test_a_page_gets_its_refresh_token_in_a_cookie_that_no_script_reads(call: Caller):
    response = await _sign_in(call, **ASKED)
    assert set(await response.json()) == {"access", "refresh"}
    assert (await response.json())["refresh"] is None
    cookie = _cookie(response)
    assert cookie is not None
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert (cookie["path"], int(cookie["max-age"])) == ("/api/auth/", 86400)


async def test_without_tls_the_cookie_works_too(make_caller: MakeCaller):
    call = await make_caller(server={"public_url": "http://127.0.0.1:8000"})
    cookie = _cookie(await _sign_in(call, **ASKED))
    assert cookie is not None
    assert not cookie["secure"]


async def test_others_get_both_tokens_and_no_cookie(call: Caller):
    response = await _sign_in(call)
    assert all((await response.json()).values())
    assert _cookie(response) is None


async def test_the_cookie_refreshes_and_is_replaced(call: Caller, clock: TestClock):
    session = await _session(call)
    clock.ahead_s += 86000
    response = await _post(call, REFRESH, cookie=session, **OWN, **ASKED)
    body = await response.json()
    assert (response.status, set(body)) == (200, {"access"})
    renewed = _cookie(response)
    assert renewed is not None
    assert renewed.value != session
    clock.ahead_s += 3000
    assert (await _post(call, REFRESH, cookie=session, **OWN)).status == 401
    assert (await _post(call, REFRESH, cookie=renewed.value, **OWN)).status == 200


async def test_the_new_access_token_is_the_same_persons(call: Caller):
    response = await _post(call, REFRESH, cookie=await _session(call), **OWN)
    access = (await response.json())["access"]
    me = await call("GET", "/api/chat/me/", None, headers={"Authorization": f"Bearer {access}"})
    assert (await me.json())["id"] == TEACHER


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "https://panel.school.test"])
@pytest.mark.parametrize("path", [REFRESH, SIGN_OUT])
async def test_only_our_own_page_may_use_the_cookie(make_caller: MakeCaller, origin: str | None, path: str):
    """Not even a page that may call with a token of its own."""
    server = {"public_url": "https://chat.school.test", "allowed_origins": ["https://panel.school.test"]}
    call = await make_caller(server=server)
    headers = {"Origin": origin} if origin else {}
    response = await _post(call, path, cookie=await _session(call), **headers, **ASKED)
    assert (response.status, (await response.json())["code"]) == (403, "origin_not_allowed")
    assert _cookie(response) is None


async def test_a_page_without_a_session_is_told_so_quietly(call: Caller):
    response = await _post(call, REFRESH, **OWN, **ASKED)
    assert (response.status, await response.read()) == (204, b"")


async def test_a_client_that_sends_neither_token_nor_cookie_made_a_mistake(call: Caller):
    response = await _post(call, REFRESH)
    assert (response.status, await response.json()) == (400, {"refresh": ["This field is required."]})


async def test_a_token_in_the_body_counts_more_than_the_cookie(call: Caller):
    tokens = await (await _sign_in(call)).json()
    response = await _post(call, REFRESH, cookie="not a token", json={"refresh": tokens["refresh"]})
    assert response.status == 200


@pytest.mark.parametrize(
    "cookie",
    ["abc", token_of(TEACHER), token_of(GONE, token_type="refresh"), token_of(TEACHER, token_type="refresh", exp=1)],
)
async def test_a_session_that_does_not_hold_is_over(call: Caller, cookie: str):
    response = await _post(call, REFRESH, cookie=cookie, **OWN, **ASKED)
    assert response.status == 401
    cleared = _cookie(response)
    assert cleared is not None
    assert (cleared.value, cleared["path"], int(cleared["max-age"])) == ("", "/api/auth/", 0)


async def test_signing_out_forgets_the_cookie(call: Caller):
    for session in (await _session(call), None):
        response = await _post(call, SIGN_OUT, cookie=session, **OWN)
        assert response.status == 204
        cleared = _cookie(response)
        assert cleared is not None
        assert (cleared.value, int(cleared["max-age"])) == ("", 0)


async def test_the_cookie_opens_nothing_but_a_refresh(call: Caller):
    session = await _session(call)
    response = await call("GET", "/api/chat/me/", None, headers={"Cookie": f"{NAME}={session}", **OWN})
    assert response.status == 401


async def test_with_a_panel_there_is_no_session_and_nobody_is_listed(make_caller: MakeCaller):
    call = await make_caller(panel={"url": "https://panel.school.test"})
    call.services.demo_sign_ins = (DemoSignIn("anna", "correct horse", "teacher", "Анна", "@school_1:school.test"),)
    cookie = token_of(TEACHER, token_type="refresh")
    for path in (REFRESH, SIGN_OUT):
        assert (await _post(call, path, cookie=cookie, **OWN, **ASKED)).status == 404
    assert (await call("GET", SIGN_INS, None)).status == 404


async def test_without_a_demo_nobody_is_listed(call: Caller):
    assert (await call("GET", SIGN_INS, None)).status == 404


async def test_the_demo_lists_who_can_sign_in_but_not_a_large_school_whole(
    make_services: MakeServices, aiohttp_client: Any
):
    services = await make_services()
    anna = DemoSignIn("anna", "correct horse", "teacher", "Анна Иванова", "@school_1:school.test")
    services.demo_sign_ins = (anna,) * 500
    client = await aiohttp_client(make_app(services))
    body = await (await client.get(SIGN_INS)).json()
    assert (body["count"], len(body["results"])) == (500, 60)
    assert body["results"][0] == {
        "username": "anna",
        "password": "correct horse",
        "role": "teacher",
        "name": "Анна Иванова",
        "mxid": "@school_1:school.test",
    }
