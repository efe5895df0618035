"""How a socket is let in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from api_school import GONE, STUDENT, TEACHER, token_of
from conftest import Caller, MakeCaller, TestClock

from bridge.api.answers import json_answer
from bridge.api.auth.person import authenticate_socket
from bridge.api.auth.tables import ws_tickets
from bridge.api.auth.tickets import LIFETIME_S, issue_ticket, redeem_ticket
from bridge.api.routes import Route
from bridge.api.services import SERVICES
from bridge.db.engine import Database


@pytest.fixture
async def api_database(database: Database) -> Database:
    """Both kinds: one of them must hand a row to exactly one caller."""
    return database


async def _socket(request: web.Request) -> web.Response:
    person, subprotocol = await authenticate_socket(request.app[SERVICES], request)
    return json_answer({"id": person.id, "subprotocol": subprotocol})


SERVER = {"public_url": "https://chat.school.test", "allowed_origins": ["https://panel.school.test"]}


@pytest.fixture
async def sockets(make_caller: MakeCaller) -> Caller:
    return await make_caller(Route("GET", "/entry/", _socket, "public"), server=SERVER)


async def _open(sockets: Caller, query: str = "", **headers: str) -> tuple[int, Any]:
    response = await sockets("GET", f"/entry/{query}", None, headers=headers)
    return response.status, await response.json()


async def _ticket(sockets: Caller, person_id: int = STUDENT) -> str:
    response = await sockets("POST", "/api/chat/ws-ticket/", person_id)
    body = await response.json()
    assert (response.status, body["expires_in"]) == (200, 30)
    return body["ticket"]


async def test_a_ticket_opens_one_socket_once(sockets: Caller):
    ticket = await _ticket(sockets)
    assert await _open(sockets, f"?ticket={ticket}") == (200, {"id": STUDENT, "subprotocol": None})
    status, body = await _open(sockets, f"?ticket={ticket}")
    assert (status, body["code"]) == (401, "ticket_not_valid")


async def test_of_many_at_once_one_gets_in(sockets: Caller):
    ticket = await _ticket(sockets)
    answers = await asyncio.gather(*(_open(sockets, f"?ticket={ticket}") for _ in range(10)))
    assert sorted(status for status, _ in answers) == [200] + [401] * 9


async def test_a_ticket_is_too_old_after_half_a_minute(sockets: Caller, clock: TestClock):
    ticket = await _ticket(sockets)
    clock.ahead_s = LIFETIME_S + 1
    assert (await _open(sockets, f"?ticket={ticket}"))[0] == 401


@pytest.mark.parametrize("ticket", ["x", "%00", "%D1%91", "a" * 4000, "' OR 1=1 --"])
async def test_a_ticket_that_was_never_issued_opens_nothing(sockets: Caller, ticket: str):
    assert (await _open(sockets, f"?ticket={ticket}"))[0] == 401


async def test_the_ticket_is_not_in_the_database_and_old_ones_are_swept(database: Database):
    async with database.writing() as conn:
        tickets = [await issue_ticket(conn, 1, now_ms) for now_ms in (0, 1000, 2000)]
    async with database.reading() as conn:
        rows = (await conn.execute(ws_tickets.select())).all()
    assert len(rows) == 3
    assert not any(ticket in str(rows) for ticket in tickets)
    async with database.writing() as conn:
        await issue_ticket(conn, 1, 31_500)
        assert await redeem_ticket(conn, tickets[1], 31_500) is None
        assert await redeem_ticket(conn, tickets[2], 31_500) == 1
    async with database.reading() as conn:
        assert len((await conn.execute(ws_tickets.select())).all()) == 1


async def test_a_socket_takes_the_token_in_four_ways(sockets: Caller):
    token = token_of(TEACHER)
    me = {"id": TEACHER, "subprotocol": None}
    assert await _open(sockets, f"?token={token}") == (200, me)
    assert await _open(sockets, Authorization=f"Bearer {token}") == (200, me)
    bearer = {"id": TEACHER, "subprotocol": "bearer"}
    for offered in (f"bearer, {token}", f"bearer,{token}"):
        assert await _open(sockets, **{"Sec-WebSocket-Protocol": offered}) == (200, bearer)


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("", ""),
        ("?token=abc", ""),
        (f"?token={token_of(GONE)}", ""),
        (f"?token={token_of(STUDENT, token_type='refresh')}", ""),
        ("", "bearer"),
        ("", "bearer, abc"),
        ("", f"{token_of(STUDENT)}, bearer"),
        ("", f"other, {token_of(STUDENT)}"),
    ],
)
async def test_a_socket_without_a_good_token_is_401(sockets: Caller, query: str, offered: str):
    headers = {"Sec-WebSocket-Protocol": offered} if offered else {}
    assert (await _open(sockets, query, **headers))[0] == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://chat.school.test", 200),
        ("https://panel.school.test", 200),
        ("HTTPS://panel.school.test", 200),
        ("http://panel.school.test", 403),
        ("https://panel.school.test:8443", 403),
        ("https://evil.test", 403),
        ("https://chat.school.test.evil.test", 403),
        ("null", 403),
        ("", 403),
    ],
)
async def test_a_socket_opens_from_our_pages_only(sockets: Caller, origin: str, status: int):
    assert (await _open(sockets, f"?token={token_of(STUDENT)}", Origin=origin))[0] == status


async def test_a_refused_origin_does_not_use_the_ticket_up(sockets: Caller):
    ticket = await _ticket(sockets)
    assert (await _open(sockets, f"?ticket={ticket}", Origin="https://evil.test"))[0] == 403
    assert (await _open(sockets, f"?ticket={ticket}"))[0] == 200


async def test_on_one_machine_all_its_names_are_one_origin(make_caller: MakeCaller):
    local = await make_caller(
        Route("GET", "/entry/", _socket, "public"), server={"public_url": "http://127.0.0.1:8000"}
    )
    query = f"?token={token_of(STUDENT)}"
    for origin, status in (
        ("http://localhost:8000", 200),
        ("http://[::1]:8000", 200),
        ("http://localhost:8001", 403),
        ("http://evil.test:8000", 403),
    ):
        assert (await _open(local, query, Origin=origin))[0] == status
