"""
A file from the homeserver to the browser, in pieces, with headers under which nothing in it can act.

Files from Matrix were never looked into: a page that is called a picture arrives as a picture that cannot be
drawn. Synapse knows no ranges, so what lies before one is read and dropped.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog
from aiohttp import web

from bridge.api.answers import json_answer
from bridge.api.files.ranges import RangeNotSatisfiable, find_range
from bridge.chat.files import FileRow
from bridge.errors import HomeserverRefused, HomeserverUnavailable, NotFound

if TYPE_CHECKING:
    from bridge.matrix.homeserver import Homeserver
    from bridge.matrix.media import Download

log = structlog.get_logger(__name__)

IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
SOUNDS = frozenset({"audio/ogg", "audio/webm", "audio/mp4", "audio/mpeg", "audio/aac", "audio/flac", "audio/wav"})
SHOWN_AS_THEY_ARE = IMAGES | SOUNDS | {"application/pdf"}
ANYTHING = "application/octet-stream"

SAFE_HEADERS = {
    "Accept-Ranges": "bytes",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    # The signed address is the key, and the panel may live on another site than the bridge.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def send_file(
    request: web.Request, homeserver: Homeserver, row: FileRow, *, width: int, max_age_s: int
) -> web.StreamResponse:
    """
    Answer with the bytes of *row*, or with a thumbnail of *width* pixels when that is not 0.

    Raises:
        NotFound: The homeserver does not have it any more.
        HomeserverUnavailable: Nothing was sent yet. Later the connection is cut, so that the browser notices.
    """
    etag = f'"{row.id}-{width}"' if width else f'"{row.id}"'
    headers = {**SAFE_HEADERS, "ETag": etag, "Cache-Control": f"private, max-age={max_age_s}, immutable"}
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    async with AsyncExitStack() as stack:
        media, is_thumbnail = await _open(stack, homeserver, row, width)
        mime_type = safe_type(media.content_type if is_thumbnail else row.mime_type)
        headers |= {"Content-Type": mime_type, "Content-Disposition": disposition(row.name, mime_type)}
        size = media.content_length
        try:
            part = find_range(request.headers, size, etag) if size is not None and request.method == "GET" else None
        except RangeNotSatisfiable:
            body = {"detail": f"The file has {size} bytes.", "code": "range_not_satisfiable"}
            return json_answer(body, 416, {"Content-Range": f"bytes */{size}"})
        return await _stream(request, media, part, headers, row.id)


async def _open(stack: AsyncExitStack, homeserver: Homeserver, row: FileRow, width: int) -> tuple[Download, bool]:
    """Open the thumbnail, or the file, also where the homeserver cannot make one: the browser scales then."""
    if width and row.kind == "IMAGE":
        try:
            return await stack.enter_async_context(homeserver.thumbnail(row.mxc, width, width)), True
        except HomeserverRefused as error:
            log.info("no_thumbnail", file_id=row.id, errcode=error.errcode)
    try:
        return await stack.enter_async_context(homeserver.download(row.mxc)), False
    except HomeserverRefused as error:
        if error.http_status == 404:
            raise NotFound from error
        raise


async def _stream(
    request: web.Request, media: Download, part: range | None, headers: dict[str, str], file_id: str
) -> web.StreamResponse:
    response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
    response.content_length = media.content_length if part is None else len(part)
    if part is not None:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{media.content_length}"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        is_whole = await _send(response, media, part)
    except HomeserverUnavailable:
        is_whole = False
    if not is_whole:
        # The status line is out; only a broken connection can say now that bytes are missing.
        log.warning("file_cut_off", file_id=file_id)
        response.force_close()
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


async def _send(response: web.StreamResponse, media: Download, part: range | None) -> bool:
    """Write all of *media*, or *part* of it; whether every byte that was promised came."""
    skip = part.start if part is not None else 0
    left = response.content_length
    async for chunk in media.iter_chunks():
        piece = chunk[skip:] if left is None else chunk[skip : skip + left]
        skip -= min(skip, len(chunk))
        if piece:
            await response.write(piece)
        if left is not None:
            left -= len(piece)
            if not left:
                return True
    return not left


def safe_type(mime_type: str) -> str:
    """The type under which a browser gets the file: one that cannot act, or bytes to be saved."""
    return mime_type if mime_type in SHOWN_AS_THEY_ARE else ANYTHING


def disposition(name: str, mime_type: str) -> str:
    """``Content-Disposition`` by RFC 6266: pictures and sounds in the page, everything else to be saved."""
    how = "inline" if mime_type in IMAGES | SOUNDS else "attachment"
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
