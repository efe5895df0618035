"""
DRF pages over HTTP: a list is read whole, from its first page to its last, or not at all.

A page that the panel calls unchanged (``ETag``, 304) is taken from the last read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import ClientError, ClientResponse, ClientSession
from yarl import URL

from bridge.config import PullConfig
from bridge.errors import BridgeError

MOST_ROWS = 2_000_000


class PanelUnreadable(BridgeError):
    """The panel's lists could not be read to their end, or do not fit together. Nothing of it counts."""

    code = "panel_unreadable"
    status = 502


@dataclass(frozen=True)
class Page:
    """One page. ``count`` is that of the whole list, or None where it comes in one piece."""

    rows: list[Any]
    count: int | None
    next_url: URL | None


@dataclass
class Listing:
    """A list that was read whole. ``is_unchanged``: every page was the same as last time."""

    rows: list[Any] = field(default_factory=list)
    is_unchanged: bool = True
    asked_at: str = ""  # the panel's own clock at the first page, as its header ``Date`` has it


class Pages:
    """Reads lists. Remembers the last pages of complete lists with their ETags."""

    def __init__(self, config: PullConfig) -> None:
        self._config = config
        self._known: dict[URL, tuple[str, Page]] = {}
        self._fresh: dict[URL, tuple[str, Page]] = {}

    def begin(self) -> None:
        """A new read of all lists begins; what a broken one left behind goes."""
        self._fresh = {}

    def keep(self) -> None:
        """What has been read is good: the next read may rely on it. Pages that are not there any more go."""
        self._known, self._fresh = self._fresh, {}

    def forget(self) -> None:
        self._known, self._fresh = {}, {}

    async def read_list(self, session: ClientSession, first: URL) -> Listing:
        """
        Read from *first* along the ``next`` links, which stay on the same server.

        Raises:
            PanelUnreadable: An answer is missing, refused, too large, of another shape; rows are missing, or the
                list changed meanwhile.
        """
        listing, seen, url, count = Listing(), set[URL](), first, None
        while True:
            if url in seen:
                raise PanelUnreadable(f"{url.path}: the pages lead in a circle")
            seen.add(url)
            page, asked_at, is_known = await self._page(session, url)
            listing.asked_at = listing.asked_at or asked_at
            listing.is_unchanged = listing.is_unchanged and is_known
            listing.rows += page.rows
            if len(seen) == 1:
                count = page.count
            elif page.count != count:
                raise PanelUnreadable(
                    f"{url.path}: the list changed while it was read ({count} rows, then {page.count})"
                )
            if page.next_url is None:
                break
            if not page.rows or len(listing.rows) > MOST_ROWS:
                raise PanelUnreadable(f"{url.path}: its pages do not end")
            url = _same_server(first, page.next_url)
        if count is not None and len(listing.rows) != count:
            raise PanelUnreadable(f"{first.path}: {count} rows were promised, {len(listing.rows)} came")
        return listing

    async def _page(self, session: ClientSession, url: URL) -> tuple[Page, str, bool]:
        """The page, the panel's clock, and whether it is the same as last time."""
        known = self._known.get(url)
        headers = {"If-None-Match": known[0]} if known else {}
        try:
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                asked_at = answer.headers.get("Date", "")
                if answer.status == 304 and known:
                    self._fresh[url] = known
                    return known[1], asked_at, True
                page = await self._read(url, answer)
                if etag := answer.headers.get("ETag"):
                    self._fresh[url] = (etag, page)
                return page, asked_at, False
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise PanelUnreadable(f"{url.path}: the panel does not answer ({type(error).__name__})") from error

    async def _read(self, url: URL, answer: ClientResponse) -> Page:
        if answer.status != 200:
            raise PanelUnreadable(f"{url.path}: the panel answered {answer.status}{_hint(answer.status)}")
        if answer.content_type != "application/json":
            raise PanelUnreadable(f"{url.path}: the panel answered with {answer.content_type}, not with JSON")
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > self._config.page_bytes:
                raise PanelUnreadable(f"{url.path}: a page has more than {self._config.page_bytes} bytes")
        try:
            return _page_of(url, orjson.loads(body))
        except orjson.JSONDecodeError as error:
            raise PanelUnreadable(f"{url.path}: the panel's JSON is broken ({error.msg})") from error


def _hint(status: int) -> str:
    if status in (401, 403):
        return "; check panel.pull.token and panel.pull.authorization"
    if 300 <= status < 400:
        return "; redirects are not followed: set the address that it leads to"
    return ""


def _page_of(url: URL, document: Any) -> Page:
    """A DRF page, or a bare list: DRF without pagination."""
    if isinstance(document, list):
        return Page(document, None, None)
    document = document if isinstance(document, Mapping) else {}
    rows, count, following = (document.get(key) for key in ("results", "count", "next"))
    is_page = isinstance(rows, list) and isinstance(count, int | None) and not isinstance(count, bool)
    if not is_page or not isinstance(following, str | None) or (following is not None and not following):
        raise PanelUnreadable(f"{url.path}: this is no DRF page (count, next, results)")
    return Page(rows, count, URL(following) if following else None)


def _same_server(first: URL, following: URL) -> URL:
    """The token must not leave for another server."""
    url = first.join(following)
    if url.origin() != first.origin():
        raise PanelUnreadable(
            f"{first.path}: `next` leads to {url.origin()}, another server than panel.url; behind a proxy the panel "
            "must know its own address (Django: SECURE_PROXY_SSL_HEADER, USE_X_FORWARDED_HOST)"
        )
    return url
