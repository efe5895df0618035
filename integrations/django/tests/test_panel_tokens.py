"""A signed-in person gets a token as SimpleJWT would make it; nobody else does."""

from __future__ import annotations

import time

import jwt
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from panel_settings import changed, without
from panel_world import PARENT, make_user

from classbridge_panel.tokens import chat_token

KEY = settings.CLASSBRIDGE["TOKEN_KEY"]


def signed_in(username: str = "orlov", **more: str) -> Client:
    browser = Client()
    browser.force_login(make_user(username, **more))
    return browser


def test_the_token_is_that_of_the_signed_in_person():
    answer = signed_in().get("/chat/token/")
    assert answer.status_code == 200
    body = answer.json()
    claims = jwt.decode(body["access"], KEY, algorithms=["HS256"], options={"require": ["exp", "iat", "jti"]})
    assert (claims["token_type"], claims["user_id"]) == ("access", 1)
    assert body["expires_in"] == 3600
    assert abs(claims["exp"] - time.time() - 3600) < 60
    assert "no-store" in answer["Cache-Control"]


def test_two_tokens_are_two():
    user = make_user("orlov")
    assert chat_token(user) != chat_token(user)


def test_claims_of_the_settings_are_in_it():
    with override_settings(CLASSBRIDGE=changed(TOKEN_CLAIMS={"iss": "panel", "aud": "chat", "user_id": 99})):
        token = chat_token(make_user("orlov"))
    claims = jwt.decode(token, KEY, algorithms=["HS256"], audience="chat", issuer="panel")
    assert claims["user_id"] == 1, "who it is cannot be overwritten"


def test_a_stranger_gets_401_and_a_parent_403():
    stranger = Client().get("/chat/token/")
    assert (stranger.status_code, stranger.json()["code"]) == (401, "not_authenticated")
    parent = signed_in("mama", role=PARENT).get("/chat/token/")
    assert (parent.status_code, parent.json()["code"]) == (403, "not_in_chat")


def test_a_token_is_only_read():
    assert signed_in().post("/chat/token/").status_code == 405


def test_the_tag_puts_it_into_the_page():
    page = signed_in().get("/page/").content.decode()
    token = page.split("data-token='")[1].split("'")[0]
    assert jwt.decode(token, KEY, algorithms=["HS256"])["user_id"] == 1
    assert f"data-url='{settings.CLASSBRIDGE['URL']}'" in page
    assert "data-token=''" in Client().get("/page/").content.decode()


def test_without_a_key_there_is_none():
    with override_settings(CLASSBRIDGE=without("TOKEN_KEY")), pytest.raises(ImproperlyConfigured, match="TOKEN_KEY"):
        chat_token(make_user("orlov"))
