"""``upload/`` on a real homeserver: what may come in, what it looks like, and that nothing else gets through."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tempfile
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from api_school import STUDENT, TEACHER, token_of
from conftest import Caller, MakeCaller
from file_calls import UPLOAD, fetch, form, homeserver_of, upload, with_files
from PIL import Image
from testbed import file_samples as samples
from testbed.homeserver import TestedSynapse
from testbed.waiting import until

from bridge.api.shapes import File, ManyFiles
from bridge.chat import files
from bridge.matrix.homeserver import Homeserver


@pytest.fixture
async def homeserver(synapse: TestedSynapse) -> AsyncIterator[Homeserver]:
    async with homeserver_of(synapse) as homeserver:
        yield homeserver


@pytest.fixture
async def call(make_caller: MakeCaller, homeserver: Homeserver) -> Caller:
    return await with_files(make_caller, homeserver)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads wait; after each test nothing may be left in it."""
    folder = tmp_path / "waiting"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_is_left(empty_folder: Path) -> Any:
    yield
    assert list(empty_folder.iterdir()) == []


# -- what comes in ---------------------------------------------------------------------------------------------


async def test_a_photo_goes_through_without_its_place(call: Caller):
    original = samples.jpeg(6, size=(400, 300))
    status, shape = await upload(call, ("Моё фото.JPG", original))

    assert status == 201
    File.model_validate(shape)
    assert (shape["file_name"], shape["mime_type"]) == ("Моё фото.JPG", "image/jpeg")
    assert (shape["width"], shape["height"]) == (300, 400)
    response = await fetch(call, shape["file_url"])
    stored = await response.read()
    assert response.status == 200
    assert len(stored) == shape["file_size"] < len(original)
    assert b"SECRET" not in stored
    with Image.open(io.BytesIO(stored)) as after, Image.open(io.BytesIO(original)) as before:
        assert after.tobytes() == before.tobytes()
        assert dict(after.getexif()) == {0x0112: 6}


@pytest.mark.parametrize(
    ("name", "content", "mime_type"),
    [
        ("text.pdf", samples.PDF, "application/pdf"),
        ("essay.doc", samples.ole(["WordDocument"]), "application/msword"),
        ("notes.txt", "Привет".encode(), "text/plain"),
        ("moving.gif", samples.gif(), "image/gif"),
    ],
)
async def test_documents_arrive_as_they_were_sent(call: Caller, name: str, content: bytes, mime_type: str):
    status, shape = await upload(call, (name, content))
    assert (status, shape["file_name"], shape["mime_type"]) == (201, name, mime_type)
    stored = await (await fetch(call, shape["file_url"])).read()
    assert len(stored) == shape["file_size"]
    if mime_type != "image/gif":
        assert stored == content


async def test_a_voice_message_keeps_its_length_and_shape(call: Caller):
    recorded = {"duration_ms": "1500", "waveform": "[0, 512, 1024]"}
    _, shape = await upload(call, ("voice.webm", samples.webm(2)), **recorded)
    assert (shape["mime_type"], shape["duration_ms"], shape["waveform"]) == ("audio/webm", 1500, [0, 512, 1024])
    _, shape = await upload(call, ("text.pdf", samples.PDF), **recorded)
    assert (shape["duration_ms"], shape["waveform"]) == (None, None)
    _, shape = await upload(call, ("voice.ogg", samples.ogg()), duration_ms="", waveform="")
    assert (shape["duration_ms"], shape["waveform"]) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"duration_ms": "-1"},
        {"duration_ms": "long"},
        {"duration_ms": "86400001"},
        {"waveform": "[1, 1025]"},
        {"waveform": "[0.5]"},
        {"waveform": "1,2,3"},
        {"waveform": json.dumps([1] * 257)},
        {"waveform": "[" * 20_000},
    ],
)
async def test_nonsense_about_a_voice_message_names_the_field(call: Caller, fields: dict[str, str]):
    status, body = await upload(call, ("voice.ogg", samples.ogg()), **fields)
    assert (status, [*body]) == (400, [*fields])


async def test_the_row_belongs_to_the_uploader(call: Caller):
    _, shape = await upload(call, ("text.pdf", samples.PDF), person_id=TEACHER)
    async with call.services.db.writing() as conn:
        row = await files.claim_file(conn, shape["file_id"], TEACHER, 1)
    assert (row.uploader_id, row.kind) == (TEACHER, "FILE")


async def test_several_files_have_their_own_outcomes(call: Caller):
    parts = [("a.pdf", samples.PDF), ("../b.svg", samples.SVG), ("c.png", samples.jpeg()), ("d.jpg", samples.jpeg())]
    status, body = await upload(call, *parts, field="files")
    assert status == 201
    ManyFiles.model_validate(body)
    results = body["results"]
    assert [result["file_name"] for result in results] == ["a.pdf", "b.svg", "c.png", "d.jpg"]
    assert ["error" in result for result in results] == [False, True, True, False]
    assert "svg" in results[1]["error"]
    assert "jpg" in results[2]["error"]


async def test_one_file_in_the_field_for_several_is_one_file(call: Caller):
    status, body = await upload(call, ("a.pdf", samples.PDF), field="files")
    assert (status, body["file_name"]) == (201, "a.pdf")


async def test_the_name_is_cleaned(call: Caller):
    for raw, clean in {
        "../../etc/passwd.txt": "passwd.txt",
        "..\\evil.txt": "evil.txt",
        "photo\u202ecod.txt": "photocod.txt",
        ".hidden.txt": "hidden.txt",
        "a %22quoted%22 word.txt": "a _quoted_ word.txt",
    }.items():
        status, shape = await upload(call, (raw, b"text"))
        assert (status, shape["file_name"]) == (201, clean)


# -- what does not ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", samples.SVG),
        ("a.html", samples.HTML),
        ("a.exe", samples.EXE),
        ("a", b"text"),
        ("a.png", samples.SVG),
        ("a.txt", samples.HTML),
        ("a.jpg", samples.EXE),
        ("a.pdf", samples.docx()),
        ("a.docx", samples.docx({"word/bomb": bytes(30 << 20)})),
        ("a.docx", samples.docx({"../evil": "x"})),
        ("a.jpg", samples.jpeg()[:-2]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_not_allowed_is_415_with_a_sentence(call: Caller, name: str, content: bytes):
    status, body = await upload(call, (name, content))
    assert (status, body["code"]) == (415, "type_refused")
    assert body["detail"].endswith(".")


async def test_a_disguise_is_told_with_both_types(call: Caller):
    _, body = await upload(call, ("photo.jpg", samples.PDF))
    assert body["detail"] == 'The name of "photo.jpg" ends in .jpg, but its content is pdf.'


@pytest.mark.parametrize(
    ("name", "size", "limit"), [("a.jpg", 5 << 20, "5 MB"), ("a.txt", 10 << 20, "10 MB"), ("a.ogg", 5 << 20, "5 MB")]
)
async def test_a_file_over_its_limit_is_413_with_the_limit(call: Caller, name: str, size: int, limit: str):
    status, body = await upload(call, (name, b"x" * (size + 1)))
    assert (status, body["code"]) == (413, "too_large")
    assert limit in body["detail"]


async def test_a_file_of_exactly_its_limit_is_taken(call: Caller):
    status, shape = await upload(call, ("a.txt", b"x" * (10 << 20)))
    assert (status, shape["file_size"]) == (201, 10 << 20)


async def test_the_limits_are_the_config_s(make_caller: MakeCaller, homeserver: Homeserver):
    sizes = {"secret": "c" * 32, "document_bytes": 1000, "image_bytes": 2000, "voice_bytes": 1000}
    call = await with_files(make_caller, homeserver, files=sizes)
    assert (await upload(call, ("a.txt", b"x" * 1001)))[0] == 413
    assert (await upload(call, ("a.txt", b"x" * 1000)))[0] == 201
    status, body = await upload(call, ("a.txt", b"x" * (2 << 20)))  # more than ten files may have
    assert (status, body["code"]) == (413, "too_large")


async def test_an_endless_upload_is_ended(make_caller: MakeCaller, homeserver: Homeserver):
    call = await with_files(make_caller, homeserver, files={"secret": "c" * 32, "document_bytes": 1000})

    async def endless() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(100 << 20 >> 16):
            yield bytes(65_536)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = await call("POST", UPLOAD, STUDENT, data=endless(), headers=headers)
    assert response.status == 413


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=b"),
        (b"nothing", "multipart/form-data; boundary=b"),
        (b"--b--\r\n", "multipart/form-data; boundary=b"),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ncut',
            "multipart/form-data; boundary=b",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="x"; filename="a.txt"\r\n\r\nt\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (
            b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
        (b"--b\r\nno header\r\n\r\n\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (
            b'--b\r\nContent-Disposition: form-data; name="duration_ms"\r\n\r\n\xff\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (b"--b\r\n" + b"A: b\r\n" * 1000 + b"\r\n\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"x" * 200_000 + b"\r\n", "multipart/form-data; boundary=b"),
    ],
)
async def test_what_is_no_form_with_a_file_is_400(call: Caller, data: bytes, content_type: str):
    response = await call("POST", UPLOAD, STUDENT, data=data, headers={"Content-Type": content_type})
    assert response.status == 400
    assert [*await response.json()] == ["file"]


async def test_an_empty_file_is_400(call: Caller):
    status, body = await upload(call, ("a.txt", b""))
    assert (status, body) == (400, {"file": ["The submitted file is empty."]})


async def test_eleven_files_are_400(call: Caller):
    status, body = await upload(call, *[("a.txt", b"text")] * 11)
    assert (status, [*body]) == (400, ["file"])


async def test_each_file_counts_against_the_limit(make_caller: MakeCaller, homeserver: Homeserver):
    call = await with_files(make_caller, homeserver, limits={"upload": {"per_second": 0.001, "burst": 3}})
    status, body = await upload(call, *[("a.txt", b"text")] * 5)
    assert status == 201
    assert ["error" in result for result in body["results"]] == [False, False, False, True, True]
    assert (await upload(call, ("a.txt", b"text")))[0] == 429
    assert (await upload(call, ("a.txt", b"text"), person_id=TEACHER))[0] == 201


async def test_a_browser_that_goes_away_leaves_nothing(call: Caller, empty_folder: Path):
    """What had come is removed; the fixture looks again at the end."""
    server = call.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    writer.write(
        f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(STUDENT)}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000\r\n\r\n".encode()
    )
    writer.write(head + b"x" * 300_000)
    await writer.drain()
    await until(lambda: list(empty_folder.glob("*/0")))
    writer.close()
    await until(lambda: not list(empty_folder.iterdir()))
    assert await reader.read() == b""


async def test_nobody_uploads_without_a_token(call: Caller):
    response = await call("POST", UPLOAD, None, data=form(("a.txt", b"text")))
    assert response.status == 401


async def test_without_a_homeserver_it_is_503(call: Caller, synapse: TestedSynapse):
    gone = synapse.homeserver.model_copy(update={"url": "http://127.0.0.1:9"})
    call.services.homeserver = homeserver = Homeserver(gone, synapse.appservice)
    await homeserver.start()
    for parts in ([("a.txt", b"text")], [("a.txt", b"text"), ("b.svg", b"x")]):
        response = await call("POST", UPLOAD, STUDENT, data=form(*parts))
        assert (response.status, (await response.json())["code"]) == (503, "homeserver_unavailable")
        assert response.headers["Retry-After"]
    await homeserver.close()


async def test_a_large_file_is_never_in_memory(call: Caller, tmp_path: Path):
    """10 MB go in and out; the tests' own client is counted too."""
    path = tmp_path / "large.txt"
    path.write_bytes(os.urandom(5 << 20).hex().encode())
    assert path.stat().st_size == 10 << 20
    await upload(call, ("warm.txt", b"up"))

    tracemalloc.start()
    with path.open("rb") as file:
        data = FormData()
        data.add_field("file", file, filename="large.txt")
        shape = await (await call("POST", UPLOAD, STUDENT, data=data)).json()
    response = await fetch(call, shape["file_url"])
    size = 0
    async for chunk in response.content.iter_chunked(65_536):
        size += len(chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 10 << 20
    assert peak < 3 << 20


async def test_a_file_of_another_client_is_served_too(call: Caller, homeserver: Homeserver):
    """It was never looked into, so nothing in it may act."""

    async def body() -> AsyncIterator[bytes]:
        yield samples.HTML

    mxc = await homeserver.upload(TEACHER, body(), size=len(samples.HTML), mime_type="text/html", file_name="x.html")
    new = files.NewFile(None, mxc, "FILE", "x.html", 5, "text/html")
    for disguise in (new, replace(new, kind="IMAGE", name="x.png", mime_type="image/png")):
        async with call.services.db.writing() as conn:
            row = await files.save_file(conn, disguise, now_ms=1)
        shape = files.file_shape(row, call.services.file_address)
        for address in filter(None, (shape["file_url"], shape["thumbnail_url"])):
            response = await fetch(call, address)
            assert response.status == 200
            assert await response.read() == samples.HTML
            assert "html" not in response.headers["Content-Type"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
