"""Files that are not what they say, through the whole bridge and a real homeserver."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import FormData
from sqlalchemy import func, select
from testbed import file_samples as samples
from testbed.door import Answer, Caller, Door
from testbed.waiting import until
from testbed.world import ANNA, TEACHER

from bridge.db.engine import metadata

CHAT = "/api/chat"
MB = 1 << 20


@pytest.fixture
def door(one_door: Door) -> Door:
    return one_door


def _bomb() -> bytes:
    """A hundred megabytes of zeros in a hundred kilobytes that call themselves a document."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", samples.TYPES)
        archive.writestr("_rels/.rels", "<Relationships/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(25):
                part.write(bytes(4 * MB))
    return out.getvalue()


REFUSED: dict[str, tuple[str, bytes, int]] = {
    "svg": ("picture.svg", samples.SVG, 415),
    "svg named png": ("picture.png", samples.SVG, 415),
    "html": ("page.html", samples.HTML, 415),
    "html named txt": ("page.txt", samples.HTML, 415),
    "html named jpg": ("page.jpg", samples.HTML, 415),
    "html named pdf": ("page.pdf", samples.HTML, 415),
    "program named jpg": ("photo.jpg", samples.EXE, 415),
    "program named docx": ("thesis.docx", samples.EXE, 415),
    "two extensions": ("thesis.pdf.exe", samples.EXE, 415),
    "no extension": ("thesis", samples.PDF, 415),
    "only an extension": (".pdf", samples.PDF, 415),
    "png named jpg": ("photo.jpg", samples.png(), 415),
    "jpg named pdf": ("photo.pdf", samples.jpeg(), 415),
    "zip": ("archive.zip", samples.archive({"a.txt": "a"}), 415),
    "zip named docx": ("thesis.docx", samples.archive({"a.txt": "a"}), 415),
    "docx with macros": ("thesis.docx", samples.docx({"word/vbaProject.bin": b"x"}), 415),
    "xlsx named docx": ("table.docx", samples.xlsx(), 415),
    "half a picture": ("photo.png", samples.png()[:60], 415),
    "film named voice": ("voice.webm", samples.webm(1, 2), 415),
    "empty": ("notes.txt", b"", 400),
    "11 MB": ("notes.txt", b"a" * (11 * MB), 413),
    "a picture of 6 MB": ("photo.jpg", samples.jpeg() + random.Random(1).randbytes(6 * MB), 413),
}

NAMES = {
    "up": ("../../../etc/passwd.txt", "passwd.txt"),
    "down a drive": ("C:\\Windows\\system32\\notes.txt", "notes.txt"),
    "absolute": ("/etc/cron.d/notes.txt", "notes.txt"),
    "encoded": ("..%2f..%2fnotes.txt", "%2f..%2fnotes.txt"),
    "dots": ("....notes.txt", "notes.txt"),
    "reversed": ("exe.\u202etxt.notes.txt", "exe.txt.notes.txt"),
    "zero width": ("no\u200btes.txt", "notes.txt"),
    "a device": ("con.txt", "_con.txt"),
    "quotes and signs": ('a"b<c>|d?.txt', "a_b_c__d_.txt"),
    "a tag": ("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
    "long": (f"{'ж' * 500}.txt", f"{'ж' * 116}.txt"),
}


async def _upload(caller: Caller, *files: tuple[str, bytes]) -> Answer:
    form = FormData(quote_fields=False)
    for name, content in files:
        form.add_field("file", content, filename=name, content_type="text/plain")
    return await caller.ask("POST", f"{CHAT}/upload/", data=form)


async def _stored(door: Door) -> int:
    async with door.bridge.db.reading() as conn:
        return int((await conn.execute(select(func.count()).select_from(metadata.tables["files"]))).scalar_one())


@pytest.fixture
async def anna(door: Door) -> Caller:
    return await door.caller(ANNA)


async def test_what_a_school_does_not_want_is_refused_with_a_sentence(door: Door, anna: Caller) -> None:
    before = await _stored(door)
    for name, (file_name, content, status) in {**REFUSED, "zip bomb": ("thesis.docx", _bomb(), 415)}.items():
        answer = await _upload(anna, (file_name, content))
        assert answer.status == status, (name, answer.text)
        assert status == 400 or answer.json["code"] in ("type_refused", "too_large"), name
    assert await _stored(door) == before
    assert (await anna.ask("GET", f"{CHAT}/me/")).status == 200


async def test_what_is_no_upload_is_400(door: Door, anna: Caller) -> None:
    other_field, no_file = FormData(), FormData()
    other_field.add_field("picture", b"x", filename="x.txt")
    no_file.add_field("file", "just text")
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    before = await _stored(door)
    for more in (
        {},
        {"json": {}},
        {"data": b"", "headers": multipart},
        {"data": b"--y--", "headers": multipart},
        {"data": cut, "headers": multipart},
        {"data": b"--x\r\n\r\n\r\n--x--\r\n", "headers": multipart},
        {"data": b"\0" * 1000, "headers": {"Content-Type": "multipart/form-data"}},
        {"data": other_field},
        {"data": no_file},
    ):
        answer = await anna.ask("POST", f"{CHAT}/upload/", **more)
        assert (answer.status, set(answer.json)) == (400, {"file"}), more
    many = await _upload(anna, *((f"{number}.txt", b"text") for number in range(11)))
    assert many.status == 400
    assert await _stored(door) == before


async def test_of_several_files_the_good_ones_stay(anna: Caller) -> None:
    answer = await _upload(anna, ("good.txt", "текст".encode()), ("bad.svg", samples.SVG), ("empty.txt", b""))
    assert answer.status == 201
    good, bad, empty = answer.json["results"]
    assert good["file_name"] == "good.txt"
    assert (set(bad), bad["file_name"]) == ({"file_name", "error"}, "bad.svg")
    assert set(empty) == {"file_name", "error"}


@pytest.mark.parametrize(("name", "clean"), NAMES.values(), ids=NAMES)
async def test_a_name_is_a_name_and_no_path(anna: Caller, name: str, clean: str) -> None:
    answer = await _upload(anna, (name, b"text"))
    assert (answer.status, answer.json["file_name"]) == (201, clean)


async def _file(door: Door, address: str, **headers: str) -> Answer:
    """Fetch as a browser does, by the address alone."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == door.config.server.public_url
    return await (await door.caller()).ask("GET", f"{parts.path}?{parts.query}", headers=headers)


async def test_a_file_goes_around_and_can_do_nothing(door: Door, anna: Caller) -> None:
    """Up, into a message, into Matrix under its clean name, and down again as bytes that nothing runs."""
    teacher = await door.caller(TEACHER)
    direct = (await anna.ask("POST", f"{CHAT}/conversations/", json={"participant": TEACHER})).json["id"]
    text = "никакой <b>страницы</b>\n".encode()
    uploaded = (await _upload(anna, ('../"x".txt', text))).json
    said = await anna.send(direct, "", file_id=uploaded["file_id"])
    assert (said.status, said.json["file"]["file_name"]) == (201, "_x_.txt")
    assert (await anna.send(direct, "", file_id=uploaded["file_id"])).status == 400  # once

    await door.world.quiet()
    seen = (await teacher.ask("GET", f"{CHAT}/messages/?conversation_id={direct}")).json["results"][-1]
    assert seen["status"] in ("sent", "read")
    room = (await teacher.ask("GET", f"{CHAT}/conversations/{direct}/")).json["room_id"]
    event = await door.world.synapse.as_bridge("GET", f"rooms/{room}/event/{seen['event_id']}")
    assert event["content"]["filename"] == "_x_.txt"

    got = await _file(door, seen["file"]["file_url"])
    assert (got.status, got.body) == (200, text)
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    part = await _file(door, seen["file"]["file_url"], Range="bytes=0-2")
    assert (part.status, part.body) == (206, text[:3])
    for wrong in (
        "bytes=9999-",
        "bytes=-0",
        "bytes=a-b",
        "bytes=5-1",
        "bytes=0-0,2-3",
        "pages=1-2",
        "bytes=" + "9" * 400,
    ):
        answer = await _file(door, seen["file"]["file_url"], Range=wrong)
        assert answer.status in (200, 206, 416), wrong

    await anna.ask("DELETE", f"{CHAT}/messages/{said.json['id']}/")
    assert (await _file(door, seen["file"]["file_url"])).status == 404


@pytest.mark.parametrize("width", ["0", "-1", "1.5", "abc", "999999", "9" * 30, "%00"])
async def test_a_thumbnails_width_is_a_small_number(door: Door, anna: Caller, width: str) -> None:
    uploaded = (await _upload(anna, ("photo.png", samples.png()))).json
    answer = await _file(door, f"{uploaded['file_url']}&thumbnail={width}")
    assert (answer.status, set(answer.json)) == (400, {"thumbnail"})


async def test_a_file_of_another_matrix_user_acts_no_more_than_ours(door: Door, anna: Caller) -> None:
    """Nothing that comes from a Matrix client was checked by us: a page that calls itself a picture is bytes."""
    direct = (await anna.ask("POST", f"{CHAT}/conversations/", json={"participant": TEACHER})).json["id"]
    await anna.send(direct, "сейчас пришлю")
    await door.world.quiet()
    room = (await anna.ask("GET", f"{CHAT}/conversations/{direct}/")).json["room_id"]
    synapse = door.world.synapse
    mxc = await door.bridge.homeserver.upload(
        ANNA, _pieces(samples.HTML), size=len(samples.HTML), mime_type="text/html", file_name="x.html"
    )
    content = {"msgtype": "m.image", "body": "../../x.html", "url": mxc, "info": {"mimetype": "text/html", "w": -1}}
    sent = await synapse.as_bridge("PUT", f"rooms/{room}/send/m.room.message/evil-1", content, person_id=ANNA)
    message = await _arrived(anna, direct, sent["event_id"])
    assert message["file"]["file_name"] == "x.html"
    got = await _file(door, message["file"]["file_url"])
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment;")


async def _pieces(content: bytes) -> Any:
    yield content


async def _arrived(caller: Caller, conversation_id: int, event_id: str) -> dict[str, Any]:
    async def found() -> Any:
        page = await caller.ask("GET", f"{CHAT}/messages/?conversation_id={conversation_id}&limit=5")
        return next((message for message in page.json["results"] if message["event_id"] == event_id), None)

    return dict(await until(found))
