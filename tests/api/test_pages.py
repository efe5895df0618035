"""Lists are DRF pages, and their links lead where a browser can follow them."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from conftest import Caller, MakeCaller

from bridge.api.answers import json_answer
from bridge.api.pages import cursor_page, page_asked, page_of, size_asked
from bridge.api.routes import chat

NUMBERS = list(range(120))


async def _numbers(request: web.Request) -> web.Response:
    asked = page_asked(request)
    some = NUMBERS[asked.offset : asked.offset + asked.size]
    return json_answer(page_of(request, asked, len(NUMBERS), some))


async def _none(request: web.Request) -> web.Response:
    return json_answer(page_of(request, page_asked(request), 0, []))


async def _newest(request: web.Request) -> web.Response:
    size = size_asked(request)
    before = int(request.query.get("before", len(NUMBERS)))
    some = NUMBERS[max(0, before - size) : before]
    has_newer = bool(some) and some[-1] < NUMBERS[-1]
    older = some[0] if some and some[0] > 0 else None
    page = cursor_page(request, len(NUMBERS), some, before=older, after=some[-1] if has_newer else None)
    return json_answer(page)


@pytest.fixture
async def lists(make_caller: MakeCaller) -> Caller:
    routes = (chat("GET", "numbers/", _numbers), chat("GET", "none/", _none), chat("GET", "newest/", _newest))
    return await make_caller(*routes)


async def _page(lists: Caller, address: str) -> Any:
    return await (await lists("GET", address.removeprefix("https://chat.school.test"))).json()


async def test_the_links_walk_through_everything_once_and_back(lists: Caller):
    page = await _page(lists, "/api/chat/numbers/?search=%D1%91&page_size=50")
    assert page["count"] == 120
    assert page["previous"] is None
    found, pages = list(page["results"]), [page]
    while page["next"]:
        assert page["next"].startswith("https://chat.school.test/api/chat/numbers/?")
        assert "search=" in page["next"]
        page = await _page(lists, page["next"])
        found += page["results"]
        pages.append(page)
    assert found == NUMBERS
    assert len(pages) == 3
    assert (await _page(lists, page["previous"]))["results"] == pages[1]["results"]


@pytest.mark.parametrize("page", ["0", "-1", "4", "x", "1.5", "", "99999999999999999999", "١", "1000001"])
async def test_a_page_that_does_not_exist_is_404(lists: Caller, page: str):
    response = await lists("GET", f"/api/chat/numbers/?page={page}")
    assert (response.status, (await response.json())["detail"]) == (404, "Invalid page.")


async def test_the_first_page_of_nothing_exists(lists: Caller):
    page = await _page(lists, "/api/chat/none/")
    assert page == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    ("size", "taken"), [("", 50), ("0", 50), ("x", 50), ("-5", 50), ("7", 7), ("200", 120), ("9999", 120)]
)
async def test_a_size_is_bounded_and_nonsense_is_the_default(lists: Caller, size: str, taken: int):
    assert len((await _page(lists, f"/api/chat/numbers/?page_size={size}"))["results"]) == taken


async def test_a_cursor_walks_to_the_oldest(lists: Caller):
    page = await _page(lists, "/api/chat/newest/?conversation_id=5&page=1&limit=50")
    found = list(page["results"])
    assert page["previous"] is None
    while page["next"]:
        assert "before=" in page["next"]
        assert "conversation_id=5" in page["next"]
        assert "page=" not in page["next"]
        page = await _page(lists, page["next"])
        assert "after=" in page["previous"]
        assert "before=" not in page["previous"]
        found = page["results"] + found
    assert found == NUMBERS
