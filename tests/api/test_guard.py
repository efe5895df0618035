"""No door of ``/api/chat`` opens without a token: all of them are tried."""

from __future__ import annotations

import pytest
from api_school import GONE
from conftest import Caller, MakeCaller

from bridge.api.application import DOORS
from bridge.api.routes import PREFIX, Route

ROUTES = [route for door in DOORS for route in door]
PUBLIC = {f"{PREFIX}/files/{{file_id}}/{{name}}", f"{PREFIX}/schema"}


def test_nothing_more_is_public_than_the_contract_says():
    below = [route for route in ROUTES if route.path.startswith(PREFIX)]
    assert {route.path.rstrip("/") for route in below if route.access == "public"} == PUBLIC
    assert len(below) > 25


async def test_every_other_route_is_401_for_a_stranger_in_every_spelling(call: Caller):
    for route in ROUTES:
        if route.access in {"public", "panel"}:  # the panel's own token: test_panel_roster.py
            continue
        path = route.path.format(id=1)
        for spelling in (path, path.rstrip("/")):
            for person_id in (None, GONE):
                response = await call(route.method, spelling, person_id, json={})
                assert response.status == 401, f"{route.method} {spelling}"


async def test_a_method_that_nobody_serves_is_401_before_it_is_405(call: Caller):
    """A stranger does not learn what there is."""
    for path, status in (("/api/chat/me/", 405), ("/api/chat/nothing/", 404)):
        assert (await call("PUT", path, None)).status == 401
        assert (await call("PUT", path)).status == status


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
async def test_every_path_with_an_id_is_404_for_what_is_no_id(make_caller: MakeCaller, method: str):
    call = await make_caller(limits={"enabled": False})
    for route in _with_id(method):
        for no_id in ("0", "abc", "-1", str(2**53), "1%00"):
            response = await call(method, route.path.replace("{id}", no_id), json={})
            assert response.status in {400, 404}, f"{method} {route.path} {no_id}"
            if response.status == 400:  # the body is looked at first; nothing of the id was
                assert "id" not in await response.json()


def _with_id(method: str) -> list[Route]:
    return [route for route in ROUTES if "{id}" in route.path and route.method == method]
