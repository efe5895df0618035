"""A picture leaves the bridge without a word about who took it, where and with what; and with every pixel."""

from __future__ import annotations

import io
import random
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image, ImageSequence
from testbed import file_samples as samples

from bridge.chat.metadata import strip_metadata
from bridge.errors import TypeRefused

FORMS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "photo": ("jpg", samples.jpeg),
    "progressive photo": ("jpg", lambda: samples.jpeg(progressive=True)),
    "photo with restarts": ("jpg", lambda: samples.jpeg(restart_marker_rows=1)),
    "png": ("png", samples.png),
    "animated png": ("png", lambda: samples.png(frames=3)),
    "gif": ("gif", lambda: samples.gif(frames=1)),
    "animated gif": ("gif", samples.gif),
    "webp": ("webp", samples.webp),
    "lossy webp": ("webp", lambda: samples.webp(lossless=False)),
    "animated webp": ("webp", lambda: samples.webp(frames=3)),
}
every_form = pytest.mark.parametrize(("word", "make"), FORMS.values(), ids=FORMS.keys())


def strip(data: bytes, word: str) -> bytes:
    target = io.BytesIO()
    strip_metadata(io.BytesIO(data), target, word)
    return target.getvalue()


def frames(data: bytes) -> list[tuple[bytes, int | None]]:
    """Every pixel of every frame, and how long it is shown."""
    with Image.open(io.BytesIO(data)) as image:
        return [
            (frame.convert("RGBA").tobytes(), frame.info.get("duration")) for frame in ImageSequence.Iterator(image)
        ]


@every_form
def test_no_word_of_the_metadata_is_left(word: str, make: Callable[[], bytes]):
    original = make()
    assert b"SECRET" in original
    stripped = strip(original, word)

    assert b"SECRET" not in stripped
    assert b"adobe:ns:meta" not in stripped
    with Image.open(io.BytesIO(stripped)) as image:
        assert not dict(image.getexif())
        assert not image.getexif().get_ifd(0x8825)
        assert not image.info.keys() & {"exif", "xmp", "comment", "Author", "Comment", "XML:com.adobe.xmp"}


@every_form
def test_every_pixel_and_every_delay_stays(word: str, make: Callable[[], bytes]):
    original = make()
    assert frames(strip(original, word)) == frames(original)


@every_form
def test_the_colour_profile_and_the_loops_stay(word: str, make: Callable[[], bytes]):
    original = make()
    with Image.open(io.BytesIO(original)) as before, Image.open(io.BytesIO(strip(original, word))) as after:
        assert after.info.get("icc_profile") == before.info.get("icc_profile")
        assert after.info.get("loop") == before.info.get("loop")
        assert after.info.get("transparency") == before.info.get("transparency")


@every_form
def test_a_stripped_picture_stays_as_it_is(word: str, make: Callable[[], bytes]):
    stripped = strip(make(), word)
    assert strip(stripped, word) == stripped


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("word", "make"), [("jpg", samples.jpeg), ("png", samples.png), ("webp", samples.webp)])
def test_a_picture_stays_the_same_way_up(word: str, make: Callable[[int], bytes], orientation: int):
    target = io.BytesIO()
    kept = strip_metadata(io.BytesIO(make(orientation)), target, word)

    assert kept == orientation
    assert b"SECRET" not in target.getvalue()
    with Image.open(target) as image:
        tags = dict(image.getexif())
    assert tags == ({} if orientation == 1 else {0x0112: orientation})
    assert strip(target.getvalue(), word) == target.getvalue()


@pytest.mark.parametrize(
    "fault", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"]
)
def test_broken_exif_counts_as_none(fault: bytes):
    stripped = strip(samples.jpeg(exif=fault), "jpg")
    assert b"Exif" not in stripped


@every_form
def test_what_follows_the_picture_stays_behind(word: str, make: Callable[[], bytes]):
    """A file may be a picture from its beginning and an archive or a page from its end."""
    original = make()
    tail = samples.archive({"evil.html": samples.HTML}) + b"SECRET-TAIL"
    stripped = strip(original + tail, word)
    assert stripped == strip(original, word)
    assert b"SECRET-TAIL" not in stripped


@every_form
def test_a_picture_that_ends_too_early_is_refused(word: str, make: Callable[[], bytes]):
    original = strip(make(), word)
    for length in {*range(40), len(original) // 2, len(original) - 3, len(original) - 1}:
        with pytest.raises(TypeRefused):
            strip(original[:length], word)


@every_form
def test_garbage_is_refused_and_nothing_else_is_raised(word: str, make: Callable[[], bytes]):
    original, dice = make(), random.Random(7)
    for _ in range(300):
        spoiled = bytearray(original)
        for _ in range(dice.randint(1, 6)):
            spoiled[dice.randrange(min(len(spoiled), 2000))] = dice.randrange(256)
        with suppress(TypeRefused):
            strip(bytes(spoiled), word)


def test_thumbnails_inside_a_photo_go():
    """A cropped photo keeps a small copy of what it showed before."""
    small = samples.jpeg(size=(8, 8))
    original = samples.jpeg()
    jfif = b"\xff\xe0" + (16 + 3 * 4).to_bytes(2, "big") + b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02" + b"SECRET-PIXEL"
    jfxx = b"\xff\xe0" + (len(small) + 8).to_bytes(2, "big") + b"JFXX\0\x10" + small
    stripped = strip(original[:2] + jfif + jfxx + original[2:], "jpg")

    assert frames(stripped) == frames(original)
    assert small not in stripped
    assert b"SECRET-PIXEL" not in stripped


def test_the_colour_marks_of_adobe_stay():
    """Without them a CMYK photo is shown as a negative."""
    out = io.BytesIO()
    samples.picture(mode="CMYK").save(out, "JPEG", comment=samples.SECRET)
    stripped = strip(out.getvalue(), "jpg")
    assert b"Adobe" in stripped
    assert frames(stripped) == frames(out.getvalue())


def test_private_words_of_other_programs_go():
    original = samples.png()
    private = b"\0\0\0\x06prVtSECRET\0\0\0\0"
    assert b"prVt" not in strip(original[:33] + private + original[33:], "png")
    unknown_but_needed = b"\0\0\0\x06PRVTSECRET\0\0\0\0"
    with pytest.raises(TypeRefused):
        strip(original[:33] + unknown_but_needed + original[33:], "png")


def test_a_wrong_checksum_is_refused():
    original = bytearray(samples.png())
    original[20] ^= 1
    with pytest.raises(TypeRefused):
        strip(bytes(original), "png")


def test_exif_behind_the_picture_is_found():
    """PNG allows it there, and an editor writes it there."""
    turned, plain = samples.png(6), strip(samples.png(), "png")
    begin = turned.index(b"eXIf") - 4
    exif = turned[begin : begin + 12 + int.from_bytes(turned[begin : begin + 4], "big")]
    with Image.open(io.BytesIO(strip(plain[:-12] + exif + plain[-12:], "png"))) as image:
        assert dict(image.getexif()) == {0x0112: 6}


def test_words_in_the_block_of_loops_go():
    original = samples.gif()
    loops = original.index(b"NETSCAPE2.0") + 11
    stripped = strip(original[: loops + 4] + b"\x06SECRET" + original[loops + 4 :], "gif")
    assert b"SECRET" not in stripped
    assert frames(stripped) == frames(original)


@pytest.mark.parametrize("word", ["jpg", "png", "gif"])
def test_a_picture_of_crumbs_is_refused_soon(word: str):
    """Millions of empty pieces would keep the processor busy for seconds."""
    text = b"\0\0\0\0tEXt" + zlib.crc32(b"tEXt").to_bytes(4, "big")
    crumbs = {"jpg": b"\xff\xfe\0\2", "png": text, "gif": b"!\xfe\0"}[word]
    original = {"jpg": samples.jpeg, "png": samples.png, "gif": samples.gif}[word]()
    begin = {"jpg": 2, "png": 33, "gif": 13 + 3 * 256}[word]
    with pytest.raises(TypeRefused):
        strip(original[:begin] + crumbs * 400_000 + original[begin:], word)
    few = strip(original[:begin] + crumbs * 400 + original[begin:], word)
    assert few == strip(original, word)


def test_a_large_photo_needs_little_memory(tmp_path: Path):
    source, target = tmp_path / "large.jpg", tmp_path / "stripped.jpg"
    source.write_bytes(samples.jpeg(size=(2600, 2000), quality=95))
    assert source.stat().st_size > 4 << 20
    with source.open("rb") as reading, target.open("wb") as writing:
        tracemalloc.start()
        strip_metadata(reading, writing, "jpg")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert target.stat().st_size > 4 << 20
    assert peak < 1 << 20
