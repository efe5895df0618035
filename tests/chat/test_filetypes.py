"""A file is what its name says, or it is refused with a sentence that says both; nothing hostile is taken."""

from __future__ import annotations

import codecs
import io
import random
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from testbed import file_samples as samples

from bridge.chat.filetypes import TYPES, check_content, image_size, type_of_name
from bridge.chat.uploads import prepare_upload
from bridge.errors import TypeRefused

GOOD = {
    "photo.jpg": samples.jpeg(),
    "photo.JPEG": samples.jpeg(),
    "drawing.png": samples.png(),
    "moving.png": samples.png(frames=2),
    "moving.gif": samples.gif(),
    "drawing.webp": samples.webp(),
    "text.pdf": samples.PDF,
    "essay.docx": samples.docx(),
    "essay.v2.docx": samples.docx({"word/media/image1.png": samples.png(), "customXml/": ""}),
    "table.xlsx": samples.xlsx({"xl/worksheets/sheet1.xml": "<row/>" * 10_000}),
    "essay.doc": samples.ole(["WordDocument", "1Table", "\x05SummaryInformation"]),
    "table.xls": samples.ole(["Workbook"]),
    "old table.xls": samples.ole(["Book"]),
    "with a table.doc": samples.ole(["WordDocument", "1Table"], embedded=["Workbook"]),
    "notes.txt": "Привет, ёлка! 🎄\r\n\tконец\f".encode(),
    "bom.txt": codecs.BOM_UTF8 + "Привет".encode(),
    "utf16.txt": "Привет".encode("utf-16"),
    "utf16be.txt": codecs.BOM_UTF16_BE + "Привет".encode("utf-16-be"),
    "windows.txt": "Сочинение. Ёжик в тумане — «мультфильм».".encode("cp1251"),
    "dos.txt": "Сочинение".encode("cp866") + b"\x1a",
    "like a bitmap.txt": b"BMW and MZ are letters too: x < y, a > b, if (a<b) <3",
    "about markup.txt": b"In lesson 3 we wrote <b>bold</b> words.",
    "voice.ogg": samples.ogg(),
    "voice.opus": samples.ogg(b"\x01vorbis"),
    "voice.webm": samples.webm(2),
    "voice.mp4": samples.mp4(b"soun"),
    "voice.m4a": samples.mp4(b"soun", brand=b"M4A "),
    "safari.mp4": samples.mp4(b"soun", brand=b"iso5"),
}

BAD = {
    # the name tells the wrong thing, both are allowed
    "a.jpg": (samples.PDF, "pdf"),
    "b.png": (samples.jpeg(), "jpg"),
    "c.pdf": (samples.png(), "png"),
    "d.docx": (samples.xlsx(), "xlsx"),
    "e.xlsx": (samples.docx(), "docx"),
    "f.doc": (samples.ole(["Workbook"]), "xls"),
    "g.xls": (samples.docx(), "zip"),
    "h.docx": (samples.ole(["WordDocument"]), "ole"),
    "i.txt": (samples.jpeg(), "not text"),
    "j.txt": (samples.PDF, "pdf"),
    "k.ogg": (samples.webm(2), "webm"),
    "l.webp": (samples.gif(), "gif"),
    # not allowed, under an allowed name
    "page.txt": (samples.HTML, "html"),
    "page with a comment.txt": (b"  \n<!-- x --><p>hi</p>", "html"),
    "page later.txt": (b"Hello\n<script>alert(1)</script>", "html"),
    "page in utf-16.txt": (samples.HTML.decode().encode("utf-16"), "html"),
    "page with a bom.txt": (codecs.BOM_UTF8 + samples.HTML, "html"),
    "page in cp1251.txt": ("<html>Привет".encode("cp1251"), "html"),
    "drawing.txt": (samples.SVG, "svg"),
    "drawing2.txt": (b'<svg onload="alert(1)">', "svg"),
    "drawing.png": (samples.SVG, "of an unknown type"),
    "page.jpg": (samples.HTML, "of an unknown type"),
    "page.pdf": (samples.HTML, "of an unknown type"),
    "script.txt": (b"#!/bin/sh\nrm -rf ~\n", "a script"),
    "php.txt": (b"<?php system('ls');", "a script"),
    "rtf.txt": (b"{\\rtf1 hello}", "rtf"),
    "program.jpg": (samples.EXE, "exe"),
    "program.txt": (samples.EXE, "not text"),
    "program.pdf": (samples.EXE, "exe"),
    "utf-32.txt": ("Привет".encode("utf-32"), "not text"),
    "cut.txt": ("Привет".encode("utf-16")[:-1], "not text"),
    "archive.docx": (samples.archive({"evil.exe": samples.EXE}), "zip"),
    "without types.docx": (samples.archive({"word/document.xml": "<w/>"}), "zip"),
    "both.docx": (samples.docx({"xl/workbook.xml": "<w/>"}), "both docx and xlsx"),
    "macro.docx": (samples.docx({"word/vbaProject.bin": "Sub"}), "a macro document"),
    "macro.xlsx": (
        samples.archive({"[Content_Types].xml": "application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/a": ""}),
        "a macro document",
    ),
    "slides.doc": (samples.ole(["PowerPoint Document"]), "another kind"),
    "installer.doc": (samples.ole(["\u4840\u3f3f"]), "another kind"),
    "locked.doc": (samples.ole(["EncryptedPackage"]), "an encrypted document"),
    "empty.xls": (samples.ole([]), "another kind"),
    "only inside.xls": (samples.ole(["WordDocument"], embedded=["Workbook"]), "doc"),
    "archive too.pdf": (samples.PDF + samples.docx(), "both pdf and zip"),
    "film.webm": (samples.webm(1, 2), "a film"),
    "matroska.webm": (samples.webm(2, doc_type=b"matroska"), "mkv"),
    "no tracks.webm": (samples.webm(), "of an unknown type"),
    "film.mp4": (samples.mp4(b"vide", b"soun"), "a film"),
    "film.m4a": (samples.mp4(b"vide", brand=b"M4A "), "a film"),
    "no tracks.mp4": (samples.mp4(), "of an unknown type"),
    "quicktime.mp4": (samples.mp4(b"soun", brand=b"qt  "), "mov"),
    "heic.mp4": (samples.mp4(b"soun", brand=b"heic"), "heic"),
    "film.ogg": (samples.ogg(b"OpusHead", b"\x80theora"), "a film"),
    "only a skeleton.ogg": (samples.ogg(b"fishead\0"), "of an unknown type"),
}


def check(name: str, data: bytes) -> None:
    check_content(io.BytesIO(data), name, type_of_name(name))


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_taken(name: str, tmp_path: Path):
    path = tmp_path / "0"
    path.write_bytes(GOOD[name])
    ready = prepare_upload(path, name)
    assert ready.name == name
    assert name.lower().endswith(ready.file_type.extensions)
    assert ready.size == len(ready.path.read_bytes())
    assert (ready.width is not None) == (ready.file_type.kind == "IMAGE")


def test_every_type_has_a_good_file():
    assert {type_of_name(name) for name in GOOD} == set(TYPES)


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_tells_something_else_is_refused_with_both(name: str):
    data, found = BAD[name]
    with pytest.raises(TypeRefused) as refusal:
        check(name, data)
    extension = name.rpartition(".")[2]
    assert f"ends in .{extension}" in refusal.value.detail
    assert f"its content is {found}" in refusal.value.detail


@pytest.mark.parametrize(
    "name", ["a.svg", "a.html", "a.exe", "a.docm", "a.jpg.exe", "a.zip", "a.heic", "a.js", "jpg", "a."]
)
def test_other_extensions_are_refused_with_what_is_allowed(name: str):
    with pytest.raises(TypeRefused, match=r"allowed are jpg, png, .*txt"):
        type_of_name(name)


# -- archives ------------------------------------------------------------------------------------------------


def refused(data: bytes, name: str = "essay.docx") -> str:
    with pytest.raises(TypeRefused) as refusal:
        check(name, data)
    return refusal.value.detail


def test_a_bomb_is_refused():
    bomb = samples.docx({"word/media/bomb.bin": bytes(40 << 20)})
    assert len(bomb) < 100_000
    assert "too large when opened" in refused(bomb)


def test_a_bomb_of_many_parts_is_refused():
    bomb = samples.docx({f"word/media/{n}.bin": bytes(1 << 20) for n in range(40)})
    assert "too large when opened" in refused(bomb)


def test_a_directory_that_claims_a_small_size_does_not_hide_a_bomb():
    bomb = samples.docx({"word/media/bomb.bin": bytes(40 << 20)})
    for claimed in (0, 1000):
        lying = bomb.replace(struct.pack("<L", 40 << 20), struct.pack("<L", claimed))
        assert "damaged" in refused(lying)


def test_parts_that_share_their_bytes_are_refused():
    """A bomb without nesting: thousands of names for one packed kernel."""
    out = io.BytesIO(samples.docx({"word/a": bytes(1000), "word/b": bytes(1000)}))
    data = out.getvalue()
    begin = data.index(b"PK\x01\x02")
    first, second = (data.index(name, begin) - 46 for name in (b"word/a", b"word/b"))
    overlapping = data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]
    assert "damaged" in refused(overlapping)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "word/../../x", "C:/x", "a\\b", "word//x", "./x", "a/" * 30 + "x"]
)
def test_paths_that_lead_elsewhere_are_refused(name: str):
    assert "forbidden path" in refused(samples.docx({name: "x"}))


def test_two_parts_of_one_name_are_refused():
    assert "two parts" in refused(samples.docx({"word/Document.xml": "x"}))


def test_too_many_parts_are_refused():
    assert "too many parts" in refused(samples.docx({f"word/{n}": "" for n in range(5_001)}))
    assert "too many parts" in refused(samples.docx({f"word/{n:0200}": "" for n in range(4_990)}))


def test_an_archive_behind_other_bytes_is_refused():
    assert "damaged" in refused(b"PK\x03\x04 another archive, as far as some readers go" + samples.docx())
    assert "damaged" in refused(samples.docx() + b"more")


def test_an_archive_with_a_comment_is_refused():
    data = bytearray(samples.docx())
    data[-2:] = struct.pack("<H", 4)
    assert "damaged" in refused(bytes(data) + b"PK\5\6")


def test_a_second_directory_for_large_archives_is_refused():
    data = samples.docx()
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert "damaged" in refused(data[:-22] + locator + data[-22:])


def test_a_part_that_is_named_differently_in_two_places_is_refused():
    data = samples.docx()
    assert "damaged" in refused(data.replace(b"word/document.xml", b"evil/document.exe", 1))


def test_an_encrypted_document_is_refused():
    data = bytearray(samples.docx())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused(bytes(data))


def test_a_cut_document_is_refused():
    data = samples.docx({"word/media/1.bin": random.Random(1).randbytes(5000)})
    for length in (10, 100, len(data) // 2, len(data) - 1):
        assert "damaged" in refused(data[:length])


@pytest.mark.parametrize("name", ["essay.docx", "table.xlsx", "essay.doc", "voice.webm", "voice.mp4", "voice.ogg"])
def test_garbage_is_refused_and_nothing_else_is_raised(name: str):
    original, dice = GOOD[name], random.Random(3)
    for _ in range(400):
        spoiled = bytearray(original)
        for _ in range(dice.randint(1, 5)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        spoiled = spoiled[: dice.randrange(1, len(spoiled) * 2)]
        with suppress(TypeRefused):
            check(name, bytes(spoiled))


def test_a_directory_that_goes_round_in_circles_ends():
    data = bytearray(samples.ole(["WordDocument"]))
    data[512 + 4 : 512 + 8] = struct.pack("<L", 1)  # the directory's chain
    assert "damaged" in refused(bytes(data), "a.doc")
    data = bytearray(samples.ole(["WordDocument", "1Table"]))
    data[1024 + 256 + 68 : 1024 + 256 + 72] = struct.pack("<L", 1)  # the second entry's sibling
    check("a.doc", bytes(data))


# -- pictures ------------------------------------------------------------------------------------------------


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture as large as a wall."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">L4s", len(data), name) + data + struct.pack(">L", zlib.crc32(name + data))

    header = struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 10_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_with_too_many_pixels_is_refused(size: tuple[int, int], tmp_path: Path):
    path = tmp_path / "0"
    path.write_bytes(huge_png(*size))
    with pytest.raises(TypeRefused, match="too many pixels"):
        prepare_upload(path, "wall.png")


def test_a_picture_whose_header_makes_no_sense_is_refused(tmp_path: Path):
    path = tmp_path / "0"
    path.write_bytes(huge_png(0, 7))
    with pytest.raises(TypeRefused, match="damaged"):
        prepare_upload(path, "nothing.png")


def test_width_and_height_are_those_of_the_picture_as_it_is_seen(tmp_path: Path):
    for number, orientation in enumerate((1, 3, 6, 8)):
        path = tmp_path / str(number)
        path.write_bytes(samples.jpeg(orientation, size=(40, 30)))
        ready = prepare_upload(path, "photo.jpg")
        assert (ready.width, ready.height) == ((30, 40) if orientation > 4 else (40, 30))
        assert image_size(ready.path, ready.file_type) == (40, 30)
