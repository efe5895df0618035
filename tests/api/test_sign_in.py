"""The demo's sign-in: SimpleJWT's two calls, slow to guess, and gone when there is a panel."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from api_school import GONE, SECRET, STUDENT, TEACHER, token_of
from conftest import Caller, MakeCaller, TestClock

from bridge.roster.passwords import check_password, hash_password

TOKEN, REFRESH = "/api/auth/token/", "/api/auth/token/refresh/"


async def _sign_in(call: Caller, username: Any, password: Any, **headers: str) -> tuple[int, Any]:
    body = {"username": username, "password": password}
    response = await call("POST", TOKEN, None, json=body, headers=headers)
    return response.status, await response.json()


async def test_who_signs_in_may_call_and_refresh(call: Caller):
    status, tokens = await _sign_in(call, "anna", "correct horse")
    assert status == 200
    assert set(tokens) == {"access", "refresh"}
    response = await call("POST", REFRESH, None, json={"refresh": tokens["refresh"]})
    assert response.status == 200
    for access in (tokens["access"], (await response.json())["access"]):
        me = await call("GET", "/api/chat/me/", None, headers={"Authorization": f"Bearer {access}"})
        assert (await me.json())["id"] == TEACHER


async def test_the_tokens_are_simplejwts(call: Caller):
    _, tokens = await _sign_in(call, "anna", "correct horse")
    access = jwt.decode(tokens["access"], SECRET, algorithms=["HS256"])
    refresh = jwt.decode(tokens["refresh"], SECRET, algorithms=["HS256"])
    assert (access["token_type"], access["user_id"], refresh["token_type"]) == ("access", TEACHER, "refresh")
    assert 3590 <= access["exp"] - time.time() <= 3600
    assert access["jti"] != refresh["jti"]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("anna", "wrong"),
        ("nobody", "correct horse"),
        ("dora", "let me in"),
        ("chief", ""),
        ("Anna", "correct horse"),
    ],
)
async def test_wrong_name_password_and_inactive_look_the_same(call: Caller, username: str, password: str):
    status, body = await _sign_in(call, username, password or "x")
    assert status == 401
    assert body == {
        "detail": "No active account found with the given credentials.",
        "code": "no_active_account",
    }


@pytest.mark.parametrize(
    ("username", "password"), [(None, "x"), (5, "x"), ("", "x"), ("a", ""), ("a" * 151, "x"), ("a\0", "x")]
)
async def test_a_wrong_body_is_400(call: Caller, username: Any, password: Any):
    assert (await _sign_in(call, username, password))[0] == 400


async def test_the_sixth_attempt_in_a_minute_waits(call: Caller, clock: TestClock):
    for _ in range(5):
        assert (await _sign_in(call, "anna", "wrong"))[0] == 401
    response = await call("POST", TOKEN, None, json={"username": "ANNA", "password": "correct horse"})
    assert response.status == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 12
    assert (await _sign_in(call, "boris", "battery staple"))[0] == 200
    clock.ahead_s += 12
    assert (await _sign_in(call, "anna", "correct horse"))[0] == 200


async def test_trying_many_names_from_one_address_is_limited_too(make_caller: MakeCaller):
    call = await make_caller(limits={"sign_in_per_minute": 1})
    statuses = [(await _sign_in(call, f"name{number}", "x"))[0] for number in range(25)]
    assert statuses == [401] * 20 + [429] * 5


async def test_only_a_trusted_proxy_says_where_a_request_comes_from(make_caller: MakeCaller):
    trusting = {"public_url": "https://chat.school.test", "trusted_proxy": True}
    limits = {"sign_in_per_minute": 1}
    call = await make_caller(server=trusting, limits=limits)
    statuses = [
        (await _sign_in(call, "anna", "x", **{"X-Forwarded-For": f"6.6.6.6, 10.0.0.{number}"}))[0]
        for number in (1, 2, 1)
    ]
    assert statuses == [401, 401, 429]


async def test_a_stranger_cannot_choose_the_address(make_caller: MakeCaller):
    call = await make_caller(limits={"sign_in_per_minute": 1})
    statuses = [(await _sign_in(call, "anna", "x", **{"X-Forwarded-For": f"10.0.0.{n}"}))[0] for n in (1, 2)]
    assert statuses == [401, 429]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "abc",
        token_of(TEACHER),
        token_of(GONE, token_type="refresh"),
        token_of(STUDENT, token_type="refresh", exp=1),
    ],
)
async def test_only_a_refresh_token_of_an_active_person_refreshes(call: Caller, token: str):
    response = await call("POST", REFRESH, None, json={"refresh": token})
    assert response.status == (401 if token else 400)


async def test_with_a_panel_there_is_no_sign_in(make_caller: MakeCaller):
    call = await make_caller(panel={"url": "https://panel.school.test"})
    assert (await _sign_in(call, "anna", "correct horse"))[0] == 404
    response = await call("POST", REFRESH, None, json={"refresh": token_of(TEACHER, token_type="refresh")})
    assert response.status == 404


async def test_a_hash_fits_its_own_password_only():
    stored = await hash_password("пароль")
    assert await check_password("пароль", stored)
    assert not await check_password("Пароль", stored)
    assert "пароль" not in stored
    assert stored != await hash_password("пароль")
