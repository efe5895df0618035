"""Lists as DRF pages: numbered pages, and pages by cursor, which do not shift when messages arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bridge.api.services import SERVICES
from bridge.errors import NotFound

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
LAST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page a request asks for; ``number`` counts from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


def page_asked(request: web.Request) -> PageAsked:
    """
    Read ``page`` and ``page_size`` from the query. As in DRF a size that makes no sense is the default.

    Raises:
        NotFound: ``page`` is not a number of a page.
    """
    text = request.query.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
    if not 1 <= number <= LAST_PAGE:
        raise _invalid_page()
    return PageAsked(number, size_asked(request, "page_size"))


def size_asked(request: web.Request, name: str = "limit") -> int:
    """How many things a request asks for, at most ``LARGEST_SIZE``."""
    text = request.query.get(name, "")
    size = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
    return min(size, LARGEST_SIZE) or DEFAULT_SIZE


def page_of(request: web.Request, asked: PageAsked, count: int, results: Sequence[Any]) -> dict[str, Any]:
    """
    Make the answer of a numbered page.

    Args:
        count: How many there are on all pages.
        results: Those of the page asked for.

    Raises:
        NotFound: There is no such page. The first page always exists.
    """
    if asked.number > 1 and asked.offset >= count:
        raise _invalid_page()
    has_next = asked.offset + asked.size < count
    return {
        "count": count,
        "next": address(request, page=asked.number + 1) if has_next else None,
        "previous": address(request, page=asked.number - 1) if asked.number > 1 else None,
        "results": results,
    }


def cursor_page(
    request: web.Request, count: int, results: Sequence[Any], *, before: int | None, after: int | None
) -> dict[str, Any]:
    """
    Make the answer of a page by cursor.

    Args:
        before: Id of the oldest message here if there are older ones: ``next`` asks for those before it.
        after: Id of the newest message here if there are newer ones: ``previous`` asks for those after it.
    """
    clean: dict[str, int | None] = {"page": None, "around": None, "before": None, "after": None}
    return {
        "count": count,
        "next": address(request, **{**clean, "before": before}) if before is not None else None,
        "previous": address(request, **{**clean, "after": after}) if after is not None else None,
        "results": results,
    }


def address(request: web.Request, **query: int | None) -> str:
    """The request's own address as the browser sees it, with *query* changed; None removes a key."""
    url = request.rel_url.without_query_params(*query).extend_query(
        {key: value for key, value in query.items() if value is not None}
    )
    return request.app[SERVICES].config.server.public_url.rstrip("/") + str(url.relative() if url.absolute else url)


def _invalid_page() -> NotFound:
    return NotFound("Invalid page.")
