"""``files/``: whoever has the address has the bytes, any part of them, under headers that let nothing act."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from conftest import Caller, MakeCaller, TestClock
from file_calls import fetch, homeserver_of, upload, with_files
from PIL import Image
from sqlalchemy import delete
from testbed import file_samples as samples
from testbed.homeserver import TestedSynapse

from bridge.chat import files
from bridge.chat.tables import files as table
from bridge.errors import HomeserverUnavailable
from bridge.matrix.homeserver import Homeserver

TEXT = bytes(range(97, 123)) * 8_000  # 208,000 bytes, some pieces of the stream


@pytest.fixture
async def homeserver(synapse: TestedSynapse) -> AsyncIterator[Homeserver]:
    async with homeserver_of(synapse) as homeserver:
        yield homeserver


@pytest.fixture
async def call(make_caller: MakeCaller, homeserver: Homeserver) -> Caller:
    return await with_files(make_caller, homeserver)


@pytest.fixture
async def text_url(call: Caller) -> str:
    return (await upload(call, ("Заметки 1.txt", TEXT)))[1]["file_url"]


@pytest.fixture
async def photo(call: Caller) -> dict[str, Any]:
    return (await upload(call, ("photo.png", samples.png())))[1]


# -- the address -----------------------------------------------------------------------------------------------


async def test_the_address_works_with_and_without_a_slash(call: Caller, text_url: str):
    for address in (text_url, text_url.replace("?", "/?")):
        response = await fetch(call, address)
        assert (response.status, await response.read()) == (200, TEXT)


async def test_a_changed_address_is_not_found(call: Caller, text_url: str, photo: dict[str, Any]):
    path, query = text_url.split("?")
    file_id = path.split("/")[-2]
    expiry, signature = (part.partition("=")[2] for part in query.split("&"))
    changed = [
        path,
        f"{path}?e={expiry}",
        f"{path}?s={signature}",
        f"{path}?e={int(expiry) + 1}&s={signature}",
        f"{path}?e={expiry}&s={signature[:-1]}",
        f"{path}?e={expiry}&s={signature.swapcase()}",
        f"{path}?e={expiry}&s=%FF%00{'%D0%AB' * 20}",
        f"{path}?e=x&s={signature}",
        f"{path}?e={'9' * 400}&s={signature}",
        f"{path}?e=-{expiry}&s={signature}",
        text_url.replace(file_id, photo["file_id"]),
        text_url.replace(file_id, "0" * 32),
        text_url.replace(file_id, "%00"),
        text_url.replace(file_id, "%ED%A0%80"),
    ]
    for address in changed:
        response = await fetch(call, address)
        assert (response.status, await response.json()) == (404, {"detail": "Not found.", "code": "not_found"}), address


async def test_the_name_in_the_address_decides_nothing(call: Caller, text_url: str):
    response = await fetch(call, text_url.replace(quote("Заметки 1.txt"), "evil.html"))
    assert response.status == 200
    assert "evil" not in response.headers["Content-Disposition"]


async def test_an_address_ends(call: Caller, clock: TestClock):
    _, shape = await upload(call, ("a.txt", b"text"))
    clock.ahead_s = 43_200 - 60
    assert (await fetch(call, shape["file_url"])).status == 200
    clock.ahead_s = 43_200 * 1.5 + 1
    assert (await fetch(call, shape["file_url"])).status == 404


async def test_a_file_that_is_gone_is_not_found(
    call: Caller, photo: dict[str, Any], text_url: str, synapse: TestedSynapse
):
    async with call.services.db.writing() as conn:
        new = files.NewFile(None, f"mxc://{synapse.homeserver.server_name}/nothing", "IMAGE", "a.png", 5, "image/png")
        shape = files.file_shape(await files.save_file(conn, new, now_ms=1), call.services.file_address)
        await conn.execute(delete(table).where(table.c.id == photo["file_id"]))
    for address in (shape["file_url"], shape["thumbnail_url"], photo["file_url"]):
        response = await fetch(call, address)
        assert (response.status, (await response.json())["code"]) == (404, "not_found")
    assert (await fetch(call, text_url)).status == 200


# -- parts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-25", (0, 26)),
        ("bytes=26-51", (26, 52)),
        ("bytes=65535-65536", (65_535, 65_537)),
        ("bytes=100000-", (100_000, 208_000)),
        ("bytes=-5", (207_995, 208_000)),
        ("bytes=-9999999", (0, 208_000)),
        ("bytes=207999-999999", (207_999, 208_000)),
        ("BYTES=1-2", (1, 3)),
    ],
)
async def test_a_part_is_206(call: Caller, text_url: str, asked: str, part: tuple[int, int]):
    response = await fetch(call, text_url, Range=asked)
    assert response.status == 206
    assert await response.read() == TEXT[slice(*part)]
    assert response.headers["Content-Range"] == f"bytes {part[0]}-{part[1] - 1}/208000"
    assert response.headers["Content-Length"] == str(part[1] - part[0])


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=5-4", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=٣-٤", "0-5", f"bytes={'9' * 50}-"],
)
async def test_what_is_no_single_range_gives_all(call: Caller, text_url: str, asked: str):
    response = await fetch(call, text_url, Range=quote(asked, safe="=,- "))
    assert (response.status, await response.read()) == (200, TEXT)


@pytest.mark.parametrize("asked", ["bytes=208000-", "bytes=208000-208001", "bytes=-0", "bytes=999999999999999999-"])
async def test_a_part_behind_the_end_is_416(call: Caller, text_url: str, asked: str):
    response = await fetch(call, text_url, Range=asked)
    assert (response.status, response.headers["Content-Range"]) == (416, "bytes */208000")
    assert (await response.json())["code"] == "range_not_satisfiable"


async def test_a_part_of_another_file_is_not_given(call: Caller, text_url: str):
    etag = (await fetch(call, text_url)).headers["ETag"]
    assert (await fetch(call, text_url, **{"Range": "bytes=0-1", "If-Range": etag})).status == 206
    assert (await fetch(call, text_url, **{"Range": "bytes=0-1", "If-Range": '"other"'})).status == 200


async def test_what_the_browser_has_is_not_sent_again(call: Caller, text_url: str):
    etag = (await fetch(call, text_url)).headers["ETag"]
    response = await fetch(call, text_url, **{"If-None-Match": f'"other", {etag}'})
    assert (response.status, await response.read()) == (304, b"")


async def test_head_tells_all_but_the_bytes(call: Caller, text_url: str):
    whole = await fetch(call, text_url)
    head = await fetch(call, text_url, "HEAD", Range="bytes=0-1")
    assert (head.status, await head.read()) == (200, b"")
    for name in ("Content-Length", "Content-Type", "Content-Disposition", "ETag", "Accept-Ranges"):
        assert head.headers[name] == whole.headers[name]


# -- headers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "mime_type", "how"),
    [
        ("a.png", samples.png(), "image/png", "inline"),
        ("a.ogg", samples.ogg(), "audio/ogg", "inline"),
        ("a.pdf", samples.PDF, "application/pdf", "attachment"),
        ("a.docx", samples.docx(), "application/octet-stream", "attachment"),
        ("a.txt", b"text", "application/octet-stream", "attachment"),
    ],
)
async def test_nothing_in_a_file_can_act(call: Caller, name: str, content: bytes, mime_type: str, how: str):
    _, shape = await upload(call, (name, content))
    response = await fetch(call, shape["file_url"])
    headers = response.headers
    assert headers["Content-Type"] == mime_type
    assert headers["Content-Disposition"] == f"{how}; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"].startswith("private, max-age=")
    assert headers["Cache-Control"].endswith(", immutable")


async def test_a_name_arrives_in_every_alphabet(call: Caller, text_url: str):
    response = await fetch(call, text_url)
    expected = f"attachment; filename=\"_______ 1.txt\"; filename*=UTF-8''{quote('Заметки 1.txt')}"
    assert response.headers["Content-Disposition"] == expected
    assert response.content_disposition.filename == "Заметки 1.txt"


# -- thumbnails ------------------------------------------------------------------------------------------------


async def test_a_thumbnail_is_smaller(call: Caller):
    _, shape = await upload(call, ("photo.jpg", samples.jpeg(6, size=(1000, 800))))
    response = await fetch(call, shape["thumbnail_url"])
    assert (response.status, response.headers["Content-Type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(await response.read())) as image:
        assert image.width < image.height <= 640


async def test_a_thumbnail_has_a_sensible_width(call: Caller, photo: dict[str, Any]):
    for width in ("0", "-1", "x", "15", "1025", "9" * 30):
        address = photo["file_url"] + f"&thumbnail={width}"
        assert (await fetch(call, address)).status == 400


async def test_a_picture_that_cannot_be_made_smaller_comes_as_it_is(call: Caller, homeserver: Homeserver):
    async def body() -> AsyncIterator[bytes]:
        yield b"no picture"

    mxc = await homeserver.upload(None, body(), size=10, mime_type="image/png", file_name="a.png")
    async with call.services.db.writing() as conn:
        row = await files.save_file(conn, files.NewFile(None, mxc, "IMAGE", "a.png", 10, "image/png"), now_ms=1)
    response = await fetch(call, files.file_shape(row, call.services.file_address)["thumbnail_url"])
    assert (response.status, await response.read()) == (200, b"no picture")


# -- faults ----------------------------------------------------------------------------------------------------


async def test_without_a_homeserver_it_is_503(call: Caller, text_url: str, synapse: TestedSynapse):
    gone = synapse.homeserver.model_copy(update={"url": "http://127.0.0.1:9"})
    call.services.homeserver = homeserver = Homeserver(gone, synapse.appservice)
    await homeserver.start()
    response = await fetch(call, text_url)
    assert (response.status, (await response.json())["code"]) == (503, "homeserver_unavailable")
    assert response.headers["Cache-Control"] == "no-store"
    await homeserver.close()


@pytest.mark.parametrize("size", [1000, None], ids=["length known", "length unknown"])
@pytest.mark.parametrize("is_told", [True, False], ids=["error", "early end"])
async def test_a_file_that_breaks_off_is_no_whole_file(call: Caller, text_url: str, size: int | None, *, is_told: bool):
    async def chunks() -> AsyncIterator[bytes]:
        yield b"x" * 500
        if is_told:
            raise HomeserverUnavailable("The homeserver does not answer.")

    @asynccontextmanager
    async def download(_mxc: str) -> AsyncIterator[Any]:
        yield SimpleNamespace(content_type="text/plain", content_length=size, iter_chunks=chunks)

    call.services.homeserver = SimpleNamespace(download=download)  # type: ignore[assignment]
    if size is None and not is_told:
        assert len(await (await fetch(call, text_url)).read()) == 500
        return
    with pytest.raises(aiohttp.ClientError):
        await (await fetch(call, text_url)).read()
