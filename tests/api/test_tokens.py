"""Who is let in: the panel's token and nothing else; the roster says who that is."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from api_school import ADMIN, GONE, SECRET, STUDENT, TEACHER, UNKNOWN, claims_of, config_with, token_of
from conftest import Caller, MakeCaller, TestClock
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bridge.api.tokens import jwks as jwks_module
from bridge.api.tokens.check import TokenCheck
from bridge.api.tokens.jwks import Jwks
from bridge.api.tokens.signing import sign_tokens
from bridge.config import AuthConfig
from bridge.errors import NotSignedIn, Unavailable


async def _status(call: Caller, header: str | None) -> int:
    headers = {} if header is None else {"Authorization": header}
    return (await call("GET", "/api/chat/me/", None, headers=headers)).status


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any]) -> str:
    return f"{_part(json.dumps({'alg': 'none', 'typ': 'JWT'}).encode())}.{_part(json.dumps(claims).encode())}."


FORGED = {
    "no header": None,
    "empty": "",
    "other scheme": f"Basic {token_of(TEACHER)}",
    "scheme alone": "Bearer ",
    "not a token": "Bearer abc",
    "not ASCII": "Bearer пароль",
    "three dots": "Bearer ...",
    "header too deep": f"Bearer {_part(b'[' * 5000)}.e30.e30",
    "header is a list": f"Bearer {_part(b'[]')}.e30.e30",
    "alg none": f"Bearer {_unsigned(claims_of(TEACHER))}",
    "other key": f"Bearer {token_of(TEACHER, key='x' * 32)}",
    "other algorithm, right key": f"Bearer {token_of(TEACHER, key=SECRET * 2, algorithm='HS512')}",
    "signature cut off": f"Bearer {token_of(TEACHER).rpartition('.')[0]}.",
    "expired": f"Bearer {token_of(TEACHER, exp=int(time.time()) - 60)}",
    "no exp": f"Bearer {token_of(TEACHER, exp=None)}",
    "exp is text": f"Bearer {token_of(TEACHER, exp='tomorrow')}",
    "exp is beyond time": f"Bearer {token_of(TEACHER, exp=10**300)}",
    "not yet": f"Bearer {token_of(TEACHER, nbf=int(time.time()) + 600)}",
    "refresh token": f"Bearer {token_of(TEACHER, token_type='refresh')}",
    "no type": f"Bearer {token_of(TEACHER, token_type=None)}",
    "type is a list": f"Bearer {token_of(TEACHER, token_type=['access'])}",
    "no user": f"Bearer {token_of(None)}",
    "user is true": f"Bearer {token_of(True)}",
    "user is a word": f"Bearer {token_of('anna')}",
    "user is negative": f"Bearer {token_of(-1)}",
    "user is enormous": f"Bearer {token_of('9' * 400)}",
    "user in other digits": f"Bearer {token_of('１')}",
    "user is a list": f"Bearer {token_of([TEACHER])}",
    "unknown user": f"Bearer {token_of(UNKNOWN)}",
    "deactivated user": f"Bearer {token_of(GONE)}",
}


@pytest.mark.parametrize("header", FORGED.values(), ids=FORGED)
async def test_a_forged_token_is_401_with_one_sentence(call: Caller, header: str | None):
    headers = {} if header is None else {"Authorization": header}
    response = await call("GET", "/api/chat/me/", None, headers=headers)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    body = await response.json()
    assert set(body) == {"detail", "code"}
    assert body["detail"].count(".") == 1 or body["detail"].endswith(".")
    assert not any(part in body["detail"] for part in (header or "").split()[1:])


@pytest.mark.parametrize("user_id", [TEACHER, str(TEACHER)])
async def test_the_panels_token_is_let_in_with_its_user_as_number_or_text(call: Caller, user_id: Any):
    assert await _status(call, f"Bearer {token_of(user_id)}") == 200
    assert await _status(call, f"bearer  {token_of(user_id)}") == 200


async def test_the_role_is_the_rosters_whatever_the_token_says(call: Caller):
    token = token_of(STUDENT, role="admin", is_staff=True, is_superuser=True)
    response = await call("GET", "/api/chat/me/", None, headers={"Authorization": f"Bearer {token}"})
    me = await response.json()
    assert me["role"] == "student"
    assert me["permissions"]["can_create_groups"] is False


async def test_a_remembered_token_still_expires_and_its_person_may_still_be_deactivated(call: Caller, clock: TestClock):
    header = f"Bearer {token_of(STUDENT)}"
    assert await _status(call, header) == 200
    assert await _status(call, f"Bearer {token_of(ADMIN)}") == 200
    school = call.services.school.current
    del school.people[STUDENT]
    assert await _status(call, header) == 401
    clock.ahead_s = 700
    assert await _status(call, f"Bearer {token_of(ADMIN)}") == 401
    assert await _status(call, f"Bearer {token_of(ADMIN, exp=int(time.time()) + 900)}") == 200


async def test_a_clock_that_is_a_little_late_is_forgiven(call: Caller):
    assert await _status(call, f"Bearer {token_of(TEACHER, exp=int(time.time()) - 3)}") == 200


async def test_issuer_and_audience_count_when_the_config_names_them(make_caller: MakeCaller):
    auth = {"secret": SECRET, "issuer": "panel", "audience": "chat"}
    call = await make_caller(auth=auth)
    assert await _status(call, f"Bearer {token_of(TEACHER, iss='panel', aud='chat')}") == 200
    assert await _status(call, f"Bearer {token_of(TEACHER, iss='panel', aud=['chat', 'x'])}") == 200
    for wrong in (
        {"iss": "panel"},
        {"aud": "chat"},
        {"iss": "other", "aud": "chat"},
        {"iss": "panel", "aud": "x"},
    ):
        assert await _status(call, f"Bearer {token_of(TEACHER, **wrong)}") == 401


async def test_an_audience_that_nobody_asked_for_is_ignored(call: Caller):
    assert await _status(call, f"Bearer {token_of(TEACHER, aud='other', iss='other')}") == 200


async def test_memory_for_tokens_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bridge.api.tokens.check.REMEMBERED", 10)
    check = TokenCheck(config_with("sqlite://").auth)
    for number in range(50):
        await check.check(token_of(1, jti=str(number)))
    assert len(check._known) == 10


async def test_what_the_bridge_signs_itself_is_let_in():
    auth = config_with("sqlite://").auth
    tokens = sign_tokens(auth, 7, time.time())
    check = TokenCheck(auth)
    assert await check.check(tokens.access) == 7
    assert await check.check(tokens.refresh, "refresh") == 7
    with pytest.raises(NotSignedIn):
        await check.check(tokens.refresh)
    with pytest.raises(NotSignedIn):
        await check.check(tokens.access, "refresh")


class Panel:
    """A panel that publishes its keys; it can be made to fail, and counts how often it is asked."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.asked = 0
        self.is_down = False

    def publish(self, kid: str, key: Any, algorithm: str) -> None:
        maker = jwt.algorithms.get_default_algorithms()[algorithm]
        shape = json.loads(maker.to_jwk(key.public_key()))
        self.keys[kid] = {**shape, "kid": kid, "alg": algorithm, "use": "sig"}

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        if self.is_down:
            return web.Response(status=500)
        return web.json_response({"keys": list(self.keys.values())})


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {"RS256": RSA_KEY, "ES256": EC_KEY}


@pytest.fixture
async def panel() -> AsyncIterator[Panel]:
    panel = Panel()
    app = web.Application()
    app.router.add_get("/jwks", panel.answer)
    server = TestServer(app)
    await server.start_server()
    panel.url = str(server.make_url("/jwks"))
    yield panel
    await server.close()


class Steady:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def checks() -> AsyncIterator[Any]:
    """``check, clock = checks(url, algorithm)``; closed at the end."""
    made = []

    def make(url: str, algorithm: str) -> tuple[TokenCheck, Steady]:
        check, steady = TokenCheck(AuthConfig(algorithm=algorithm, jwks_url=url)), Steady()
        check._jwks = Jwks(url, algorithm, steady)
        made.append(check)
        return check, steady

    yield make
    for check in made:
        await check.close()


def _signed(key: Any, algorithm: str, kid: str | None) -> str:
    return jwt.encode(claims_of(7), key, algorithm=algorithm, headers={"kid": kid} if kid else None)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_keys_come_from_the_panel_once(panel: Panel, checks: Any, algorithm: str):
    panel.publish("one", KEYS[algorithm], algorithm)
    check, _ = checks(panel.url, algorithm)
    for _ in range(3):
        assert await check.check(_signed(KEYS[algorithm], algorithm, "one")) == 7
    assert await check.check(_signed(KEYS[algorithm], algorithm, None)) == 7
    assert panel.asked == 1


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_a_public_key_is_never_a_shared_secret(panel: Panel, checks: Any, algorithm: str):
    panel.publish("one", KEYS[algorithm], algorithm)
    check, _ = checks(panel.url, algorithm)
    pem = (
        KEYS[algorithm]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )

    header = json.dumps({"alg": "HS256", "kid": "one"}).encode()
    signed = f"{_part(header)}.{_part(json.dumps(claims_of(7)).encode())}"
    forged = f"{signed}.{_part(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"
    for token in (forged, _unsigned(claims_of(7)), _signed(OTHER_RSA_KEY, "RS256", "one")):
        with pytest.raises(NotSignedIn):
            await check.check(token)


async def test_an_unknown_key_is_asked_for_at_most_every_half_minute(panel: Panel, checks: Any):
    panel.publish("one", RSA_KEY, "RS256")
    check, steady = checks(panel.url, "RS256")
    assert await check.check(_signed(RSA_KEY, "RS256", "one")) == 7
    new = _signed(OTHER_RSA_KEY, "RS256", "two")
    panel.publish("two", OTHER_RSA_KEY, "RS256")
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            await check.check(new)
    assert panel.asked == 1
    steady.now += jwks_module.REFETCH_S
    assert await check.check(new) == 7
    assert panel.asked == 2


async def test_without_any_key_it_is_503_and_with_an_old_one_it_goes_on(panel: Panel, checks: Any):
    panel.publish("one", RSA_KEY, "RS256")
    panel.is_down = True
    check, steady = checks(panel.url, "RS256")
    token = _signed(RSA_KEY, "RS256", "one")
    for _ in range(3):
        with pytest.raises(Unavailable):
            await check.check(token)
    assert panel.asked == 1
    panel.is_down = False
    steady.now += jwks_module.RETRY_S
    assert await check.check(token) == 7
    panel.is_down = True
    steady.now += jwks_module.OLD_S
    check._known.clear()
    assert await check.check(token) == 7
    with pytest.raises(NotSignedIn):
        await check.check(_signed(RSA_KEY, "RS256", "other"))


async def test_a_key_that_the_panel_has_withdrawn_is_forgotten(panel: Panel, checks: Any):
    panel.publish("one", RSA_KEY, "RS256")
    check, steady = checks(panel.url, "RS256")
    assert await check.check(_signed(RSA_KEY, "RS256", "one")) == 7
    panel.keys.clear()
    panel.publish("two", OTHER_RSA_KEY, "RS256")
    steady.now += jwks_module.OLD_S
    check._known.clear()
    with pytest.raises(NotSignedIn):
        await check.check(_signed(RSA_KEY, "RS256", "one"))


@pytest.mark.parametrize("keys", [[], {}, "x", [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}], [1], None, 5])
async def test_a_key_set_without_a_usable_key_is_503(checks: Any, aiohttp_server: Any, keys: Any):
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"keys": keys})

    app = web.Application()
    app.router.add_get("/jwks", answer)
    server = await aiohttp_server(app)
    check, _ = checks(str(server.make_url("/jwks")), "RS256")
    with pytest.raises(Unavailable):
        await check.check(_signed(RSA_KEY, "RS256", "one"))


async def test_an_odd_key_id_is_401(panel: Panel, checks: Any):
    panel.publish("one", RSA_KEY, "RS256")
    check, _ = checks(panel.url, "RS256")
    for kid in (5, ["one"], {"a": 1}, None):
        header = _part(json.dumps({"alg": "RS256", "kid": kid}).encode())
        with pytest.raises(NotSignedIn):
            await check.check(f"{header}.{_part(json.dumps(claims_of(7)).encode())}.e30")
    with pytest.raises(NotSignedIn):
        await check.check(f"{_part(b'[' * 5000)}.e30.e30")


async def test_the_start_goes_on_without_the_panel(panel: Panel, checks: Any):
    panel.publish("one", RSA_KEY, "RS256")
    check, _ = checks(panel.url, "RS256")
    await check.start()
    assert panel.asked == 1
    assert await check.check(_signed(RSA_KEY, "RS256", "one")) == 7
    assert panel.asked == 1
    other, _ = checks("http://127.0.0.1:9/jwks", "RS256")
    await other.start()


async def test_many_at_once_ask_the_panel_once(panel: Panel, checks: Any):
    panel.publish("one", RSA_KEY, "RS256")
    check, _ = checks(panel.url, "RS256")
    tokens = [_signed(RSA_KEY, "RS256", "one") for _ in range(20)]
    assert await asyncio.gather(*map(check.check, tokens)) == [7] * 20
    assert panel.asked == 1


async def test_a_panel_that_does_not_answer_is_503(checks: Any):
    check, _ = checks("http://127.0.0.1:9/jwks", "RS256")
    with pytest.raises(Unavailable):
        await check.check(_signed(RSA_KEY, "RS256", "one"))
