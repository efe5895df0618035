"""Files in the homeserver's media repository, streamed both ways: no file is ever held in memory."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientResponse, ContentTypeError
from mautrix.api import MediaPath, Path, PathBuilder

from bridge.matrix.requests import Requests, not_matrix, refusal, text_of, translated_errors

CHUNK_BYTES = 64 << 10

_MXC = re.compile(r"mxc://(?P<server>[^/\s?#]+)/(?P<media>[\w.~=-]+)", re.ASCII)


def is_mxc(text: str) -> bool:
    return _MXC.fullmatch(text) is not None


@dataclass(frozen=True)
class Download:
    """
    An answer of the media repository whose bytes are still to come.

    Attributes:
        content_length: Bytes, or None when the homeserver does not say.
    """

    content_type: str
    content_length: int | None
    _response: ClientResponse

    async def iter_chunks(self) -> AsyncIterator[bytes]:
        """The bytes, once; stop reading at any time."""
        with translated_errors():
            async for chunk in self._response.content.iter_chunked(CHUNK_BYTES):
                yield chunk


class MediaRequests(Requests):
    """Client-Server API, "Content Repository": authenticated media v1."""

    async def upload(
        self, as_user: int | None, body: AsyncIterator[bytes], *, size: int, mime_type: str, file_name: str
    ) -> str:
        """
        Store a file as *as_user* and return its ``mxc://`` address.

        Args:
            size: Exactly the bytes that *body* gives. What *body* raises is raised here; nothing is stored.

        Raises:
            ValueError: *body* was shorter or longer than *size*.
        """
        source = _Source(body, size)
        headers = {**self.authorization, "Content-Type": mime_type, "Content-Length": str(size)}
        query = {"filename": file_name, "user_id": self.ids.mxid(as_user)}
        url = self._address(MediaPath.v3.upload)
        try:
            with translated_errors():
                async with self.session.post(url, data=source.chunks(), params=query, headers=headers) as response:
                    return text_of(await _json(response), "content_uri")
        except Exception:
            if source.error is not None:
                raise source.error from None
            raise

    @asynccontextmanager
    async def download(self, mxc: str) -> AsyncGenerator[Download]:
        """
        The bytes of a file.

        Raises:
            ValueError: *mxc* is no ``mxc://`` address.
        """
        async with self._stream(_media_path(Path.v1.media.download, mxc), {}) as download:
            yield download

    @asynccontextmanager
    async def thumbnail(self, mxc: str, width: int, height: int) -> AsyncGenerator[Download]:
        """An image scaled down to fit into *width* × *height* pixels; as ``download``."""
        query = {"width": str(width), "height": str(height), "method": "scale", "animated": "false"}
        async with self._stream(_media_path(Path.v1.media.thumbnail, mxc), query) as download:
            yield download

    @asynccontextmanager
    async def _stream(self, path: PathBuilder, query: dict[str, str]) -> AsyncGenerator[Download]:
        with translated_errors():
            response = await self.session.get(self._address(path), params=query, headers=self.authorization)
        # Leaving before the end closes the connection: the rest is not read.
        async with response:
            if response.status != 200:
                await _json(response)
                raise not_matrix()
            yield Download(response.content_type, response.content_length, response)

    def _address(self, path: PathBuilder) -> str:
        return f"{str(self.url).rstrip('/')}/{path}"


class _Source:
    """Keeps what the source of an upload raised: aiohttp tells of it as of a broken connection."""

    def __init__(self, body: AsyncIterator[bytes], size: int) -> None:
        self._body = body
        self._left = size
        self.error: Exception | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._body:
                self._left -= len(chunk)
                self._require(self._left >= 0)
                yield chunk
            self._require(self._left == 0)
        except Exception as error:
            self.error = error
            raise

    @staticmethod
    def _require(is_right: bool) -> None:
        # The homeserver would wait for what is missing, and take what is too much for the next request.
        if not is_right:
            raise ValueError("the body is not as long as its size says")


async def _json(response: ClientResponse) -> dict[str, object]:
    """The JSON of a 2xx answer; anything else raises what it means."""
    with translated_errors():
        try:
            answer = await response.json()
        except (ContentTypeError, ValueError):
            answer = None
    if not 200 <= response.status < 300:
        raise refusal(response.status, answer)
    if not isinstance(answer, dict):
        raise not_matrix()
    return answer


def _media_path(path: PathBuilder, mxc: str) -> PathBuilder:
    match = _MXC.fullmatch(mxc)
    if match is None:
        raise ValueError("not an mxc:// address")
    return path[match["server"]][match["media"]]
