"""Signing in to Matrix with the school's username and password, which the bridge checks and nobody stores."""

from __future__ import annotations

import aiohttp
import pytest
from testbed.world import ANNA, PASSWORD, World

from rules.client import log_in


@pytest.mark.parametrize("user", ["student11", "school_11", "@school_11:school.test"])
async def test_a_username_and_a_matrix_id_will_do(ruled: World, user: str):
    status, body = await log_in(ruled.synapse.url, user, PASSWORD)
    assert status == 200, body
    assert body["user_id"] == ruled.synapse.ghost(ANNA)


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("student11", "wrong"),
        ("student11", ""),
        ("nobody", PASSWORD),
        ("@student11:evil.example", PASSWORD),
        ("school_bot", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("x" * 151, PASSWORD),
    ],
)
async def test_nothing_else_does(ruled: World, user: str, password: str):
    status, body = await log_in(ruled.synapse.url, user, password)
    assert status in (400, 403), body
    assert "access_token" not in body


async def test_clients_are_told_not_to_encrypt(ruled: World):
    async with aiohttp.ClientSession(ruled.synapse.url) as session, session.get("/.well-known/matrix/client") as got:
        document = await got.json(content_type=None)
    assert document["io.element.e2ee"] == {"default": False, "force_disable": True}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "snapshot"), ("POST", "rooms"), ("POST", "sign-in"), ("GET", "snapshot/")]
)
@pytest.mark.parametrize("token", [None, "wrong", ""])
async def test_only_the_homeserver_asks_the_bridge(ruled: World, method: str, path: str, token: str | None):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(ruled.base, headers=headers) as session,
        session.request(method, f"/_classbridge/v1/{path}", json={} if method == "POST" else None) as answer,
    ):
        assert answer.status == 401
        assert (await answer.json())["code"] == "not_the_homeserver"


async def test_the_snapshot_is_sent_once_and_again_when_it_changed(ruled: World):
    headers = {"Authorization": f"Bearer {ruled.config.appservice.hs_token}"}
    async with aiohttp.ClientSession(ruled.base, headers=headers) as session:
        async with session.get("/_classbridge/v1/snapshot") as first:
            assert first.status == 200
            document = await first.json()
            assert document["people"][4][1:3] == ["student11", "Анна"]
            etag = first.headers["ETag"]
        async with session.get("/_classbridge/v1/snapshot", headers={"If-None-Match": etag}) as second:
            assert (second.status, await second.read()) == (304, b"")
