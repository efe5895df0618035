"""Nobody is let in but by a token of the panel that holds now, at REST and at the sockets alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from testbed.door import Door, open_lone_door
from testbed.tokens import Panel
from testbed.tokens import forged as forged_tokens
from testbed.world import ANNA, SECRET, TEACHER, TEACHER_3, school_roster

from bridge.roster.store import save_roster

CHAT = "/api/chat"
PUBLIC = {f"{CHAT}/schema", f"{CHAT}/files/{{file_id}}/{{name}}"}


def _paths(door: Door, *prefixes: str) -> list[tuple[str, str]]:
    """Every method and path below *prefixes*, both spellings, with some id."""
    routes = [(route.method, route.resource.canonical) for route in door.bridge.app.router.routes() if route.resource]
    ids = {"id": "1", "txn_id": "1", "user_id": "x", "alias": "x", "key": "x"}
    return [
        (method, path.format_map(ids))
        for method, path in routes
        if path.startswith(prefixes) and path.rstrip("/") not in PUBLIC
    ]


async def test_without_a_token_every_door_is_closed(door: Door) -> None:
    stranger = await door.caller()
    paths = _paths(door, CHAT)
    assert len(paths) > 50
    for method, path in [*paths, ("GET", f"{CHAT}/no-such-thing/"), ("PUT", f"{CHAT}/me/"), ("OPTIONS", f"{CHAT}/me/")]:
        answer = await stranger.ask(method, path, json={} if method not in ("GET", "HEAD") else None)
        assert answer.status == 401, f"{method} {path} -> {answer.status}"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert method == "HEAD" or answer.json["code"] == "not_authenticated"


async def test_without_a_token_every_socket_is_closed(door: Door) -> None:
    stranger = await door.caller()
    for conversation_id in (None, 1, 987_654_321, "abc"):
        for query in ({}, {"token": ""}, {"ticket": ""}, {"ticket": "x" * 32}, {"ticket": "\0"}, {"ticket": "ж" * 300}):
            socket = await stranger.socket(conversation_id, params=query)
            assert await socket.closed() == 4401, (conversation_id, query)
            assert socket.frames == []


async def test_the_homeservers_doors_want_its_own_token(door: Door) -> None:
    """Not a person's, not the bridge's own, not a guess; and nothing of the body is looked at before."""
    config = door.config.appservice
    for token in (None, door.world.token(TEACHER), config.as_token, config.hs_token[:-1], "ж", ""):
        caller = await door.caller(token=token)
        for method, path in _paths(door, "/_matrix/app", "/transactions"):
            answer = await caller.ask(method, path, data=None if method in ("GET", "HEAD") else b"{not json")
            assert answer.status == 403, f"{method} {path} -> {answer.status}"
            assert method == "HEAD" or answer.json["errcode"] == "M_FORBIDDEN"


async def _refuses(door: Door, token: str, group: int) -> list[object]:
    """What each way in answers to *token*; nothing of it may be in the answer."""
    caller = await door.caller(token=token)
    answers = [
        await caller.ask("GET", f"{CHAT}/me/"),
        await caller.send(group, "hello"),
        await caller.ask("POST", f"{CHAT}/ws-ticket/"),
    ]
    assert [answer for answer in answers if len(token) > 5 and token in answer.text] == []
    sockets = [await caller.socket(conversation_id) for conversation_id in (None, group)]
    sockets.append(await (await door.caller()).socket(headers={"Authorization": f"Bearer {token}"}))
    if token.replace(".", "").isalnum():
        sockets.append(await (await door.caller()).socket(protocols=("bearer", token)))
    return [*(answer.status for answer in answers), *await asyncio.gather(*(socket.closed() for socket in sockets))]


async def test_no_forged_token_opens_anything(door: Door) -> None:
    teacher = await door.caller(TEACHER)
    group = (await teacher.ask("GET", f"{CHAT}/conversations/?filter=groups")).json["results"][0]["id"]
    for name, token in forged_tokens(TEACHER, SECRET).items():
        assert set(await _refuses(door, token, group)) == {401, 4401}, name


@pytest.fixture
async def rs256_door(tmp_path: Path, database_url: str) -> AsyncIterator[tuple[Door, Panel]]:
    """A panel that signs with its private key and publishes the other."""
    panel = Panel()
    async with panel.server:
        auth = {"algorithm": "RS256", "jwks_url": panel.jwks_url, "sign_in": False}
        async with open_lone_door(tmp_path, database_url, auth=auth) as door:
            yield door, panel


async def test_a_public_key_signs_nothing(rs256_door: tuple[Door, Panel]) -> None:
    door, panel = rs256_door
    teacher = await door.caller(token=panel.token(TEACHER))
    body = {"name": "Кружок", "participants": [ANNA]}
    group = (await teacher.ask("POST", f"{CHAT}/conversations/group/", json=body)).json["id"]
    for name, token in panel.forged(TEACHER, SECRET).items():
        assert set(await _refuses(door, token, group)) == {401, 4401}, name
    for user_id in (TEACHER, str(TEACHER)):
        me = await (await door.caller(token=panel.token(user_id))).ask("GET", f"{CHAT}/me/")
        assert (me.status, me.json["id"]) == (200, TEACHER)
    nobodys = await (await door.caller()).ask("POST", "/api/auth/token/", json={"username": "ivanov", "password": "x"})
    assert nobodys.status == 404  # there is no sign-in of the bridge's own


async def test_what_a_token_claims_to_be_does_not_count(rs256_door: tuple[Door, Panel]) -> None:
    door, panel = rs256_door
    boast = {"role": "admin", "is_staff": True, "is_superuser": True, "groups": ["admin"], "name": "Директор"}
    anna = await door.caller(token=panel.token(str(ANNA), **boast))
    me = (await anna.ask("GET", f"{CHAT}/me/")).json
    assert (me["role"], me["first_name"], me["permissions"]["can_create_groups"]) == ("student", "Анна", False)
    refused = await anna.ask("POST", f"{CHAT}/conversations/group/", json={"name": "x", "participants": []})
    assert (refused.status, refused.json["code"]) == (403, "role_may_not")
    stranger = await anna.ask("POST", f"{CHAT}/conversations/", json={"participant": TEACHER_3})
    assert (stranger.status, stranger.json["code"]) == (403, "no_shared_group")


async def test_who_is_deactivated_is_out_at_once(door: Door) -> None:
    """The token still holds, the open socket ends, and what they wrote stays."""
    roster, token = school_roster(), door.world.token(TEACHER_3)
    caller = await door.caller(token=token)
    socket = await caller.socket()
    await socket.send({"type": "ping"})
    await socket.expect("pong")
    without = [replace(person, is_active=person.id != TEACHER_3) for person in roster.people]
    try:
        async with door.bridge.db.writing() as conn:
            await save_roster(conn, replace(roster, people=tuple(without)), {})
        await door.bridge.upkeep.follow_roster()
        assert await socket.closed() == 4401
        answer = await caller.ask("GET", f"{CHAT}/me/")
        assert (answer.status, answer.json["code"]) == (401, "user_inactive")
        assert await (await caller.socket()).closed() == 4401
    finally:
        async with door.bridge.db.writing() as conn:
            await save_roster(conn, roster, {})
        await door.bridge.upkeep.follow_roster()
    assert (await caller.ask("GET", f"{CHAT}/me/")).status == 200


async def test_a_ticket_opens_one_socket(door: Door) -> None:
    caller = await door.caller(ANNA)
    ticket = (await caller.ask("POST", f"{CHAT}/ws-ticket/")).json["ticket"]
    sockets = [await caller.socket(params={"ticket": ticket}) for _ in range(3)]
    await sockets[0].send({"type": "ping"})
    await sockets[0].expect("pong")
    assert [await socket.closed() for socket in sockets[1:]] == [4401, 4401]
    await sockets[0].close()


async def test_another_sites_page_opens_no_socket(door: Door) -> None:
    caller = await door.caller(ANNA)
    for origin in ("https://evil.example", "null", "https://chat.school.example.evil.example"):
        answer = await caller.ask(
            "GET",
            "/ws/chat/",
            headers={
                "Origin": origin,
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "MDEyMzQ1Njc4OTAxMjM0NQ==",
            },
        )
        assert (answer.status, answer.json["code"]) == (403, "origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in answer.headers
